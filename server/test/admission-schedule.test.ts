import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { RoomState } from '@lms-live/protocol';
import type { LiveRoom } from '../src/rooms/live-room.js';
import { come, makeRoom, say, waits, welcomed } from './support/host.js';
import { startRig, TENANT, type Peer, type Rig } from './support/rig.js';

const MINUTE = 60_000;
/** Tokens that outlive a class. */
const LONG = { expiresInS: 80_000 };
const GRACE = { sub: 'grace', role: 'instructor', ...LONG };
const ADA = { sub: 'ada', ...LONG };
const OLI = { sub: 'oli', role: 'observer', ...LONG };
/** The clock of a server looks once a second. */
const SOON = { timeout: 4_000, interval: 50 };

let rig: Rig;
let aheadMs: number;
const now = (): number => Date.now() + aheadMs;
beforeEach(async () => {
  aheadMs = 0;
  rig = await startRig({ shared: { now } });
});
afterEach(() => rig.stop());

const becomes = async (live: LiveRoom, state: RoomState): Promise<void> => {
  await expect.poll(() => live.room.state, SOON).toBe(state);
};
const isIn = (peer: Peer): boolean => peer.frames.some(({ frame }) => frame === 'welcome');

describe('before the class', () => {
  it('students and observers come in when the door opens to them, by the clock of the server, and see that it has not begun', async () => {
    const startsAt = now() + 30 * MINUTE;
    const policy = { 'entry.studentMinutes': 10, 'entry.observerMinutes': 5 };
    const live = await makeRoom(rig, 'algebra', { startsAt, policy });
    const { peer: ada, first } = await come(rig, ADA);
    const { peer: oli } = await come(rig, OLI);
    expect(first).toMatchObject({ frame: 'waiting', why: 'not_started', room: { startsAt } });
    aheadMs = 21 * MINUTE;
    await welcomed(ada);
    await ada.present(ada.welcome.participant);
    expect(isIn(oli)).toBe(false);
    expect(live.room.state).toBe('open');
    expect(await ada.command('chat.post', { text: 'Hello?' })).toMatchObject({ code: 'room_not_started' });
    expect(await ada.command('hand.raise', {})).toMatchObject({ code: 'room_not_started' });
    const { session } = await ada.media({ audio: true, video: true });
    expect(session).toMatchObject({ audio: false, video: false });
    const { peer: bob } = await come(rig, { sub: 'bob', ...LONG });
    ada.send({ frame: 'signal', kind: 'reaction', body: { emoji: '👋' } });
    await ada.heard();
    await bob.heard();
    expect(bob.signals('reaction')).toEqual([]);
    aheadMs = 26 * MINUTE;
    await welcomed(oli);
    const grace = await rig.enter(GRACE);
    await grace.heard();
    expect(live.room.state).toBe('open');
    aheadMs = 31 * MINUTE;
    await becomes(live, 'live');
    expect(await ada.command('chat.post', { text: 'Good morning' })).toMatchObject({ frame: 'ack' });
  }, 15_000);

  it('lets nobody in early where nothing says so, also once it was due and nobody teaches', async () => {
    const live = await makeRoom(rig, 'algebra', { startsAt: now() + 5 * MINUTE });
    const { peer: ada } = await come(rig, ADA);
    aheadMs = 6 * MINUTE;
    await becomes(live, 'open');
    await ada.heard();
    expect(waits(ada)).toHaveLength(1);
    const grace = await rig.enter(GRACE);
    await welcomed(ada);
    expect(grace.welcome.role).toBe('instructor');
  });

  it('opens the door when staff move the start, or the minutes', async () => {
    await makeRoom(rig, 'algebra', { startsAt: now() + 60 * MINUTE });
    const grace = await rig.enter(GRACE);
    const { peer: ada } = await come(rig, ADA);
    await grace.command('room.change', { policy: { 'entry.studentMinutes': 30 } });
    await ada.heard();
    expect(isIn(ada)).toBe(false);
    await grace.command('room.change', { startsAt: now() + 20 * MINUTE });
    await welcomed(ada);
  });
});

