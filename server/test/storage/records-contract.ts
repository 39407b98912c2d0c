/** What every store has to do with what stands in no log; called by `describeStore` with a fresh store for each test. */
import { describe, expect, it } from 'vitest';
import type { Revocation, RoomRow, RosterEntry, Store } from '../../src/storage/index.js';

const NO_ROOM = 4_711;
const ANN: RosterEntry = { sub: 'ann', role: 'instructor', name: 'Ann' };
const BOB: RosterEntry = { sub: 'bob', role: null, name: null };
const OF_ANN: Revocation = { tenant: 'school', kind: 'sub', value: 'ann', before: 100, until: 500 };

export function describeRecords(open: () => Store): void {
  const makeRoom = async (id: string, tenant = 'school'): Promise<RoomRow> => {
    const { room } = await open().createRoom({ tenant, id, kind: 'meeting', createdAt: 1, owners: [] });
    return room;
  };

  describe('records', () => {
    it('are made with the room, and are not changed by who asks for it again', async () => {
      const ask = { tenant: 'school', id: 'r', kind: 'meeting', createdAt: 1, owners: [] } as const;
      const { room } = await open().createRoom({ ...ask, externalRef: 'course-7', passwordHash: 'h' });
      expect(room).toMatchObject({ externalRef: 'course-7', passwordHash: 'h', expected: null });
      expect(await open().createRoom({ ...ask, passwordHash: 'other' })).toEqual({ created: false, room });
    });

    it('change by the keys that are named', async () => {
      const room = await makeRoom('r');
      const changed = await open().changeRecord(room.key, { owners: ['ann'], passwordHash: 'h' });
      expect(changed).toEqual({ ...room, owners: ['ann'], passwordHash: 'h' });
      expect(await open().changeRecord(room.key, { passwordHash: null })).toEqual({ ...room, owners: ['ann'] });
      expect(await open().changeRecord(room.key, {})).toEqual({ ...room, owners: ['ann'] });
    });

    it('of a room that is gone are refused', async () => {
      for (const call of [
        () => open().changeRecord(NO_ROOM, { owners: [] }),
        () => open().setRoster(NO_ROOM, [ANN]),
        () => open().saveStatement(NO_ROOM, { id: 's', at: 1, jws: 'x' }),
      ])
        await expect(call()).rejects.toMatchObject({ name: 'NoSuchRoom', key: NO_ROOM });
    });
  });

  describe('rosters', () => {
    it('are replaced whole, and counted', async () => {
      const { key } = await makeRoom('r');
      expect(await open().setRoster(key, [BOB, ANN])).toMatchObject({ expected: 2 });
      expect(await open().roster(key)).toEqual([ANN, BOB]);
      expect(await open().rosterEntry({ key, sub: 'bob' })).toEqual(BOB);
      expect(await open().setRoster(key, [{ ...BOB, role: 'observer' }])).toMatchObject({ expected: 1 });
      expect(await open().rosterEntry({ key, sub: 'ann' })).toBeNull();
    });

    it('may be empty, which is not the same as none', async () => {
      const { key } = await makeRoom('r');
      expect(await open().setRoster(key, [])).toMatchObject({ expected: 0 });
      expect(await open().setRoster(key, null)).toMatchObject({ expected: null });
    });

    it('name a person twice only once, the last time', async () => {
      const { key } = await makeRoom('r');
      expect(await open().setRoster(key, [ANN, { ...ANN, name: 'Anna' }])).toMatchObject({ expected: 1 });
      expect(await open().roster(key)).toEqual([{ ...ANN, name: 'Anna' }]);
    });

    it('lead to the rooms of a person, with those where they have been', async () => {
      const been = await makeRoom('b');
      const expected = await makeRoom('a');
      const elsewhere = await makeRoom('c', 'other');
      await makeRoom('d');
      await open().participantOf({ key: been.key, sub: 'bob', newId: 'p1' });
      await open().setRoster(been.key, [BOB]);
      await open().setRoster(expected.key, [BOB]);
      await open().setRoster(elsewhere.key, [BOB]);
      const rooms = await open().roomsOfPerson({ tenant: 'school', sub: 'bob' });
      expect(rooms.map(({ room, participant }) => [room.id, participant])).toEqual([
        ['a', null],
        ['b', 'p1'],
      ]);
    });

    it('of one tenant lose a person and keep the others', async () => {
      const { key } = await makeRoom('r');
      const other = await makeRoom('r', 'other');
      for (const room of [key, other.key]) await open().setRoster(room, [ANN, BOB]);
      await open().dropFromRosters({ tenant: 'school', sub: 'bob' });
      expect(await open().roster(key)).toEqual([ANN]);
      expect(await open().getRoomByKey(key)).toMatchObject({ expected: 1 });
      expect(await open().roster(other.key)).toEqual([ANN, BOB]);
    });
  });

  describe('revocations', () => {
    it('stand until nothing is left that they could concern', async () => {
      await open().addRevocation(OF_ANN);
      expect(await open().revocations(499)).toEqual([OF_ANN]);
      expect(await open().revocations(500)).toEqual([]);
    });

    it('of one person become one, the later one', async () => {
      await open().addRevocation({ ...OF_ANN, before: 200, until: 300 });
      await open().addRevocation(OF_ANN);
      expect(await open().revocations(0)).toEqual([{ ...OF_ANN, before: 200, until: 500 }]);
    });

    it('are lifted one by one', async () => {
      await open().addRevocation(OF_ANN);
      await open().addRevocation({ ...OF_ANN, tenant: 'other' });
      const which = { tenant: 'school', kind: 'sub', value: 'ann' } as const;
      expect(await open().removeRevocation(which)).toBe(true);
      expect(await open().removeRevocation(which)).toBe(false);
      expect(await open().revocations(0)).toEqual([{ ...OF_ANN, tenant: 'other' }]);
    });
  });

  describe('statements and answered requests', () => {
    it('are kept as they were signed, the oldest first, and go with their room', async () => {
      const { key } = await makeRoom('r');
      const [second, first] = [
        { id: 'a', at: 2, jws: 'two' },
        { id: 'b', at: 1, jws: 'one' },
      ];
      for (const statement of [second, first, second]) await open().saveStatement(key, statement);
      expect(await open().statements(key)).toEqual([first, second]);
      await open().deleteRoom(key);
      expect(await open().statements(key)).toEqual([]);
    });

    it('are missing of rooms that have ended since they were signed last', async () => {
      const store = open();
      const [over, again, , never] = [
        await makeRoom('over'),
        await makeRoom('again'),
        await makeRoom('scheduled'),
        await makeRoom('never'),
      ];
      const set = (key: number, liveSince: number | null) =>
        store.commit({ key, newLogs: [], steps: [{ kind: 'room', patch: { state: 'ended', liveSince } }] });
      await set(over.key, 10);
      await set(again.key, 30);
      await set(never.key, null);
      expect(await store.unsignedRooms()).toEqual([over.key, again.key, never.key]);
      for (const { key } of [over, again, never]) await store.saveStatement(key, { id: 's', at: 20, jws: 'x' });
      expect(await store.unsignedRooms()).toEqual([again.key]);
    });

    it('belong to who asked, stay as they were answered first, and are forgotten', async () => {
      const which = { tenant: 'school', caller: 'ann', key: 'k' };
      const request = { digest: 'd', status: 201, body: '{}', at: 10 };
      await open().saveRequest({ ...which, request });
      await open().saveRequest({ ...which, request: { ...request, status: 200 } });
      expect(await open().findRequest({ ...which, after: 9 })).toEqual(request);
      expect(await open().findRequest({ ...which, caller: 'bob', after: 9 })).toBeNull();
      expect(await open().findRequest({ ...which, tenant: 'other', after: 9 })).toBeNull();
      expect(await open().findRequest({ ...which, after: 10 })).toBeNull();
      expect(await open().findRequest({ ...which, after: 9 })).toBeNull();
    });
  });
}
