import fc from 'fast-check';
import {
  COMMAND_TYPES,
  COMMANDS,
  RIGHTS,
  type Actor,
  type Command,
  type CommandType,
  type Decision,
  type SystemCommand,
} from '../index.js';
import {
  ASSISTANT,
  INSTRUCTOR,
  OBSERVER,
  SERVICE,
  STUDENT,
  STUDENT_2,
  STUDENT_3,
  TestRoom,
  type Somebody,
} from './room.js';

export const PEOPLE = [INSTRUCTOR, ASSISTANT, STUDENT, STUDENT_2, STUDENT_3, OBSERVER, SERVICE] as const;

const SYSTEM_TYPES = [
  'system.open',
  'system.live',
  'system.hold',
  'system.resume',
  'system.end',
  'system.leave',
  'system.tally',
] as const satisfies readonly SystemCommand['type'][];

/** One thing that somebody tries; what it is about is chosen among what is there by then. */
export interface Step {
  readonly who: number;
  readonly type: CommandType | SystemCommand['type'];
  readonly about: number;
  readonly other: number;
  readonly choice: number;
  readonly flag: boolean;
  readonly text: string;
  readonly waitMs: number;
  /** 0: by anyone at all; otherwise by somebody who is likely to do it. */
  readonly sense: number;
}

/** How often each is tried: talk the most, what ends the class the least. */
const WEIGHTS: Partial<Record<Step['type'], number>> = {
  'chat.post': 60,
  'chat.edit': 20,
  'chat.delete': 14,
  'chat.pin': 20,
  'question.ask': 60,
  'question.edit': 20,
  'question.publish': 25,
  'question.decline': 8,
  'question.change': 15,
  'question.remove': 10,
  'question.answer': 20,
  'vote.set': 25,
  'person.join': 25,
  'person.erase': 5,
  'room.end': 1,
  'system.end': 1,
  'room.start': 8,
  'system.tally': 8,
};

const type = fc.oneof(
  ...[...COMMAND_TYPES.filter((name) => name !== 'room.create'), ...SYSTEM_TYPES].map((name) => ({
    arbitrary: fc.constant<Step['type']>(name),
    weight: WEIGHTS[name] ?? 4,
  })),
);

const text = fc.oneof(
  { arbitrary: fc.constantFrom('Hello', 'Why?', 'ü 你好 👩🏽‍🏫', ',"body":{"text":"x"}', '"\\', '\ud800 lone'), weight: 6 },
  { arbitrary: fc.string({ maxLength: 12 }), weight: 3 },
  { arbitrary: fc.constantFrom('\u0000 \u200b', '   '), weight: 1 },
);

const step: fc.Arbitrary<Step> = fc.record({
  who: fc.nat({ max: PEOPLE.length - 1 }),
  type,
  about: fc.nat({ max: 1_000 }),
  other: fc.nat({ max: 1_000 }),
  choice: fc.nat({ max: 1_000 }),
  flag: fc.boolean(),
  text,
  waitMs: fc.constantFrom(0, 0, 1, 500, 20_000),
  sense: fc.nat({ max: 5 }),
});

export interface History {
  readonly kind: 'meeting' | 'livestream';
  readonly policy: Readonly<Record<string, unknown>>;
  /** Single grants that the tokens of some people add or take away. */
  readonly changes: readonly Readonly<Record<string, boolean>>[];
  readonly steps: readonly Step[];
}

export function histories({ maxSteps = 100 }: { maxSteps?: number } = {}): fc.Arbitrary<History> {
  return fc.record({
    kind: fc.constantFrom('meeting' as const, 'meeting' as const, 'livestream' as const),
    policy: fc.record({
      'questions.moderated': fc.boolean(),
      'names.hidden': fc.boolean(),
      'chat.mode': fc.constantFrom('open', 'open', 'open', 'slow', 'toStaff', 'questionsOnly'),
      'questions.anonymous': fc.constantFrom(true, true, true, false),
    }),
    changes: fc.oneof(
      { arbitrary: fc.constant([]), weight: 3 },
      {
        arbitrary: fc.array(
          fc.dictionary(
            fc.constantFrom(
              'chat.post',
              'chat.moderate',
              'question.moderate',
              'people.moderate',
              'staff.read',
              'room.manage',
            ),
            fc.boolean(),
            { maxKeys: 2 },
          ),
          { maxLength: PEOPLE.length },
        ),
        weight: 1,
      },
    ),
    steps: fc.array(step, { minLength: Math.floor(maxSteps / 4), maxLength: maxSteps, size: 'max' }),
  });
}

