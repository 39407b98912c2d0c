import { AttendanceFold, type AttendanceOfPerson } from '@lms-live/protocol';
import type { LogHead, RoomKey, Store } from '../storage/types.js';
import { readLog, toReportEvent } from './read-log.js';

const OF_PERSON = ['attendance.opened', 'attendance.closed', 'person.named'] as const;
const OF_CLASS = ['room.changed', 'person.named', 'person.role', 'erased'] as const;

export interface PersonInRoom {
  readonly key: RoomKey;
  readonly participant: string;
  /** Of the logs of the room. */
  readonly heads: readonly LogHead[];
  /** Milliseconds since 1970. */
  readonly now: number;
}

/** When one person was in a class; null: never. Read from the times of the class and their own log, so that it costs the same in a class of thousands. */
export async function readPersonAttendance(
  store: Store,
  { key, participant, heads, now }: PersonInRoom,
): Promise<AttendanceOfPerson | null> {
  const fold = new AttendanceFold();
  for (const [log, owner, types] of [
    ['all', '', OF_CLASS],
    ['me', participant, OF_PERSON],
  ] as const) {
    const upTo = endOf(heads, log, owner);
    for await (const stored of readLog(store, { key, log, owner, types, upTo })) {
      const event = toReportEvent(stored);
      // Of a class that reads aliases it is the real name that stands in one's own log, as in that of the staff.
      if (event) fold.add(log === 'me' ? { ...event, log: 'staff' } : event);
    }
  }
  return fold.report(now).people.find((person) => person.participant === participant) ?? null;
}

/** The last offset of a log; 0: it is not there. */
export function endOf(heads: readonly LogHead[], log: LogHead['log'], owner: string): number {
  return heads.find((head) => head.log === log && head.owner === owner)?.position.offset ?? 0;
}
