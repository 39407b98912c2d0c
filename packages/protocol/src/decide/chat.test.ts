import { describe, expect, it } from 'vitest';
import { LIMITS } from '../index.js';
import { bodies, made, NOTHING_NEW, refusal, told } from '../testing/decisions.js';
import {
  ASSISTANT,
  INSTRUCTOR,
  liveRoom,
  OBSERVER,
  SERVICE,
  STUDENT,
  STUDENT_2,
  type TestRoom,
} from '../testing/room.js';

const mode = (room: TestRoom, value: string): void => {
  room.make(INSTRUCTOR, 'room.change', { policy: { 'chat.mode': value } });
};
const mute = (room: TestRoom, more: object = {}): void => {
  room.make(INSTRUCTOR, 'person.bar', { participant: STUDENT.participant, bar: 'chat', barred: true, ...more });
};

describe('chat.post', () => {
  it('writes to everyone and gives back the id', () => {
    const room = liveRoom();
    const decision = room.run(STUDENT, 'chat.post', { text: ' Hi\r\nthere\u0007 ' });
    expect(told(decision)).toEqual(['all chat.posted']);
    expect(bodies(decision, 'chat.posted')).toEqual([{ id: made(decision), text: 'Hi\nthere' }]);
    expect(decision).toMatchObject({ rows: [], result: { id: made(decision) } });
  });

  it('introduces who has not been seen before', () => {
    expect(told(liveRoom().run(STUDENT_2, 'chat.post', { text: 'Hi' }))).toEqual([
      'all person.named',
      'all chat.posted',
    ]);
  });

  it('to the staff stands with the staff and with the one who wrote', () => {
    const room = liveRoom();
    const decision = room.run(STUDENT, 'chat.post', { text: 'Help', to: 'staff' });
    expect(told(decision)).toEqual(['staff chat.posted', 'me:p-sam chat.posted']);
    expect(bodies(decision, 'chat.posted', 'staff')).toEqual([{ id: made(decision), text: 'Help', thread: 'p-sam' }]);
  });

  it('of the staff to one person stands in the thread of that person', () => {
    const decision = liveRoom().run(INSTRUCTOR, 'chat.post', { text: 'Yes?', to: STUDENT.participant });
    expect(told(decision)).toEqual(['staff chat.posted', 'me:p-sam chat.posted']);
    expect(bodies(decision, 'chat.posted', 'me')).toMatchObject([{ thread: 'p-sam' }]);
  });

  it.each([
    ['a student to another', STUDENT, 'p-ina'],
    ['staff to nobody', INSTRUCTOR, 'p-nobody'],
    ['a service to the staff, of which it is', { ...SERVICE, grants: { 'chat.post': true } }, 'staff'],
  ])('is refused from %s', (_name, who, to) => {
    expect(liveRoom().run(who, 'chat.post', { text: 'Psst', to })).toEqual(refusal('person_unknown'));
  });

  it.each(['', '   ', '\n\t', '\u0000\u0007', '\u200b\u200d \u202e'])('refuses %j, which nobody can see', (text) => {
    expect(liveRoom().run(STUDENT, 'chat.post', { text })).toEqual(refusal('text_empty'));
  });

  it('keeps joiners and marks of direction where there is something to see', () => {
    const text = '\u202eשלום 👩🏽\u200d🏫';
    expect(bodies(liveRoom().run(STUDENT, 'chat.post', { text }), 'chat.posted')).toMatchObject([{ text }]);
  });

  it.each(['scheduled', 'open'])('waits for the class to start in a room that is %s, but for staff', (state) => {
    const room = liveRoom();
    room.all = { ...room.all, room: { ...room.all.room, state: state as 'open' } };
    expect(room.run(STUDENT, 'chat.post', { text: 'Hi' })).toEqual(refusal('room_not_started', { detail: { state } }));
    expect(room.run(ASSISTANT, 'chat.post', { text: 'Hi' })).toMatchObject({ ok: true });
  });

  it('goes on while the class is held, and ends with it for all', () => {
    const room = liveRoom();
    room.system({ type: 'system.hold', why: 'staff' });
    expect(room.run(STUDENT, 'chat.post', { text: 'Hi' })).toMatchObject({ ok: true });
    room.make(INSTRUCTOR, 'room.end');
    for (const who of [STUDENT, INSTRUCTOR])
      expect(room.run(who, 'chat.post', { text: 'Hi' })).toEqual(refusal('room_ended'));
  });

  it('is refused to all where there is no chat', () => {
    const room = liveRoom({ policy: { 'chat.enabled': false } });
    for (const who of [STUDENT, INSTRUCTOR])
      expect(room.run(who, 'chat.post', { text: 'Hi' })).toEqual(refusal('chat_disabled'));
  });

  it.each([
    ['frozen', 'chat_frozen', 'chat_frozen'],
    ['questionsOnly', 'chat_questions_only', null],
    ['toStaff', 'chat_to_staff_only', null],
  ] as const)('of a student in mode %s', (value, toAll, toStaff) => {
    const room = liveRoom();
    mode(room, value);
    expect(room.run(STUDENT, 'chat.post', { text: 'Hi' })).toEqual(refusal(toAll));
    const aside = room.run(STUDENT, 'chat.post', { text: 'Hi', to: 'staff' });
    expect(aside).toEqual(toStaff === null ? expect.objectContaining({ ok: true }) : refusal(toStaff));
    expect(room.run(ASSISTANT, 'chat.post', { text: 'Hi' })).toMatchObject({ ok: true });
  });

  it('waits between two messages in slow mode, whoever they go to', () => {
    const room = liveRoom({ policy: { 'chat.mode': 'slow', 'chat.slowSeconds': 10 } });
    room.make(STUDENT, 'chat.post', { text: '1' });
    room.now += 2_000;
    expect(room.run(STUDENT, 'chat.post', { text: '2', to: 'staff' })).toEqual(
      refusal('slow_mode', { retryAfterMs: 8_000 }),
    );
    room.now += 8_000;
    expect(room.run(STUDENT, 'chat.post', { text: '2', to: 'staff' })).toMatchObject({ ok: true });
    room.now += 9_999;
    expect(room.run(STUDENT, 'chat.post', { text: '3' })).toEqual(refusal('slow_mode', { retryAfterMs: 1 }));
    for (const text of ['1', '2']) expect(room.run(INSTRUCTOR, 'chat.post', { text })).toMatchObject({ ok: true });
  });

  it('is refused to who is muted, until the mute is over', () => {
    const room = liveRoom();
    mute(room, { until: room.now + 1_000 });
    expect(room.run(STUDENT, 'chat.post', { text: 'Hi' })).toEqual(refusal('chat_muted'));
    expect(room.run(STUDENT, 'chat.post', { text: 'Hi', to: 'staff' })).toEqual(refusal('chat_muted'));
    room.now += 1_000;
    expect(room.run(STUDENT, 'chat.post', { text: 'Hi' })).toMatchObject({ ok: true });
  });

  it('is refused to a member of staff who is muted', () => {
    const room = liveRoom();
    room.make(ASSISTANT, 'person.join');
    room.make(INSTRUCTOR, 'person.bar', { participant: ASSISTANT.participant, bar: 'chat', barred: true });
    expect(room.run(ASSISTANT, 'chat.post', { text: 'Hi' })).toEqual(refusal('chat_muted'));
  });

  it('may be let to an observer by a token', () => {
    expect(liveRoom().run({ ...OBSERVER, grants: { 'chat.post': true } }, 'chat.post', { text: 'Hi' })).toMatchObject({
      ok: true,
    });
  });
});

