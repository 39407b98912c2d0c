/** The store's methods, synchronous, on one connection. Whoever calls them opens the transaction around them. */
import {
  NoSuchRoom,
  type Checkpoint,
  type Lease,
  type LogHead,
  type Participant,
  type RoomHeads,
  type RoomKey,
  type RoomRow,
  type Store,
  type StoredCommand,
  type StoredEvent,
} from '../types.js';
import { readHeads } from './checkpoint-heads.js';
import { committer } from './commit.js';
import type { Driver } from './driver.js';
import { EVENT_COLUMNS, eventOf, type EventRecord } from './event-record.js';
import { records } from './records.js';
import { roomList } from './room-list.js';
import { ROOM_COLUMNS, roomCheck, roomOf, type RoomRecord } from './rooms.js';
import { LIST_OF_VALUES, listToSql } from './values.js';

type Query<M extends keyof Store> = Parameters<Store[M]>[0];
export type Operations = ReturnType<typeof prepareOperations>;

const OF_LOG = 'room = ? and log = ? and owner = ?';

export function prepareOperations(driver: Driver) {
  return {
    ...rooms(driver),
    ...people(driver),
    ...events(driver),
    ...records(driver),
    ...rest(driver),
    commit: committer(driver),
  };
}

function rooms(driver: Driver) {
  const byId = driver.prepare<RoomRecord>(`select ${ROOM_COLUMNS} from rooms where tenant = ? and id = ?`);
  const byKey = driver.prepare<RoomRecord>(`select ${ROOM_COLUMNS} from rooms where key = ?`);
  const due = driver.prepare<RoomRecord>(`select ${ROOM_COLUMNS} from rooms where due_at <= ? order by due_at, key`);
  const insert = driver.prepare(
    `insert into rooms (tenant, id, kind, state, visibility, title, created_at, owners, external_ref, password_hash)
     values (?, ?, ?, 'scheduled', 'enrolled', '', ?, ?, ?, ?) on conflict do nothing`,
  );
  const remove = driver.prepare('delete from rooms where key = ?');
  const first = (rows: RoomRecord[]) => (rows[0] === undefined ? null : roomOf(rows[0]));

  return {
    createRoom(wanted: Query<'createRoom'>): { room: RoomRow; created: boolean } {
      const { tenant, id, kind, createdAt, owners, externalRef = null, passwordHash = null } = wanted;
      const record = [JSON.stringify(owners), externalRef, passwordHash] as const;
      const created = insert.run(tenant, id, kind, createdAt, ...record) > 0;
      const room = first(byId.all(tenant, id));
      if (room === null) throw new Error('a room that was just made is not there');
      return { room, created };
    },
    getRoom: (tenant: string, id: string): RoomRow | null => first(byId.all(tenant, id)),
    getRoomByKey: (key: RoomKey): RoomRow | null => first(byKey.all(key)),
    listRooms: roomList(driver),
    deleteRoom: (key: RoomKey): boolean => remove.run(key) > 0,
    dueRooms: (now: number): RoomRow[] => due.all(now).map(roomOf),
  };
}

function people(driver: Driver) {
  const checkRoom = roomCheck(driver);
  const bySub = driver.prepare<Participant>('select participant, sub from participants where room = ? and sub = ?');
  const insert = driver.prepare('insert into participants (room, participant, sub) values (?, ?, ?)');
  const all = driver.prepare<Participant>(
    'select participant, sub from participants where room = ? order by participant',
  );
  const votes = driver.prepare<{ question: string; participant: string }>(
    'select question, participant from votes where room = ? order by question, participant',
  );
  const ban = driver.prepare('select 1 from bans where room = ? and sub_hash = ? and (until is null or until > ?)');
  const touch = driver.prepare('update leases set seen_at = ? where room = ? and participant = ?');
  const leases = driver.prepare<Lease>(
    'select room as key, participant, seen_at as seenAt from leases order by room, participant',
  );

  return {
    participantOf({ key, sub, newId }: Query<'participantOf'>): Participant {
      const known = bySub.all(key, sub)[0];
      if (known !== undefined) return known;
      checkRoom(key);
      insert.run(key, newId, sub);
      return { participant: newId, sub };
    },
    participants: (key: RoomKey): Participant[] => all.all(key),
    votes: (key: RoomKey): { question: string; participant: string }[] => votes.all(key),
    isBanned: ({ key, subHash, now }: Query<'isBanned'>): boolean => ban.all(key, subHash, now).length > 0,
    touchLeases(open: Query<'touchLeases'>): void {
      for (const { key, participant, seenAt } of open) touch.run(seenAt, key, participant);
    },
    openLeases: (): Lease[] => leases.all(),
  };
}

