import { describe, expect, test } from 'vitest';
import { LIMITS, type ClientFrameInput, type MediaSession } from '@lms-live/protocol';
import { MediaSeat } from './media-seat.js';
import { NO_MEDIA } from './no-media.js';
import { FakeClock } from './testing/fake-clock.js';
import type { MediaState, MediaWish } from './types.js';

type Sent = Extract<ClientFrameInput, { frame: 'media' }>;

const WISH: MediaWish = { live: true, audio: true, video: false, share: false };
const ALL = { audio: true, video: true, share: true };

function sessionOf(participant: string, more: Partial<MediaSession> = {}): MediaSession {
  return {
    session: `1~${participant}`,
    number: 1,
    participant,
    mode: 'video',
    live: true,
    ...{ audio: true, video: false, share: false },
    may: ALL,
    ...more,
  };
}

class Rig {
  readonly clock = new FakeClock();
  readonly sent: Sent[] = [];
  readonly states: MediaState[] = [];
  isUp = true;
  readonly seat = new MediaSeat({
    environment: this.clock,
    send: (frame) => void this.sent.push(frame as Sent),
    isUp: () => this.isUp,
    changed: (state) => void this.states.push(state),
  });

  get state(): MediaState {
    return this.states.at(-1) ?? NO_MEDIA;
  }

  get last(): Sent | undefined {
    return this.sent.at(-1);
  }

  answer(session: MediaSession | null, more: { rev?: number; why?: MediaState['why'] } = {}): readonly string[] {
    return this.seat.answered({ frame: 'session', rev: this.last?.rev ?? 0, session, why: null, ...more });
  }

  list(complete: boolean, ...sessions: MediaSession[]): void {
    // A fresh object each time, as it comes from the wire.
    this.seat.listed({ frame: 'media', complete, sessions: sessions.map((one) => ({ ...one })) });
  }

  get listed(): string[] {
    return [...this.state.sessions.values()].map(({ participant }) => participant);
  }

  /** The connection breaks and is welcomed again. */
  reconnect(): void {
    this.isUp = false;
    this.seat.down();
    this.isUp = true;
    this.seat.welcomed();
  }
}

describe('what a tab wants of its media session', () => {
  test('is said at once, and settled by the answer', () => {
    const rig = new Rig();
    rig.seat.want(WISH);
    expect(rig.sent).toEqual([{ frame: 'media', rev: 1, open: true, ...WISH }]);
    expect(rig.state.settled).toBe(false);
    rig.answer(sessionOf('ada'));
    expect(rig.state).toMatchObject({ settled: true, why: null, own: { participant: 'ada' } });
    expect(rig.clock.timers).toBe(0);
  });

  test('is said again until it is answered, whole and under the same number', async () => {
    const rig = new Rig();
    rig.seat.want(WISH);
    await rig.clock.advance(3 * LIMITS.mediaRetryMs);
    expect(rig.sent).toHaveLength(4);
    expect(new Set(rig.sent.map((frame) => JSON.stringify(frame))).size).toBe(1);
    rig.answer(sessionOf('ada'));
    await rig.clock.advance(10 * LIMITS.mediaRetryMs);
    expect(rig.sent).toHaveLength(4);
  });

  test('is what was wanted last: an answer to an earlier wish settles nothing', () => {
    const rig = new Rig();
    rig.seat.want(WISH);
    rig.seat.want({ ...WISH, video: true });
    rig.answer(sessionOf('ada'), { rev: 1 });
    expect(rig.state).toMatchObject({ settled: false, own: null });
    rig.answer(sessionOf('ada', { video: true }), { rev: 2 });
    expect(rig.state).toMatchObject({ settled: true, own: { video: true } });
  });

  test('waits for a connection, and is said on each', () => {
    const rig = new Rig();
    rig.isUp = false;
    rig.seat.want(WISH);
    expect(rig.sent).toEqual([]);
    rig.reconnect();
    expect(rig.last).toEqual({ frame: 'media', rev: 1, open: true, ...WISH });
    rig.answer(sessionOf('ada'));
    rig.reconnect();
    expect(rig.last).toEqual({ frame: 'media', rev: 1, open: true, session: '1~ada', ...WISH });
    expect(rig.state.own).toMatchObject({ participant: 'ada' });
  });

  test('leaves no timer behind on a connection that broke', () => {
    const rig = new Rig();
    rig.seat.want(WISH);
    rig.isUp = false;
    rig.seat.down();
    expect(rig.clock.timers).toBe(0);
  });

  test('ends the session, until that is answered, also where the connection broke in between', () => {
    const rig = new Rig();
    rig.seat.want(WISH);
    rig.answer(sessionOf('ada'));
    rig.isUp = false;
    rig.seat.want(null);
    expect(rig.state).toMatchObject({ own: null, settled: false });
    rig.reconnect();
    expect(rig.last).toMatchObject({ rev: 2, open: false, session: '1~ada' });
    rig.answer(null);
    expect(rig.state).toMatchObject({ own: null, settled: true });
    const { length } = rig.sent;
    rig.reconnect();
    rig.seat.want(null);
    expect(rig.sent).toHaveLength(length);
    expect(rig.state.settled).toBe(true);
  });

  test('takes the media over once, and no more after that', () => {
    const rig = new Rig();
    rig.seat.want({ ...WISH, take: true });
    rig.reconnect();
    expect(rig.sent.map(({ take }) => take)).toEqual([true, true]);
    rig.answer(sessionOf('ada'));
    rig.reconnect();
    expect(rig.last).not.toHaveProperty('take');
  });

  test.each(['taken', 'elsewhere'] as const)(
    'stands back for another tab over reconnects (%s), until it is wanted anew',
    (why) => {
      const rig = new Rig();
      rig.seat.want(WISH);
      rig.answer(null, { why });
      rig.reconnect();
      expect(rig.sent).toHaveLength(1);
      expect(rig.state).toMatchObject({ own: null, why, settled: true });
      rig.seat.want({ ...WISH, take: true });
      expect(rig.last).toMatchObject({ rev: 2, open: true, take: true });
    },
  );

  test('names a session of an earlier connection only while it may still be there', () => {
    const rig = new Rig();
    rig.seat.want(WISH);
    rig.answer(sessionOf('ada'));
    rig.answer(null, { why: 'ended' });
    rig.seat.want({ ...WISH, video: true });
    expect(rig.last).not.toHaveProperty('session');
  });
});

