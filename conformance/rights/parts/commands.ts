import type { Stage } from '../../lib/stage.js';
import { ACTS, expectation, type Act, type Standing, type Things } from '../acts.js';
import type { Part, Report, Scene } from '../cells.js';
import { ownOf, runningClass, thingsOf, type Class } from '../class.js';
import { told, Watcher, type Entered } from '../people.js';
import { grantsOf, PEOPLE, type Grant, type Person } from '../roles.js';

/** In which class somebody acts, and as whom. */
interface Situation {
  readonly name: string;
  /** By the token. */
  readonly role: Person;
  /** By a member of staff, in class. */
  readonly given?: Person;
  readonly when?: 'before' | 'held' | 'ended';
  /** On a new socket, after all that. */
  readonly isBack?: boolean;
  /** The room has owners, and this is none of them. */
  readonly isStranger?: boolean;
}

/** Acts of one person: fewer than a person may say at once. */
const PER_PERSON = 10;
const HOUR_MS = 3_600_000;
const STAFF: readonly Person[] = ['instructor', 'assistant'];

const GIVEN: readonly (readonly [from: Person, to: Person])[] = [
  ['student', 'assistant'],
  ['student', 'instructor'],
  ['student', 'observer'],
  ['observer', 'student'],
  ['observer', 'instructor'],
  ['assistant', 'student'],
  ['assistant', 'instructor'],
  ['instructor', 'assistant'],
  ['instructor', 'student'],
  ['instructor', 'observer'],
];

const SITUATIONS: readonly Situation[] = [
  ...PEOPLE.map((role) => ({ name: `${role}, live`, role })),
  { name: 'instructor of another’s room, live', role: 'instructor', isStranger: true },
  ...PEOPLE.map((role) => ({ name: `${role}, held`, role, when: 'held' as const })),
  ...STAFF.map((role) => ({ name: `${role}, before the start`, role, when: 'before' as const })),
  ...STAFF.map((role) => ({ name: `${role}, ended`, role, when: 'ended' as const })),
  ...PEOPLE.map((role) => ({ name: `${role}, after a reconnect`, role, isBack: true })),
];

const CHANGES: readonly Situation[] = GIVEN.flatMap(([role, given]) => [
  { name: `${role} made ${given}, on the same socket`, role, given },
  { name: `${role} made ${given}, after a reconnect`, role, given, isBack: true },
]);

/** Every command, by everyone who comes by socket, in a class in each state. */
export const COMMANDS: Part = {
  name: 'commands',
  what: 'role × command × state of the class, owners, after a reconnect',
  scenes: SITUATIONS.map(sceneOf),
};

/** The same after the role was changed in class. */
export const ROLE_CHANGES: Part = {
  name: 'promoted',
  what: 'role by token × role given in class × command, on the same socket and after a reconnect',
  scenes: CHANGES.map(sceneOf),
};

/** Each right that a command takes, given to who lacks it and taken from who has it, by the token. */
export const SINGLE_GRANTS: Part = {
  name: 'grants',
  what: 'role × single grant of the token, added or taken away × command',
  scenes: PEOPLE.map((role) => ({
    name: `${role} with one grant changed`,
    play: (stage, report) => playGrants(stage, role, report),
  })),
};

function sceneOf(situation: Situation): Scene {
  return { name: situation.name, play: (stage, report) => play(stage, situation, report) };
}