describe('a reply', () => {
  it('says what it replies to, also when it is edited', () => {
    const room = liveRoom();
    const replyTo = room.make(INSTRUCTOR, 'chat.post', { text: 'Ready?' });
    const decision = room.run(STUDENT, 'chat.post', { text: 'Yes', replyTo });
    expect(bodies(decision, 'chat.posted')).toMatchObject([{ replyTo }]);
    const id = made(decision);
    expect(bodies(room.run(STUDENT, 'chat.edit', { id, text: 'No' }), 'chat.edited')).toEqual([
      { id, text: 'No', replyTo },
    ]);
  });

  it('is refused to what is not there, or no longer', () => {
    const room = liveRoom();
    const replyTo = room.make(STUDENT, 'chat.post', { text: 'Hi' });
    room.make(STUDENT, 'chat.delete', { id: replyTo });
    for (const id of ['m-nothing', replyTo])
      expect(room.run(STUDENT, 'chat.post', { text: 'Re', replyTo: id })).toEqual(refusal('message_unknown'));
  });

  it('into the thread of another student is refused as to what is not there', () => {
    const room = liveRoom();
    const secret = room.make(STUDENT, 'chat.post', { text: 'Help', to: 'staff' });
    for (const to of [{}, { to: 'staff' }])
      expect(room.run(STUDENT_2, 'chat.post', { text: 'Re', replyTo: secret, ...to })).toEqual(
        refusal('message_unknown'),
      );
  });

  it('stays in its thread: neither everyone nor another student learns of it', () => {
    const room = liveRoom();
    room.make(STUDENT_2, 'person.join');
    const replyTo = room.make(STUDENT, 'chat.post', { text: 'Help', to: 'staff' });
    const say = (to: object): unknown => room.run(INSTRUCTOR, 'chat.post', { text: 'Re', replyTo, ...to });
    expect(say({})).toEqual(refusal('message_unknown'));
    expect(say({ to: STUDENT_2.participant })).toEqual(refusal('message_unknown'));
    expect(say({ to: STUDENT.participant })).toMatchObject({ ok: true });
  });

  it('to the staff may be to what everyone can read', () => {
    const room = liveRoom();
    const replyTo = room.make(INSTRUCTOR, 'chat.post', { text: 'Any questions?' });
    expect(room.run(STUDENT, 'chat.post', { text: 'I am lost', to: 'staff', replyTo })).toMatchObject({ ok: true });
  });
});

