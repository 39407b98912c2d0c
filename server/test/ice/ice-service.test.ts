import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { LIMITS, type ServerFrameOf } from '@lms-live/protocol';
import { IceRenewals } from '../../src/ice/ice-renewals.js';
import { IceService, stunUrlOf, type IceServiceOptions } from '../../src/ice/ice-service.js';
import { turnCredential } from '../../src/ice/turn-credential.js';

const SECRET = 'a-turn-secret-that-exists-in-tests-only';
const NOW = 1_790_000_000_500;
const MINUTE_MS = 60_000;

const service = (changes: Partial<IceServiceOptions> = {}) =>
  new IceService({
    fixed: [],
    stunUrl: 'stun:live.test:3478',
    turn: { urls: ['turn:t.test'], secret: SECRET },
    now: () => NOW,
    ...changes,
  });
const client = { tenant: 'school', participant: 'p1', tokenExpiresAt: NOW + 24 * 60 * MINUTE_MS };

describe('a TURN credential', () => {
  it('is the one that a server with `use-auth-secret` computes', () => {
    // Computed apart: printf '1790003600:school.p1' | openssl dgst -sha1 -hmac <secret> -binary | base64
    expect(turnCredential({ secret: SECRET, user: 'school.p1', expiresAt: 1_790_003_600_999 })).toEqual({
      username: '1790003600:school.p1',
      credential: 'DwFellH1Is6eUEfbCrdm3eti4EQ=',
    });
  });
});

describe('ICE servers', () => {
  it('are the built-in STUN server, those of the configuration, and TURN for this person alone', () => {
    const { ice, expiresAt } = service({ fixed: [{ urls: 'stun:other.test' }] }).issue(client, '1');
    expect(ice).toEqual([
      { urls: 'stun:live.test:3478' },
      { urls: 'stun:other.test' },
      {
        urls: ['turn:t.test'],
        username: '1790003600:school.p1.1',
        credential: expect.stringMatching(/^[\w+/]{27}=$/) as string,
      },
    ]);
    expect(expiresAt).toBe(NOW + LIMITS.turnCredentialMs);
  });

  it('end with the token where that is sooner', () => {
    const tokenExpiresAt = NOW + MINUTE_MS;
    const { ice, expiresAt } = service().issue({ ...client, tokenExpiresAt }, '1');
    expect(expiresAt).toBe(tokenExpiresAt);
    expect(ice.at(-1)?.username).toBe('1790000060:school.p1.1');
  });

  it('do not expire without TURN, and may be none at all', () => {
    expect(service({ turn: null, stunUrl: null }).issue(client, '1')).toEqual({ ice: [], expiresAt: null });
  });

  it('have a relay with a TURN secret or a fixed TURN server, and not with STUN alone', () => {
    expect(service().hasRelay).toBe(true);
    expect(service({ turn: null }).hasRelay).toBe(false);
    const urls = ['stun:a.test', 'turns:a.test'];
    expect(service({ turn: null, fixed: [{ urls, username: 'u', credential: 'c' }] }).hasRelay).toBe(true);
  });

  it.each([
    ['https://live.school.example', 'stun:live.school.example:3478'],
    ['http://localhost:8080', null],
    ['http://[::1]:8080', null],
    ['https://192.0.2.1:8443/live', 'stun:192.0.2.1:3478'],
    ['https://[2001:db8::1]', 'stun:[2001:db8::1]:3478'],
  ])('name the host of %s as %s', (publicUrl, url) => {
    expect(stunUrlOf(publicUrl, 3_478)).toBe(url);
  });
});

describe('renewing', () => {
  beforeEach(() => {
    vi.useFakeTimers({ now: NOW });
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  const connection = (tokenLifeMs: number) => {
    const frames: ServerFrameOf<'ice'>[] = [];
    const receiver = {
      token: NOW + tokenLifeMs,
      iceClient: () => ({ ...client, tokenExpiresAt: receiver.token }),
      send: (text: string) => void frames.push(JSON.parse(text) as ServerFrameOf<'ice'>),
    };
    const expiries = () => frames.map(({ ice }) => Number(ice.at(-1)?.username?.split(':')[0]));
    return { receiver, frames, expiries };
  };
  const renewals = (changes: Partial<IceServiceOptions> = {}) =>
    new IceRenewals({ service: service({ now: Date.now, ...changes }), now: Date.now });
  const secondsAt = (ms: number) => Math.floor(ms / 1_000);

  it('comes after four fifths of the life, again and again', () => {
    const { receiver, expiries } = connection(24 * 60 * MINUTE_MS);
    renewals().start(receiver);
    const stepMs = LIMITS.turnCredentialMs * 0.8;
    vi.advanceTimersByTime(stepMs - 1);
    expect(expiries()).toEqual([]);
    vi.advanceTimersByTime(1);
    expect(expiries()).toEqual([secondsAt(NOW + stepMs + LIMITS.turnCredentialMs)]);
    vi.advanceTimersByTime(stepMs);
    expect(expiries()).toHaveLength(2);
  });

  it('waits for a fresh token where the old one ends first, since nothing longer can be made before', () => {
    const { receiver, expiries } = connection(10 * MINUTE_MS);
    const renewing = renewals();
    renewing.start(receiver);
    vi.advanceTimersByTime(9 * MINUTE_MS);
    expect(expiries()).toEqual([]);
    receiver.token = NOW + 20 * MINUTE_MS;
    renewing.renew(receiver);
    expect(expiries()).toEqual([secondsAt(NOW + 20 * MINUTE_MS)]);
    expect(vi.getTimerCount()).toBe(0);
  });

  it('counts each connection of a person by itself, and one that comes back as before', () => {
    const renewing = renewals();
    const open = () => {
      const { receiver } = connection(24 * 60 * MINUTE_MS);
      return { receiver, user: () => renewing.start(receiver).at(-1)?.username?.split(':')[1] };
    };
    const [first, second, third] = [open(), open(), open()];
    expect([first.user(), second.user(), first.user()]).toEqual(['school.p1.1', 'school.p1.2', 'school.p1.1']);
    renewing.stop(first.receiver);
    expect([third.user(), second.user()]).toEqual(['school.p1.1', 'school.p1.2']);
    for (const { receiver } of [second, third]) renewing.stop(receiver);
  });

  it('ends with the connection, and leaves no timer', () => {
    const { receiver, frames } = connection(24 * 60 * MINUTE_MS);
    const renewing = renewals();
    renewing.start(receiver);
    expect(vi.getTimerCount()).toBe(1);
    renewing.stop(receiver);
    renewing.renew(receiver);
    expect(vi.getTimerCount()).toBe(0);
    expect(frames).toEqual([]);
  });

  it('is not needed without TURN', () => {
    const { receiver, frames } = connection(24 * 60 * MINUTE_MS);
    const renewing = renewals({ turn: null });
    expect(renewing.start(receiver)).toEqual([{ urls: 'stun:live.test:3478' }]);
    renewing.renew(receiver);
    expect(vi.getTimerCount()).toBe(0);
    expect(frames).toEqual([]);
  });
});