function events(driver: Driver) {
  const heads = driver.prepare<HeadRecord>(
    'select log, owner, epoch, "offset", hash from logs where room = ? order by log, owner',
  );
  const revision = driver.prepare<{ revision: number }>('select revision from rooms where key = ?');
  const moved = driver.prepare<HeadRecord>(
    'select log, owner, epoch, "offset", hash from logs where room = ? and revision > ? order by log, owner',
  );
  const revisions = driver.prepare<{ key: RoomKey; revision: number }>(
    `select key, revision from rooms where key in ${LIST_OF_VALUES} order by key`,
  );
  const after = driver.prepare<EventRecord>(
    `select ${EVENT_COLUMNS} from events where ${OF_LOG} and "offset" > ? order by "offset" limit ?`,
  );
  const at = driver.prepare<EventRecord>(`select ${EVENT_COLUMNS} from events where ${OF_LOG} and "offset" = ?`);
  const about = driver.prepare<EventRecord>(
    `select ${EVENT_COLUMNS} from events indexed by events_ref
     where room = ? and ref in ${LIST_OF_VALUES} and type in ${LIST_OF_VALUES}
     order by log, owner, "offset"`,
  );
  const ofTypes = driver.prepare<EventRecord>(
    `select ${EVENT_COLUMNS} from events
     where ${OF_LOG} and "offset" > ? and "offset" <= ? and type in ${LIST_OF_VALUES} order by "offset"`,
  );
  const page = driver.prepare<EventRecord>(
    `select ${EVENT_COLUMNS} from events where ${OF_LOG} and "offset" < ? and type = ? order by "offset" desc limit ?`,
  );

  return {
    heads: (key: RoomKey): LogHead[] => heads.all(key).map(headOf),
    movedSince(query: Query<'movedSince'>): RoomHeads {
      const room = revision.all(query.key)[0];
      if (room === undefined) throw new NoSuchRoom(query.key);
      return { revision: room.revision, heads: moved.all(query.key, query.revision).map(headOf) };
    },
    revisions: (keys: readonly RoomKey[]): { key: RoomKey; revision: number }[] => revisions.all(JSON.stringify(keys)),
    readEvents: (query: Query<'readEvents'>): StoredEvent[] =>
      after.all(query.key, query.log, query.owner, query.after, query.limit).map(eventOf),
    readEvent: (query: Query<'readEvent'>): StoredEvent | null =>
      at.all(query.key, query.log, query.owner, query.offset).map(eventOf)[0] ?? null,
    readAbout: (query: Query<'readAbout'>): StoredEvent[] =>
      about.all(query.key, listToSql(query.refs), listToSql(query.types)).map(eventOf),
    readOfTypes: ({ key, log, owner, after: from, upTo, types }: Query<'readOfTypes'>): StoredEvent[] =>
      ofTypes.all(key, log, owner, from, upTo, listToSql(types)).map(eventOf),
    readPage: (query: Query<'readPage'>): StoredEvent[] =>
      page.all(query.key, query.log, query.owner, query.before, query.type, query.limit).map(eventOf).reverse(),
  };
}

function rest(driver: Driver) {
  const checkRoom = roomCheck(driver);
  const command = driver.prepare<StoredCommand>(
    'select actor, cmid, digest, answer, ref from commands where room = ? and actor = ? and cmid = ?',
  );
  const save = driver.prepare(
    `insert into checkpoints (room, heads, rules)
     select key, ?, ? from rooms where key = ? and (? is null or revision = ?)
     on conflict do update set heads = excluded.heads, rules = excluded.rules`,
  );
  const load = driver.prepare<{ heads: string; rules: string }>('select heads, rules from checkpoints where room = ?');
  const setting = driver.prepare<{ value: string }>('select value from settings where name = ?');
  const settings = driver.prepare<{ name: string; value: string }>(
    'select name, value from settings where substr(name, 1, length(?)) = ? order by name',
  );
  const makeSetting = driver.prepare('insert into settings (name, value) values (?, ?) on conflict do nothing');
  const write = driver.prepare(
    `insert into settings (name, value) values ('store.checked', '0')
     on conflict do update set value = cast(value as integer) + 1`,
  );

  return {
    findCommand: ({ key, actor, cmid }: Query<'findCommand'>): StoredCommand | null =>
      command.all(key, actor, cmid)[0] ?? null,
    saveCheckpoint(key: RoomKey, checkpoint: Checkpoint, basis?: number): void {
      checkRoom(key);
      save.run(JSON.stringify(checkpoint.heads), checkpoint.rules, key, basis ?? null, basis ?? null);
    },
    loadCheckpoint(key: RoomKey): Checkpoint | null {
      const row = load.all(key)[0];
      return row === undefined ? null : { heads: readHeads(row.heads), rules: row.rules };
    },
    settings: (prefix: string): { name: string; value: string }[] => settings.all(prefix, prefix),
    getSetting: (name: string): string | null => setting.all(name)[0]?.value ?? null,
    /** @returns the value that stands, which is an older one where there was one */
    addSetting(name: string, value: string): string {
      makeSetting.run(name, value);
      return setting.all(name)[0]?.value ?? value;
    },
    /** A write that changes something: to read alone says nothing about a full disk. */
    check(): void {
      write.run();
    },
  };
}

function headOf({ log, owner, ...position }: HeadRecord): LogHead {
  return { log, owner, position };
}

type HeadRecord = LogHead['position'] & Pick<LogHead, 'log' | 'owner'>;
