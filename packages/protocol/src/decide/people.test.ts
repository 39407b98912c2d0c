import { describe, expect, it } from 'vitest';
import { cleanText, decide, isBarred, roleInRoom } from '../index.js';
import { bodies, NOTHING_NEW, refusal, told } from '../testing/decisions.js';
import {
  ASSISTANT,
  INSTRUCTOR,
  liveRoom,
  OBSERVER,
  SERVICE,
  START,
  STUDENT,
  STUDENT_2,
  TestRoom,
  type Somebody,
} from '../testing/room.js';

const who = (participant: string | null, more: object = {}): object => ({ participant, ...more });
const student = STUDENT.participant;

describe('person.join', () => {
  it('introduces a person and opens their attendance', () => {
    const room = liveRoom();
    const decision = room.run(STUDENT_2, 'person.join');
    expect(told(decision)).toEqual(['all person.named', 'staff attendance.opened', 'me:p-sue attendance.opened']);
    expect(bodies(decision, 'person.named')).toEqual([who('p-sue', { name: 'Sue Student' })]);
    // A student is what everyone is who is not said to be anything else.
    expect(bodies(decision, 'person.role')).toEqual([]);
    expect(decision).toMatchObject({ result: { participant: 'p-sue' } });
  });

  it('of a second tab tells nothing', () => {
    expect(liveRoom().run(STUDENT, 'person.join')).toEqual({ ...NOTHING_NEW, result: { participant: student } });
  });

  it('tells a new name, picture or role of the token', () => {
    const room = liveRoom();
    expect(bodies(room.run({ ...STUDENT, name: 'Sam S.' }, 'person.join'), 'person.named')).toEqual([
      who(student, { name: 'Sam S.', picture: '/sam.png' }),
    ]);
    expect(
      bodies(room.run({ ...STUDENT, name: 'Sam S.', picture: '/2.png' }, 'person.join'), 'person.named'),
    ).toMatchObject([{ picture: '/2.png' }]);
    expect(bodies(room.run({ ...STUDENT, role: 'assistant' }, 'person.join'), 'person.role')).toEqual([
      who(student, { role: 'assistant', promoted: false }),
    ]);
  });

  it('makes a meeting live with the first member of staff, once it is due', () => {
    const room = new TestRoom();
    room.make(SERVICE, 'room.create', { kind: 'meeting', startsAt: START + 10 });
    room.make(ASSISTANT, 'person.join');
    expect(room.state).toBe('scheduled');
    room.now = START + 10;
    room.make(INSTRUCTOR, 'person.join');
    expect(room.state).toBe('live');
  });

  it('leaves a livestream to its start', () => {
    const room = new TestRoom();
    room.make(SERVICE, 'room.create', { kind: 'livestream' });
    room.make(INSTRUCTOR, 'person.join');
    expect(room.state).toBe('scheduled');
  });

  it.each([
    ['staff', 'live'],
    ['source', 'held'],
  ] as const)('of staff in a class that is held for %s leaves it %s', (why, state) => {
    const room = liveRoom();
    room.system({ type: 'system.hold', why });
    room.make(STUDENT_2, 'person.join');
    expect(room.state).toBe('held');
    room.make(INSTRUCTOR, 'person.join');
    expect(room.state).toBe(state);
  });

  it.each(['scheduled', 'open'] as const)('of a student waits while the room is %s', (state) => {
    const room = liveRoom();
    room.all = { ...room.all, room: { ...room.all.room, state } };
    expect(room.run(STUDENT_2, 'person.join')).toEqual(refusal('room_not_started', { detail: { state } }));
  });

  it('leaves a class to its staff that does not start by itself', () => {
    const room = new TestRoom();
    room.make(SERVICE, 'room.create', { kind: 'meeting', policy: { 'schedule.autoStart': false } });
    room.make(INSTRUCTOR, 'person.join');
    expect(room.state).toBe('open');
    room.make(INSTRUCTOR, 'room.start');
    expect(room.state).toBe('live');
  });

  it.each([
    [STUDENT, 'entry.studentMinutes', 'entry.observerMinutes'],
    [OBSERVER, 'entry.observerMinutes', 'entry.studentMinutes'],
  ] as const)('of $role is taken so many minutes before the start as the policy says', (somebody, key, other) => {
    const startsAt = START + 60 * 60_000;
    const room = new TestRoom();
    room.make(SERVICE, 'room.create', { kind: 'meeting', startsAt, policy: { [key]: 20, [other]: 59 } });
    room.now = startsAt - 20 * 60_000 - 1;
    expect(room.run(somebody, 'person.join')).toMatchObject({ code: 'room_not_started' });
    room.now += 1;
    const decision = room.run(somebody, 'person.join');
    expect(told(decision)).toContain('staff attendance.opened');
    expect(room.state).toBe('scheduled');
    expect(room.run({ ...somebody, grants: { 'chat.post': true } }, 'chat.post', { text: 'x' })).toMatchObject({
      code: 'room_not_started',
    });
    room.make(SERVICE, 'room.end');
    expect(room.run(STUDENT_2, 'person.join')).toMatchObject({ code: 'room_ended' });
  });

  it('is not early where there is no time to be early for', () => {
    const room = new TestRoom();
    room.make(SERVICE, 'room.create', { kind: 'meeting', policy: { 'entry.studentMinutes': 1_440 } });
    expect(room.run(STUDENT, 'person.join')).toMatchObject({ code: 'room_not_started' });
  });

  it('is refused after its time as ever, where the door was never open early', () => {
    const room = new TestRoom();
    room.make(SERVICE, 'room.create', { kind: 'meeting', startsAt: START + 10 });
    room.now = START + 60_000;
    expect(room.run(STUDENT, 'person.join')).toMatchObject({ code: 'room_not_started' });
  });

  it('of a student is refused after the end, where staff may still come', () => {
    const room = liveRoom();
    room.make(INSTRUCTOR, 'room.end');
    expect(room.run(STUDENT_2, 'person.join')).toEqual(refusal('room_ended'));
    expect(room.run(INSTRUCTOR, 'person.join')).toMatchObject({ ok: true });
    expect(room.state).toBe('ended');
  });

  it('is refused beyond the places of the room, but to staff and to who is there', () => {
    const room = liveRoom({ capacity: 1 });
    expect(room.run(STUDENT_2, 'person.join')).toEqual(refusal('room_full', { detail: { capacity: 1 } }));
    for (const one of [STUDENT, ASSISTANT]) expect(room.run(one, 'person.join')).toMatchObject({ ok: true });
    room.make(INSTRUCTOR, 'room.change', { capacity: 2 });
    expect(room.run(STUDENT_2, 'person.join')).toMatchObject({ ok: true });
  });

  it('of staff takes no place from the class, and gives one back where the role is given in class', () => {
    const room = liveRoom({ capacity: 2 });
    room.make(ASSISTANT, 'person.join');
    room.make(STUDENT_2, 'person.join');
    expect(room.run(OBSERVER, 'person.join')).toEqual(refusal('room_full', { detail: { capacity: 2 } }));
    room.make(INSTRUCTOR, 'person.role', who(student, { role: 'assistant' }));
    expect(room.run(OBSERVER, 'person.join')).toMatchObject({ ok: true });
  });

  it('of staff without `room.enterAlways` needs the door open as everyone does', () => {
    const tim = { ...ASSISTANT, grants: { 'room.enterAlways': false } };
    expect(liveRoom({ capacity: 1 }).run(tim, 'person.join')).toMatchObject({ code: 'room_full' });
    const room = liveRoom();
    room.make(INSTRUCTOR, 'room.change', { locked: true });
    expect(room.run(tim, 'person.join')).toMatchObject({ code: 'room_locked' });
  });

  it('is refused while the room is locked, but to staff, to who is there and to who was let in', () => {
    const room = liveRoom();
    room.make(INSTRUCTOR, 'room.change', { locked: true });
    expect(room.run(STUDENT_2, 'person.join')).toEqual(refusal('room_locked'));
    for (const one of [STUDENT, ASSISTANT]) expect(room.run(one, 'person.join')).toMatchObject({ ok: true });
    room.make(INSTRUCTOR, 'person.admit', who(STUDENT_2.participant, { admitted: true }));
    expect(room.run(STUDENT_2, 'person.join')).toMatchObject({ ok: true });
  });

  it('after a removal introduces the person again', () => {
    const room = liveRoom();
    room.make(INSTRUCTOR, 'person.remove', who(student));
    expect(told(room.run(STUDENT, 'person.join'))).toEqual([
      'all person.named',
      'staff attendance.opened',
      'me:p-sam attendance.opened',
    ]);
  });
});

