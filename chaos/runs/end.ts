import { setTimeout as sleep } from 'node:timers/promises';
import { LIMITS } from '@lms-live/protocol';
import { check, type Verdict } from '../checker/check.js';
import { isSoWithin } from '../world/until.js';
import type { World } from '../world/world.js';

const OUTBOXES_MS = 90_000;
const SYNC_MS = 30_000;
/** Longer than what was committed at the very end is on its way. */
const QUIET_MS = 1_500;
/** A fresh reader is sent at most so much without a snapshot; a little less, for what its own arrival adds. */
const READ_AGAIN = LIMITS.snapshotAfterEvents - 100;

/**
 * Ends a run: outboxes empty, everybody up to date, the server stopped, its file read; then started again for readers that come fresh
 * to the end of each log, and everything checked.
 */
export async function endRun(world: World): Promise<Verdict> {
  const talkers = world.light.filter(({ isUp }) => isUp);
  await isSoWithin(
    OUTBOXES_MS,
    () => talkers.every((client) => client.outbox.size === 0) && world.sdk.every(({ unanswered }) => unanswered === 0),
  );
  await isSoWithin(
    SYNC_MS,
    () => world.light.every((client) => client.isSynced || !client.isUp) && world.sdk.every(({ isSynced }) => isSynced),
  );
  await sleep(LIMITS.pingIntervalMs + QUIET_MS);
  world.settled([...world.light.filter(({ isUp }) => isUp), ...world.sdk.filter(({ isSynced }) => isSynced)]);
  const truth = await world.readTruth();
  await world.server.start();
  const readers = truth.rooms.flatMap(({ id, logs }) => {
    const log = logs.find(({ log: name }) => name === 'all');
    const from = Math.max(1, (log?.head.offset ?? 0) - READ_AGAIN);
    const event = log?.events[from - 1];
    if (!log || !event) return [];
    const positions = { all: { epoch: log.epoch, offset: from, hash: event.hash } };
    return [world.addLight({ sub: `inspector of ${id}`.replaceAll(' ', '-'), role: 'student', room: id, positions })];
  });
  await isSoWithin(SYNC_MS, () => readers.every(({ isSynced }) => isSynced));
  await sleep(QUIET_MS);
  world.settled(readers);
  return check(world.history, await world.readTruth());
}
