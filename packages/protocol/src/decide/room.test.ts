import { describe, expect, it } from 'vitest';
import { decide, DEFAULT_POLICY, ROOM_STATES, type RoomState } from '../index.js';
import { bodies, NOTHING_NEW, refusal, told } from '../testing/decisions.js';
import { ASSISTANT, INSTRUCTOR, liveRoom, OBSERVER, SERVICE, START, STUDENT, TestRoom } from '../testing/room.js';

function made(body: object = {}): TestRoom {
  const room = new TestRoom();
  room.make(SERVICE, 'room.create', { kind: 'meeting', ...body });
  return room;
}
function inState(state: RoomState, body: object = {}): TestRoom {
  const room = made(body);
  room.all = { ...room.all, room: { ...room.all.room, state } };
  return room;
}

describe('room.create', () => {
  it('tells everything that everyone may know', () => {
    const decision = new TestRoom().run(SERVICE, 'room.create', {
      kind: 'livestream',
      title: ' Algebra ',
      policy: { 'names.hidden': true, 'chat.mode': { value: 'slow', teacherEditable: false } },
    });
    expect(told(decision)).toEqual(['all room.changed']);
    expect(bodies(decision, 'room.changed')).toEqual([
      {
        id: expect.any(String) as string,
        kind: 'livestream',
        title: 'Algebra',
        description: '',
        visibility: 'enrolled',
        listed: true,
        state: 'scheduled',
        why: null,
        startsAt: null,
        endsAt: null,
        openMinutesBefore: 15,
        heldMinutes: 10,
        createdAt: START,
        liveSince: null,
        endedAt: null,
        engine: 'auto',
        capacity: null,
        locked: false,
        hasPassword: false,
        policy: { ...DEFAULT_POLICY, 'names.hidden': true, 'chat.mode': 'slow' },
        fixed: ['chat.mode'],
      },
    ]);
  });

  it.each([
    ['meeting', null, 'open'],
    ['meeting', START + 1, 'scheduled'],
    ['livestream', null, 'scheduled'],
    ['livestream', START + 1, 'scheduled'],
  ])('makes a %s that starts at %j %s', (kind, startsAt, state) => {
    expect(made({ kind, startsAt }).state).toBe(state);
  });

  it('is refused where the room is there', () => {
    expect(made().run(SERVICE, 'room.create', { kind: 'meeting' })).toEqual(refusal('room_exists'));
  });

  it.each([
    ['an unknown setting', { 'chat.colour': 'red' }, 'chat.colour'],
    ['what every object has', { toString: true }, 'toString'],
    ['a wrong value', { 'chat.mode': 'loud' }, 'chat.mode'],
    ['no value', { 'chat.mode': { teacherEditable: true } }, 'chat.mode'],
    ['null', { 'chat.mode': null }, 'chat.mode'],
  ])('is refused with %s', (_name, policy, key) => {
    expect(new TestRoom().run(SERVICE, 'room.create', { kind: 'meeting', policy })).toEqual(
      refusal('policy_invalid', { detail: { key } }),
    );
  });

  it.each([START, START - 1])('is refused where it would end at or before its start', (endsAt) => {
    expect(new TestRoom().run(SERVICE, 'room.create', { kind: 'meeting', startsAt: START, endsAt })).toEqual(
      refusal('schedule_invalid', { detail: { key: 'endsAt' } }),
    );
  });
});