describe('a forced mute', () => {
  test('is told once, however often the session is sent', () => {
    const rig = new Rig();
    rig.seat.want(WISH);
    expect(rig.answer(sessionOf('ada'))).toEqual([]);
    const muted = sessionOf('ada', { audio: false });
    expect(rig.answer(muted)).toEqual(['audio']);
    expect(rig.answer(muted)).toEqual([]);
    rig.reconnect();
    expect(rig.answer(muted)).toEqual([]);
  });

  test('is told again after it was turned on again', () => {
    const rig = new Rig();
    rig.seat.want(WISH);
    expect(rig.answer(sessionOf('ada', { audio: false }))).toEqual(['audio']);
    rig.seat.want({ ...WISH });
    expect(rig.answer(sessionOf('ada'))).toEqual([]);
    expect(rig.answer(sessionOf('ada', { audio: false }))).toEqual(['audio']);
  });

  test('is told where the answer before it was lost', () => {
    const rig = new Rig();
    rig.seat.want(WISH);
    expect(rig.answer(sessionOf('ada', { audio: false }))).toEqual(['audio']);
  });

  test('is not what was never allowed; what was blocked while it was on is', () => {
    const rig = new Rig();
    rig.seat.want({ ...WISH, video: true });
    const may = { ...ALL, video: false };
    expect(rig.answer(sessionOf('ada', { mode: 'audio', may }))).toEqual([]);
    expect(rig.answer(sessionOf('ada', { audio: false, may: { ...may, audio: false } }))).toEqual(['audio']);
  });

  test('is not told of what nobody wants', () => {
    const rig = new Rig();
    rig.seat.want({ ...WISH, audio: false });
    expect(rig.answer(sessionOf('ada', { audio: false }))).toEqual([]);
    rig.seat.want(null);
    expect(rig.answer(null)).toEqual([]);
  });
});

describe('the list of the room', () => {
  test('keeps the identity of what has not changed, and tells nobody of a list that is the same', () => {
    const rig = new Rig();
    rig.list(true, sessionOf('ada'), sessionOf('bob'));
    const { sessions } = rig.state;
    const told = rig.states.length;
    rig.list(true, sessionOf('ada'), sessionOf('bob'));
    expect(rig.states).toHaveLength(told);
    rig.list(true, sessionOf('ada', { audio: false }), sessionOf('bob'));
    expect(rig.state.sessions.get('1~bob')).toBe(sessions.get('1~bob'));
    expect(rig.state.sessions.get('1~ada')).toMatchObject({ audio: false });
  });

  test('is without whoever is missing from a whole one', () => {
    const rig = new Rig();
    rig.list(true, sessionOf('ada'), sessionOf('bob'));
    rig.list(true, sessionOf('bob'));
    expect(rig.listed).toEqual(['bob']);
  });

  test('keeps those who may be on the way back after a restart of the server, until it is whole', () => {
    const rig = new Rig();
    rig.list(true, sessionOf('ada'), sessionOf('bob'));
    rig.reconnect();
    rig.list(false);
    expect(rig.listed).toEqual(['ada', 'bob']);
    rig.list(false, sessionOf('bob'));
    expect([...rig.listed].sort()).toEqual(['ada', 'bob']);
    expect(rig.state.complete).toBe(false);
    rig.list(true, sessionOf('bob'));
    expect(rig.listed).toEqual(['bob']);
    expect(rig.state.complete).toBe(true);
  });

  test('lets go of those who came back and left again before it is whole', () => {
    const rig = new Rig();
    rig.list(true, sessionOf('ada'), sessionOf('bob'));
    rig.reconnect();
    rig.list(false, sessionOf('ada'));
    rig.list(false);
    expect(rig.listed).toEqual(['bob']);
  });

  test('has nobody twice: a new session of a person takes the place of the one that was waited for', () => {
    const rig = new Rig();
    rig.list(true, sessionOf('ada'));
    rig.reconnect();
    rig.list(false, sessionOf('ada', { session: '2~ada', number: 2 }));
    expect([...rig.state.sessions.keys()]).toEqual(['2~ada']);
  });

  test('waits for nobody whom staff remove, and does not mind an earlier removal of somebody who is here', () => {
    const rig = new Rig();
    rig.list(true, sessionOf('ada'), sessionOf('bob'));
    rig.reconnect();
    rig.list(false, sessionOf('bob'));
    rig.seat.removed('ada');
    rig.seat.removed('bob');
    expect(rig.listed).toEqual(['bob']);
  });
});
