import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { TenantConfig } from '../src/config/types.js';
import { come, makeRoom, rosters, waits, welcomed } from './support/host.js';
import { startRig, TENANT, token, type Rig } from './support/rig.js';

const BY_ROSTER: TenantConfig = { ...TENANT, admission: { by: 'roster' } };
const NO_ROOM: readonly string[] = [];
const ADA = { sub: 'ada', role: 'student' as const, name: 'Ada Lovelace' };
const GRACE = { sub: 'grace', role: 'instructor' as const, name: null };

let rig: Rig;
afterEach(() => rig.stop());

describe('a room with a list, where the token says who may come in', () => {
  beforeEach(async () => {
    rig = await startRig();
  });

  it('lets in who stands on it though no token names the room, with the name of the list', async () => {
    const live = await makeRoom(rig, 'logic');
    await live.setRoster([GRACE, ADA]);
    const { first } = await come(rig, { sub: 'grace', role: 'student', room: 'algebra' }, { room: 'logic' });
    expect(first).toMatchObject({ frame: 'welcome', role: 'instructor', room: { id: 'logic' } });
    const { peer } = await come(rig, { sub: 'ada', room: NO_ROOM, name: 'a.l.' }, { room: 'logic' });
    const named = await peer.until(
      (frame) => frame.frame === 'event' && frame.type === 'person.named' && frame.by === peer.welcome.participant,
    );
    expect(named).toMatchObject({ body: { name: 'Ada Lovelace' } });
  });

  it('lets in whom a token names as well, as what that says', async () => {
    const live = await makeRoom(rig, 'algebra');
    await live.setRoster([ADA]);
    const { first } = await come(rig, { sub: 'grace', role: 'instructor' });
    expect(first).toMatchObject({ frame: 'welcome', role: 'instructor' });
  });

  it('lets in nobody else', async () => {
    const live = await makeRoom(rig, 'logic');
    await live.setRoster([ADA]);
    const { peer, first } = await come(rig, { sub: 'eve', role: 'instructor' }, { room: 'logic' });
    expect(first).toMatchObject({ frame: 'refused', code: 'room_not_covered' });
    expect(await peer.untilClosed()).toMatchObject({ code: 4501 });
  });

  it('forgets in a running class whom the host erases everywhere: they are sent away, and expected no more', async () => {
    const live = await makeRoom(rig, 'logic', { visibility: 'public' });
    await live.setRoster([GRACE, ADA, { sub: 'bob', role: null, name: 'Bob' }]);
    const { peer: grace } = await come(rig, { sub: 'grace', room: NO_ROOM }, { room: 'logic' });
    const { peer: ada } = await come(rig, { sub: 'ada', room: NO_ROOM }, { room: 'logic' });
    const { peer: bob } = await come(rig, { sub: 'bob', room: NO_ROOM }, { room: 'logic' });
    const names = (): string[] | undefined =>
      rosters(grace)
        .at(-1)
        ?.people.map(({ name }) => name);
    await grace.when(() => names()?.length === 3);
    const service = { sub: 'lms', role: 'service', room: NO_ROOM };
    expect(await rig.http('DELETE', '/v1/people/ada', { claims: service })).toMatchObject({ status: 200 });
    expect(await ada.untilClosed()).toMatchObject({ code: 4502 });
    await grace.when(() => names()?.length === 2);
    expect(names()?.join()).not.toContain('Ada');
    expect((await rig.http('GET', '/v1/rooms/logic', { claims: service })).body).toMatchObject({ expected: 2 });
    expect([grace.closed, bob.closed]).toEqual([null, null]);
  });

  it('gives nobody by it what a token gives for other rooms', async () => {
    const live = await makeRoom(rig, 'logic');
    await live.setRoster([{ sub: 'eve', role: 'student', name: null }, GRACE]);
    const grants = { 'people.moderate': true, vote: false };
    const { first } = await come(rig, { sub: 'eve', room: 'algebra', grants }, { room: 'logic', join: false });
    expect(first).toMatchObject({ frame: 'waiting' });
    await come(rig, { sub: 'grace', room: NO_ROOM }, { room: 'logic' });
    const { peer } = await come(rig, { sub: 'eve', room: 'algebra', grants }, { room: 'logic' });
    const welcome = await welcomed(peer);
    expect(welcome.grants).not.toContain('people.moderate');
    expect(welcome.grants).not.toContain('vote');
    expect(welcome.grants).toContain('chat.post');
  });
});