describe('where names are hidden', () => {
  const hidden = (): TestRoom => liveRoom({ policy: { 'names.hidden': true } });

  it('everyone sees an alias and no picture, the staff and the person the name', () => {
    const decision = hidden().run({ ...STUDENT_2, picture: '/sue.png' }, 'person.join');
    expect(bodies(decision, 'person.named', 'all')).toEqual([who('p-sue', { name: 'Student 3', alias: 3 })]);
    for (const log of ['staff', 'me'])
      expect(bodies(decision, 'person.named', log)).toEqual([
        who('p-sue', { name: 'Sue Student', picture: '/sue.png' }),
      ]);
    expect(told(decision)).toContain('me:p-sue person.named');
  });

  it('staff stand with their own', () => {
    expect(bodies(hidden().run(ASSISTANT, 'person.join'), 'person.named')).toEqual([
      who('p-asa', { name: 'Asa Assistant' }),
    ]);
  });

  it('an alias stays with its person over a removal and a new name', () => {
    const room = hidden();
    room.make(INSTRUCTOR, 'person.remove', who(student));
    const decision = room.run({ ...STUDENT, name: 'Samuel' }, 'person.join');
    expect(bodies(decision, 'person.named', 'all')).toEqual([who(student, { name: 'Student 2', alias: 2 })]);
    expect(bodies(decision, 'person.named', 'staff')).toMatchObject([{ name: 'Samuel' }]);
  });

  it('a student who was staff for a while is shown by the alias again', () => {
    const room = hidden();
    const promote = (role: string): void => {
      room.make(INSTRUCTOR, 'person.role', who(student, { role }));
    };
    promote('assistant');
    expect(bodies(room.run(STUDENT, 'chat.post', { text: 'Hi' }), 'person.named', 'all')).toMatchObject([
      { name: 'Sam Student' },
    ]);
    promote('student');
    expect(bodies(room.run(STUDENT, 'chat.post', { text: 'Hi' }), 'person.named', 'all')).toEqual([
      who(student, { name: 'Student 2', alias: 2 }),
    ]);
  });

  it('a member of staff who becomes a student is not shown by name again', () => {
    const room = hidden();
    room.make(ASSISTANT, 'person.join');
    room.make(INSTRUCTOR, 'person.role', who(ASSISTANT.participant, { role: 'student' }));
    expect(bodies(room.run(ASSISTANT, 'chat.post', { text: 'Hi' }), 'person.named', 'all')).toEqual([
      who('p-asa', { name: 'Student 4', alias: 4 }),
    ]);
  });

  it('no alias is given twice, also after an erasure', () => {
    const room = hidden();
    room.make(SERVICE, 'person.erase', who(student));
    const [again] = bodies(room.run(STUDENT, 'chat.post', { text: 'Hi' }), 'person.named', 'all');
    const [other] = bodies(room.run(STUDENT_2, 'chat.post', { text: 'Hi' }), 'person.named', 'all');
    expect([again, other]).toMatchObject([{ alias: 3 }, { alias: 4 }]);
  });
});