describe('the start', () => {
  it('comes by itself only where the policy says so', async () => {
    const policy = { 'schedule.autoStart': false };
    const live = await makeRoom(rig, 'algebra', { startsAt: now() + 5 * MINUTE, policy });
    const grace = await rig.enter(GRACE);
    aheadMs = 10 * MINUTE;
    const tim = await rig.enter({ sub: 'tim', role: 'assistant', ...LONG });
    await becomes(live, 'open');
    await new Promise((resolve) => setTimeout(resolve, 1_500));
    expect(live.room.state).toBe('open');
    expect(await tim.command('room.start', {})).toMatchObject({ frame: 'ack' });
    expect(live.room.state).toBe('live');
    await grace.heard();
  });

  it('opens a room as many minutes before as its record says', async () => {
    const live = await makeRoom(rig, 'algebra', { startsAt: now() + 60 * MINUTE, openMinutesBefore: 45 });
    expect(live.room.state).toBe('scheduled');
    aheadMs = 16 * MINUTE;
    await becomes(live, 'open');
  });
});

describe('the end', () => {
  it('comes so many minutes after its time, and where staff move it then', async () => {
    const policy = { 'schedule.overrunMinutes': 5 };
    const live = await makeRoom(rig, 'algebra', { startsAt: now() - MINUTE, endsAt: now() + 30 * MINUTE, policy });
    const grace = await rig.enter(GRACE);
    const ada = await rig.enter(ADA);
    await becomes(live, 'live');
    await grace.command('room.change', { endsAt: now() + 50 * MINUTE });
    aheadMs = 36 * MINUTE;
    await new Promise((resolve) => setTimeout(resolve, 1_500));
    expect(live.room.state).toBe('live');
    aheadMs = 56 * MINUTE;
    await becomes(live, 'ended');
    expect(await ada.untilClosed()).toMatchObject({ reason: 'room_ended' });
    // Staff may start it again, and are not interrupted by a time that is over.
    await grace.command('room.start', {});
    await new Promise((resolve) => setTimeout(resolve, 1_500));
    expect(live.room.state).toBe('live');
  }, 12_000);

  it('comes to a class that nobody came to, late after a restart and once', async () => {
    await makeRoom(rig, 'algebra', { startsAt: now() + 20 * MINUTE, endsAt: now() + 30 * MINUTE });
    await rig.restart({}, () => {
      aheadMs = 120 * MINUTE;
      return Promise.resolve();
    });
    const live = await rig.server.directory.get(TENANT.id, 'algebra');
    if (!live) throw new Error('the room is gone');
    await becomes(live, 'ended');
    const head = live.room.head('all').offset;
    await new Promise((resolve) => setTimeout(resolve, 1_500));
    expect(live.room.head('all').offset).toBe(head);
  });

  it('does not come by the clock where the policy says so', async () => {
    const policy = { 'schedule.autoEnd': false };
    const live = await makeRoom(rig, 'algebra', { startsAt: now() - MINUTE, endsAt: now() + MINUTE, policy });
    await rig.enter(GRACE);
    aheadMs = 300 * MINUTE;
    await new Promise((resolve) => setTimeout(resolve, 1_500));
    expect(live.room.state).toBe('live');
  });

  it('closes the attendance of who was lost just before when they were last seen', async () => {
    const live = await makeRoom(rig, 'algebra');
    const grace = await rig.enter(GRACE);
    const ada = await rig.enter(ADA);
    const { participant } = ada.welcome;
    ada.terminate();
    const lostAt = now();
    await expect.poll(() => live.presence.lastSeenAt(participant), SOON).not.toBeNull();
    // Within the grace, as the clock of the server has it.
    aheadMs = 5 * MINUTE;
    await say(live, 'room.end', {});
    await grace.caughtUp({ staff: live.room.head('staff') });
    const closed = grace.events('attendance.closed').map(({ body }) => body as { participant: string; seenAt: number });
    const ofAda = closed.find((each) => each.participant === participant);
    expect(ofAda?.seenAt).toBeLessThan(lostAt + 1_000);
  });
});

describe('after the class', () => {
  it('the room is deleted when it was kept for as long as its policy says, and not before', async () => {
    const live = await makeRoom(rig, 'algebra', { policy: { retentionDays: 1 } });
    const grace = await rig.enter({ ...GRACE, expiresInS: 86_400 * 0.9 });
    await grace.command('room.start', {});
    await grace.command('room.end', {});
    const stands = () => rig.server.directory.get(TENANT.id, live.room.id);
    aheadMs = 23 * 60 * MINUTE;
    await expect.poll(stands, SOON).not.toBeNull();
    grace.close();
    await expect.poll(() => live.isEmpty, { timeout: 15_000 }).toBe(true);
    aheadMs = 25 * 60 * MINUTE;
    await expect.poll(stands, SOON).toBeNull();
  }, 30_000);
});
