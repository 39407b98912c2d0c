import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { LIMITS, type ServerFrameOf } from '@lms-live/protocol';
import { startRig, token, type Peer, type Rig } from './support/rig.js';

const TEACHER = { sub: 'grace', role: 'instructor' };

let rig: Rig;
beforeEach(async () => {
  rig = await startRig();
});
afterEach(() => rig.stop());

async function knock(sub: string): Promise<Peer> {
  const peer = await rig.open();
  await peer.hello(await token({ sub, name: sub.toUpperCase() }), { join: true });
  return peer;
}
const lobbies = (peer: Peer): ServerFrameOf<'lobby'>[] =>
  peer.frames.filter((frame): frame is ServerFrameOf<'lobby'> => frame.frame === 'lobby');
const shown = (peer: Peer): (readonly [string, string | undefined])[] | undefined =>
  lobbies(peer)
    .at(-1)
    ?.people.map(({ name, why }) => [name, why] as const);
async function shows(peer: Peer, ...people: readonly (readonly [string, string])[]): Promise<void> {
  await peer.when(() => JSON.stringify(shown(peer)) === JSON.stringify(people));
}
/** A class with a lobby. */
async function withLobby(): Promise<Peer> {
  const grace = await rig.enter(TEACHER);
  await grace.command('room.change', { policy: { 'join.lobby': true } });
  return grace;
}
async function participantOf(peer: Peer, name: string): Promise<string> {
  const find = (): string | undefined =>
    lobbies(peer)
      .at(-1)
      ?.people.find((person) => person.name === name)?.participant;
  await peer.when(() => find() !== undefined);
  return find() ?? '';
}

