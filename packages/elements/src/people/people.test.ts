import { expect, oneEvent, waitUntil } from '@open-wc/testing';
import type { LmsEvent } from '../events.js';
import { $, all, appears, choose, createClass, gone, reads, textOf, write } from '../internal/testing/class.js';
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
    expect(await itemsOf(people, control)).to.deep.equal(['Lock the class']);
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
    await gone(people, '.lobby');
  });

  it('lets all in at once', async () => {
    const { mount } = createClass({ room: { policy: { 'join.lobby': true } } });
    const people = await mount<LmsPeople>('lms-people', 'teacher');
    const anna = await mount<LmsPeople>('lms-people', 'anna');
    const luis = await mount<LmsPeople>('lms-people', 'luis');
    (await appears(people, '.admit-all')).click();
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
