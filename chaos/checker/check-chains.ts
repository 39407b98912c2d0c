import { bodyDigest, genesisHash, linkHash } from '@lms-live/protocol';
import { sha256 } from '../lib/sha256.js';
import type { Truth, TruthLog, TruthRoom } from './truth.js';
import type { Violation } from './violation.js';

/** The store by itself: offsets without gaps (I3), chains that follow from their events (I4), times that do not go back (I10). */
export function checkChains(truth: Truth): Violation[] {
  return truth.rooms.flatMap((room) => room.logs.flatMap((log) => checkLog(room, log)));
}

function checkLog(room: TruthRoom, { log, owner, epoch, head, events }: TruthLog): Violation[] {
  const violations: Violation[] = [];
  const where = `${room.id} ${log}${owner === '' ? '' : ` of ${owner}`}`;
  const participant = log === 'me' ? owner : null;
  let hash = genesisHash(sha256, { tenant: room.tenant, room: room.id, log, participant, epoch });
  let offset = 0;
  let at = 0;
  for (const event of events) {
    if (event.offset !== offset + 1)
      violations.push({
        anomaly: 'gap',
        invariant: 'I3',
        where,
        detail: `${String(event.offset)} follows ${String(offset)}`,
      });
    const digest =
      event.body === null || event.salt === null ? event.digest : bodyDigest(sha256, event.salt, event.body);
    const follows = linkHash(sha256, hash, { ...event, digest });
    if (follows !== event.hash)
      violations.push({ anomaly: 'forked', invariant: 'I4', where, detail: `at ${String(event.offset)}` });
    if (event.at < at)
      violations.push({ anomaly: 'clock-back', invariant: 'I10', where, detail: `at ${String(event.offset)}` });
    ({ hash, offset, at } = event);
  }
  if (head.offset !== offset || head.hash !== hash)
    violations.push({
      anomaly: 'gap',
      invariant: 'I3',
      where,
      detail: `the head says ${String(head.offset)}, the last event is ${String(offset)}`,
    });
  return violations;
}