describe('leaving', () => {
  it('closes attendance at the time it was said, and lowers the hand', () => {
    const room = liveRoom();
    room.make(STUDENT, 'hand.raise');
    room.now += 700;
    const decision = room.run(STUDENT, 'person.leave');
    expect(told(decision)).toEqual(['all hand.lowered', 'staff attendance.closed', 'me:p-sam attendance.closed']);
    expect(bodies(decision, 'attendance.closed', 'staff')).toEqual([who(student, { seenAt: START + 700 })]);
    expect(room.run(STUDENT, 'person.leave')).toEqual(NOTHING_NEW);
    expect(room.run(SERVICE, 'person.leave')).toEqual(NOTHING_NEW);
  });

  it('by the loss of a connection closes it at last seen, and never before it was opened', () => {
    const room = liveRoom();
    room.now += 60_000;
    const lost = room.ask(null, { type: 'system.leave', participant: 'p-sam', seenAt: START + 50_000 });
    expect(bodies(lost, 'attendance.closed', 'me')).toEqual([who(student, { seenAt: START + 50_000 })]);
    const early = room.system({ type: 'system.leave', participant: 'p-sam', seenAt: START - 1 });
    expect(bodies(early, 'attendance.closed', 'me')).toEqual([who(student, { seenAt: START })]);
    expect(room.system({ type: 'system.leave', participant: 'p-nobody', seenAt: 1 })).toEqual(NOTHING_NEW);
  });
});

