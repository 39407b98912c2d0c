import { attendanceCsv } from '../../reports/attendance-csv.js';
import { classAttendance, type ClassAttendance } from '../../reports/class-attendance.js';
import { readAttendance, readStatistics } from '../../reports/read-reports.js';
import { frameOf } from '../../rooms/tail.js';
import type { LogName } from '@lms-live/protocol';
import { HttpError, invalid, json, type RoomCall, type RoomRoute } from '../types.js';

/** Whose report somebody may read: of everyone, or their own. @throws {HttpError} `forbidden` */
function requireReader({ actor }: RoomCall): { readonly own: string | null } {
  if (actor.grants.has('reports.read')) return { own: null };
  if (actor.participant === null) throw new HttpError('forbidden', { detail: { grant: 'reports.read' } });
  return { own: actor.participant };
}

/** `GET …/attendance`: who was there, and when; for students their own part of it. */
export const attendance: RoomRoute = async (call) => {
  const { own } = requireReader(call);
  const { live } = call;
  const { people, missing, counts, ...report } = await attendanceOf(call);
  const { title, startsAt, endsAt, state } = live.room.rules.all.room;
  const hidden = subsFor(call);
  return json(200, {
    room: live.room.id,
    title,
    state,
    startsAt,
    endsAt,
    ...report,
    ...(own === null && { counts }),
    people: people.filter(({ participant }) => own === null || participant === own).map(hidden),
    ...(own === null && { missing: missing.map(hidden) }),
  });
};

/** What the host calls people is for the host: staff know them by name. */
function subsFor({ identity }: RoomCall): <T extends { readonly sub: string | null }>(person: T) => Omit<T, 'sub'> {
  return ({ sub, ...shown }) => (identity.role === 'service' ? { sub, ...shown } : shown);
}

/** `GET …/attendance.csv`: the same as a table. */
export const csv: RoomRoute = async (call) => {
  if (!call.actor.grants.has('reports.read')) throw new HttpError('forbidden', { detail: { grant: 'reports.read' } });
  const body = attendanceCsv(await attendanceOf(call), call.identity.role === 'service');
  return {
    status: 200,
    headers: {
      'content-type': 'text/csv; charset=utf-8; header=present',
      'content-disposition': `attachment; filename="attendance-${call.live.room.id}.csv"`,
    },
    body,
  };
};

/** `GET …/stats`: the class in numbers; for students their own. */
export const stats: RoomRoute = async (call) => {
  const { own } = requireReader(call);
  const { people, ...room } = await readStatistics(sourceOf(call));
  if (own === null) return json(200, { ...room, people });
  const { at, durationSeconds } = room;
  return json(200, { at, durationSeconds, people: people.filter(({ participant }) => participant === own) });
};

interface EventsQuery {
  readonly log: LogName;
  readonly participant?: string | undefined;
  readonly after: number;
  readonly limit: number;
}

/** `GET …/events`: a log as it stands, in the frames in which sockets get it: what it takes to check the chain. */
export const events: RoomRoute<unknown, EventsQuery> = async (call) => {
  const { live, query } = call;
  const { log, after, limit } = query;
  const owner = ownerOf(call);
  const page = await live.room.readEvents({ log, owner, after, limit });
  const next = page.length === limit ? (page.at(-1)?.offset ?? null) : null;
  const head = await headOf(call, owner);
  // As text: the body of an event is hashed as it was written.
  const body = `{"items":[${page.map(frameOf).join(',')}],"next":${String(next)},"head":${JSON.stringify(head)}}`;
  return { status: 200, headers: { 'content-type': 'application/json; charset=utf-8' }, body };
};

/** Everyone’s own log is theirs: staff read the shared ones, the host all of them. */
function ownerOf({ actor, identity, query }: RoomCall<unknown, EventsQuery>): string {
  const { log, participant } = query;
  const mayRead = actor.grants.has('reports.read');
  if (log !== 'me') {
    if (participant !== undefined) throw invalid('participant', 'of the log `me` alone');
    if (!mayRead) throw new HttpError('forbidden', { detail: { grant: 'reports.read' } });
    if (log === 'staff' && !actor.grants.has('staff.read'))
      throw new HttpError('forbidden', { detail: { grant: 'staff.read' } });
    return '';
  }
  const isService = identity.role === 'service' && mayRead;
  const owner = participant ?? actor.participant;
  if (owner === null) throw invalid('participant', 'whose log it is');
  if (owner !== actor.participant && !isService) throw new HttpError('forbidden', { detail: { grant: 'service' } });
  return owner;
}

async function headOf(
  { api, live, query }: RoomCall<unknown, EventsQuery>,
  owner: string,
): Promise<{ readonly epoch: string; readonly offset: number; readonly hash: string }> {
  const heads = await api.store.heads(live.room.key);
  const head = heads.find(({ log, owner: whose }) => log === query.log && whose === owner);
  if (!head) throw new HttpError('person_unknown');
  return head.position;
}

function sourceOf({ api, live }: RoomCall): Parameters<typeof readAttendance>[0] {
  const { room } = live;
  const heads = { all: room.head('all').offset, staff: room.head('staff').offset };
  return { store: api.store, key: room.key, heads, now: api.now() };
}

async function attendanceOf(call: RoomCall): Promise<ClassAttendance> {
  const source = sourceOf(call);
  const { store, key } = source;
  const [report, participants, row] = await Promise.all([
    readAttendance(source),
    store.participants(key),
    store.getRoomByKey(key),
  ]);
  const roster = row === null || row.expected === null ? null : await store.roster(key);
  return classAttendance({ report, participants, roster });
}