async function play(stage: Stage, situation: Situation, report: Report): Promise<void> {
  const { role, given, when, isStranger = false } = situation;
  const acts = ACTS.filter(({ own, pending }) => when !== 'before' || (own === undefined && pending !== true));
  const others = acts.filter(({ own }) => own === undefined);
  const cast = when === 'before' ? await unstartedClass(stage) : await classOf(stage, isStranger);
  const isQuiet = when !== undefined && STAFF.includes(role);
  const names = [
    'writer',
    ...Array.from({ length: Math.ceil(others.length / PER_PERSON) }, (_, nth) => `actor-${nth}`),
  ];
  const enter = (who: string) => stage.enter(who, { join: !isQuiet }, { role });
  let crew: readonly Entered[] = await Promise.all(names.map(enter));
  const own = when === 'before' ? {} : await ownOf(crew[0]!);
  const watcher = await Watcher.in(stage);
  if (given !== undefined) await Promise.all(crew.map((one) => makeRole(cast.teacher, one, given)));
  if (when === 'held') await hold(cast.teacher, watcher);
  if (when === 'ended') await cast.teacher.done('room.end');
  if (situation.isBack) {
    for (const { connection } of crew) connection.cut();
    crew = await Promise.all(names.map(enter));
  }
  await watcher.news();
  const standing: Standing = {
    grants: grantsOf(given ?? role),
    isOwner: !isStranger,
    when: when === 'before' || when === 'ended' ? when : 'running',
  };
  const things: Things = { theirs: cast.theirs, victims: cast.victims, own };
  for (const act of acts) {
    if (act.own !== undefined && own[act.own] === undefined) continue;
    const actor = act.own === undefined ? crew[1 + Math.floor(others.indexOf(act) / PER_PERSON)]! : crew[0]!;
    report(act.name, expectation(act, standing), await outcome({ actor, act, things, watcher, when: standing.when }));
  }
}

async function playGrants(stage: Stage, role: Person, report: Report): Promise<void> {
  const cast = await classOf(stage, false);
  const watcher = await Watcher.in(stage);
  const things: Things = { theirs: cast.theirs, victims: cast.victims, own: {} };
  for (const [index, act] of ACTS.entries()) {
    const grant = act.grant ?? act.others;
    if (grant === undefined || grant === 'author' || act.own !== undefined) continue;
    const changes: Partial<Record<Grant, boolean>> = { [grant]: !grantsOf(role).has(grant) };
    const actor = await stage.enter(`actor-${index}`, { join: true }, { role, grants: changes });
    await watcher.news();
    const standing: Standing = { grants: grantsOf(role, changes), isOwner: true, when: 'running' };
    const actual = await outcome({ actor, act, things, watcher, when: 'running' });
    report(`${act.name} ${changes[grant] ? 'with' : 'without'} ${grant}`, expectation(act, standing), actual);
  }
}

/** What comes of an act; and where it says one thing and does another, that. */
async function outcome({
  actor,
  act,
  things,
  watcher,
  when,
}: {
  readonly actor: Entered;
  readonly act: Act;
  readonly things: Things;
  readonly watcher: Watcher;
  readonly when: Standing['when'];
}): Promise<string> {
  const answer = await told(actor, act.type, act.body(things));
  // The staff who have stayed are present again when the class goes on, each in a moment of their own: it is about no command.
  const news = (await watcher.news()).filter((type) => when !== 'ended' || type !== 'attendance.opened');
  if (answer !== 'ack') return news.length === 0 ? answer : `${answer}, and yet ${news.join(', ')}`;
  const isShown = act.event === undefined || news.includes(act.event) || when === 'before';
  return isShown ? answer : `ack, without ${act.event}`;
}

/** A class with owners, or one that a service has made and that belongs to nobody in particular. */
async function classOf(stage: Stage, hasOwners: boolean): Promise<Class> {
  if (!hasOwners) await makeRoom(stage, {});
  return runningClass(stage);
}

async function unstartedClass(stage: Stage): Promise<Class> {
  await makeRoom(stage, { startsAt: Date.now() + HOUR_MS });
  const teacher = await stage.enter('teacher');
  const unknown = stage.room.slice(0, 21);
  const victims = {
    admitted: unknown,
    promoted: unknown,
    silenced: unknown,
    removed: unknown,
    muted: unknown,
    banned: unknown,
    erased: unknown,
  };
  return { teacher, author: teacher, theirs: await thingsOf(teacher, teacher, false), victims };
}

async function makeRoom(stage: Stage, body: object): Promise<void> {
  const token = stage.token('service', { role: 'service' });
  const { status, json } = await stage.http('PUT', `/v1/rooms/${stage.room}`, { token, body });
  if (status !== 201) throw new Error(`the room was not made: ${status} ${JSON.stringify(json)}`);
}

async function makeRole(teacher: Entered, { connection, welcome }: Entered, role: Person): Promise<void> {
  await teacher.done('person.role', { participant: welcome.frame.participant, role });
  await connection.frame('rights', { where: (frame) => frame.role === role });
}

async function hold(teacher: Entered, watcher: Watcher): Promise<void> {
  await watcher.news();
  await teacher.done('person.leave');
  await watcher.event('room.changed');
}
