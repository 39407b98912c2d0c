import { expect, oneEvent, waitUntil } from '@open-wc/testing';
import type { LmsEvent } from '../events.js';
import {
  $,
  all,
  appears,
  choose,
  createClass,
  HOSTILE_TEXTS,
  press,
  reads,
  rendered,
  textOf,
  write,
  type TestClass,
} from '../internal/testing/class.js';
import { describePanel } from '../internal/testing/contract.js';
import type { LmsQaPanel } from './qa-panel.js';

describePanel({
  tag: 'lms-qa-panel',
  heading: 'Questions',
  content: 'Why is a not zero?',
  fill: async ({ server }) => {
    const open = await ask(server, 'luis', 'Why is a not zero?');
    const answered = await ask(server, 'anna', 'Are calculators allowed?');
    await ask(server, 'anna', 'Who am I?', true);
    await server.as('teacher').send('question.change', { id: open, labels: ['exam'], handling: true });
    await server.as('teacher').send('question.answer', { id: answered, text: 'Yes: https://school.example' });
    await server.as('teacher').send('room.change', { policy: { 'questions.moderated': true } });
    await ask(server, 'anna', 'Again please?');
  },
});

async function ask(server: TestClass['server'], person: string, text: string, anonymous = false): Promise<string> {
  return (await server.as(person).send('question.ask', { text, anonymous }))['id'] as string;
}

const MODERATED = { room: { policy: { 'questions.moderated': true } } } as const;

function texts(panel: LmsQaPanel): string[] {
  return all(panel, '.main .card > .content > .text').map((text) => text.textContent);
}

function card(panel: LmsQaPanel, id: string): HTMLElement {
  return $(panel, `[data-id="${id}"]`);
}