describe('a public room', () => {
  beforeEach(async () => {
    rig = await startRig();
  });

  it('is open to any token of the tenant, as a student where nothing says more', async () => {
    await makeRoom(rig, 'lecture', { visibility: 'public' });
    await come(rig, { sub: 'grace', role: 'instructor', room: 'lecture' });
    for (const [sub, role, expected] of [
      ['eve', 'instructor', 'student'],
      ['tim', 'assistant', 'student'],
      ['ada', 'student', 'student'],
      ['oli', 'observer', 'observer'],
    ] as const) {
      const claims = { sub, role, room: 'algebra', grants: { 'people.moderate': true } };
      const { first } = await come(rig, claims, { room: 'lecture' });
      expect({ sub, first }).toMatchObject({ sub, first: { frame: 'welcome', role: expected } });
      expect((first as { grants: string[] }).grants).not.toContain('people.moderate');
    }
  });

  it('knows its owners and those on its list', async () => {
    const live = await makeRoom(rig, 'lecture', { visibility: 'public', owners: ['grace'] });
    await live.setRoster([{ sub: 'tim', role: 'assistant', name: null }]);
    const grace = await come(rig, { sub: 'grace', role: 'instructor', room: NO_ROOM }, { room: 'lecture' });
    expect(grace.first).toMatchObject({ role: 'instructor' });
    const tim = await come(rig, { sub: 'tim', room: NO_ROOM }, { room: 'lecture' });
    expect(tim.first).toMatchObject({ role: 'assistant' });
  });

  it('is closed to the tokens of another tenant', async () => {
    await makeRoom(rig, 'lecture', { visibility: 'public' });
    const { first } = await come(rig, { sub: 'ada', iss: 'https://other.test' }, { room: 'lecture' });
    expect(first).toMatchObject({ frame: 'refused', code: 'token_issuer' });
  });
});

describe('a tenant whose lists decide', () => {
  beforeEach(async () => {
    rig = await startRig({ tenants: [BY_ROSTER] });
  });

  it('takes role and entry from the list of the room, whatever the token says', async () => {
    const live = await makeRoom(rig, 'logic');
    await live.setRoster([ADA, GRACE, { sub: 'tim', role: 'assistant', name: null }]);
    for (const [sub, role] of [
      ['grace', 'instructor'],
      ['tim', 'assistant'],
      ['ada', 'student'],
    ] as const) {
      const { first } = await come(rig, { sub, role: 'instructor', room: NO_ROOM }, { room: 'logic' });
      expect(first).toMatchObject({ frame: 'welcome', role });
    }
  });

  it('refuses who is not on it, whatever the token says, and closes', async () => {
    const live = await makeRoom(rig, 'logic');
    await live.setRoster([ADA]);
    for (const room of [NO_ROOM, 'logic', 'log*']) {
      const { peer, first } = await come(rig, { sub: 'eve', role: 'instructor', room }, { room: 'logic' });
      expect(first).toMatchObject({ frame: 'refused', code: 'enrolment_refused', retryable: false });
      expect(await peer.untilClosed()).toEqual({ code: 4501, reason: 'enrolment_refused' });
    }
  });

  it('refuses everyone in a room without a list whom no token names', async () => {
    await makeRoom(rig, 'logic');
    const { first } = await come(rig, { sub: 'ada', room: NO_ROOM }, { room: 'logic' });
    expect(first).toMatchObject({ frame: 'refused', code: 'enrolment_refused' });
  });

  it('lets somebody wait for a room that is not there yet, and in once they are on its list', async () => {
    const { peer, first } = await come(rig, { sub: 'ada', role: 'instructor', room: NO_ROOM }, { room: 'logic' });
    expect(first).toMatchObject({ frame: 'waiting', why: 'not_started', room: { id: 'logic' } });
    expect(await rig.server.directory.get(TENANT.id, 'logic')).toBeNull();
    const live = await makeRoom(rig, 'logic');
    await live.setRoster([ADA, GRACE]);
    await come(rig, { sub: 'grace', room: NO_ROOM }, { room: 'logic' });
    expect((await welcomed(peer)).role).toBe('student');
  }, 10_000);

  it('says of a list that is changed during class: out who is off it, and as what the others stay', async () => {
    const live = await makeRoom(rig, 'logic');
    await live.setRoster([GRACE, ADA, { sub: 'eve', role: 'student', name: null }]);
    const { peer: grace } = await come(rig, { sub: 'grace', room: NO_ROOM }, { room: 'logic' });
    const { peer: ada } = await come(rig, { sub: 'ada', room: NO_ROOM }, { room: 'logic' });
    const { peer: eve } = await come(rig, { sub: 'eve', room: NO_ROOM }, { room: 'logic' });
    await live.setRoster([GRACE, { ...ADA, role: 'assistant' }]);
    expect(await eve.untilClosed()).toEqual({ code: 4501, reason: 'enrolment_refused' });
    expect(await ada.until((frame) => frame.frame === 'rights')).toMatchObject({ role: 'assistant' });
    await ada.until((frame) => frame.frame === 'reset' && frame.log === 'staff');
    await grace.heard();
    expect(grace.closed).toBeNull();
  });

  it('asks the list again with a fresh token', async () => {
    const live = await makeRoom(rig, 'logic');
    await live.setRoster([GRACE, ADA]);
    await come(rig, { sub: 'grace', room: NO_ROOM }, { room: 'logic' });
    const { peer: ada } = await come(rig, { sub: 'ada', room: NO_ROOM }, { room: 'logic' });
    ada.send({ frame: 'token', token: await token({ sub: 'ada', role: 'student', room: NO_ROOM }) });
    await ada.until((frame) => frame.frame === 'token');
    expect(ada.closed).toBeNull();
  });

  it('never makes a service of anybody, and holds over HTTP as on the socket', async () => {
    const live = await makeRoom(rig, 'logic');
    await live.setRoster([GRACE, ADA]);
    const asEve = await rig.http('GET', '/v1/rooms/logic', { claims: { sub: 'eve', role: 'student', room: NO_ROOM } });
    expect(asEve).toMatchObject({ status: 403, body: { code: 'enrolment_refused' } });
    const asAda = await rig.http('GET', '/v1/rooms/logic', { claims: { sub: 'ada', role: 'student', room: NO_ROOM } });
    expect(asAda.status).toBe(200);
    await expect(live.setRoster([{ sub: 'x', role: 'service' as 'student', name: null }])).rejects.toThrow(TypeError);
  });
});

