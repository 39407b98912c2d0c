import { expect, oneEvent, waitUntil } from '@open-wc/testing';
import type { LmsEvent } from '../events.js';
import {
  $,
  all,
  appears,
  choose,
  createClass,
  gone,
  HOSTILE_TEXTS,
  PEOPLE,
  reads,
  textOf,
  write,
} from '../internal/testing/class.js';
import { describePanel } from '../internal/testing/contract.js';
import type { LmsPeople } from './people.js';

describePanel({
  tag: 'lms-people',
  keepsContent: false,
  heading: 'People',
  content: 'Luis Fernández',
  fill: async ({ server }) => {
    await server.as('teacher').join();
    await server.as('luis').join();
    await server.as('luis').send('hand.raise', {});
  },
});

describe('<lms-people>', () => {
  it('shows who is in the class, the teachers first and with their role', async () => {
    const { server, mount } = createClass();
    await server.as('luis').join();
    await server.as('teacher').join();
    const people = await mount<LmsPeople>('lms-people', 'anna');
    await reads(people, '3 people');
    expect(all(people, '.person bdi').map((name) => name.textContent)).to.deep.equal([
      'Miriam Okafor',
      'Anna Kovács',
      'Luis Fernández',
    ]);
    expect(textOf(people, '.person')).to.include('Teacher');
    expect(textOf(people)).to.include('Anna Kovács (You)');
    await server.as('luis').leave();
    await reads(people, '2 people');
  });

  it('tells who comes and goes', async () => {
    const { server, mount } = createClass();
    const people = await mount<LmsPeople>('lms-people', 'anna');
    setTimeout(() => void server.as('luis').join());
    const { detail } = await oneEvent<LmsEvent<'lms-person-joined'>>(people, 'lms-person-joined');
    expect(detail.name).to.equal('Luis Fernández');
  });

  it('raises and lowers one’s own hand', async () => {
    const { mount } = createClass();
    const people = await mount<LmsPeople>('lms-people', 'anna');
    const button = $(people, '.hand');
    expect(button.getAttribute('aria-pressed')).to.equal('false');
    button.click();
    await reads(people, 'Lower hand', '.hand');
    expect(button.getAttribute('aria-pressed')).to.equal('true');
    expect(textOf(people, '.hands')).to.include('Anna Kovács');
    button.click();
    await gone(people, '.hands');
  });

  it('orders hands by the time they went up and lets the staff lower them', async () => {
    const { server, mount } = createClass();
    for (const person of ['luis', 'anna'] as const) {
      await server.as(person).join();
      await server.as(person).send('hand.raise', {});
    }
    const people = await mount<LmsPeople>('lms-people', 'teacher');
    await appears(people, '.hands');
    expect(all(people, '.hands bdi').map((name) => name.textContent)).to.deep.equal(['Luis Fernández', 'Anna Kovács']);
    $(people, '.hands button').click();
    await waitUntil(() => all(people, '.hands bdi').length === 1);
    expect(textOf(people, '.hands')).to.include('Anna');
  });

  it('gives students no menus and no queue to manage', async () => {
    const { server, mount } = createClass();
    await server.as('luis').join();
    await server.as('luis').send('hand.raise', {});
    const people = await mount<LmsPeople>('lms-people', 'anna');
    await appears(people, '.hands');
    expect(all(people, '[aria-haspopup]')).to.have.lengthOf(0);
    expect(all(people, '.hands button')).to.have.lengthOf(0);
  });

  it('makes somebody an assistant, and takes it back', async () => {
    const { mount } = createClass();
    await mount<LmsPeople>('lms-people', 'luis');
    const people = await mount<LmsPeople>('lms-people', 'teacher');
    await reads(people, 'Luis');
    await choose(people, await appears(people, '[aria-label="Actions for Luis Fernández"]'), 'Make assistant');
    await reads(people, 'Assistant');
    await choose(people, await appears(people, '[aria-label="Actions for Luis Fernández"]'), 'Make student');
    await waitUntil(() => !textOf(people).includes('Assistant'));
  });

  it('mutes in the chat and lifts the mute', async () => {
    const { server, mount } = createClass();
    await server.as('luis').join();
    const people = await mount<LmsPeople>('lms-people', 'helper');
    await reads(people, 'Luis');
    await choose(people, await appears(people, '[aria-label="Actions for Luis Fernández"]'), 'Mute in the chat');
    await appears(people, '[aria-label="Muted in the chat"]');
    await choose(people, $(people, '[aria-label="Actions for Luis Fernández"]'), 'Lift the mute');
    await gone(people, '[aria-label="Muted in the chat"]');
  });

  it('bans with a reason after asking, and closes the door', async () => {
    const given = createClass();
    const luis = await given.mount<LmsPeople>('lms-people', 'luis');
    const people = await given.mount<LmsPeople>('lms-people', 'teacher');
    await reads(people, 'Luis');
    await choose(people, await appears(people, '[aria-label="Actions for Luis Fernández"]'), 'Ban from the class');
    const dialog = await appears<HTMLDialogElement>(people, 'dialog');
    expect(dialog.textContent).to.include('Ban Luis Fernández?');
    $<HTMLSelectElement>(people, 'dialog select').value = 'abuse';
    $(people, 'dialog .danger').click();
    await reads(people, '1 person');
    await waitUntil(() => luis.matches(':state(failed)'));
    expect(luis.connection.state?.connection.error?.code).to.equal('person_banned');
  });

  it('lists who is banned for the staff alone, and lifts the ban', async () => {
    const { server, mount } = createClass();
    const people = await mount<LmsPeople>('lms-people', 'teacher');
    const anna = await mount<LmsPeople>('lms-people', 'anna');
    expect(all(people, '.banned')).to.have.lengthOf(0);
    const luis = await mount<LmsPeople>('lms-people', 'luis');
    const teacher = server.as('teacher');
    const { participant } = server.as('luis');
    await teacher.send('person.bar', { participant, bar: 'room', barred: true, reason: 'spam' });
    const section = await appears<HTMLDetailsElement>(people, '.banned');
    expect(section.open).to.equal(false);
    expect(textOf(people, '.banned')).to.include('Luis Fernández Spam');
    section.open = true;
    await expect(people).to.be.accessible();
    await waitUntil(() => luis.matches(':state(failed)'));
    expect(all(anna, '.banned')).to.have.lengthOf(0);
    $(people, '.banned [aria-label="Lift ban of Luis Fernández"]').click();
    await gone(people, '.banned');
    const again = await mount<LmsPeople>('lms-people', 'luis');
    expect(again.matches(':state(online)')).to.equal(true);

    await teacher.send('person.bar', { participant, bar: 'room', barred: true, until: Date.now() + 500 });
    await reads(people, 'until', '.banned');
    await gone(people, '.banned');
  });

  it('asks before removing, and Escape of the dialog removes nobody', async () => {
    const { server, mount } = createClass();
    await server.as('luis').join();
    const people = await mount<LmsPeople>('lms-people', 'teacher');
    await reads(people, 'Luis');
    await choose(people, await appears(people, '[aria-label="Actions for Luis Fernández"]'), 'Remove from the class');
    const dialog = await appears<HTMLDialogElement>(people, 'dialog');
    dialog.close();
    await gone(people, 'dialog');
    expect(textOf(people)).to.include('Luis');
  });

  it('searches by name in a class of more than ten', async () => {
    const names = Object.fromEntries(
      Array.from({ length: 12 }, (_, index) => [
        `p${index}`,
        { sub: `p${index}`, name: `Person ${index}`, role: 'student' as const },
      ]),
    );
    const teacher = { sub: 'teacher', name: 'Miriam Okafor', role: 'instructor' } as const;
    const { server, mount } = createClass({ people: { ...names, teacher } });
    for (const name of Object.keys(names)) await server.as(name).join();
    const people = await mount<LmsPeople>('lms-people', 'teacher');
    await reads(people, '13 people');
    write($<HTMLInputElement>(people, 'input'), 'person 11');
    await waitUntil(() => all(people, 'li.person').length === 1);
    write($<HTMLInputElement>(people, 'input'), 'nobody');
    await reads(people, 'Nobody of that name');
  });

  it('shows what everyone sends, with words for those who do not see it', async () => {
    const { server, mount } = createClass();
    for (const name of ['teacher', 'luis', 'guest'] as const) await server.as(name).join();
    const people = await mount<LmsPeople>('lms-people', 'anna');
    await reads(people, '4 people');
    expect(all(people, '.media [role=img]')).to.have.lengthOf(0);
    await server.as('teacher').setMedia({ audio: true, video: true, share: true });
    await server.as('luis').setMedia({});
    await server.as('helper').setMedia({ live: false, audio: true });
    await appears(people, '[aria-label="Microphone off"]');
    const marks = all(people, 'li.person').map((row) =>
      [...row.querySelectorAll('.media [role=img]')].map((mark) => mark.getAttribute('aria-label')),
    );
    expect(marks).to.deep.equal([['Shares the screen', 'Camera on', 'Microphone on'], [], [], ['Microphone off']]);
    await expect(people).to.be.accessible();
    await server.as('teacher').setMedia(null);
    await gone(people, '[aria-label="Microphone on"]');
  });

  it('offers what applies to what somebody sends: mute, stop, ask', async () => {
    const { server, mount } = createClass({ room: { policy: { 'media.share': 'all' } } });
    const luis = server.as('luis');
    await luis.join();
    await luis.setMedia({ audio: true, share: true });
    const told: unknown[] = [];
    luis.onSignal(({ kind, body }) => told.push([kind, body['source']]));
    const people = await mount<LmsPeople>('lms-people', 'teacher');
    const control = await appears(people, '[aria-label="Actions for Luis Fernández"]');
    await appears(people, '[aria-label="Microphone on"]');
    expect(await itemsOf(people, control)).to.include.members([
      'Mute',
      'Ask to start camera',
      'Stop screen sharing',
      'Block microphone',
    ]);
    expect(await itemsOf(people, control)).not.to.include.members(['Stop camera']);
    expect(await itemsOf(people, control)).not.to.include.members(['Ask to unmute']);
    await choose(people, control, 'Mute');
    await appears(people, '[aria-label="Microphone off"]');
    await choose(people, control, 'Stop screen sharing');
    await gone(people, '[aria-label="Shares the screen"]');
    await choose(people, control, 'Ask to unmute');
    await choose(people, control, 'Ask to start camera');
    await waitUntil(() => told.length === 4);
    expect(told).to.deep.equal([
      ['mute', 'audio'],
      ['mute', 'share'],
      ['ask', 'audio'],
      ['ask', 'video'],
    ]);
  });

  it('blocks a microphone, shows it, and allows it again', async () => {
    const { server, mount } = createClass();
    await server.as('luis').join();
    const people = await mount<LmsPeople>('lms-people', 'helper');
    const anna = await mount<LmsPeople>('lms-people', 'anna');
    const control = await appears(people, '[aria-label="Actions for Luis Fernández"]');
    await choose(people, control, 'Block microphone');
    await appears(people, '[aria-label="Microphone blocked"]');
    await appears(anna, '[aria-label="Microphone blocked"]');
    control.click();
    const menu = await appears(people, '.menu');
    const states = [...menu.querySelectorAll('[role=menuitemcheckbox]')].map((item) =>
      item.getAttribute('aria-checked'),
    );
    expect(states).to.deep.equal(['true', 'false', 'false']);
    menu.hidePopover();
    await choose(people, control, 'Block microphone');
    await gone(people, '[aria-label="Microphone blocked"]');
  });

  it('says in a sentence why a block was refused', async () => {
    const { server, mount } = createClass();
    await server.as('luis').join();
    const people = await mount<LmsPeople>('lms-people', 'teacher');
    const control = await appears(people, '[aria-label="Actions for Luis Fernández"]');
    server.refuseNext('role_required');
    await choose(people, control, 'Block camera');
    await appears(people, '.complaint');
    expect(all(people, '[aria-label="Camera blocked"]')).to.have.lengthOf(0);
  });

  it('mutes all students at once, where any of them is heard', async () => {
    const { server, mount } = createClass();
    for (const name of ['helper', 'luis', 'anna'] as const) await server.as(name).join();
    await server.as('helper').setMedia({ audio: true });
    const people = await mount<LmsPeople>('lms-people', 'teacher');
    await appears(people, '[aria-label="Microphone on"]');
    const control = $(people, '[aria-label="Actions for the class"]');
    expect(await itemsOf(people, control)).not.to.include('Mute all students');
    await server.as('luis').setMedia({ audio: true });
    await server.as('anna').setMedia({ audio: true });
    await waitUntil(() => all(people, '[aria-label="Microphone on"]').length === 3);
    await choose(people, control, 'Mute all students');
    await waitUntil(() => all(people, '[aria-label="Microphone off"]').length === 2);
    expect(all(people, '[aria-label="Microphone on"]')).to.have.lengthOf(1);
  });

  it('locks the class and opens it again', async () => {
    const { mount } = createClass();
    const people = await mount<LmsPeople>('lms-people', 'helper');
    const anna = await mount<LmsPeople>('lms-people', 'anna');
    const control = $(people, '[aria-label="Actions for the class"]');
    expect(all(anna, '[aria-label="Actions for the class"]')).to.have.lengthOf(0);
    await choose(people, control, 'Lock the class');
    await reads(people, 'Locked', '.header');
    expect(people.connection.state?.views.all.room.locked).to.equal(true);
    await choose(people, control, 'Lock the class');
    await waitUntil(() => !textOf(people, '.header').includes('Locked'));
  });

  it('tells the staff alone who waits at the door, and lets them in or not', async () => {
    const { mount } = createClass({ room: { policy: { 'join.lobby': true } } });
    const people = await mount<LmsPeople>('lms-people', 'teacher');
    const anna = await mount<LmsPeople>('lms-people', 'anna');
    const luis = await mount<LmsPeople>('lms-people', 'luis');
    await reads(people, 'Waiting to come in 2', '.lobby');
    expect(textOf(people, '.lobby'))
      .to.include('Anna Kovács')
      .and.to.match(/since \d/u);
    await reads(people, 'Anna Kovács is waiting to come in', '[role=status].visually-hidden:last-of-type');
    await expect(people).to.be.accessible();
    $(people, '[aria-label="Admit Anna Kovács"]').click();
    await waitUntil(() => anna.matches(':state(online)'));
    expect(all(anna, '.lobby')).to.have.lengthOf(0);
    $(people, '[aria-label="Decline Luis Fernández"]').click();
    await waitUntil(() => luis.matches(':state(failed)'));
    await reads(people, 'Luis Fernández was not let in', '.lobby');
    await waitUntil(() => people.renderRoot.querySelector('[data-undo]:focus') !== null, 'the undo has the focus');
    await expect(people).to.be.accessible();
    $(people, '[data-undo]').click();
    await gone(people, '.lobby');
    luis.retry();
    await waitUntil(() => luis.matches(':state(online)'));
  });

  it('shows staff who come later whom others have not let in, and lets them in after all', async () => {
    const { server, mount } = createClass({ room: { policy: { 'join.lobby': true } } });
    const helper = await mount<LmsPeople>('lms-people', 'helper');
    const luis = await mount<LmsPeople>('lms-people', 'luis');
    await reads(helper, 'Luis Fernández', '.lobby');
    await server.as('teacher').send('person.admit', { participant: server.as('luis').participant, admitted: false });
    await reads(helper, 'Not let in 1', '.declined');
    expect(all(helper, '[data-undo]')).to.have.lengthOf(0);
    $<HTMLDetailsElement>(helper, '.declined').open = true;
    await expect(helper).to.be.accessible();
    $(helper, '.declined [aria-label="Admit Luis Fernández"]').click();
    await gone(helper, '.lobby');
    luis.retry();
    await waitUntil(() => luis.matches(':state(online)'));
  });

  it('shows the notes of those who wait, and writes to one of them and to all', async () => {
    const { mount } = createClass({ room: { policy: { 'join.lobby': true } } });
    const people = await mount<LmsPeople>('lms-people', 'teacher');
    const anna = await mount<LmsPeople>('lms-people', 'anna');
    const luis = await mount<LmsPeople>('lms-people', 'luis');
    anna.client?.knock({ note: HOSTILE_TEXTS[0] ?? '' });
    await reads(people, HOSTILE_TEXTS[0] ?? '', '.note');
    expect(all(people, '.note span *')).to.have.lengthOf(0);
    // What turns the direction in a note ends with it: the quotation mark behind it stands where it should.
    expect(getComputedStyle($(people, '.note span')).unicodeBidi).to.equal('isolate');
    const say = async (control: string, text: string): Promise<void> => {
      (await appears(people, control)).click();
      const field = await appears<HTMLTextAreaElement>(people, 'dialog textarea');
      write(field, text);
      $(people, 'dialog .primary').click();
      await gone(people, 'dialog');
    };
    await say('[aria-label="Write to everyone who waits"]', 'Two more minutes');
    for (const one of [anna, luis]) await reads(one, 'Miriam Okafor writes: Two more minutes', '.word');
    await say('[aria-label="Write to Anna Kovács"]', 'Which group?');
    await reads(anna, 'Which group?', '.word');
    expect(textOf(luis, '.word')).to.include('Two more minutes');
  });

  it('lists who of those expected is missing for the staff alone, live, and finds them by name', async () => {
    const names = Array.from({ length: 28 }, (_, index) => `pupil${index + 1}`);
    const pupils = Object.fromEntries(
      names.map((sub, index) => [sub, { sub, name: `Pupil ${index + 1}`, role: 'student' as const }]),
    );
    const { server, mount } = createClass({ people: { ...PEOPLE, ...pupils }, room: { roster: names } });
    for (const name of names.slice(0, 21)) await server.as(name).join();
    const people = await mount<LmsPeople>('lms-people', 'teacher');
    const anna = await mount<LmsPeople>('lms-people', 'anna');
    await reads(people, '21 of 28 here · 7 missing', '.missing');
    expect(all(anna, '.missing')).to.have.lengthOf(0);
    const details = $<HTMLDetailsElement>(people, '.missing');
    details.open = true;
    await expect(people).to.be.accessible();
    expect(all(people, '.missing bdi')).to.have.lengthOf(7);
    await server.as('pupil22').join();
    await reads(people, '22 of 28 here · 6 missing', '.missing');
    details.open = false;
    write($<HTMLInputElement>(people, 'input[type=search]'), 'pupil 28');
    await waitUntil(() => details.open && all(people, '.missing bdi').length === 1);
    await server.setRoster(['pupil1', 'pupil2']);
    await reads(people, 'All 2 are here');
    await server.setRoster(null);
    await waitUntil(() => !textOf(people).includes('All 2'));
  });

  it('sets who waits and what students send, and says what the school has fixed', async () => {
    const { server, mount } = createClass({
      room: { policy: { 'media.share': { value: 'staff', teacherEditable: false } } },
    });
    const people = await mount<LmsPeople>('lms-people', 'teacher');
    const control = $(people, '[aria-label="Actions for the class"]');
    const policy = () => people.connection.state?.views.all.room.policy;
    await choose(people, control, 'Students wait to be let in');
    await waitUntil(() => policy()?.['join.lobby'] === true);
    await choose(people, control, 'Students may send sound');
    await waitUntil(() => policy()?.['media.students'] === 'audio');
    control.click();
    const menu = await appears(people, '.menu');
    const fixed = [...menu.querySelectorAll('button')].find((item) => item.textContent.includes('share their screen'));
    expect(fixed?.textContent).to.include('Set by the school');
    expect(fixed?.getAttribute('aria-disabled')).to.equal('true');
    await expect(people).to.be.accessible();
    fixed?.focus();
    expect(people.shadowRoot?.activeElement).to.equal(fixed);
    fixed?.click();
    await server.settled();
    expect(policy()?.['media.share']).to.equal('staff');
    expect(all(people, '.complaint')).to.have.lengthOf(0);
  });

  it('offers nobody to act on themselves', async () => {
    const { server, mount } = createClass();
    await server.as('helper').join();
    const people = await mount<LmsPeople>('lms-people', 'teacher');
    await reads(people, '2 people');
    expect(all(people, 'li .button').map((button) => button.getAttribute('aria-label'))).to.deep.equal([
      'Actions for Jonas Lindqvist',
    ]);
  });

  it('lets all in at once', async () => {
    const { mount } = createClass({ room: { policy: { 'join.lobby': true } } });
    const people = await mount<LmsPeople>('lms-people', 'teacher');
    const anna = await mount<LmsPeople>('lms-people', 'anna');
    const luis = await mount<LmsPeople>('lms-people', 'luis');
    await reads(people, 'Admit all (2)', '.admit-all');
    $(people, '.admit-all').click();
    await waitUntil(() => anna.matches(':state(online)') && luis.matches(':state(online)'));
  });
});

/** What the menu of a control offers; it is closed again. */
async function itemsOf(people: LmsPeople, control: HTMLElement): Promise<string[]> {
  control.click();
  const menu = await appears(people, '.menu');
  const labels = [...menu.querySelectorAll('button')].map(({ textContent }) => textContent.trim());
  menu.hidePopover();
  await gone(people, '.menu');
  return labels;
}
