import { aTimeout, expect, oneEvent, waitUntil } from '@open-wc/testing';
import type { OutboxNews, OutboxOwner } from '@lms-live/client';
import type { LmsEvent } from '../events.js';
import {
  $,
  all,
  appears,
  choose,
  createClass,
  gone,
  HOSTILE_TEXTS,
  press,
  reads,
  rendered,
  textOf,
  write,
  type TestClass,
} from '../internal/testing/class.js';
import { describePanel } from '../internal/testing/contract.js';
import type { LmsChat } from './chat.js';

describePanel({
  tag: 'lms-chat',
  heading: 'Chat',
  content: 'Good morning!',
  fill: async ({ server }) => {
    const teacher = server.as('teacher');
    const pinned = await say(server, 'teacher', 'Worksheet: https://school.example/week-5');
    await teacher.send('chat.pin', { id: pinned, pinned: true });
    const first = await say(server, 'anna', 'Good morning!');
    await say(server, 'luis', 'And to you', { replyTo: first });
    await say(server, 'anna', 'May I leave early?', { to: 'staff' });
    const gone = await say(server, 'luis', 'Oops');
    await teacher.send('chat.delete', { id: gone });
  },
});

async function say(
  server: TestClass['server'],
  person: string,
  text: string,
  more: { replyTo?: string; to?: string } = {},
): Promise<string> {
  return (await server.as(person).send('chat.post', { text, ...more }))['id'] as string;
}

function field(chat: LmsChat): HTMLTextAreaElement {
  return $<HTMLTextAreaElement>(chat, 'textarea');
}

function send(chat: LmsChat, text: string): void {
  write(field(chat), text);
  press(field(chat), 'Enter');
}

function texts(chat: LmsChat): string[] {
  return all(chat, '.row .text').map((text) => text.textContent);
}

function rowOf(chat: LmsChat, text: string): HTMLElement {
  const found = all(chat, '.row').find((row) => row.textContent.includes(text));
  if (!found) throw new Error(`no row says ${text}`);
  return found;
}

function more(chat: LmsChat, text: string): HTMLElement {
  return rowOf(chat, text).querySelector('[data-do=more]') as HTMLElement;
}