describe('person.role', () => {
  it('is told to everyone, stands over the token, and is not given twice', () => {
    const room = liveRoom();
    const decision = room.run(INSTRUCTOR, 'person.role', who(student, { role: 'assistant' }));
    expect(told(decision)).toEqual(['all person.role', 'staff audit']);
    expect(bodies(decision, 'person.role')).toEqual([who(student, { role: 'assistant', promoted: true })]);
    expect(roleInRoom(room.rulesFor(student), 'p-sam', 'student')).toBe('assistant');
    expect(roleInRoom(room.rulesFor(student), 'p-sue', 'observer')).toBe('observer');
    expect(room.run(INSTRUCTOR, 'person.role', who(student, { role: 'assistant' }))).toEqual(NOTHING_NEW);
    expect(told(room.run(STUDENT, 'person.join'))).toEqual([]);
  });

  it('is refused to who is not in the class', () => {
    expect(liveRoom().run(INSTRUCTOR, 'person.role', who('p-nobody', { role: 'student' }))).toEqual(
      refusal('person_unknown'),
    );
  });
});

describe('person.media', () => {
  it('blocks and allows one by one, and does nothing twice', () => {
    const room = liveRoom();
    const decision = room.run(ASSISTANT, 'person.media', who(student, { audio: false }));
    expect(told(decision)).toEqual(['all person.media', 'staff audit']);
    expect(bodies(decision, 'person.media')).toEqual([who(student, { audio: false, video: true, share: true })]);
    expect(room.run(ASSISTANT, 'person.media', who(student, { audio: false }))).toEqual(NOTHING_NEW);
    expect(
      bodies(room.run(ASSISTANT, 'person.media', who(student, { audio: true, share: false })), 'person.media'),
    ).toEqual([who(student, { audio: true, video: true, share: false })]);
  });
});

describe('person.remove', () => {
  it('tells everyone, lowers the hand with it and closes attendance', () => {
    const room = liveRoom();
    room.make(STUDENT, 'hand.raise');
    expect(told(room.run(ASSISTANT, 'person.remove', who(student)))).toEqual([
      'all person.removed',
      'staff attendance.closed',
      'me:p-sam attendance.closed',
      'staff audit',
    ]);
    expect(room.all.hands).toEqual([]);
  });
});