describe('chat.edit', () => {
  it('puts the new text where the old one stands, and the old one aside for the staff', () => {
    const room = liveRoom();
    const id = room.make(STUDENT, 'chat.post', { text: 'Helo' });
    const decision = room.run(STUDENT, 'chat.edit', { id, text: ' Hello ' });
    expect(told(decision)).toEqual(['all chat.edited', 'staff audit']);
    expect(bodies(decision, 'chat.edited')).toEqual([{ id, text: 'Hello' }]);
    expect(bodies(decision, 'audit')).toEqual([{ action: 'chat.edit', about: id, text: 'Helo', of: ['p-sam'] }]);
  });

  it('stays in the thread of the message', () => {
    const room = liveRoom();
    const id = room.make(INSTRUCTOR, 'chat.post', { text: 'Helo', to: STUDENT.participant });
    const decision = room.run(INSTRUCTOR, 'chat.edit', { id, text: 'Hello' });
    expect(told(decision)).toEqual(['staff chat.edited', 'me:p-sam chat.edited', 'staff audit']);
    expect(bodies(decision, 'audit')).toMatchObject([{ of: ['p-ina', 'p-sam'] }]);
  });

  it('changes nothing where the text is the same', () => {
    const room = liveRoom();
    const id = room.make(STUDENT, 'chat.post', { text: 'Hello' });
    expect(room.run(STUDENT, 'chat.edit', { id, text: 'Hello ' })).toEqual(NOTHING_NEW);
  });

  it('is refused of what is not there, is gone, or cannot be read', () => {
    const room = liveRoom();
    const gone = room.make(STUDENT, 'chat.post', { text: 'Hi' });
    room.make(STUDENT, 'chat.delete', { id: gone });
    const secret = room.make(STUDENT, 'chat.post', { text: 'Help', to: 'staff' });
    for (const id of ['m-nothing', gone])
      expect(room.run(STUDENT, 'chat.edit', { id, text: 'x' })).toEqual(refusal('message_unknown'));
    expect(room.run(STUDENT_2, 'chat.edit', { id: secret, text: 'x' })).toEqual(refusal('message_unknown'));
  });

  it('is refused of what another wrote, to staff too', () => {
    const room = liveRoom();
    const id = room.make(STUDENT, 'chat.post', { text: 'Hi' });
    expect(room.run(INSTRUCTOR, 'chat.edit', { id, text: 'x' })).toEqual(
      refusal('forbidden', { detail: { grant: 'author' } }),
    );
  });

  it('is refused where a message would be: empty, frozen, muted, over', () => {
    const room = liveRoom();
    const id = room.make(STUDENT, 'chat.post', { text: 'Hi' });
    expect(room.run(STUDENT, 'chat.edit', { id, text: ' ' })).toEqual(refusal('text_empty'));
    mode(room, 'frozen');
    expect(room.run(STUDENT, 'chat.edit', { id, text: 'x' })).toEqual(refusal('chat_frozen'));
    mode(room, 'open');
    mute(room);
    expect(room.run(STUDENT, 'chat.edit', { id, text: 'x' })).toEqual(refusal('chat_muted'));
    room.make(INSTRUCTOR, 'room.end');
    expect(room.run(STUDENT, 'chat.edit', { id, text: 'x' })).toEqual(refusal('room_ended'));
  });

  it('is open again once a mute is over', () => {
    const room = liveRoom();
    const id = room.make(STUDENT, 'chat.post', { text: 'Hi' });
    mute(room, { until: room.now + 1_000 });
    room.now += 1_000;
    expect(room.run(STUDENT, 'chat.edit', { id, text: 'x' })).toMatchObject({ ok: true });
  });

  it('waits in slow mode like another message, and makes the next one wait', () => {
    const room = liveRoom({ policy: { 'chat.mode': 'slow', 'chat.slowSeconds': 10 } });
    const id = room.make(STUDENT, 'chat.post', { text: 'Hi' });
    expect(room.run(STUDENT, 'chat.edit', { id, text: 'x' })).toEqual({
      ok: false,
      code: 'slow_mode',
      retryAfterMs: 10_000,
    });
    room.now += 10_000;
    room.make(STUDENT, 'chat.edit', { id, text: 'x' });
    expect(room.run(STUDENT, 'chat.post', { text: 'y' })).toMatchObject({ code: 'slow_mode' });
    expect(room.run(STUDENT, 'chat.edit', { id, text: 'z' })).toMatchObject({ code: 'slow_mode' });
    room.now += 10_000;
    expect(room.run(STUDENT, 'chat.post', { text: 'y' })).toMatchObject({ ok: true });
  });

  it('of who moderates waits for nothing', () => {
    const room = liveRoom({ policy: { 'chat.mode': 'slow' } });
    const id = room.make(INSTRUCTOR, 'chat.post', { text: 'Hi' });
    expect(room.run(INSTRUCTOR, 'chat.edit', { id, text: 'x' })).toMatchObject({ ok: true });
  });
});