describe('<lms-chat>', () => {
  it('sends with Enter; the others read it and are told', async () => {
    const { mount } = createClass();
    const anna = await mount<LmsChat>('lms-chat', 'anna');
    const luis = await mount<LmsChat>('lms-chat', 'luis');
    setTimeout(() => send(anna, 'Hello <b>class</b>'));
    const { detail } = await oneEvent<LmsEvent<'lms-message-posted'>>(luis, 'lms-message-posted');
    expect(detail.own).to.equal(false);
    await reads(luis, 'Hello <b>class</b>', '.lines');
    expect(textOf(luis, '.lines')).to.include('Anna Kovács');
    expect(rowOf(anna, 'Hello').classList.contains('own')).to.equal(true);
    expect(field(anna).value).to.equal('');
  });

  it('breaks the line with Shift+Enter, and sends nothing that is empty or being composed', async () => {
    const { mount } = createClass();
    const anna = await mount<LmsChat>('lms-chat', 'anna');
    send(anna, '   ');
    write(field(anna), 'One');
    expect(press(field(anna), 'Enter', { shiftKey: true }).defaultPrevented).to.equal(false);
    press(field(anna), 'Enter', { isComposing: true });
    await rendered(anna);
    expect(anna.connection.state?.pending).to.deep.equal([]);
    expect(field(anna).value).to.equal('One');
  });

  it('shows what is on its way as pending, and what was refused with the reason and a way out', async () => {
    const { server, mount } = createClass();
    const anna = await mount<LmsChat>('lms-chat', 'anna');
    server.latencyMs = 60;
    send(anna, 'Slowly');
    await rendered(anna);
    expect(all(anna, '.bubble.pending')).to.have.lengthOf(1);
    await gone(anna, '.bubble.pending');
    server.latencyMs = 0;
    server.refuseNext('text_too_long');
    send(anna, 'Refused');
    await reads(anna, 'Not sent: That is too long.', '.failure');
    $(anna, '.failure button').click();
    await gone(anna, '.failure');
    expect(texts(anna)).to.deep.equal(['Slowly', 'Refused']);
    server.refuseNext('text_too_long');
    send(anna, 'Dropped');
    await appears(anna, '.failure');
    all(anna, '.failure button')[1]?.click();
    await gone(anna, '.failure');
    expect(texts(anna)).to.deep.equal(['Slowly', 'Refused']);
  });

  it('says of what waits that it does, and what would become of it without this page', async () => {
    let now = Date.now();
    const { server, mount } = createClass({ now: () => now });
    const news: OutboxNews[] = [];
    const environment = {
      ...server.environment('anna'),
      nowMs: () => now,
      createOutbox: (_owner: OutboxOwner, told: OutboxNews) => {
        news.push(told);
        told.keeps(true);
        return {
          add: async () => undefined,
          remove: async () => undefined,
          list: async () => [],
          close: async () => undefined,
        };
      },
    };
    const anna = await mount<LmsChat>('lms-chat', 'anna', { environment });
    server.isSilent = true;
    send(anna, 'On its way');
    await rendered(anna);
    expect(all(anna, '.bubble.pending')).to.have.lengthOf(1);
    expect(all(anna, '[part~="waiting-note"]')).to.have.lengthOf(0);
    now += 2_000;
    anna.requestUpdate();
    await reads(anna, 'Not sent yet.', '[part~="waiting-note"]');
    server.isSilent = false;
    server.stop();
    await reads(anna, 'Not sent yet. It is kept on this device and goes out by itself.', '[part~="waiting-note"]');
    expect($(anna, '[part~="waiting-note"]').closest('[role="status"]')).not.to.equal(null);
    news[0]?.keeps(false);
    await reads(anna, 'please keep this page open', '[part~="waiting-note"]');
    now += 1_000;
    server.start();
    anna.retry();
    await gone(anna, '.bubble.pending');
    expect(all(anna, '[part~="waiting-note"]')).to.have.lengthOf(0);
    expect(texts(anna)).to.deep.equal(['On its way']);
  });

  it('keeps what is not sent in sight where the class cannot be opened any more, and sends it when it can', async () => {
    const { server, mount, environment } = createClass();
    const keeping = {
      ...environment('anna'),
      createOutbox: (_owner: OutboxOwner, told: OutboxNews) => {
        told.keeps(true);
        return {
          add: async () => undefined,
          remove: async () => undefined,
          list: async () => [],
          close: async () => undefined,
        };
      },
    };
    const anna = await mount<LmsChat>('lms-chat', 'anna', { environment: keeping });
    server.isSilent = true;
    send(anna, 'Still mine');
    await rendered(anna);
    server.closeSockets({ code: 4501, reason: 'room_unknown' });
    await reads(anna, 'It is kept on this device for a day', '.unsent [part~="waiting-note"]');
    expect(textOf(anna, '.unsent .bubble')).to.include('Still mine');
    expect(textOf(anna, '.unsent .failure')).to.include('Not sent').and.not.to.include('Send again');
    server.isSilent = false;
    anna.retry();
    await gone(anna, '.bubble.pending');
    expect(texts(anna)).to.deep.equal(['Still mine']);
  });

  it('does not offer to send again what a class that is over would refuse again', async () => {
    const { server, mount } = createClass();
    const anna = await mount<LmsChat>('lms-chat', 'anna');
    server.refuseNext('text_too_long');
    send(anna, 'Refused');
    await reads(anna, 'Send again', '.failure');
    await server.as('teacher').send('room.end', {});
    await reads(anna, 'Discard', '.failure');
    await waitUntil(() => !textOf(anna, '.failure').includes('Send again'));
  });

  it('groups what one person says, separates days, and names roles', async () => {
    const at = new Date(2026, 2, 2, 23, 50).getTime();
    let now = at;
    const { server, mount } = createClass({ now: () => now });
    await say(server, 'teacher', 'One');
    now += 60_000;
    await say(server, 'teacher', 'Two');
    now += 15 * 60_000;
    await say(server, 'teacher', 'Three');
    const anna = await mount<LmsChat>('lms-chat', 'anna');
    expect(all(anna, '.row.first')).to.have.lengthOf(2);
    expect(all(anna, '.day')).to.have.lengthOf(2);
    expect(textOf(anna, '.row')).to.include('Teacher');
    expect($(anna, 'time').title).to.match(/2026/u);
  });

  it('makes web addresses clickable and nothing else', async () => {
    const { server, mount } = createClass();
    await say(server, 'luis', 'See https://school.example/a?b=(c), or www.example.org! javascript:alert(1)');
    const anna = await mount<LmsChat>('lms-chat', 'anna');
    const links = all<HTMLAnchorElement>(anna, '.text a');
    expect(links.map((link) => link.href)).to.deep.equal([
      'https://school.example/a?b=(c)',
      'https://www.example.org/',
    ]);
    for (const { rel, target } of links) {
      expect(rel).to.equal('noopener noreferrer nofollow');
      expect(target).to.equal('_blank');
    }
  });

  it('shows everything that people write as text', async () => {
    const { server, mount } = createClass({
      people: {
        anna: { sub: 'anna', name: 'Anna', role: 'student' },
        evil: { sub: 'evil', name: HOSTILE_TEXTS[0]!, role: 'student', picture: 'javascript:window.hacked=true' },
      },
    });
    for (const text of HOSTILE_TEXTS) await say(server, 'evil', text, { replyTo: await say(server, 'evil', text) });
    const anna = await mount<LmsChat>('lms-chat', 'anna');
    await reads(anna, HOSTILE_TEXTS[0]!, '.name');
    expect(texts(anna)).to.deep.equal(HOSTILE_TEXTS.flatMap((text) => [text, text]));
    expect(all(anna, '.lines script, .lines img, .lines svg[onload], .lines lms-chat')).to.have.lengthOf(0);
    for (const link of all<HTMLAnchorElement>(anna, 'a')) expect(link.protocol).to.match(/^(https?|mailto):$/u);
    expect('hacked' in window).to.equal(false);
  });

  it('edits the last own message with the arrow up, and Escape leaves it as it is', async () => {
    const { server, mount } = createClass();
    const anna = await mount<LmsChat>('lms-chat', 'anna');
    await say(server, 'anna', 'Helo');
    await say(server, 'luis', 'Hi');
    await reads(anna, 'Hi');
    press(field(anna), 'ArrowUp');
    await reads(anna, 'Editing your message');
    expect(field(anna).value).to.equal('Helo');
    let escaped = false;
    anna.addEventListener('keydown', ({ key }) => (escaped ||= key === 'Escape'));
    press(field(anna), 'Escape');
    await gone(anna, '.draft');
    expect(field(anna).value).to.equal('');
    expect(escaped).to.equal(false);
    press(field(anna), 'Escape');
    expect(escaped).to.equal(true);
    press(field(anna), 'ArrowUp');
    await appears(anna, '.draft');
    send(anna, 'Hello');
    await reads(anna, 'edited');
    expect(texts(anna)).to.deep.equal(['Hello', 'Hi']);
  });

  it('replies with a quote, and the quote leads to what it answers', async () => {
    const { server, mount } = createClass();
    await say(server, 'luis', 'Do we need the formula?');
    const anna = await mount<LmsChat>('lms-chat', 'anna');
    rowOf(anna, 'formula').querySelector<HTMLElement>('[data-do=reply]')?.click();
    await reads(anna, 'Reply to Luis Fernández', '.draft');
    send(anna, 'No');
    await appears(anna, '.quote');
    expect(textOf(anna, '.quote')).to.equal('Luis Fernández Do we need the formula?');
    $(anna, '.quote').click();
    await waitUntil(() => rowOf(anna, 'Do we need').classList.contains('found'));
    expect(anna.shadowRoot?.activeElement?.textContent).to.include('Do we need');
  });

  it('deletes after asking, one’s own for students and any for the staff, and leaves a mark', async () => {
    const { server, mount } = createClass();
    await say(server, 'luis', 'Nonsense');
    await say(server, 'anna', 'Mine');
    const anna = await mount<LmsChat>('lms-chat', 'anna');
    const teacher = await mount<LmsChat>('lms-chat', 'teacher');
    more(anna, 'Nonsense').click();
    const menu = await appears(anna, '.menu');
    expect(menu.textContent).not.to.include('Delete');
    press(menu, 'Escape');
    await gone(anna, '.menu');
    await choose(anna, more(anna, 'Mine'), 'Delete');
    (await appears(anna, 'dialog .danger')).click();
    await reads(teacher, 'Message deleted');
    await choose(teacher, more(teacher, 'Nonsense'), 'Delete');
    (await appears(teacher, 'dialog .danger')).click();
    await waitUntil(() => all(anna, '.gone').length === 2);
  });

  it('pins a message above the others and takes it down', async () => {
    const { server, mount } = createClass();
    await say(server, 'luis', 'Important');
    const teacher = await mount<LmsChat>('lms-chat', 'teacher');
    const anna = await mount<LmsChat>('lms-chat', 'anna');
    await choose(teacher, more(teacher, 'Important'), 'Pin');
    await reads(anna, 'Important', '.pins');
    expect(all(anna, '.pins button')).to.have.lengthOf(1);
    all(teacher, '.pins button')[1]?.click();
    await gone(anna, '.pins');
  });

  it('shows a pinned message that is older than what is loaded, and goes to it', async () => {
    const { server, mount } = createClass({ snapshotAfterEvents: 50 });
    const id = await say(server, 'luis', 'Important');
    await server.as('teacher').send('chat.pin', { id, pinned: true });
    for (let index = 0; index < 130; index += 1) await say(server, 'luis', `Message ${index}`);
    const anna = await mount<LmsChat>('lms-chat', 'anna');
    expect(anna.connection.state?.views.all.messages.get(id)).to.equal(undefined);
    expect(textOf(anna, '.pins')).to.include('Important');
    $(anna, '.pin-text').click();
    await waitUntil(() => anna.shadowRoot?.activeElement?.textContent.includes('Important'), 'goes to it', {
      timeout: 4_000,
    });
    expect(rowOf(anna, 'Important').classList.contains('found')).to.equal(true);
  });

  it('carries what is private to the teachers and back, visibly, and to nobody else', async () => {
    const { mount } = createClass();
    const anna = await mount<LmsChat>('lms-chat', 'anna');
    const luis = await mount<LmsChat>('lms-chat', 'luis');
    const teacher = await mount<LmsChat>('lms-chat', 'teacher');
    const toggle = $(anna, '[part=private-toggle]');
    toggle.click();
    await rendered(anna);
    expect(toggle.getAttribute('aria-pressed')).to.equal('true');
    expect(field(anna).placeholder).to.equal('Write to the teachers');
    send(anna, 'I feel lost');
    await reads(anna, 'Only you and the teachers');
    await reads(teacher, 'Private with Anna Kovács');
    rowOf(teacher, 'lost').querySelector<HTMLElement>('[data-do=reply]')?.click();
    await appears(teacher, '.draft');
    send(teacher, 'Stay after class');
    await reads(anna, 'Stay after class', '.lines');
    expect(texts(luis)).to.deep.equal([]);
  });

  it('shows from the first moment that a message is private, on both sides', async () => {
    const { server, mount } = createClass();
    await say(server, 'anna', 'Hello');
    const anna = await mount<LmsChat>('lms-chat', 'anna');
    const teacher = await mount<LmsChat>('lms-chat', 'teacher');
    $(anna, '[part=private-toggle]').click();
    await choose(teacher, more(teacher, 'Hello'), 'Write privately');
    await appears(teacher, '.draft');
    server.latencyMs = 200;
    send(anna, 'I feel lost');
    await appears(anna, '.bubble.pending');
    expect(textOf(anna, '.bubble.pending')).to.include('Only you and the teachers');
    expect(rowOf(anna, 'lost').classList.contains('private')).to.equal(true);
    send(teacher, 'A word?');
    await appears(teacher, '.bubble.pending');
    expect(textOf(teacher, '.bubble.pending')).to.include('Private with Anna Kovács');
    await gone(anna, '.bubble.pending');
    await gone(teacher, '.bubble.pending');
    send(teacher, 'To everyone');
    await appears(teacher, '.bubble.pending');
    expect(all(teacher, '.bubble.pending .mark')).to.have.lengthOf(0);
  });

  it('lets the staff write to a student first', async () => {
    const { server, mount } = createClass();
    await say(server, 'anna', 'Hello');
    const teacher = await mount<LmsChat>('lms-chat', 'teacher');
    await choose(teacher, more(teacher, 'Hello'), 'Write privately');
    await reads(teacher, 'Private with Anna Kovács', '.draft');
    send(teacher, 'A word?');
    const anna = await mount<LmsChat>('lms-chat', 'anna');
    await reads(anna, 'A word?');
    expect(textOf(anna, '.private')).to.include('Only you and the teachers');
  });

  it('mutes a student, who is told why the field is gone', async () => {
    const { server, mount } = createClass();
    await say(server, 'anna', 'Spam');
    const teacher = await mount<LmsChat>('lms-chat', 'teacher');
    const anna = await mount<LmsChat>('lms-chat', 'anna');
    await choose(teacher, more(teacher, 'Spam'), 'Mute in the chat');
    await reads(anna, 'The teacher has muted you in the chat');
    expect(all(anna, 'textarea')).to.have.lengthOf(0);
    await choose(teacher, more(teacher, 'Spam'), 'Lift the mute');
    await appears(anna, 'textarea');
  });

  it('keeps what is half written while writing is closed, and gives it to nobody else', async () => {
    const { server, mount } = createClass();
    const anna = await mount<LmsChat>('lms-chat', 'anna');
    const teacher = server.as('teacher');
    write(field(anna), 'Half a sent');
    await teacher.send('room.change', { policy: { 'chat.mode': 'frozen' } });
    await gone(anna, 'textarea');
    await teacher.send('room.change', { policy: { 'chat.mode': 'open' } });
    await appears(anna, 'textarea');
    expect(field(anna).value).to.equal('Half a sent');
    expect($(anna, '[part=send-button]').getAttribute('aria-disabled')).to.equal('false');
    press(field(anna), 'Enter');
    await reads(anna, 'Half a sent', '.lines');
    expect(field(anna).value).to.equal('');
    write(field(anna), 'Between us');
    await rendered(anna);
    anna.token = server.tokenFor('luis');
    await waitUntil(() => anna.client?.getState().me?.participant === server.as('luis').participant);
    await appears(anna, 'textarea');
    expect(field(anna).value).to.equal('');
  });

  it('follows the mode that the staff choose, and explains it', async () => {
    const { mount } = createClass();
    const teacher = await mount<LmsChat>('lms-chat', 'teacher');
    const anna = await mount<LmsChat>('lms-chat', 'anna');
    const set = async (label: string): Promise<void> => choose(teacher, $(teacher, '.header .button'), label);
    await set('Teachers only (paused)');
    await reads(anna, 'The teacher has paused the chat');
    expect(all(anna, 'textarea')).to.have.lengthOf(0);
    expect(all(teacher, 'textarea')).to.have.lengthOf(1);
    await set('Students to the teachers only');
    await reads(anna, 'Messages go to the teachers only');
    send(anna, 'Psst');
    await reads(anna, 'Only you and the teachers', '.lines');
    await set('Questions only');
    await reads(anna, 'Only questions are open');
    await set('Everyone, slowly');
    send(anna, 'One');
    await reads(anna, /you can write again in \d+ s/u);
    write(field(anna), 'Two');
    press(field(anna), 'Enter');
    await rendered(anna);
    expect(field(anna).value).to.equal('Two');
    await set('Everyone');
    await waitUntil(() => all(anna, '.notice').length === 0);
  });

  it('tells observers and a class without a chat why nothing can be written', async () => {
    const guest = await createClass().mount<LmsChat>('lms-chat', 'guest');
    expect(textOf(guest)).to.include('You can read along here');
    const off = await createClass({ room: { policy: { 'chat.enabled': false } } }).mount<LmsChat>('lms-chat', 'anna');
    expect(textOf(off)).to.include('The chat is switched off');
  });

  it('shows who is writing', async () => {
    const { server, mount } = createClass();
    await server.as('luis').join();
    const anna = await mount<LmsChat>('lms-chat', 'anna');
    server.as('luis').signal('typing', {});
    await reads(anna, 'Luis Fernández is writing…', '.typing');
  });

  it('counts the characters that are left near the end', async () => {
    const { mount } = createClass();
    const anna = await mount<LmsChat>('lms-chat', 'anna');
    write(field(anna), 'x'.repeat(3_950));
    await reads(anna, '50 characters left', '.counter');
    expect(field(anna).maxLength).to.equal(4_000);
  });

  it('reaches every message by arrow keys and its actions by Tab, with one tab stop', async () => {
    const { server, mount } = createClass();
    for (const text of ['One', 'Two', 'Three']) await say(server, 'luis', text);
    const anna = await mount<LmsChat>('lms-chat', 'anna');
    expect(all(anna, '.row[tabindex="0"]')).to.have.lengthOf(1);
    rowOf(anna, 'Three').focus();
    press(rowOf(anna, 'Three'), 'ArrowUp');
    await rendered(anna);
    expect(anna.shadowRoot?.activeElement).to.equal(rowOf(anna, 'Two'));
    expect(all(anna, '.row [tabindex="0"]').every((button) => rowOf(anna, 'Two').contains(button))).to.equal(true);
    press(rowOf(anna, 'Two'), 'Home');
    await rendered(anna);
    expect(anna.shadowRoot?.activeElement).to.equal(rowOf(anna, 'One'));
    const tool = rowOf(anna, 'One').querySelector('button')!;
    tool.focus();
    press(tool, 'Escape');
    expect(anna.shadowRoot?.activeElement).to.equal(rowOf(anna, 'One'));
  });

  it('opens its menu by keyboard, moves in it by arrows, and gives the focus back', async () => {
    const { server, mount } = createClass();
    await say(server, 'luis', 'One');
    const teacher = await mount<LmsChat>('lms-chat', 'teacher');
    const button = more(teacher, 'One');
    button.click();
    const menu = await appears(teacher, '.menu');
    const items = [...menu.querySelectorAll('button')];
    expect(teacher.shadowRoot?.activeElement).to.equal(items[0]);
    expect(button.getAttribute('aria-expanded')).to.equal('true');
    press(items[0]!, 'ArrowUp');
    expect(teacher.shadowRoot?.activeElement).to.equal(items.at(-1));
    press(items.at(-1)!, 'ArrowDown');
    expect(teacher.shadowRoot?.activeElement).to.equal(items[0]);
    press(items[0]!, 'Escape');
    await gone(teacher, '.menu');
    expect(teacher.shadowRoot?.activeElement).to.equal(button);
    expect(button.getAttribute('aria-expanded')).to.equal('false');
  });

  it('is accessible with a menu, a dialog, a draft and a refusal open', async () => {
    const { server, mount } = createClass();
    await say(server, 'luis', 'One');
    const teacher = await mount<LmsChat>('lms-chat', 'teacher');
    rowOf(teacher, 'One').querySelector<HTMLElement>('[data-do=reply]')?.click();
    server.refuseNext('text_too_long');
    send(teacher, 'Too long');
    await appears(teacher, '.failure');
    more(teacher, 'One').click();
    await appears(teacher, '.menu');
    await expect(teacher).to.be.accessible();
    const items = [...$(teacher, '.menu').querySelectorAll('button')];
    items.at(-1)?.click();
    await appears(teacher, 'dialog');
    await expect(teacher).to.be.accessible();
  });

  it('speaks new messages of others from a region of its own, without moving the focus', async () => {
    const { server, mount } = createClass();
    await say(server, 'luis', 'Before');
    const anna = await mount<LmsChat>('lms-chat', 'anna');
    expect($(anna, '[role=log]').getAttribute('aria-live')).to.equal('off');
    field(anna).focus();
    await say(server, 'luis', 'After');
    await say(server, 'anna', 'Own');
    await reads(anna, 'Luis Fernández: After', '.visually-hidden[aria-live=polite]');
    expect(textOf(anna, '.visually-hidden[aria-live=polite]')).to.equal('Luis Fernández: After');
    expect(anna.shadowRoot?.activeElement).to.equal(field(anna));
  });

  it('complains for a while when something else is refused', async () => {
    const { server, mount } = createClass();
    await say(server, 'luis', 'One');
    const teacher = await mount<LmsChat>('lms-chat', 'teacher');
    server.refuseNext('pins_full');
    await choose(teacher, more(teacher, 'One'), 'Pin');
    await reads(teacher, 'Too many messages are pinned', '.complaint');
    expect(teacher.connection.state?.pending).to.deep.equal([]);
  });

  it('fetches older messages when one scrolls to the top, and stays there', async () => {
    const { server, mount } = createClass({ snapshotAfterEvents: 50 });
    for (let index = 0; index < 130; index += 1) await say(server, 'luis', `Message ${index}`);
    const anna = await mount<LmsChat>('lms-chat', 'anna');
    const known = anna.connection.state?.views.all.messages.length ?? 0;
    expect(known).to.be.below(130);
    const scroller = $(anna, '.scroller');
    scroller.scrollTop = 0;
    await waitUntil(() => (anna.connection.state?.views.all.messages.length ?? 0) > known, 'older ones come', {
      timeout: 4_000,
    });
    await rendered(anna);
    await aTimeout(50);
    expect(scroller.scrollTop).to.be.above(500);
  });
});