/** What somebody is about to do. */
export interface Trying {
  /** null: the system. */
  readonly who: Somebody | null;
  readonly actor: Actor | null;
  readonly command: Command | SystemCommand;
  readonly body: Readonly<Record<string, unknown>>;
  /** Stands in what is written, if anything is. */
  readonly canary: string;
}

/** Told before each step; what it gives back is told what came of it. */
export type Watch = (room: TestRoom, trying: Trying) => ((decision: Decision) => void) | undefined;

/** Plays a history in a room that is live and has people in it. */
export function play({ kind, policy, changes, steps }: History, watch: Watch = () => undefined): TestRoom {
  const room = new TestRoom();
  const people = PEOPLE.map((person, index): Somebody => ({ ...person, grants: changes[index] ?? {} }));
  room.run(SERVICE, 'room.create', { kind, policy });
  room.run(INSTRUCTOR, 'room.start');
  for (const who of [INSTRUCTOR, STUDENT, STUDENT_2]) room.run(who, 'person.join');
  for (const [index, plain] of steps.entries()) {
    const canary = `c${String(index)}c`;
    const step = plain.text.trim() === '' ? plain : { ...plain, text: `${plain.text} ${canary}` };
    room.now += step.waitMs;
    const body = bodyOf(step, room);
    const who = isSystem(step.type) ? null : somebodyFor({ step, body, room, people });
    const command = isSystem(step.type) ? ({ type: step.type, ...body } as SystemCommand) : room.read(step.type, body);
    const told = watch(room, { who, actor: who && room.actor(who), command, body, canary });
    const decision = room.submit(who, command);
    told?.(decision);
  }
  return room;
}

/** Now and then anyone; else whoever wrote it, or somebody who may by their role. */
function somebodyFor({
  step: { type: name, sense, choice, who },
  body,
  room,
  people,
}: {
  step: Step;
  body: Readonly<Record<string, unknown>>;
  room: TestRoom;
  people: readonly Somebody[];
}): Somebody {
  const anyone = people[who] as Somebody;
  if (sense === 0 || isSystem(name)) return anyone;
  const author = authorOf(room, body['id']);
  const writer = people.find(({ participant }) => participant !== null && participant === author);
  if (OWN.includes(name) && writer && choice % 3 > 0) return writer;
  const { grant } = COMMANDS[name];
  const able = people.filter(({ role }) => grant !== null && RIGHTS[grant].roles.includes(role));
  return able[who % able.length] ?? anyone;
}

const OWN: readonly Step['type'][] = ['chat.edit', 'chat.delete', 'question.edit', 'question.remove'];

/** Who wrote a message or asked a question, also without a name. */
export function authorOf(room: TestRoom, id: unknown): string | null {
  const made = [...room.log('all'), ...room.log('staff')].find(
    ({ type: kind, ref }) => ref === id && (kind === 'chat.posted' || kind === 'question.asked'),
  );
  const named = room.log('staff').find(({ type: kind, ref }) => ref === id && kind === 'question.author');
  if (named) return (JSON.parse(named.original) as { participant: string }).participant;
  return made?.by ?? null;
}

/** Participants, also one that nobody has. */
const PARTICIPANTS = [...PEOPLE.flatMap(({ participant }) => participant ?? []), 'p-nobody'];

