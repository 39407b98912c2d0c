import { setTimeout as sleep } from 'node:timers/promises';
import type { Stage } from '../../lib/stage.js';
import type { Part, Report } from '../cells.js';
import { runningClass } from '../class.js';
import { ROUTE_RULES, type RouteRule, type RouteThings } from '../routes.js';
import { PEOPLE, type Role } from '../roles.js';

/** Who asks, and as what they count. */
interface Caller {
  readonly name: string;
  readonly role: Role;
  /** Given in class, over the role of the token. */
  readonly given?: Exclude<Role, 'service'>;
  /** The room has owners, and this is none of them. */
  readonly isStranger?: boolean;
  readonly claims?: Readonly<Record<string, unknown>>;
  /** What every route that wants so much answers, whatever the role. */
  readonly instead?: (access: RouteRule['access']) => string | null;
  readonly isBanned?: boolean;
  readonly isInLobby?: boolean;
  readonly hasNoToken?: boolean;
}

interface Operation {
  readonly method: string;
  readonly path: string;
}

const MAX_TRIES = 40;
const OTHER_ROOM = 'another-room-of-theirs';
const isOfRoom = (access: RouteRule['access']) => access === 'room' || access === 'inside';

const GIVEN = [
  ['student', 'assistant'],
  ['student', 'instructor'],
  ['assistant', 'student'],
  ['instructor', 'student'],
  ['instructor', 'observer'],
] as const;

const CALLERS: readonly Caller[] = [
  ...PEOPLE.map((role) => ({ name: role, role })),
  { name: 'service', role: 'service', claims: { room: '*' } },
  { name: 'service of this room', role: 'service', instead: (access) => (access === 'whole' ? '403 forbidden' : null) },
  { name: 'instructor of another’s room', role: 'instructor', isStranger: true },
  ...GIVEN.map(([role, given]) => ({ name: `${role} made ${given}`, role, given })),
  {
    name: 'without a token',
    role: 'observer',
    hasNoToken: true,
    instead: (access) => (access === 'everyone' ? null : '401 token_missing'),
  },
  {
    name: 'service of another room',
    role: 'service',
    claims: { room: OTHER_ROOM },
    instead: (access) => {
      if (access === 'whole') return '403 forbidden';
      return isOfRoom(access) || access === 'new' ? '403 room_not_covered' : null;
    },
  },
  ...PEOPLE.map((role) => ({
    name: `${role} of another room`,
    role,
    claims: { room: OTHER_ROOM },
    instead: (access: RouteRule['access']) => (isOfRoom(access) || access === 'new' ? '403 room_not_covered' : null),
  })),
  {
    name: 'student who is banned',
    role: 'student',
    isBanned: true,
    instead: (access) => (isOfRoom(access) ? '403 person_banned' : null),
  },
  {
    name: 'student at the door',
    role: 'student',
    isInLobby: true,
    instead: (access) => (access === 'inside' ? '403 room_waiting' : null),
  },
];

/** Every route, by everyone. What the server has is read in its own OpenAPI document: a route without a row is a deviation. */
export const ROUTE_PART: Part = {
  name: 'routes',
  what: 'role × route over HTTP; owners, roles given in class, the banned, those at the door, of other rooms, without a token',
  scenes: [
    { name: 'the document', play: playDocument },
    ...CALLERS.map((caller) => ({
      name: caller.name,
      play: (stage: Stage, report: Report) => play(stage, caller, report),
    })),
  ],
};

async function playDocument(stage: Stage, report: Report): Promise<void> {
  const operations = await operationsOf(stage);
  for (const id of operations.keys()) report(id, 'a row', id in ROUTE_RULES ? 'a row' : 'none');
  for (const id of Object.keys(ROUTE_RULES)) report(`${id} is there`, 'true', String(operations.has(id)));
}

