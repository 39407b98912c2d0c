import { join } from 'node:path';
import Database from 'libsql';
import type { LogName } from '@lms-live/protocol';
import type { Truth, TruthEvent, TruthLog, TruthRoom } from '../checker/truth.js';

/** The file that the server keeps its data in. */
const FILE = 'lms-live.db';

/** Reads everything that the store of a stopped server has, straight from its file. */
export function readTruth(dataDir: string): Truth {
  const db = new Database(join(dataDir, FILE));
  // Rows of one room or of all of them: `.all()` puts nothing of its own into them.
  const rows = <Row>(sql: string, ...values: unknown[]): Row[] => db.prepare(sql).all(...values) as Row[];
  try {
    const rooms = rows<{ key: number; tenant: string; id: string }>('select key, tenant, id from rooms');
    return { rooms: rooms.map((room) => readRoom(room, rows)) };
  } finally {
    db.close();
  }
}

function readRoom(
  { key, tenant, id }: { readonly key: number; readonly tenant: string; readonly id: string },
  rows: <Row>(sql: string, ...values: unknown[]) => Row[],
): TruthRoom {
  const heads = rows<{ log: LogName; owner: string; epoch: string; offset: number; hash: string }>(
    'select log, owner, epoch, "offset", hash from logs where room = ?',
    key,
  );
  const events = rows<TruthEvent & { log: LogName; owner: string }>(
    'select log, owner, "offset", id, at, type, "by", salt, digest, hash, body from events where room = ? order by log, owner, "offset"',
    key,
  );
  const byLog = new Map<string, TruthEvent[]>();
  for (const event of events) {
    const name = `${event.log} ${event.owner}`;
    const known = byLog.get(name);
    if (known) known.push(event);
    else byLog.set(name, [event]);
  }
  const logs = heads.map(({ log, owner, epoch, offset, hash }): TruthLog => ({
    log,
    owner,
    epoch,
    head: { offset, hash },
    events: byLog.get(`${log} ${owner}`) ?? [],
  }));
  const people = rows<{ participant: string; sub: string | null }>(
    'select participant, sub from participants where room = ?',
    key,
  );
  return {
    tenant,
    id,
    logs,
    commands: rows('select actor, cmid, answer from commands where room = ?', key),
    participants: new Map(people.flatMap(({ participant, sub }) => (sub === null ? [] : [[sub, participant]]))),
    votes: rows('select question, participant from votes where room = ?', key),
  };
}