function bodyOf(
  { type: name, about, other, choice, flag, text: words }: Step,
  room: TestRoom,
): Record<string, unknown> {
  const idIn = (family: 'chat.posted' | 'question.asked', n: number): string => {
    const all = [...room.log('all'), ...room.log('staff')].filter((event) => event.type === family);
    // Mostly what is there and fits, seldom what was wiped, and now and then what never was.
    const alive = all.filter(({ body }) => body !== null);
    const fitting = alive.filter(({ log, ref }) => fits({ name, log, state: stateOf(room, ref) }));
    const among = [all, alive][n % 7] ?? fitting;
    return n % 15 === 14 ? 'nothing' : (among[n % Math.max(1, among.length)]?.ref ?? all.at(-1)?.ref ?? 'nothing');
  };
  const participant = PARTICIPANTS[about % PARTICIPANTS.length];
  const message = idIn('chat.posted', about);
  const question = idIn('question.asked', about);
  switch (name) {
    case 'room.create':
    case 'room.start':
    case 'room.end':
    case 'person.join':
    case 'person.leave':
    case 'hand.raise':
    case 'person.admitAll':
    case 'system.open':
    case 'system.live':
    case 'system.resume':
    case 'system.end':
      return {};
    case 'room.change':
      return CHANGES[choice % CHANGES.length]?.(room.now, flag) ?? {};
    case 'person.role':
      return { participant, role: ['instructor', 'assistant', 'student', 'observer'][choice % 4] };
    case 'person.media':
      return { participant, [['audio', 'video', 'share'][choice % 3] as string]: flag };
    case 'person.remove':
    case 'person.erase':
      return { participant };
    case 'person.bar':
      return {
        participant,
        bar: choice % 3 === 0 ? 'room' : 'chat',
        barred: flag || choice % 2 === 0,
        ...(choice % 5 === 0 ? { until: room.now + 1_000 } : {}),
        ...(choice % 7 === 0 ? { note: words } : {}),
      };
    case 'person.admit':
      return { participant, admitted: flag };
    case 'chat.post':
      return {
        text: words,
        ...(flag ? { replyTo: idIn('chat.posted', other) } : {}),
        ...(choice % 3 === 0 ? { to: choice % 2 === 0 ? 'staff' : participant } : {}),
      };
    case 'chat.edit':
      return { id: message, text: words };
    case 'chat.delete':
      return { id: message };
    case 'chat.pin':
      return { id: message, pinned: flag || choice % 2 === 0 };
    case 'question.ask':
      return { text: words, anonymous: flag };
    case 'question.edit':
    case 'question.answer':
      return { id: question, text: words };
    case 'question.publish':
    case 'question.remove':
      return { id: question };
    case 'question.decline':
      return { id: question, ...(flag ? { reason: words } : {}) };
    case 'question.change':
      return {
        id: question,
        ...(choice % 2 === 0 ? { state: ['open', 'answering', 'answered', 'archived'][other % 4] } : {}),
        ...(choice % 3 === 0 ? { labels: ['exam', 'homework'].slice(other % 3) } : {}),
        ...(choice % 5 === 0 ? { handling: flag } : {}),
      };
    case 'vote.set':
      return { question, value: flag || choice % 3 === 0 };
    case 'hand.lower':
      return flag ? { participant } : {};
    case 'system.hold':
      return { why: flag ? 'staff' : 'source' };
    case 'system.leave':
      return { participant, seenAt: Math.max(0, room.now - choice) };
    case 'system.record':
      return { hasPassword: flag };
    case 'system.tally':
      return { question, votes: room.votes.get(question)?.size ?? 0 };
  }
}

function stateOf(room: TestRoom, ref: string | null): string | undefined {
  return (room.all.questions.get(ref ?? '') ?? room.staff.questions.get(ref ?? ''))?.state;
}

function fits({ name, log, state }: { name: Step['type']; log: string; state: string | undefined }): boolean {
  switch (name) {
    case 'chat.pin':
      return log === 'all';
    case 'question.publish':
    case 'question.decline':
      return state === 'pending' || state === 'declined';
    case 'question.answer':
    case 'vote.set':
      return state === 'open' || state === 'answering';
    default:
      return true;
  }
}

const CHANGES: readonly ((now: number, flag: boolean) => Record<string, unknown>)[] = [
  (_now, flag) => ({ policy: { 'questions.moderated': flag } }),
  (_now, flag) => ({ policy: { 'chat.mode': flag ? 'open' : 'slow', 'chat.slowSeconds': 2 } }),
  (_now, flag) => ({ policy: { 'hands.enabled': flag } }),
  (_now, flag) => ({ locked: flag }),
  (now, flag) => ({ startsAt: flag ? now + 1_000 : null, endsAt: now + 2_000 }),
  (_now, flag) => ({ title: flag ? 'Algebra' : 'Geometry' }),
  (_now, flag) => ({ policy: { 'chat.enabled': { value: true, teacherEditable: flag } } }),
  (_now, flag) => ({ capacity: flag ? 3 : null }),
];

function isSystem(name: Step['type']): name is SystemCommand['type'] {
  return name.startsWith('system.');
}