describe('chat.delete', () => {
  it('takes the text out of every log but the trace of the staff', () => {
    const room = liveRoom();
    const id = room.make(STUDENT, 'chat.post', { text: 'Hi' });
    const decision = room.run(STUDENT, 'chat.delete', { id });
    expect(told(decision)).toEqual(['all chat.deleted', 'staff audit']);
    expect(bodies(decision, 'audit')).toEqual([{ action: 'chat.delete', about: id, text: 'Hi', of: ['p-sam'] }]);
    expect(decision).toMatchObject({ rows: [{ kind: 'wipe', refs: [id], types: ['chat.posted', 'chat.edited'] }] });
  });

  it('in a thread is told to its two sides', () => {
    const room = liveRoom();
    const id = room.make(STUDENT, 'chat.post', { text: 'Help', to: 'staff' });
    expect(told(room.run(ASSISTANT, 'chat.delete', { id }))).toEqual([
      'staff chat.deleted',
      'me:p-sam chat.deleted',
      'staff audit',
    ]);
  });

  it('leaves the trace without a text where it is not known', () => {
    const room = liveRoom();
    const id = room.make(STUDENT, 'chat.post', { text: 'Hi' });
    room.logs.set(
      'all',
      room.log('all').map((event) => ({ ...event, body: null })),
    );
    expect(bodies(room.run(INSTRUCTOR, 'chat.delete', { id }), 'audit')).toEqual([
      { action: 'chat.delete', about: id },
    ]);
  });

  it('of what is gone, or of what one cannot read, is refused as of what is not there', () => {
    const room = liveRoom();
    const gone = room.make(STUDENT, 'chat.post', { text: 'Hi' });
    const secret = room.make(STUDENT, 'chat.post', { text: 'Help', to: 'staff' });
    room.make(STUDENT, 'chat.delete', { id: gone });
    expect(room.run(INSTRUCTOR, 'chat.delete', { id: gone })).toEqual(refusal('message_unknown'));
    expect(room.run(STUDENT_2, 'chat.delete', { id: secret })).toEqual(refusal('message_unknown'));
  });

  it('of another’s message is for moderators', () => {
    const room = liveRoom();
    const id = room.make(STUDENT, 'chat.post', { text: 'Hi' });
    expect(room.run(STUDENT_2, 'chat.delete', { id })).toEqual(
      refusal('forbidden', { detail: { grant: 'chat.moderate' } }),
    );
  });

  it('stays open to the writer while muted and after the class', () => {
    const room = liveRoom();
    const [one, two] = [room.make(STUDENT, 'chat.post', { text: '1' }), room.make(STUDENT, 'chat.post', { text: '2' })];
    mute(room);
    expect(room.run(STUDENT, 'chat.delete', { id: one })).toMatchObject({ ok: true });
    room.make(INSTRUCTOR, 'room.end');
    expect(room.run(STUDENT, 'chat.delete', { id: two })).toMatchObject({ ok: true });
  });
});