describe('person.bar', () => {
  const bar = (room: TestRoom, more: object, by: Somebody = INSTRUCTOR): ReturnType<TestRoom['run']> =>
    room.run(by, 'person.bar', who(student, { bar: 'chat', barred: true, ...more }));

  it('from the chat is told to the staff and to whom it is about', () => {
    const room = liveRoom();
    const decision = bar(room, { until: START + 1_000, reason: 'spam', note: ' again ' });
    expect(told(decision)).toEqual(['staff person.barred', 'me:p-sam person.barred', 'staff audit']);
    expect(bodies(decision, 'person.barred', 'me')).toEqual([
      who(student, { bar: 'chat', barred: true, until: START + 1_000, reason: 'spam' }),
    ]);
    expect(bodies(decision, 'audit')).toEqual([{ action: 'person.bar', about: student, note: 'again' }]);
    expect(decision).toMatchObject({ rows: [] });
    expect([
      isBarred(room.rulesFor(null), 'p-sam', 'chat', START),
      isBarred(room.rulesFor(null), 'p-sam', 'room', START),
    ]).toEqual([true, false]);
    expect(isBarred(room.rulesFor(null), 'p-sam', 'chat', START + 1_000)).toBe(false);
  });

  it('from the room removes the person, and is kept beyond them', () => {
    const room = liveRoom();
    room.make(STUDENT, 'hand.raise');
    const decision = bar(room, { bar: 'room' });
    expect(told(decision)).toEqual([
      'staff person.barred',
      'me:p-sam person.barred',
      'all person.removed',
      'staff attendance.closed',
      'me:p-sam attendance.closed',
      'staff audit',
    ]);
    expect(decision).toMatchObject({ rows: [{ kind: 'ban', participant: student, banned: true, until: null }] });
    expect(room.run(STUDENT, 'person.join')).toEqual(refusal('person_banned'));
  });

  it('from the room is over at its time', () => {
    const room = liveRoom();
    bar(room, { bar: 'room', until: START + 1_000 });
    room.now += 1_000;
    expect(room.run(STUDENT, 'person.join')).toMatchObject({ ok: true });
  });

  it('is lifted once, without a time', () => {
    const room = liveRoom();
    bar(room, { bar: 'room' });
    const decision = bar(room, { bar: 'room', barred: false, until: START + 9 });
    expect(bodies(decision, 'person.barred', 'me')).toMatchObject([{ barred: false, until: null }]);
    expect(decision).toMatchObject({ rows: [{ kind: 'ban', banned: false, until: null }] });
    expect(bar(room, { bar: 'room', barred: false })).toEqual(NOTHING_NEW);
    expect(room.run(STUDENT, 'person.join')).toMatchObject({ ok: true });
  });

  it('keeps the one while the other is lifted', () => {
    const room = liveRoom();
    bar(room, {});
    bar(room, { bar: 'room' });
    bar(room, { bar: 'room', barred: false });
    expect(isBarred(room.rulesFor(null), 'p-sam', 'chat', START)).toBe(true);
  });

  it.each([START, START - 1, 0])('is refused where it would be over already (%i)', (until) => {
    expect(bar(liveRoom(), { until })).toEqual(refusal('schedule_invalid', { detail: { key: 'until' } }));
  });

  it('reaches who has only asked without a name, and tells the class nothing of them', () => {
    const room = liveRoom();
    room.make(STUDENT_2, 'question.ask', { text: 'Why?', anonymous: true });
    const decision = room.run(INSTRUCTOR, 'person.bar', who(STUDENT_2.participant, { bar: 'room', barred: true }));
    expect(told(decision)).toEqual(['staff person.barred', 'me:p-sue person.barred', 'staff audit']);
    expect(room.run(STUDENT_2, 'chat.post', { text: 'Hi' })).toEqual(refusal('person_banned'));
  });
});

