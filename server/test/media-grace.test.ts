import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { EMPTY_ALL_RULES, EMPTY_STAFF_RULES, grantsOf, IdMap, LIMITS, type MediaFrame } from '@lms-live/protocol';
import { RoomMedia } from '../src/rooms/media.js';
import type { Member } from '../src/rooms/member.js';
import type { Room } from '../src/rooms/room.js';

type List = { readonly complete: boolean; readonly sessions: readonly { readonly session: string }[] };

const room = { rules: { all: EMPTY_ALL_RULES, staff: EMPTY_STAFF_RULES, me: IdMap.empty() } } as unknown as Room;

let published: List[];
let media: RoomMedia;
beforeEach(() => {
  vi.useFakeTimers();
  published = [];
  media = new RoomMedia({
    room,
    now: () => Date.now(),
    isPresent: () => true,
    publish: (text) => {
      published.push(JSON.parse(text) as List);
    },
  });
});
afterEach(() => {
  media.close();
  expect(vi.getTimerCount()).toBe(0);
  vi.useRealTimers();
});

function memberOf(participant: string): Member {
  return {
    id: 1,
    participant,
    clientId: 'tab',
    actor: { participant, role: 'student', grants: grantsOf('student'), name: participant, picture: null },
    joined: true,
    lastSeenAt: 0,
    unsentBytes: () => 0,
    send: () => undefined,
    deliverOwn: () => undefined,
    refreshRights: () => undefined,
    enrolAgain: () => undefined,
    dismiss: () => undefined,
  };
}

function wish(member: Member, more: Partial<MediaFrame> = {}): void {
  const off = { audio: false, video: false, share: false };
  media.wish(member, { frame: 'media', rev: 1, open: true, take: false, live: true, ...off, ...more });
}

/** Lets this turn of the event loop end. */
const turn = (): Promise<unknown> => vi.advanceTimersByTimeAsync(1);
const sessionIn = (index: number): string => published.at(index)?.sessions[0]?.session ?? '';

describe('the list of media sessions', () => {
  it('is told once for all that changes in one turn, and not where nothing has changed', async () => {
    const members = ['ada', 'bob', 'cleo'].map(memberOf);
    for (const member of members) wish(member);
    expect(published).toEqual([]);
    await turn();
    expect(published.map(({ sessions }) => sessions.length)).toEqual([3]);
    for (const member of members) wish(member);
    media.refresh();
    await turn();
    expect(published).toHaveLength(1);
  });

  it('is not whole for a while after a restart, and is told when it is', async () => {
    media.expectReturns(LIMITS.restartGraceMs);
    // For each of those who were here.
    media.expectReturns(LIMITS.restartGraceMs);
    expect(JSON.parse(media.frame())).toMatchObject({ complete: false, sessions: [] });
    await vi.advanceTimersByTimeAsync(LIMITS.restartGraceMs - 1);
    expect(published).toEqual([]);
    await vi.advanceTimersByTimeAsync(1);
    expect(published).toEqual([{ frame: 'media', complete: true, sessions: [] }]);
  });

  it('brings a session back after a restart only for that while', async () => {
    wish(memberOf('ada'));
    await turn();
    const before = sessionIn(-1);
    media.close();
    const again = new RoomMedia({ room, now: () => Date.now(), isPresent: () => true, publish: () => undefined });
    again.expectReturns(LIMITS.restartGraceMs);
    await vi.advanceTimersByTimeAsync(LIMITS.restartGraceMs);
    media = again;
    wish(memberOf('ada'), { session: before });
    expect(JSON.parse(media.frame())).not.toMatchObject({ sessions: [{ session: before }] });
  });
});

describe('the session of a lost socket', () => {
  it('is away at once, and closed when the grace is over', async () => {
    const ada = memberOf('ada');
    wish(ada);
    await turn();
    media.lose(ada);
    await turn();
    expect(published.at(-1)).toMatchObject({ sessions: [{ participant: 'ada', away: true }] });
    await vi.advanceTimersByTimeAsync(LIMITS.mediaGraceMs - 2);
    expect(media.size).toBe(1);
    await vi.advanceTimersByTimeAsync(1);
    await turn();
    expect(published.at(-1)).toMatchObject({ sessions: [] });
    expect(media.size).toBe(0);
  });

  it('has its whole grace each time', async () => {
    let ada = memberOf('ada');
    wish(ada);
    await turn();
    const session = sessionIn(-1);
    for (let round = 0; round < 3; round += 1) {
      media.lose(ada);
      await vi.advanceTimersByTimeAsync(LIMITS.mediaGraceMs - 1);
      ada = memberOf('ada');
      wish(ada, { session });
    }
    await vi.advanceTimersByTimeAsync(2 * LIMITS.mediaGraceMs);
    expect(published.at(-1)).toMatchObject({ sessions: [{ session }] });
  });

  it('leaves no timer behind when its room is closed first', () => {
    const ada = memberOf('ada');
    wish(ada);
    media.close();
    media.lose(ada);
    expect(vi.getTimerCount()).toBe(0);
  });

  it('is gone at once where its person has left', async () => {
    const ada = memberOf('ada');
    wish(ada);
    media.lose(ada);
    media.leave('ada');
    expect(media.size).toBe(0);
    await vi.advanceTimersByTimeAsync(LIMITS.mediaGraceMs);
    expect(media.size).toBe(0);
  });
});