describe('who is expected', () => {
  beforeEach(async () => {
    rig = await startRig();
  });

  it('is told to staff at the welcome and when it changes, by the ids of the presence, and to nobody else', async () => {
    const live = await makeRoom(rig, 'algebra');
    await live.setRoster([ADA, { sub: 'bob', role: null, name: null }]);
    const grace = await rig.enter({ sub: 'grace', role: 'instructor' });
    await grace.until((frame) => frame.frame === 'roster');
    const [told] = rosters(grace);
    expect(told).toMatchObject({ total: 2 });
    expect(told?.people.map(({ name, role }) => ({ name, role }))).toEqual([
      { name: 'Ada Lovelace', role: 'student' },
      { name: '', role: 'student' },
    ]);
    const ada = await rig.enter({ sub: 'ada' });
    expect(told?.people[0]?.participant).toBe(ada.welcome.participant);
    const bob = await rig.enter({ sub: 'bob', name: 'Bob' });
    await grace.when(() => rosters(grace).at(-1)?.people[1]?.name === 'Bob');
    await live.setRoster([ADA]);
    await grace.when(() => rosters(grace).at(-1)?.total === 1);
    await live.setRoster(null);
    await grace.when(() => rosters(grace).at(-1)?.total === 0);
    await Promise.all([ada.heard(), bob.heard()]);
    expect([...rosters(ada), ...rosters(bob)]).toEqual([]);
    expect([...ada.texts, ...bob.texts].join('')).not.toContain('"sub"');
  });

  it('is told to somebody who becomes staff, and no more to somebody who is it no more', async () => {
    const live = await makeRoom(rig, 'algebra');
    await live.setRoster([ADA]);
    const grace = await rig.enter({ sub: 'grace', role: 'instructor' });
    const ada = await rig.enter({ sub: 'ada' });
    const { participant } = ada.welcome;
    await grace.command('person.role', { participant, role: 'assistant' });
    await ada.until((frame) => frame.frame === 'roster');
    await grace.command('person.role', { participant, role: 'student' });
    await ada.until((frame) => frame.frame === 'rights' && frame.role === 'student');
    const before = rosters(ada).length;
    await live.setRoster([ADA, { sub: 'bob', role: null, name: null }]);
    await grace.when(() => rosters(grace).at(-1)?.total === 2);
    await ada.heard();
    expect(rosters(ada)).toHaveLength(before);
  });

  it('shows staff the real name where the class sees an alias', async () => {
    const live = await makeRoom(rig, 'algebra', { policy: { 'names.hidden': true } });
    await live.setRoster([{ sub: 'ada', role: null, name: null }]);
    const grace = await rig.enter({ sub: 'grace', role: 'instructor' });
    await rig.enter({ sub: 'ada', name: 'Ada' });
    await grace.when(() => rosters(grace).at(-1)?.people[0]?.name === 'Ada');
    const bob = await rig.enter({ sub: 'bob' });
    expect(bob.texts.join('')).not.toContain('"Ada"');
  });

  it('tells of a long list how many, and takes what is unprintable out of its names', async () => {
    const live = await makeRoom(rig, 'algebra');
    await live.setRoster(Array.from({ length: 501 }, (_, at) => ({ sub: `p${String(at)}`, role: null, name: 'N' })));
    const grace = await rig.enter({ sub: 'grace', role: 'instructor' });
    await grace.until((frame) => frame.frame === 'roster');
    expect(rosters(grace)[0]).toEqual({ frame: 'roster', total: 501, people: [] });
    await live.setRoster([{ sub: 'ada', role: null, name: 'A\u202eda\n Lovelace' }]);
    await grace.when(() => rosters(grace).at(-1)?.people[0]?.name === 'Ada Lovelace');
  });

  it('survives a restart', async () => {
    const live = await makeRoom(rig, 'algebra');
    await live.setRoster([ADA]);
    const before = await rig.enter({ sub: 'grace', role: 'instructor' });
    await before.until((frame) => frame.frame === 'roster');
    await rig.restart();
    const grace = await rig.enter({ sub: 'grace', role: 'instructor' });
    await grace.until((frame) => frame.frame === 'roster');
    expect(rosters(grace)[0]).toEqual(rosters(before)[0]);
  });
});