describe('acting on somebody', () => {
  const ACTS = [
    ['person.role', { role: 'observer' }],
    ['person.media', { audio: false }],
    ['person.remove', {}],
    ['person.bar', { bar: 'chat', barred: true }],
  ] as const;

  it.each(ACTS)('who is nobody is refused: %s', (type, more) => {
    expect(liveRoom().run(INSTRUCTOR, type, who('p-nobody', more))).toEqual(refusal('person_unknown'));
  });

  it.each(ACTS.filter(([type]) => type !== 'person.role'))(
    'on staff is for who may promote, and on oneself for nobody: %s',
    (type, more) => {
      const room = liveRoom();
      room.make(ASSISTANT, 'person.join');
      expect(room.run(ASSISTANT, type, who(INSTRUCTOR.participant, more))).toEqual(refusal('role_required'));
      for (const oneself of [INSTRUCTOR, ASSISTANT])
        expect(room.run(oneself, type, who(oneself.participant, more))).toEqual(refusal('self_refused'));
      expect(room.run(INSTRUCTOR, type, who(ASSISTANT.participant, more))).toMatchObject({ ok: true });
    },
  );

  it('nobody lifts what was decided about them', () => {
    const room = liveRoom();
    room.make(ASSISTANT, 'person.join');
    room.make(INSTRUCTOR, 'person.bar', who(ASSISTANT.participant, { bar: 'chat', barred: true }));
    const lift = who(ASSISTANT.participant, { bar: 'chat', barred: false });
    expect(room.run(ASSISTANT, 'person.bar', lift)).toEqual(refusal('self_refused'));
  });

  it.each(['person.role', 'person.media'] as const)('whom the class has never seen is refused: %s', (type) => {
    const room = liveRoom();
    room.make(INSTRUCTOR, 'person.admit', who('p-sue', { admitted: true }));
    const more = type === 'person.role' ? { role: 'assistant' } : { audio: false };
    expect(room.run(INSTRUCTOR, type, who('p-sue', more))).toEqual(refusal('person_unknown'));
  });
});

describe('person.admit', () => {
  it('is told to the staff and to whom it is about, once for each answer', () => {
    const room = liveRoom();
    const decision = room.run(ASSISTANT, 'person.admit', who('p-sue', { admitted: false }));
    expect(told(decision)).toEqual(['staff person.admitted', 'me:p-sue person.admitted']);
    expect(room.run(ASSISTANT, 'person.admit', who('p-sue', { admitted: false }))).toEqual(NOTHING_NEW);
    expect(room.run(ASSISTANT, 'person.admit', who('p-sue', { admitted: true }))).toMatchObject({ ok: true });
  });

  it('of somebody who has never come and is not expected is refused', () => {
    const room = liveRoom();
    const admit = (participant: string): unknown => {
      const command = room.read('person.admit', { participant, admitted: true });
      const moment = { now: START, newId: () => 'id', isSomebody: participant === 'p-sue' };
      return decide(room.rulesFor(null), command, room.actor(ASSISTANT), moment);
    };
    expect(admit('p-made-up')).toEqual(refusal('person_unknown'));
    for (const participant of ['p-sue', 'p-sam']) expect(admit(participant)).toMatchObject({ ok: true });
  });
});

describe('person.remove', () => {
  it.each(['person.remove', 'person.bar'] as const)('%s tells the class nothing of whom it has never seen', (type) => {
    const room = liveRoom();
    room.make(ASSISTANT, 'person.admit', who('p-sue', { admitted: true }));
    const body = who('p-sue', type === 'person.bar' ? { bar: 'room', barred: true } : {});
    const logs = told(room.run(INSTRUCTOR, type, body)).map((event) => event.split(' ')[0]);
    expect(logs).not.toContain('all');
    expect(told(room.run(INSTRUCTOR, type, body))).toContain('staff audit');
  });

  it.each([
    ['person.remove', {}],
    ['person.bar', { bar: 'room', barred: true }],
  ] as const)('%s closes the attendance of whose connection was lost when they were last seen', (type, more) => {
    const room = liveRoom();
    const moment = { now: START + 60_000, newId: () => 'id', lastSeenAt: () => START + 50_000 };
    const command = room.read(type, who(student, more));
    const decision = decide(room.rulesFor(null), command, room.actor(INSTRUCTOR), moment);
    expect(bodies(decision, 'attendance.closed')[0]).toEqual(who(student, { seenAt: START + 50_000 }));
  });
});