describe('chat.pin', () => {
  it('pins, unpins, and does nothing twice', () => {
    const room = liveRoom();
    const id = room.make(STUDENT, 'chat.post', { text: 'Hi' });
    expect(bodies(room.run(INSTRUCTOR, 'chat.pin', { id, pinned: true }), 'chat.pinned')).toEqual([
      { id, pinned: true },
    ]);
    expect(room.run(INSTRUCTOR, 'chat.pin', { id, pinned: true })).toEqual(NOTHING_NEW);
    expect(room.all.pins).toEqual([id]);
    expect(told(room.run(SERVICE, 'chat.pin', { id, pinned: false }))).toEqual(['all chat.pinned']);
    expect(room.run(INSTRUCTOR, 'chat.pin', { id, pinned: false })).toEqual(NOTHING_NEW);
  });

  it('is refused of what is not there, is gone, or not for everyone', () => {
    const room = liveRoom();
    const gone = room.make(STUDENT, 'chat.post', { text: 'Hi' });
    room.make(STUDENT, 'chat.delete', { id: gone });
    const secret = room.make(STUDENT, 'chat.post', { text: 'Help', to: 'staff' });
    for (const id of ['m-nothing', gone, secret])
      expect(room.run(INSTRUCTOR, 'chat.pin', { id, pinned: true })).toEqual(refusal('message_unknown'));
  });

  it('comes off with the message', () => {
    const room = liveRoom();
    const id = room.make(STUDENT, 'chat.post', { text: 'Hi' });
    room.make(INSTRUCTOR, 'chat.pin', { id, pinned: true });
    room.make(STUDENT, 'chat.delete', { id });
    expect(room.all.pins).toEqual([]);
  });

  it('is refused beyond the most pins, and open again after one is taken off', () => {
    const room = liveRoom();
    const ids = Array.from({ length: LIMITS.maxPins + 1 }, (_, index) =>
      room.make(INSTRUCTOR, 'chat.post', { text: String(index) }),
    );
    for (const id of ids.slice(0, -1)) room.make(INSTRUCTOR, 'chat.pin', { id, pinned: true });
    const last = { id: ids.at(-1), pinned: true };
    expect(room.run(INSTRUCTOR, 'chat.pin', last)).toEqual(refusal('pins_full'));
    room.make(INSTRUCTOR, 'chat.pin', { id: ids[0], pinned: false });
    expect(room.run(INSTRUCTOR, 'chat.pin', last)).toMatchObject({ ok: true });
  });
});
