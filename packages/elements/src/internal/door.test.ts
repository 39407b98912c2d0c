import { LIMITS } from '@lms-live/protocol';
import { expect, waitUntil } from '@open-wc/testing';
import type { LmsChat } from '../chat/chat.js';
import {
  $,
  all,
  appears,
  createClass,
  gone,
  HOSTILE_TEXTS,
  press,
  reads,
  rendered,
  textOf,
  write,
  type TestClass,
} from './testing/class.js';

const open = (given: TestClass, properties: Partial<LmsChat> = {}): Promise<LmsChat> =>
  given.mount<LmsChat>('lms-chat', 'anna', properties);

const field = (chat: LmsChat): HTMLInputElement => $<HTMLInputElement>(chat, '#password');

async function enter(chat: LmsChat, password: string): Promise<void> {
  write(field(chat), password);
  $<HTMLFormElement>(chat, 'form').requestSubmit();
  await rendered(chat);
}

describe('at the door', () => {
  for (const theme of ['light', 'dark'] as const)
    it(`the form for a password is accessible (${theme})`, async () => {
      const chat = await open(createClass({ room: { password: 'sesame' } }), { theme });
      await reads(chat, 'This class has a password');
      await expect(chat).to.be.accessible();
      expect(field(chat).autocomplete).to.equal('off');
      expect(field(chat).type).to.equal('password');
      await enter(chat, 'open');
      await reads(chat, 'That is not the password', '#password-problem');
      await expect(chat).to.be.accessible();
    });

  it('a wrong password is said, keeps the focus, and the right one opens', async () => {
    const chat = await open(createClass({ room: { password: 'sesame' } }));
    await enter(chat, 'open');
    await reads(chat, 'That is not the password', '#password-problem');
    await waitUntil(() => chat.shadowRoot?.activeElement === field(chat), 'the field has the focus');
    expect(field(chat).selectionEnd).to.equal('open'.length);
    expect(field(chat).getAttribute('aria-invalid')).to.equal('true');
    await enter(chat, 'sesame');
    await waitUntil(() => chat.matches(':state(online)'));
    expect(all(chat, '#password')).to.have.lengthOf(0);
    expect(JSON.stringify(chat.client?.getState())).not.to.include('sesame');
  });

  it('a password can be looked at', async () => {
    const chat = await open(createClass({ room: { password: 'sesame' } }));
    write(field(chat), 'sesame');
    $(chat, '[aria-label="Show the password"]').click();
    await chat.updateComplete;
    expect(field(chat).type).to.equal('text');
    expect(field(chat).value).to.equal('sesame');
    expect($(chat, '[aria-label="Show the password"]').getAttribute('aria-pressed')).to.equal('true');
  });

  it('too many tries are counted down, and none is sent until then', async () => {
    const given = createClass({ room: { password: 'sesame' } });
    const chat = await open(given);
    for (let tried = 0; tried <= LIMITS.passwordBurst; tried += 1) {
      await enter(chat, `guess ${tried}`);
      await waitUntil(() => $(chat, '#password-problem').textContent.trim() !== '', 'an answer');
    }
    await reads(chat, 'Too many tries.', '#password-problem');
    expect(textOf(chat, 'form .primary')).to.match(/^Next try in 0:\d\d$/u);
    expect($(chat, 'form .primary').getAttribute('aria-disabled')).to.equal('true');
    const before = chat.client?.getState().door;
    await enter(chat, 'sesame');
    await given.server.settled();
    expect(chat.client?.getState().door).to.equal(before);
    await expect(chat).to.be.accessible();
  });

  for (const [why, room] of [
    ['lobby', { policy: { 'join.lobby': true } }],
    ['locked', { locked: true }],
  ] as const)
    it(`a note goes to the staff and can be changed (${why})`, async () => {
      const given = createClass({ room });
      const teacher = await given.mount<LmsChat>('lms-chat', 'teacher');
      const chat = await open(given);
      const notes = (): unknown[] => teacher.client?.getState().lobby.people.map(({ note }) => note) ?? [];
      $(chat, '[data-note]').click();
      const note = await appears<HTMLTextAreaElement>(chat, '#note');
      expect(chat.shadowRoot?.activeElement).to.equal(note);
      await expect(chat).to.be.accessible();
      write(note, HOSTILE_TEXTS[0] ?? '');
      $<HTMLFormElement>(chat, 'form').requestSubmit();
      await reads(chat, 'Your note is with the teacher.');
      await waitUntil(() => notes()[0] === HOSTILE_TEXTS[0], 'the staff read it');
      expect(textOf(chat, '.word.own')).to.equal(HOSTILE_TEXTS[0]);
      await expect(chat).to.be.accessible();
      $(chat, '[data-note]').click();
      press(await appears(chat, '#note'), 'Escape');
      await gone(chat, '#note');
      expect(chat.shadowRoot?.activeElement).to.equal($(chat, '[data-note]'));
    });

  it('what staff write is read out where one waits', async () => {
    const given = createClass({ room: { policy: { 'join.lobby': true } } });
    const chat = await open(given);
    const place = $(chat, '[part=door-message]');
    expect(place.getAttribute('role')).to.equal('status');
    given.server.as('teacher').signal('lobby.message', { text: HOSTILE_TEXTS[0] ?? '' });
    await reads(chat, `Miriam Okafor writes: ${HOSTILE_TEXTS[0]}`, '[part=door-message]');
    expect($(chat, '[part=door-message]')).to.equal(place);
    expect(all(chat, '.word img')).to.have.lengthOf(0);
    await expect(chat).to.be.accessible();
  });

  it('a full class says so, and lets in when a place is free', async () => {
    const given = createClass({ room: { capacity: 1 } });
    await given.server.as('luis').join();
    const chat = await open(given);
    await reads(chat, 'The class is full');
    await expect(chat).to.be.accessible();
    await given.server.as('luis').leave();
    await given.server.as('teacher').send('room.change', { capacity: 2 });
    await waitUntil(() => chat.matches(':state(online)'));
  });

  it('who was not let in reads what to do, and asks again', async () => {
    const given = createClass({ room: { policy: { 'join.lobby': true } } });
    const { participant } = given.server.as('anna');
    const chat = await open(given);
    await given.server.as('teacher').send('person.admit', { participant, admitted: false });
    await reads(chat, 'You were not let in to this class. person_not_admitted Stay in touch with your teacher');
    await expect(chat).to.be.accessible();
    $(chat, '.gate .button').click();
    await given.server.settled();
    await reads(chat, 'You were not let in');
    await given.server.as('teacher').send('person.admit', { participant, admitted: true });
    (await appears(chat, '.gate .button')).click();
    await waitUntil(() => chat.matches(':state(online)'));
  });

  it('whoever is early reads when the class begins, and staff may begin it', async () => {
    const startsAt = Date.now() + 239_000;
    const given = createClass({ room: { state: 'open', startsAt, policy: { 'entry.studentMinutes': 10 } } });
    const chat = await open(given);
    await reads(chat, 'You are early: the class starts in 4 minutes.', '.bar');
    await expect(chat).to.be.accessible();
    const teacher = await given.mount<LmsChat>('lms-chat', 'teacher');
    await reads(teacher, 'The class starts in 4 minutes. Start now', '.bar');
    await expect(teacher).to.be.accessible();
    $(teacher, '.bar .button').click();
    await gone(chat, '.bar');
    await gone(teacher, '.bar');
  });

  it('whoever is turned away by the host reads the reason that it gave', async () => {
    const given = createClass();
    const { url } = given.server;
    const environment = given.environment('anna');
    const openSocket: typeof environment.openSocket = (address, protocol) => {
      const socket = (environment.openSocket as NonNullable<typeof environment.openSocket>)(address, protocol);
      socket.send = () => {
        const detail = { reason: 'You are in group B: Tuesdays at ten.' };
        const refused = {
          code: 'enrolment_refused',
          message: 'You are not on the list for this class.',
          retryable: false,
          help: '',
          detail,
        };
        queueMicrotask(() => {
          socket.onmessage?.({ data: JSON.stringify({ frame: 'refused', ...refused }) });
          socket.onclose?.({ code: 4501, reason: 'enrolment_refused' });
        });
      };
      return socket;
    };
    const chat = await open(given, { server: url, environment: { ...environment, openSocket } });
    await reads(chat, 'You are not on the list for this class. You are in group B: Tuesdays at ten.');
    await reads(chat, 'ask your school to put you on the list');
    await expect(chat).to.be.accessible();
  });

  it('whose access was withdrawn reads so, and may reload', async () => {
    const given = createClass();
    const chat = await open(given);
    given.server.revoke('anna');
    await reads(chat, 'Your access to this class was withdrawn.');
    expect(textOf(chat, '.gate .button')).to.equal('Reload the page');
    await expect(chat).to.be.accessible();
  });

  it('speaks the language of the page, from right to left too', async () => {
    const chat = await open(createClass({ room: { password: 'sesame' } }), { locale: 'ar' });
    await reads(chat, 'كلمة مرور الدرس');
    expect($(chat, '.root').dir).to.equal('rtl');
    await expect(chat).to.be.accessible();
  });
});