describe('person.admitAll', () => {
  it('is told as one answer to each who waits and was not let in, and remembered', () => {
    const room = liveRoom();
    room.make(ASSISTANT, 'person.admit', who('p-sue', { admitted: true }));
    room.make(ASSISTANT, 'person.admit', who('p-syd', { admitted: false }));
    const moment = { now: START, newId: () => 'id', waiting: ['p-sue', 'p-syd', 'p-new'] };
    const command = room.read('person.admitAll', {});
    const decision = decide(room.rulesFor(null), command, room.actor(ASSISTANT), moment);
    expect(told(decision)).toEqual([
      'staff person.admitted',
      'me:p-syd person.admitted',
      'staff person.admitted',
      'me:p-new person.admitted',
    ]);
    expect(decision).toMatchObject({ result: { admitted: 2 } });
  });
});

describe('hands', () => {
  it('are raised in order, and once', () => {
    const room = liveRoom();
    expect(told(room.run(STUDENT, 'hand.raise'))).toEqual(['all hand.raised']);
    expect(told(room.run(STUDENT_2, 'hand.raise'))).toEqual(['all person.named', 'all hand.raised']);
    expect(room.run(STUDENT, 'hand.raise')).toEqual(NOTHING_NEW);
    expect(room.all.hands).toEqual(['p-sam', 'p-sue']);
  });

  it('are lowered by who raised them, or by staff', () => {
    const room = liveRoom();
    for (const one of [STUDENT, STUDENT_2]) room.make(one, 'hand.raise');
    expect(room.run(STUDENT, 'hand.lower')).toMatchObject({
      events: [{ log: 'all', by: 'p-sam', body: { participant: 'p-sam' } }],
    });
    expect(room.run(STUDENT, 'hand.lower')).toEqual(NOTHING_NEW);
    expect(room.run(SERVICE, 'hand.lower', who('p-sue'))).toMatchObject({ ok: true });
    expect(room.all.hands).toEqual([]);
  });

  it('are nobody’s where a service names none', () => {
    expect(liveRoom().run(SERVICE, 'hand.lower')).toEqual(refusal('person_unknown'));
    expect(liveRoom().run({ ...SERVICE, grants: { 'hand.raise': true } }, 'hand.raise')).toEqual(
      refusal('forbidden', { detail: { grant: 'hand.raise' } }),
    );
  });

  it('are not raised where they are switched off, or the class does not run', () => {
    const room = liveRoom({ policy: { 'hands.enabled': false } });
    expect(room.run(STUDENT, 'hand.raise')).toEqual(refusal('hands_disabled'));
    room.make(INSTRUCTOR, 'room.end');
    expect(room.run(STUDENT, 'hand.raise')).toEqual(refusal('room_ended'));
  });

  it('are not an observer’s to raise', () => {
    expect(liveRoom().run(OBSERVER, 'hand.raise')).toEqual(refusal('forbidden', { detail: { grant: 'hand.raise' } }));
  });
});

describe('cleanText', () => {
  it.each([
    ['  a \r\n b\rc  ', 'a \n b\nc'],
    ['a\u0000\u0008\u007f\u0085b', 'ab'],
    ['tab\tkept', 'tab\tkept'],
    ['\ufeff \u200b', ''],
    ['👩🏽\u200d🏫', '👩🏽\u200d🏫'],
    ['\u3164', '\u3164'],
    ['cut \ud83d', 'cut \ufffd'],
    ['\ude00\ud83d\ude00', '\ufffd\ud83d\ude00'],
  ])('makes %j to %j', (text, clean) => {
    expect(cleanText(text)).toBe(clean);
  });
});