async function play(stage: Stage, caller: Caller, report: Report): Promise<void> {
  const operations = await operationsOf(stage);
  const service = stage.token('service', { role: 'service' });
  if (caller.isStranger !== true)
    await stage.http('PUT', `/v1/rooms/${stage.room}`, { token: service, body: { kind: 'meeting' } });
  const cast = await runningClass(stage);
  const things: RouteThings = { room: stage.room, ...cast, sub: `${stage.room}-author` };
  const token = await callerToken(stage, caller, cast.teacher);
  for (const [id, rule] of Object.entries(ROUTE_RULES)) {
    const operation = operations.get(id);
    if (operation === undefined) continue;
    const actual = await ask(stage, { operation, rule, things, token: token(id) });
    report(id, expected(caller, rule), actual);
    if (id === 'rooms.stop') await stage.http('POST', `/v1/rooms/${stage.room}/start`, { token: service });
  }
}

type Teacher = Awaited<ReturnType<typeof runningClass>>['teacher'];

/** The token with which each route is asked: of a person of its own, where nothing is about who that is. */
async function callerToken(stage: Stage, caller: Caller, teacher: Teacher): Promise<(id: string) => string | null> {
  const { role, given, claims = {}, isBanned, isInLobby, hasNoToken } = caller;
  if (hasNoToken) return () => null;
  const tokenOf = (who: string) => stage.token(who, { role, room: [stage.room, `${stage.room}-*`], ...claims });
  if (isInLobby) await teacher.done('room.change', { policy: { 'join.lobby': true } });
  if (given === undefined && isBanned !== true) return (id) => tokenOf(`asks-${id.replaceAll('.', '-')}`);
  const person = await stage.enter('asks', { join: true }, { role });
  const { participant } = person.welcome.frame;
  if (given !== undefined) await teacher.done('person.role', { participant, role: given });
  if (isBanned) await teacher.done('person.bar', { participant, bar: 'room', barred: true });
  return () => tokenOf('asks');
}

function expected({ role, given, isStranger, instead }: Caller, { access, may, isOwners, result, nobody }: RouteRule) {
  const other = instead?.(access) ?? null;
  if (other !== null) return other;
  // What is not about a room that is there knows no roles but those of tokens.
  const counts = access === 'tenant' || access === 'whole' || access === 'new' ? role : (given ?? role);
  const letter = counts === 'service' ? 'v' : counts.slice(0, 1);
  if (counts === 'service' && nobody !== undefined) return nobody;
  if (!may.includes(letter) || (isOwners && isStranger)) return '403 forbidden';
  return result ?? 'done';
}

async function ask(
  stage: Stage,
  {
    operation: { method, path },
    rule,
    things,
    token,
  }: { operation: Operation; rule: RouteRule; things: RouteThings; token: string | null },
): Promise<string> {
  const names: Readonly<Record<string, string>> = { id: things.room, ...rule.names?.(things) };
  const address = path.replaceAll(/\{(\w+)\}/gu, (_all, name: string) => names[name] ?? 'nothing') + (rule.query ?? '');
  for (let tries = 0; ; tries += 1) {
    const { status, json } = await stage.http(method, address, {
      ...(token === null ? {} : { token }),
      ...(rule.body === undefined ? {} : { body: rule.body(things) }),
    });
    if (status === 429 && tries < MAX_TRIES) await sleep(Number(json['retryAfterMs'] ?? 100));
    else if (status >= 200 && status < 300) return 'done';
    else return `${status} ${String(json['code'])}`;
  }
}

/** The routes of the server, as it describes them. */
async function operationsOf(stage: Stage): Promise<ReadonlyMap<string, Operation>> {
  const { status, json } = await stage.http('GET', '/v1/openapi.json');
  if (status !== 200) throw new Error(`the OpenAPI document was answered with ${status}`);
  const paths = json['paths'] as Readonly<Record<string, Readonly<Record<string, { operationId: string }>>>>;
  return new Map(
    Object.entries(paths).flatMap(([path, methods]) =>
      Object.entries(methods).map(
        ([method, { operationId }]) => [operationId, { method: method.toUpperCase(), path }] as const,
      ),
    ),
  );
}