describe('a fresh token', () => {
  beforeEach(async () => {
    rig = await startRig();
  });

  it('raises nobody: neither role nor single rights', async () => {
    const grace = await rig.enter({ sub: 'grace', role: 'instructor' });
    const ada = await rig.enter({ sub: 'ada' });
    const more = { sub: 'ada', role: 'instructor', grants: { 'people.erase': true }, expiresInS: 1_200 };
    ada.send({ frame: 'token', token: await token(more) });
    await ada.until((frame) => frame.frame === 'token');
    expect(ada.frames.some((frame) => frame.frame === 'rights')).toBe(false);
    const refused = await ada.command('room.end', {});
    expect(refused).toMatchObject({ code: 'forbidden' });
    expect(await ada.command('chat.post', { text: 'still here' })).toMatchObject({ frame: 'ack' });
    await grace.heard();
  });

  it('takes away at once', async () => {
    await rig.enter({ sub: 'grace', role: 'instructor' });
    const tim = await rig.enter({ sub: 'tim', role: 'assistant' });
    tim.send({ frame: 'token', token: await token({ sub: 'tim', role: 'student', grants: { 'chat.post': false } }) });
    expect(await tim.until((frame) => frame.frame === 'rights')).toMatchObject({ role: 'student' });
    expect(await tim.command('chat.post', { text: 'x' })).toMatchObject({ code: 'forbidden' });
    // And gives nothing back.
    tim.send({ frame: 'token', token: await token({ sub: 'tim', role: 'assistant' }) });
    await tim.heard();
    expect(await tim.command('chat.post', { text: 'x' })).toMatchObject({ code: 'forbidden' });
  });

  it('is refused where it names another room, to somebody at the door too', async () => {
    await makeRoom(rig, 'algebra', { startsAt: Date.now() + 3_600_000 });
    const { peer } = await come(rig, { sub: 'ada' });
    expect(waits(peer)[0]).toMatchObject({ why: 'not_started' });
    peer.send({ frame: 'token', token: await token({ sub: 'ada', room: 'logic' }) });
    expect(await peer.untilClosed()).toMatchObject({ reason: 'room_not_covered' });
  });
});
