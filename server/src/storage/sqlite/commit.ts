import {
  CommandConflict,
  NoSuchRoom,
  RoomMoved,
  type CommitBatch,
  type CommitStep,
  type RoomKey,
  type StoredCommand,
  type StoredEvent,
} from '../types.js';
import type { Driver } from './driver.js';
import { patchRoom } from './rooms.js';
import { LIST_OF_VALUES, listToSql } from './values.js';

type Step<K extends CommitStep['kind']> = Extract<CommitStep, { kind: K }>;
type Steps = { readonly [K in CommitStep['kind']]: (key: RoomKey, step: Step<K>) => void };

/** @returns `commit`: the steps of a batch in their order, then the heads of the logs they went to */
export function committer(driver: Driver): (batch: CommitBatch) => void {
  const move = mover(driver);
  const steps = prepareSteps(driver);
  const newLog = driver.prepare(
    'insert into logs (room, log, owner, epoch, "offset", hash, revision) values (?, ?, ?, ?, ?, ?, ?)',
  );
  const moveHead = driver.prepare(
    'update logs set "offset" = ?, hash = ?, revision = ? where room = ? and log = ? and owner = ?',
  );

  return ({ key, basis, newLogs, steps: wanted }) => {
    const revision = move(key, basis);
    for (const { log, owner, position } of newLogs) {
      newLog.run(key, log, owner, position.epoch, position.offset, position.hash, revision);
    }
    const last = new Map<string, StoredEvent>();
    for (const step of wanted) {
      (steps[step.kind] as (key: RoomKey, step: CommitStep) => void)(key, step);
      if (step.kind === 'event') last.set(`${step.event.log}/${step.event.owner}`, step.event);
    }
    for (const { offset, hash, log, owner } of last.values()) moveHead.run(offset, hash, revision, key, log, owner);
  };
}

/** @returns what moves a room to its next revision, and says which that is */
function mover(driver: Driver): (key: RoomKey, basis: number | undefined) => number {
  const move = driver.prepare<{ revision: number }>(
    'update rooms set revision = revision + 1 where key = ? returning revision',
  );
  const moveFrom = driver.prepare('update rooms set revision = revision + 1 where key = ? and revision = ?');
  const now = driver.prepare<{ revision: number }>('select revision from rooms where key = ?');
  return (key, basis) => {
    if (basis !== undefined && moveFrom.run(key, basis) > 0) return basis + 1;
    const room = (basis === undefined ? move : now).all(key)[0];
    if (room === undefined) throw new NoSuchRoom(key);
    if (basis !== undefined) throw new RoomMoved(key, room.revision);
    return room.revision;
  };
}

function prepareSteps(driver: Driver): Steps {
  const insertEvent = driver.prepare(
    `insert into events (room, log, owner, "offset", id, at, type, "by", ref, salt, digest, hash, body)
     values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
  );
  const insertCommand = driver.prepare(
    'insert into commands (room, actor, cmid, digest, answer, ref) values (?, ?, ?, ?, ?, ?) on conflict do nothing',
  );
  const addVote = driver.prepare(
    'insert into votes (room, question, participant) values (?, ?, ?) on conflict do nothing',
  );
  const removeVote = driver.prepare('delete from votes where room = ? and question = ? and participant = ?');
  const wipeEvents = driver.prepare(
    `update events indexed by events_ref set body = null, salt = null
     where room = ? and ref in ${LIST_OF_VALUES} and type in ${LIST_OF_VALUES}`,
  );
  const wipeCommands = driver.prepare(`update commands set digest = '' where room = ? and ref in ${LIST_OF_VALUES}`);
  const dropCheckpoint = driver.prepare('delete from checkpoints where room = ?');
  const forget = driver.prepare('update participants set sub = null where room = ? and participant = ?');
  const ban = driver.prepare(
    `insert into bans (room, sub_hash, until) values (?, ?, ?) on conflict do update set until = excluded.until`,
  );
  const unban = driver.prepare('delete from bans where room = ? and sub_hash = ?');
  const openLease = driver.prepare(
    `insert into leases (room, participant, seen_at) values (?, ?, ?)
     on conflict do update set seen_at = excluded.seen_at`,
  );
  const closeLease = driver.prepare('delete from leases where room = ? and participant = ?');
  const patch = patchRoom(driver);

  return {
    event(key, { event: e }) {
      const place = [key, e.log, e.owner, e.offset] as const;
      insertEvent.run(...place, e.id, e.at, e.type, e.by, e.ref, e.salt, e.digest, e.hash, e.body);
    },
    command(key, { command }) {
      const { actor, cmid, digest, answer } = command;
      if (insertCommand.run(key, actor, cmid, digest, answer, refOf(command)) === 0) {
        throw new CommandConflict(actor, cmid);
      }
    },
    vote(key, { question, participant, value }) {
      (value ? addVote : removeVote).run(key, question, participant);
    },
    wipe(key, { refs, types }) {
      const about = listToSql(refs);
      wipeEvents.run(key, about, listToSql(types));
      wipeCommands.run(key, about);
      // The rules in it may hold what was wiped.
      dropCheckpoint.run(key);
    },
    forget(key, { participant }) {
      forget.run(key, participant);
    },
    ban(key, { subHash, banned, until }) {
      if (banned) ban.run(key, subHash, until);
      else unban.run(key, subHash);
    },
    room(key, step) {
      patch(key, step.patch);
    },
    lease(key, { participant, seenAt }) {
      if (seenAt === null) closeLease.run(key, participant);
      else openLease.run(key, participant, seenAt);
    },
  };
}

/** What a command was about, as it says itself, or else the id of what it made, which its answer names. */
function refOf({ ref, answer }: StoredCommand): string | null {
  if (ref !== undefined) return ref;
  const { result } = JSON.parse(answer) as { result?: { id?: unknown } };
  return typeof result?.id === 'string' ? result.id : null;
}