describe('<lms-qa-panel>', () => {
  it('asks a question that the class sees', async () => {
    const { mount } = createClass();
    const anna = await mount<LmsQaPanel>('lms-qa-panel', 'anna');
    const luis = await mount<LmsQaPanel>('lms-qa-panel', 'luis');
    setTimeout(() => {
      write($<HTMLTextAreaElement>(anna, '.ask textarea'), '  Will it be in the exam?  ');
      $(anna, '[part=ask-button]').click();
    });
    const { detail } = await oneEvent<LmsEvent<'lms-question-asked'>>(luis, 'lms-question-asked');
    expect(detail.own).to.equal(false);
    await reads(luis, 'Will it be in the exam?', '.main');
    expect(textOf(luis, '.main')).to.include('Anna Kovács');
    await reads(anna, 'Your question', '.main');
    expect($<HTMLTextAreaElement>(anna, '.ask textarea').value).to.equal('');
  });

  it('asks with Enter, and breaks the line with Shift+Enter', async () => {
    const { mount } = createClass();
    const anna = await mount<LmsQaPanel>('lms-qa-panel', 'anna');
    const field = $<HTMLTextAreaElement>(anna, '.ask textarea');
    write(field, 'One?');
    press(field, 'Enter', { shiftKey: true });
    await rendered(anna);
    expect(field.value).to.equal('One?');
    press(field, 'Enter');
    await reads(anna, 'One?', '.main');
  });

  it('hides the name where that is wanted, and shows it to teachers alone', async () => {
    const { mount } = createClass();
    const anna = await mount<LmsQaPanel>('lms-qa-panel', 'anna');
    const luis = await mount<LmsQaPanel>('lms-qa-panel', 'luis');
    const teacher = await mount<LmsQaPanel>('lms-qa-panel', 'teacher');
    $(anna, 'input[type=checkbox]').click();
    write($<HTMLTextAreaElement>(anna, '.ask textarea'), 'Stupid question?');
    $(anna, '[part=ask-button]').click();
    await reads(luis, 'Stupid question?', '.main');
    expect(textOf(luis, '.main')).to.include('Anonymous');
    expect(textOf(luis, '.main')).not.to.include('Anna');
    await reads(teacher, 'Asked by Anna Kovács (only teachers see this)', '.main');
    await reads(anna, 'Your question', '.main');
  });

  it('offers no hiding where the class does not allow it', async () => {
    const { mount } = createClass({ room: { policy: { 'questions.anonymous': false } } });
    const anna = await mount<LmsQaPanel>('lms-qa-panel', 'anna');
    expect(all(anna, 'input[type=checkbox]')).to.have.lengthOf(0);
  });

  it('votes at once, takes the vote back, and orders by votes', async () => {
    const { server, mount } = createClass();
    const first = await ask(server, 'luis', 'First?');
    const second = await ask(server, 'luis', 'Second?');
    const anna = await mount<LmsQaPanel>('lms-qa-panel', 'anna');
    expect(texts(anna)).to.deep.equal(['First?', 'Second?']);
    const vote = card(anna, second).querySelector<HTMLButtonElement>('.vote');
    vote?.click();
    await rendered(anna);
    expect(vote?.getAttribute('aria-pressed')).to.equal('true');
    await waitUntil(() => texts(anna)[0] === 'Second?');
    expect(card(anna, second).querySelector('.vote')?.getAttribute('aria-label')).to.include('1 vote');
    card(anna, second).querySelector<HTMLButtonElement>('.vote')?.click();
    await waitUntil(() => texts(anna)[0] === 'First?');
    expect(card(anna, first).querySelector('.vote')?.getAttribute('aria-pressed')).to.equal('false');
  });

  it('sorts by the newest and shows the unanswered alone', async () => {
    const { server, mount } = createClass();
    const old = await ask(server, 'luis', 'Old?');
    await new Promise((resolve) => setTimeout(resolve, 5));
    await ask(server, 'luis', 'New?');
    await server.as('anna').send('vote.set', { question: old, value: true });
    const done = await ask(server, 'luis', 'Done?');
    await server.as('teacher').send('question.answer', { id: done, text: 'Yes.' });
    const anna = await mount<LmsQaPanel>('lms-qa-panel', 'anna');
    expect(texts(anna)).to.deep.equal(['Old?', 'New?', 'Done?']);
    const select = $<HTMLSelectElement>(anna, '.sort select');
    const sort = async (value: string): Promise<void> => {
      select.value = value;
      select.dispatchEvent(new Event('change'));
      await rendered(anna);
    };
    await sort('newest');
    expect(texts(anna)).to.deep.equal(['New?', 'Old?', 'Done?']);
    await sort('unanswered');
    expect(texts(anna)).to.deep.equal(['New?', 'Old?']);
  });

  it('publishes, declines with a reason that the asker reads, and edits in the queue', async () => {
    const given = createClass(MODERATED);
    const one = await ask(given.server, 'anna', 'One?');
    const two = await ask(given.server, 'anna', 'Two?');
    const teacher = await given.mount<LmsQaPanel>('lms-qa-panel', 'teacher');
    const anna = await given.mount<LmsQaPanel>('lms-qa-panel', 'anna');
    const luis = await given.mount<LmsQaPanel>('lms-qa-panel', 'luis');
    expect(textOf(anna, '.side')).to.include('Waiting for the teachers');
    expect(textOf(luis)).not.to.include('One?');
    const [, queue] = all(teacher, '.tab');
    expect(queue?.textContent).to.include('2');
    queue?.click();
    await reads(teacher, 'One?', '.main');

    const buttons = (id: string): HTMLButtonElement[] => [
      ...card(teacher, id).querySelectorAll<HTMLButtonElement>('.actions button'),
    ];
    buttons(one)[1]?.click();
    const field = await appears<HTMLTextAreaElement>(teacher, '.inline textarea');
    expect(teacher.renderRoot instanceof ShadowRoot && teacher.renderRoot.activeElement).to.equal(field);
    field.value = 'One, clearer?';
    $(teacher, '.inline .primary').click();
    await reads(teacher, 'One, clearer?', '.main');
    buttons(one)[0]?.click();
    await reads(luis, 'One, clearer?', '.main');

    buttons(two)[2]?.click();
    const reason = await appears<HTMLTextAreaElement>(teacher, 'dialog textarea');
    reason.value = 'That was last week.';
    $(teacher, 'dialog .primary').click();
    await reads(anna, 'Not taken up: That was last week.', '.side');
    await reads(teacher, 'Nothing to check', '.main');
  });

  it('answers in writing, marks as being answered, archives and brings back', async () => {
    const given = createClass();
    const id = await ask(given.server, 'anna', 'Why?');
    const teacher = await given.mount<LmsQaPanel>('lms-qa-panel', 'teacher');
    const anna = await given.mount<LmsQaPanel>('lms-qa-panel', 'anna');
    const more = (): HTMLElement => card(teacher, id).querySelector('.more') as HTMLElement;
    await choose(teacher, more(), 'Answering now');
    await reads(anna, 'Answering now', '.main');
    await choose(teacher, more(), 'I take this one');
    await choose(teacher, more(), 'Answer');
    const field = await appears<HTMLTextAreaElement>(teacher, '.inline textarea');
    field.value = 'Because.';
    setTimeout(() => $(teacher, '.inline .primary').click());
    await oneEvent(anna, 'lms-question-answered');
    await reads(anna, 'Because.', '.answer');
    expect(textOf(anna, '.answer')).to.include('Miriam Okafor');
    await waitUntil(() => card(teacher, id).classList.contains('answered'));
    await choose(teacher, more(), 'Archive');
    await waitUntil(() => texts(anna).length === 0);
    all(teacher, '.tab')[2]?.click();
    await reads(teacher, 'Why?', '.main');
    await choose(teacher, more(), 'Bring back');
    await waitUntil(() => texts(anna).length === 1);
  });

  it('keeps what was declined for the staff, who may publish it after all', async () => {
    const given = createClass(MODERATED);
    const teacher = given.server.as('teacher');
    const declined = await ask(given.server, 'anna', 'Off topic?', true);
    await teacher.send('question.decline', { id: declined, reason: 'Last week.' });
    const waiting = await ask(given.server, 'anna', 'To check?');
    const panel = await given.mount<LmsQaPanel>('lms-qa-panel', 'teacher');
    const luis = await given.mount<LmsQaPanel>('lms-qa-panel', 'luis');
    all(panel, '.tab')[1]?.click();
    await reads(panel, 'Declined', '.section');
    expect(all(panel, '.main .card').map(({ dataset }) => dataset['id'])).to.deep.equal([waiting, declined]);
    expect(card(panel, declined).textContent).to.include('Not taken up: Last week.');
    expect(card(panel, declined).textContent).to.include('Asked by Anna Kovács');
    await expect(panel).to.be.accessible();
    expect(textOf(luis)).not.to.include('Off topic?');
    const actions = card(panel, declined).querySelectorAll<HTMLElement>('.actions button');
    expect([...actions].map(({ textContent }) => textContent.trim())).to.deep.equal(['Publish']);
    actions[0]?.click();
    await reads(luis, 'Off topic?', '.main');
    await waitUntil(() => all(panel, '.section').length === 0);
  });

  it('lets students read what was archived, and change nothing of it', async () => {
    const { server, mount } = createClass();
    const id = await ask(server, 'anna', 'Why?');
    const anna = await mount<LmsQaPanel>('lms-qa-panel', 'anna');
    expect(all(anna, '.tab')).to.have.lengthOf(0);
    await server.as('teacher').send('question.answer', { id, text: 'Because.' });
    await server.as('teacher').send('question.change', { id, state: 'archived' });
    await appears(anna, '.tab');
    expect(all(anna, '.tab').map(({ textContent }) => textContent.trim())).to.deep.equal(['Questions', 'Archive']);
    all(anna, '.tab')[1]?.click();
    await reads(anna, 'Because.', '.main');
    await expect(anna).to.be.accessible();
    expect(all(anna, '.main .card button').filter((button) => !button.matches(':disabled'))).to.have.lengthOf(0);
    await server.as('teacher').send('question.change', { id, state: 'answered' });
    await waitUntil(() => all(anna, '.tab').length === 0);
    expect(texts(anna)).to.deep.equal(['Why?']);
  });

  it('labels a question and removes it after asking', async () => {
    const given = createClass();
    const id = await ask(given.server, 'anna', 'Why?');
    const teacher = await given.mount<LmsQaPanel>('lms-qa-panel', 'teacher');
    const more = (): HTMLElement => card(teacher, id).querySelector('.more') as HTMLElement;
    await choose(teacher, more(), 'Labels');
    (await appears<HTMLInputElement>(teacher, 'dialog input')).value = ' exam, chapter 2 ,';
    $(teacher, 'dialog .primary').click();
    await reads(teacher, 'chapter 2', '.badges');
    expect(all(teacher, '[part=label]').map((label) => label.textContent)).to.deep.equal(['exam', 'chapter 2']);
    await choose(teacher, more(), 'Remove');
    (await appears(teacher, 'dialog .danger')).click();
    await reads(teacher, 'No questions yet');
  });

  it('switches moderation and names, and leaves what the school has fixed', async () => {
    const given = createClass({
      room: { policy: { 'questions.anonymous': { value: true, teacherEditable: false } } },
    });
    const teacher = await given.mount<LmsQaPanel>('lms-qa-panel', 'teacher');
    await choose(teacher, $(teacher, '.header .button'), 'Check questions first');
    await waitUntil(() => teacher.connection.state?.views.all.room.policy['questions.moderated'] === true);
    $(teacher, '.header .button').click();
    const menu = await appears(teacher, '.menu');
    const items = [...menu.querySelectorAll('button')];
    expect(items.map((item) => item.getAttribute('aria-checked'))).to.deep.equal(['true', 'true', 'true']);
    expect(items.map((item) => item.disabled)).to.deep.equal([false, false, true]);
  });

  it('says that questions are off, and opens when they are switched on', async () => {
    const given = createClass({ room: { policy: { 'questions.enabled': false } } });
    const anna = await given.mount<LmsQaPanel>('lms-qa-panel', 'anna');
    expect(textOf(anna)).to.include('Questions are switched off');
    expect(all(anna, 'textarea')).to.have.lengthOf(0);
    await given.server.as('teacher').send('room.change', { policy: { 'questions.enabled': true } });
    await appears(anna, '.ask textarea');
  });

  it('keeps what is half written, and that it goes without a name, while nothing can be asked', async () => {
    const { server, mount } = createClass();
    const anna = await mount<LmsQaPanel>('lms-qa-panel', 'anna');
    const field = (): HTMLTextAreaElement => $<HTMLTextAreaElement>(anna, '.ask textarea');
    const hide = (): HTMLInputElement => $<HTMLInputElement>(anna, '.ask input');
    const teacher = server.as('teacher');
    const { participant } = server.as('anna');
    write(field(), 'Half a quest');
    hide().click();
    await teacher.send('room.change', { policy: { 'questions.enabled': false } });
    await waitUntil(() => all(anna, '.ask').length === 0);
    await teacher.send('room.change', { policy: { 'questions.enabled': true } });
    await appears(anna, '.ask');
    expect([field().value, hide().checked]).to.deep.equal(['Half a quest', true]);
    await teacher.send('person.bar', { participant, bar: 'chat', barred: true });
    await waitUntil(() => all(anna, '.ask').length === 0);
    await teacher.send('person.bar', { participant, bar: 'chat', barred: false });
    await appears(anna, '.ask');
    expect([field().value, hide().checked]).to.deep.equal(['Half a quest', true]);
    press(field(), 'Enter');
    await reads(anna, 'Half a quest', '.main');
    expect(textOf(anna, '.main')).to.include('Anonymous');
    expect([field().value, hide().checked]).to.deep.equal(['', false]);
  });

  it('never covers a text with its menu, whichever way text and page are written', async () => {
    const given = createClass();
    await ask(given.server, 'luis', 'Why is the derivative of a constant not a constant, but zero? '.repeat(4));
    await ask(given.server, 'luis', 'لماذا تكون مشتقة العدد الثابت صفرًا وليست عددًا ثابتًا؟ '.repeat(4));
    for (const [locale, dir] of [
      ['ar', 'rtl'],
      ['en', 'ltr'],
    ] as const) {
      const teacher = await given.mount<LmsQaPanel>('lms-qa-panel', 'teacher', { locale });
      await appears(teacher, `.root[dir=${dir}] .card`);
      teacher.style.setProperty('width', '400px');
      await rendered(teacher);
      for (const one of all(teacher, '.card')) {
        const button = one.querySelector('.more')?.getBoundingClientRect() as DOMRect;
        const range = document.createRange();
        range.selectNodeContents(one.querySelector('.text') as Element);
        expect(range.getClientRects().length).to.be.above(1);
        for (const line of range.getClientRects())
          expect(line.right <= button.left || line.left >= button.right).to.equal(true);
      }
    }
  });

  it('keeps a question that was refused, with the reason', async () => {
    const { server, mount } = createClass();
    const anna = await mount<LmsQaPanel>('lms-qa-panel', 'anna');
    server.refuseNext('text_too_long');
    write($<HTMLTextAreaElement>(anna, '.ask textarea'), 'Long?');
    $(anna, '[part=ask-button]').click();
    await reads(anna, 'Not sent: That is too long.', '.side');
    all(anna, '.side .actions button')[0]?.click();
    await reads(anna, 'Long?', '.main');
  });

  it('keeps a question that is not sent in sight where the class cannot be opened any more', async () => {
    const { server, mount } = createClass();
    const anna = await mount<LmsQaPanel>('lms-qa-panel', 'anna');
    server.isSilent = true;
    write($<HTMLTextAreaElement>(anna, '.ask textarea'), 'Still mine?');
    $(anna, '[part=ask-button]').click();
    await reads(anna, 'Still mine?', '.card.pending');
    server.closeSockets({ code: 4501, reason: 'room_unknown' });
    await reads(anna, 'Still mine?', '.unsent .card.pending');
    expect(all(anna, '.unsent .actions button')).to.have.lengthOf(1);
  });

  it('moves between tabs by arrow keys', async () => {
    const { mount } = createClass();
    const teacher = await mount<LmsQaPanel>('lms-qa-panel', 'teacher');
    const [first, second] = all(teacher, '.tab');
    press(first!, 'ArrowRight');
    await rendered(teacher);
    expect(second?.getAttribute('aria-selected')).to.equal('true');
    press(second!, 'ArrowLeft');
    await rendered(teacher);
    expect(first?.getAttribute('aria-selected')).to.equal('true');
  });

  it('puts the question and the list side by side where there is room', async () => {
    const { mount } = createClass();
    const anna = await mount<LmsQaPanel>('lms-qa-panel', 'anna');
    anna.style.setProperty('width', '1100px');
    await rendered(anna);
    const side = $(anna, '.side').getBoundingClientRect();
    expect($(anna, '.main').getBoundingClientRect().left).to.be.at.least(side.right - 1);
    anna.style.setProperty('width', '400px');
    await rendered(anna);
    expect($(anna, '.main').getBoundingClientRect().top).to.be.at.least(
      $(anna, '.side').getBoundingClientRect().bottom - 1,
    );
  });

  it('shows everything that people write as text', async () => {
    const { server, mount } = createClass();
    for (const text of HOSTILE_TEXTS) {
      const id = await ask(server, 'luis', text);
      await server.as('teacher').send('question.change', { id, labels: [text.slice(0, 40)] });
      await server.as('teacher').send('question.answer', { id, text });
    }
    await server.as('teacher').send('room.change', { policy: { 'questions.moderated': true } });
    const pending = await ask(server, 'anna', HOSTILE_TEXTS[0]!);
    await server.as('teacher').send('question.decline', { id: pending, reason: HOSTILE_TEXTS[1]! });
    const anna = await mount<LmsQaPanel>('lms-qa-panel', 'anna');
    await reads(anna, HOSTILE_TEXTS[1]!, '.side');
    expect(texts(anna).sort()).to.deep.equal([...HOSTILE_TEXTS].sort());
    expect(all(anna, '.content script, .content img, .content svg[onload], .content lms-chat')).to.have.lengthOf(0);
    for (const link of all<HTMLAnchorElement>(anna, 'a')) expect(link.protocol).to.match(/^(https?|mailto):$/u);
    expect('hacked' in window).to.equal(false);
  });
});
