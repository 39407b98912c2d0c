import {
  AttendanceFold,
  StatisticsFold,
  type AttendanceReport,
  type EventType,
  type ReportEvent,
  type StatisticsReport,
} from '@lms-live/protocol';
import type { LogHead, RoomKey, Store, StoredEvent } from '../storage/types.js';
import { readLog, toReportEvent } from './read-log.js';

const OF_ATTENDANCE = ['room.changed', 'person.named', 'person.role', 'erased'] as const;
const OF_STAFF_ATTENDANCE = ['attendance.opened', 'attendance.closed', 'person.named', 'erased'] as const;
const OF_TALK = ['chat.posted', 'question.asked', 'question.answered', 'question.author', 'hand.raised'] as const;

/** Of these it counts that they are there and whose: what they say is most of a log, and is not read. */
const COUNTED: ReadonlySet<EventType> = new Set(['chat.posted', 'question.asked', 'question.answered']);

/** Where the two logs that reports are made of end. */
export interface ReportHeads {
  readonly all: number;
  readonly staff: number;
}

interface Source {
  readonly store: Store;
  readonly key: RoomKey;
  readonly heads: ReportHeads;
  /** Milliseconds since 1970. */
  readonly now: number;
}

/** Who was in a class, from its logs. */
export async function readAttendance({ store, key, heads, now }: Source): Promise<AttendanceReport> {
  return (await foldAttendance({ store, key, heads })).report(now);
}

/** The attendance of a class, up to some heads. */
export async function foldAttendance({ store, key, heads }: Omit<Source, 'now'>): Promise<AttendanceFold> {
  const fold = new AttendanceFold();
  await foldBoth({ store, key, heads, all: OF_ATTENDANCE, staff: OF_STAFF_ATTENDANCE }, fold);
  return fold;
}

/** A class in numbers, from its logs and the votes that stand. */
export async function readStatistics({ store, key, heads, now }: Source): Promise<StatisticsReport> {
  const fold = new StatisticsFold();
  const all = [...OF_ATTENDANCE, ...OF_TALK];
  await foldBoth({ store, key, heads, all, staff: [...OF_STAFF_ATTENDANCE, ...OF_TALK] }, fold);
  return fold.report(now, await store.votes(key));
}

/** Where the logs end that reports are made of. */
export function reportHeadsOf(heads: readonly LogHead[]): ReportHeads {
  const offsetOf = (name: LogHead['log']): number => heads.find(({ log }) => log === name)?.position.offset ?? 0;
  return { all: offsetOf('all'), staff: offsetOf('staff') };
}

async function foldBoth(
  {
    store,
    key,
    heads,
    ...types
  }: Omit<Source, 'now'> & { readonly all: readonly EventType[]; readonly staff: readonly EventType[] },
  fold: { add(event: ReportEvent): void },
): Promise<void> {
  for (const log of ['all', 'staff'] as const) {
    for await (const stored of readLog(store, { key, log, owner: '', types: types[log], upTo: heads[log] })) {
      const event = COUNTED.has(stored.type) ? withoutBody(stored) : toReportEvent(stored);
      if (event) fold.add(event);
    }
  }
}

function withoutBody({ log, offset, id, at, type, by, ref }: StoredEvent): ReportEvent {
  return { log, offset, id, at, type, by, ref, body: null };
}
