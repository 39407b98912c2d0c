import type { LogName } from '@lms-live/protocol';
import { ConnectionCheck } from './connection.js';
import { Coverage } from './coverage.js';
import type { Entry, EntryOf } from './history.js';
import { roomName, type RoomIndex } from './truth-index.js';
import type { Violation } from './violation.js';

/** Committed so shortly before the end that it may still have been on its way. */
const ON_ITS_WAY_MS = 1_000;
const LOGS: readonly LogName[] = ['all', 'me', 'staff'];

export interface ReadsResult {
  readonly violations: readonly Violation[];
  /** Connections that came back with a place, and were let in … */
  readonly resumes: number;
  /** … and were sent exactly what was missing. */
  readonly exactResumes: number;
  readonly events: number;
}

/** What was sent on every connection (I4, I6, I8, I9), and whether every reader has it all in the end (I1, I9). */
export function checkReads(history: readonly Entry[], rooms: ReadonlyMap<string, RoomIndex>): ReadsResult {
  const connections = new Map<string, ConnectionCheck>();
  const coverages = new Map<string, Coverage>();
  const violations: Violation[] = [];
  let events = 0;

  const open = (entry: EntryOf<'opened'>): void => {
    const room = rooms.get(roomName(entry.tenant, entry.room));
    if (!room) return;
    connections.set(entry.connection, new ConnectionCheck(entry, room, rooms));
    const coverage = coverages.get(entry.reader) ?? new Coverage();
    coverages.set(entry.reader, coverage);
    violations.push(...coverage.hello(entry));
  };

  for (const entry of history) {
    if (entry.kind === 'opened') open(entry);
    if (entry.kind === 'settled') violations.push(...checkComplete({ entry, connections, coverages, rooms }));
    if (!('connection' in entry)) continue;
    const connection = connections.get(entry.connection);
    const coverage = coverages.get(connection?.opened.reader ?? '');
    if (!connection || !coverage) continue;
    switch (entry.kind) {
      case 'welcomed':
        connection.welcomed(entry);
        break;
      case 'reset':
        connection.reset(entry);
        coverage.reset(entry);
        break;
      case 'event':
        events += 1;
        connection.event(entry);
        coverage.event(entry);
        break;
      case 'asked':
        connection.asked(entry);
        break;
      case 'withheld':
        connection.withheld(entry);
        break;
      default:
        break;
    }
  }

  const resumes = [...connections.values()].filter(({ isResume }) => isResume);
  return {
    violations: [...violations, ...[...connections.values()].flatMap((connection) => connection.violations)],
    resumes: resumes.length,
    exactResumes: resumes.filter((connection) => connection.violations.length === 0).length,
    events,
  };
}

function checkComplete({
  entry: { reader, t },
  connections,
  coverages,
  rooms,
}: {
  readonly entry: EntryOf<'settled'>;
  readonly connections: ReadonlyMap<string, ConnectionCheck>;
  readonly coverages: ReadonlyMap<string, Coverage>;
  readonly rooms: ReadonlyMap<string, RoomIndex>;
}): Violation[] {
  const last = [...connections.values()].findLast(({ opened }) => opened.reader === reader);
  const coverage = coverages.get(reader);
  if (!last || !coverage) return [];
  const { tenant, room: id, sub, role } = last.opened;
  const room = rooms.get(roomName(tenant, id));
  const participant = room?.room.participants.get(sub) ?? '';
  return LOGS.flatMap((log) => {
    const isRead = log !== 'staff' || room?.wasStaff(participant, role, t) === true;
    const events = room?.log(log, log === 'me' ? participant : '')?.events ?? [];
    const due = events.findLast(({ at }) => at <= t - ON_ITS_WAY_MS)?.offset ?? 0;
    const upTo = coverage.upTo(log);
    return !isRead || upTo >= due
      ? []
      : [
          {
            anomaly: 'incomplete',
            invariant: 'I9',
            where: reader,
            detail: `${log}: ${String(upTo)} of ${String(due)}`,
          } as const,
        ];
  });
}