describe('room.change', () => {
  it('tells only what is new', () => {
    const room = made({ title: 'Algebra', capacity: 10 });
    const decision = room.run(INSTRUCTOR, 'room.change', {
      title: 'Algebra ',
      capacity: 20,
      locked: true,
      policy: { 'chat.mode': 'slow', 'chat.enabled': true },
    });
    expect(bodies(decision, 'room.changed')).toEqual([{ capacity: 20, locked: true, policy: { 'chat.mode': 'slow' } }]);
  });

  it('tells nothing where nothing is new', () => {
    const room = made({ title: 'Algebra', startsAt: START });
    expect(room.run(INSTRUCTOR, 'room.change', {})).toEqual(NOTHING_NEW);
    expect(
      room.run(INSTRUCTOR, 'room.change', {
        title: 'Algebra',
        startsAt: START,
        locked: false,
        policy: { 'chat.mode': 'open', 'names.hidden': false },
      }),
    ).toEqual(NOTHING_NEW);
  });

  it.each([
    [ASSISTANT, { title: 'x' }, 'room.manage'],
    [ASSISTANT, { policy: { retentionDays: 5 } }, 'room.manage'],
    [STUDENT, { locked: true }, 'people.moderate'],
    [STUDENT, { locked: false }, 'people.moderate'],
    [STUDENT, { policy: { 'chat.mode': 'open' } }, 'chat.moderate'],
    [OBSERVER, { policy: { 'join.lobby': true } }, 'people.moderate'],
    [
      { ...SERVICE, grants: { 'question.moderate': false } },
      { policy: { 'questions.moderated': true } },
      'question.moderate',
    ],
  ])('asks %o for the grant of %o', (who, body, grant) => {
    expect(made().run(who, 'room.change', body)).toEqual(refusal('forbidden', { detail: { grant } }));
  });

  it('lets an assistant lock the room and set the chat', () => {
    expect(made().run(ASSISTANT, 'room.change', { locked: true, policy: { 'chat.mode': 'frozen' } })).toMatchObject({
      ok: true,
    });
  });

  it('keeps what the school has fixed from the teacher, not from the school', () => {
    const room = made({ policy: { 'chat.mode': { value: 'slow', teacherEditable: false } } });
    const change = { policy: { 'chat.mode': 'open' } };
    expect(room.run(INSTRUCTOR, 'room.change', change)).toEqual(
      refusal('policy_fixed', { detail: { key: 'chat.mode' } }),
    );
    expect(room.run(SERVICE, 'room.change', change)).toMatchObject({ ok: true });
    expect(room.all.room.policy['chat.mode']).toBe('open');
    expect(room.all.room.fixed).toEqual(['chat.mode']);
  });

  it('lets the school alone fix and free a setting', () => {
    const room = made();
    const set = (who: typeof SERVICE, teacherEditable: boolean): readonly string[] => {
      room.make(who, 'room.change', { policy: { 'chat.mode': { value: 'open', teacherEditable } } });
      return room.all.room.fixed;
    };
    expect(set(INSTRUCTOR, false)).toEqual([]);
    expect(set(SERVICE, false)).toEqual(['chat.mode']);
    expect(set(INSTRUCTOR, true)).toEqual(['chat.mode']);
    expect(set(SERVICE, true)).toEqual([]);
  });

  it('changes to nobody what is fixed at creation', () => {
    const room = made();
    for (const who of [INSTRUCTOR, SERVICE])
      expect(room.run(who, 'room.change', { policy: { 'names.hidden': true } })).toEqual(
        refusal('policy_fixed', { detail: { key: 'names.hidden' } }),
      );
  });

  it('is refused where the class would end before it starts, with what is given and what stands', () => {
    const room = made({ startsAt: START + 10, endsAt: START + 20 });
    const wrong = refusal('schedule_invalid', { detail: { key: 'endsAt' } });
    for (const times of [{ endsAt: START + 10 }, { startsAt: START + 20 }, { startsAt: START + 9, endsAt: START + 8 }])
      expect(room.run(INSTRUCTOR, 'room.change', times)).toEqual(wrong);
    for (const times of [{ startsAt: START + 30, endsAt: START + 40 }, { endsAt: null }, { startsAt: START + 90 }])
      expect(room.run(INSTRUCTOR, 'room.change', times)).toMatchObject({ ok: true });
  });

  it('lets a class wait again that nobody has started, and opens a meeting that lost its time', () => {
    const room = made({ startsAt: START + 10 });
    room.system({ type: 'system.open' });
    room.make(INSTRUCTOR, 'room.change', { startsAt: START + 10 });
    expect(room.state).toBe('open');
    expect(bodies(room.run(INSTRUCTOR, 'room.change', { startsAt: START + 50 }), 'room.changed')).toEqual([
      { startsAt: START + 50, state: 'scheduled' },
    ]);
    expect(bodies(room.run(INSTRUCTOR, 'room.change', { startsAt: null }), 'room.changed')).toEqual([
      { startsAt: null, state: 'open' },
    ]);
    const stream = made({ kind: 'livestream', startsAt: START + 10 });
    stream.make(INSTRUCTOR, 'room.change', { startsAt: null });
    expect(stream.state).toBe('scheduled');
  });
});

