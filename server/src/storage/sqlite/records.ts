/** The methods about what stands in no log: records, lists of the expected, revocations, statements, answered requests. */
import {
  NoSuchRoom,
  type PrivateRecord,
  type Revocation,
  type RoomKey,
  type RoomOfPerson,
  type RoomRow,
  type RosterEntry,
  type Statement,
  type Store,
  type StoredRequest,
} from '../types.js';
import type { Driver } from './driver.js';
import { patchRecord, roomCheck, roomOf, ROOM_COLUMNS, type RoomRecord } from './rooms.js';

type Query<M extends keyof Store> = Parameters<Store[M]>[0];

export function records(driver: Driver) {
  return { ...rosters(driver), ...revocations(driver), ...answers(driver) };
}

function rosters(driver: Driver) {
  const checkRoom = roomCheck(driver);
  const patch = patchRecord(driver);
  const byKey = driver.prepare<RoomRecord>(`select ${ROOM_COLUMNS} from rooms where key = ?`);
  const clear = driver.prepare('delete from roster where room = ?');
  const add = driver.prepare('insert or replace into roster (room, sub, role, name) values (?, ?, ?, ?)');
  const expect = driver.prepare('update rooms set expected = ? where key = ?');
  const count = driver.prepare<{ count: number }>('select count(*) as count from roster where room = ?');
  const all = driver.prepare<RosterEntry>('select sub, role, name from roster where room = ? order by sub');
  const one = driver.prepare<RosterEntry>('select sub, role, name from roster where room = ? and sub = ?');
  const ofPerson = driver.prepare<RoomRecord & { participant: string | null }>(
    `select ${ROOM_COLUMNS}, (select participant from participants where room = key and sub = ?) as participant
     from rooms where tenant = ? and key in
       (select room from participants where sub = ? union select room from roster where sub = ?) order by id`,
  );
  const onLists = driver.prepare<{ key: RoomKey }>(
    'select room as key from roster join rooms on key = room where tenant = ? and sub = ?',
  );
  const drop = driver.prepare('delete from roster where room = ? and sub = ?');
  const countAgain = (key: RoomKey): void => {
    expect.run(count.all(key)[0]?.count ?? 0, key);
  };
  const rowOf = (key: RoomKey): RoomRow => {
    const record = byKey.all(key)[0];
    if (record === undefined) throw new NoSuchRoom(key);
    return roomOf(record);
  };

  return {
    changeRecord(key: RoomKey, changes: Partial<PrivateRecord>): RoomRow {
      patch(key, changes);
      return rowOf(key);
    },
    setRoster(key: RoomKey, people: readonly RosterEntry[] | null): RoomRow {
      checkRoom(key);
      clear.run(key);
      for (const { sub, role, name } of people ?? []) add.run(key, sub, role, name);
      if (people === null) expect.run(null, key);
      else countAgain(key);
      return rowOf(key);
    },
    roster: (key: RoomKey): RosterEntry[] => all.all(key),
    rosterEntry: ({ key, sub }: Query<'rosterEntry'>): RosterEntry | null => one.all(key, sub)[0] ?? null,
    roomsOfPerson: ({ tenant, sub }: Query<'roomsOfPerson'>): RoomOfPerson[] =>
      ofPerson.all(sub, tenant, sub, sub).map(({ participant, ...room }) => ({ room: roomOf(room), participant })),
    dropFromRosters({ tenant, sub }: Query<'dropFromRosters'>): void {
      for (const { key } of onLists.all(tenant, sub)) {
        drop.run(key, sub);
        countAgain(key);
      }
    },
  };
}

function revocations(driver: Driver) {
  const add = driver.prepare(
    `insert into revocations (tenant, kind, value, "before", until) values (?, ?, ?, ?, ?)
     on conflict do update set "before" = max("before", excluded."before"), until = max(until, excluded.until)`,
  );
  const remove = driver.prepare('delete from revocations where tenant = ? and kind = ? and value = ?');
  const all = driver.prepare<Revocation>(
    'select tenant, kind, value, "before", until from revocations where until > ? order by tenant, kind, value',
  );
  return {
    addRevocation({ tenant, kind, value, before, until }: Revocation): void {
      add.run(tenant, kind, value, before, until);
    },
    removeRevocation: ({ tenant, kind, value }: Query<'removeRevocation'>): boolean =>
      remove.run(tenant, kind, value) > 0,
    revocations: (now: number): Revocation[] => all.all(now),
  };
}

function answers(driver: Driver) {
  const checkRoom = roomCheck(driver);
  const sign = driver.prepare('insert into statements (room, id, at, jws) values (?, ?, ?, ?) on conflict do nothing');
  const signed = driver.prepare<Statement>('select id, at, jws from statements where room = ? order by at, id');
  const unsigned = driver.prepare<{ key: RoomKey }>(
    `select key from rooms where state = 'ended'
     and not exists (select 1 from statements where room = key and at >= coalesce(live_since, 0)) order by key`,
  );
  const remember = driver.prepare(
    `insert into requests (tenant, caller, key, digest, status, body, at) values (?, ?, ?, ?, ?, ?, ?)
     on conflict do nothing`,
  );
  const forget = driver.prepare('delete from requests where at <= ?');
  const find = driver.prepare<StoredRequest>(
    'select digest, status, body, at from requests where tenant = ? and caller = ? and key = ? and at > ?',
  );
  return {
    saveStatement(key: RoomKey, { id, at, jws }: Statement): void {
      checkRoom(key);
      sign.run(key, id, at, jws);
    },
    statements: (key: RoomKey): Statement[] => signed.all(key),
    unsignedRooms: (): RoomKey[] => unsigned.all().map(({ key }) => key),
    saveRequest({ tenant, caller, key, request }: Query<'saveRequest'>): void {
      remember.run(tenant, caller, key, request.digest, request.status, request.body, request.at);
    },
    findRequest({ tenant, caller, key, after }: Query<'findRequest'>): StoredRequest | null {
      forget.run(after);
      return find.all(tenant, caller, key, after)[0] ?? null;
    },
  };
}