describe('the lobby', () => {
  it('shows the staff who waits and why, the longest first, and nobody else', async () => {
    const grace = await withLobby();
    const bob = await (async (): Promise<Peer> => {
      await grace.command('room.change', { policy: { 'join.lobby': false } });
      const peer = await rig.enter({ sub: 'bob' });
      await grace.command('room.change', { policy: { 'join.lobby': true } });
      return peer;
    })();
    const before = Date.now();
    const ada = await knock('ada');
    await shows(grace, ['ADA', 'lobby']);
    await knock('eve');
    await shows(grace, ['ADA', 'lobby'], ['EVE', 'lobby']);
    const { people, count } = lobbies(grace).at(-1) as ServerFrameOf<'lobby'>;
    expect(count).toBe(2);
    expect(people[0]?.since).toBeGreaterThanOrEqual(before);
    expect(Object.keys(people[0] ?? {}).sort()).toEqual(['name', 'participant', 'since', 'why']);
    const assistant = await rig.enter({ sub: 'tim', role: 'assistant' });
    expect(shown(assistant)).toEqual([
      ['ADA', 'lobby'],
      ['EVE', 'lobby'],
    ]);
    await Promise.all([ada.heard(), bob.heard()]);
    expect([...lobbies(ada), ...lobbies(bob)]).toEqual([]);
    ada.terminate();
    await shows(grace, ['EVE', 'lobby']);
  });

  it('shows somebody with two tabs once', async () => {
    const grace = await withLobby();
    const first = await knock('ada');
    const second = await knock('ada');
    await knock('eve');
    await shows(grace, ['ADA', 'lobby'], ['EVE', 'lobby']);
    first.terminate();
    second.terminate();
    await shows(grace, ['EVE', 'lobby']);
  });

  it('says each reason, as it changes', async () => {
    const grace = await rig.enter(TEACHER);
    await grace.command('room.change', { locked: true });
    await knock('ada');
    await shows(grace, ['ADA', 'locked']);
    await grace.command('room.change', { locked: false, policy: { 'join.lobby': true } });
    await shows(grace, ['ADA', 'lobby']);
    const tim = await rig.enter({ sub: 'tim', role: 'assistant' });
    await grace.command('person.role', { participant: tim.welcome.participant, role: 'student' });
    await grace.command('room.change', { capacity: 1, policy: { 'join.lobby': false } });
    await shows(grace, ['ADA', 'full']);
  });

  it('does not show who waits for the class to start', async () => {
    const startsAt = Date.now() + 3_600_000;
    await rig.http('PUT', '/v1/rooms/algebra', { claims: TEACHER, body: { kind: 'meeting', startsAt } });
    const ada = await knock('ada');
    expect(ada.frames.some((frame) => frame.frame === 'waiting' && frame.why === 'not_started')).toBe(true);
    const grace = await rig.enter(TEACHER);
    expect(lobbies(grace).at(-1)).toEqual({ frame: 'lobby', count: 0, people: [] });
  });

  it('is told to somebody who becomes staff, and no more to somebody who is it no more', async () => {
    const grace = await rig.enter(TEACHER);
    const ada = await rig.enter({ sub: 'ada' });
    await grace.command('room.change', { locked: true });
    await knock('eve');
    await shows(grace, ['EVE', 'locked']);
    const { participant } = ada.welcome;
    await grace.command('person.role', { participant, role: 'assistant' });
    await shows(ada, ['EVE', 'locked']);
    await grace.command('person.role', { participant, role: 'student' });
    await ada.until((frame) => frame.frame === 'rights' && frame.role === 'student');
    const told = lobbies(ada).length;
    await knock('kim');
    await grace.when(() => shown(grace)?.length === 2);
    await ada.heard();
    expect(lobbies(ada)).toHaveLength(told);
  });

  it('lets in whom staff admit, also past a lock, and is without them then', async () => {
    const grace = await withLobby();
    await grace.command('room.change', { locked: true });
    const [ada, eve] = [await knock('ada'), await knock('eve')];
    await grace.when(() => shown(grace)?.length === 2);
    await grace.command('person.admit', { participant: await participantOf(grace, 'ADA'), admitted: true });
    await ada.until((frame) => frame.frame === 'welcome');
    await ada.present(ada.welcome.participant);
    await shows(grace, ['EVE', 'locked']);
    await eve.heard();
    expect(eve.frames.some((frame) => frame.frame === 'welcome')).toBe(false);
    // The answer is remembered: after a reload nobody has to be asked again.
    ada.terminate();
    await grace.command('person.leave', {});
    const back = await rig.open();
    expect(await back.hello(await token({ sub: 'ada' }), { join: true })).toMatchObject({ frame: 'welcome' });
  });

  it('tells whom staff refuse, and closes; the answer stands until it is another one, or the door is open to all', async () => {
    const grace = await withLobby();
    const ada = await knock('ada');
    const participant = await participantOf(grace, 'ADA');
    await grace.command('person.admit', { participant, admitted: false });
    expect(await ada.until((frame) => frame.frame === 'refused')).toMatchObject({
      code: 'person_not_admitted',
      retryable: false,
    });
    expect(await ada.untilClosed()).toEqual({ code: 4501, reason: 'person_not_admitted' });
    await shows(grace);
    const again = await knock('ada');
    expect(await again.untilClosed()).toEqual({ code: 4501, reason: 'person_not_admitted' });
    const read = await rig.http('GET', '/v1/rooms/algebra/messages', { claims: { sub: 'ada' } });
    expect(read).toMatchObject({ status: 403, body: { code: 'person_not_admitted' } });
    await grace.command('room.change', { policy: { 'join.lobby': false } });
    const inside = await rig.open();
    expect(await inside.hello(await token({ sub: 'ada' }))).toMatchObject({ frame: 'welcome' });
    inside.terminate();
    await grace.command('room.change', { policy: { 'join.lobby': true } });
    await grace.command('person.admit', { participant, admitted: true });
    const last = await rig.open();
    expect(await last.hello(await token({ sub: 'ada' }))).toMatchObject({ frame: 'welcome' });
  });

  it('does not send somebody away who is in the class already', async () => {
    const grace = await rig.enter(TEACHER);
    const ada = await rig.enter({ sub: 'ada' });
    await grace.command('room.change', { policy: { 'join.lobby': true } });
    await grace.command('person.admit', { participant: ada.welcome.participant, admitted: false });
    await ada.heard();
    expect(ada.closed).toBeNull();
  });

  it('tells a crowd once, not one by one', async () => {
    const grace = await withLobby();
    const from = lobbies(grace).length;
    const crowd = 20;
    await Promise.all(Array.from({ length: crowd }, (_, index) => knock(`student-${String(index)}`)));
    await grace.when(() => lobbies(grace).at(-1)?.count === crowd);
    expect(lobbies(grace).length - from).toBeLessThan(crowd / 2);
    expect(lobbies(grace).at(-1)?.people.length).toBeLessThanOrEqual(LIMITS.maxLobbyNames);
  });

  it('is counted for the operator', async () => {
    await withLobby();
    await knock('ada');
    await expect
      .poll(() => rig.server.metrics.text(), { timeout: 8_000, interval: 500 })
      .toMatch(/^lms_live_waiting 1$/mu);
  }, 10_000);
});