describe('the states of a room', () => {
  it.each([
    ['scheduled', 'live'],
    ['open', 'live'],
    ['held', 'live'],
    ['ended', 'live'],
  ] as const)('lead from %s by room.start to %s', (from, to) => {
    const room = inState(from);
    const decision = room.run(ASSISTANT, 'room.start');
    expect(room.state).toBe(to);
    const since = from === 'held' ? {} : { liveSince: START };
    expect(bodies(decision, 'room.changed')).toEqual([{ state: 'live', why: null, endedAt: null, ...since }]);
    expect(told(decision)).toEqual(['all person.named', 'all person.role', 'all room.changed', 'staff audit']);
    expect(room.run(ASSISTANT, 'room.start')).toEqual(NOTHING_NEW);
  });

  it.each(ROOM_STATES.filter((state) => state !== 'ended'))('lead from %s by room.end to ended', (from) => {
    const room = inState(from);
    expect(bodies(room.run(SERVICE, 'room.end'), 'room.changed')).toEqual([
      { state: 'ended', why: null, endedAt: START },
    ]);
    expect(room.run(SERVICE, 'room.end')).toEqual(NOTHING_NEW);
    expect(room.system({ type: 'system.end' })).toEqual(NOTHING_NEW);
  });

  it.each([
    ['system.open', 'scheduled', { state: 'open' }],
    ['system.live', 'scheduled', { state: 'live', liveSince: START }],
    ['system.live', 'open', { state: 'live', liveSince: START }],
    ['system.resume', 'held', { state: 'live', why: null }],
    ['system.end', 'held', { state: 'ended', why: null, endedAt: START }],
  ] as const)('are changed by %s where they are %s', (type, from, body) => {
    const decision = inState(from).system({ type });
    expect(decision).toMatchObject({ events: [{ log: 'all', by: null, type: 'room.changed', body }] });
  });

  it.each([
    ['system.open', ['open', 'live', 'held', 'ended']],
    ['system.live', ['live', 'held', 'ended']],
    ['system.resume', ['scheduled', 'open', 'live', 'ended']],
  ] as const)('are left alone by %s where it comes too late', (type, states) => {
    for (const state of states) expect(inState(state).system({ type })).toEqual(NOTHING_NEW);
  });

  it.each(['staff', 'source'] as const)('are held for %s while the class is live, and not else', (why) => {
    for (const state of ROOM_STATES.filter((one) => one !== 'live'))
      expect(inState(state).system({ type: 'system.hold', why })).toEqual(NOTHING_NEW);
    const room = inState('live');
    expect(bodies(room.system({ type: 'system.hold', why }), 'room.changed')).toEqual([{ state: 'held', why }]);
  });

  it('say since when a class is held, whatever else changes meanwhile', () => {
    const room = liveRoom();
    expect(room.all.room.heldAt).toBeNull();
    room.now = START + 5;
    room.system({ type: 'system.hold', why: 'staff' });
    room.now = START + 10;
    room.make(INSTRUCTOR, 'room.change', { title: 'Still held' });
    expect(room.all.room.heldAt).toBe(START + 5);
    room.system({ type: 'system.resume' });
    expect(room.all.room.heldAt).toBeNull();
  });

  it('close attendance and lower the hands at the end', () => {
    const room = liveRoom();
    room.make(STUDENT, 'hand.raise');
    room.now += 5;
    expect(told(room.run(INSTRUCTOR, 'room.end'))).toEqual([
      'all room.changed',
      'all hand.lowered',
      'staff attendance.closed',
      'me:p-ina attendance.closed',
      'staff attendance.closed',
      'me:p-sam attendance.closed',
      'staff audit',
    ]);
    expect([room.all.hands, [...room.staff.present.keys()]]).toEqual([[], []]);
  });

  it.each(['room.end', 'system.end'] as const)(
    'of %s close the attendance of who was just lost when they were last seen',
    (type) => {
      const room = liveRoom();
      room.now = START + 60_000;
      const lost = START + 52_000;
      const decision = decide(
        room.rulesFor(null),
        type === 'room.end' ? room.read(type, {}) : { type },
        type === 'room.end' ? room.actor(INSTRUCTOR) : null,
        {
          now: room.now,
          newId: () => 'id',
          lastSeenAt: (participant) => (participant === STUDENT.participant ? lost : null),
        },
      );
      const closed = bodies(decision, 'attendance.closed') as { participant: string; seenAt: number }[];
      expect(new Set(closed.map(({ participant, seenAt }) => `${participant} ${String(seenAt - START)}`))).toEqual(
        new Set(['p-ina 60000', 'p-sam 52000']),
      );
    },
  );

  it('close attendance also where the clock ends the class', () => {
    const room = liveRoom();
    expect(told(room.system({ type: 'system.end' }))).toContain('me:p-sam attendance.closed');
  });
});

describe('system.tally', () => {
  it('is told once for each new count, of questions that are there', () => {
    const room = liveRoom();
    const question = room.make(STUDENT, 'question.ask', { text: 'Why?' });
    expect(bodies(room.system({ type: 'system.tally', question, votes: 2 }), 'question.tallied')).toEqual([
      { id: question, votes: 2 },
    ]);
    expect(room.system({ type: 'system.tally', question, votes: 2 })).toEqual(NOTHING_NEW);
    expect(room.system({ type: 'system.tally', question: 'q-nothing', votes: 2 })).toEqual(NOTHING_NEW);
    room.make(STUDENT, 'question.remove', { id: question });
    expect(room.system({ type: 'system.tally', question, votes: 3 })).toEqual(NOTHING_NEW);
  });
});
