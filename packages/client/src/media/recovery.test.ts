import { describe, expect, test } from 'vitest';
import { Recovery, type LinkSigns, type Mending } from './recovery.js';

const WELL: Omit<LinkSigns, 'nowMs'> = {
  state: 'connected',
  isAgreed: true,
  isBroken: false,
  silentMs: 0,
  deafMs: 0,
  isSignalling: true,
};

/** A link that is looked at twice a second. */
class Watched {
  readonly recovery: Recovery;
  readonly steps: [number, Mending][] = [];
  nowMs = 0;

  constructor({ isOffering = true } = {}) {
    this.recovery = new Recovery({ isOffering });
  }

  /** @returns the steps that were taken, with the seconds since the beginning of this */
  pass(seconds: number, signs: Partial<LinkSigns> = {}): [number, Mending][] {
    const startMs = this.nowMs;
    const steps: [number, Mending][] = [];
    for (; this.nowMs < startMs + seconds * 1_000; this.nowMs += 500) {
      const mending = this.recovery.step({ ...WELL, ...signs, nowMs: this.nowMs });
      if (mending) steps.push([(this.nowMs - startMs) / 1_000, mending]);
    }
    return steps;
  }

  connected(): this {
    this.pass(1);
    return this;
  }
}

describe('a link that works', () => {
  test('is connected, and left alone', () => {
    const link = new Watched();
    expect(link.recovery.link).toBe('connecting');
    expect(link.pass(60)).toEqual([]);
    expect(link.recovery.link).toBe('connected');
  });

  test('is unstable after 1.5 s of silence, and not mended while anything at all comes through', () => {
    const link = new Watched().connected();
    link.pass(1, { silentMs: 1_400 });
    expect(link.recovery.link).toBe('connected');
    expect(link.pass(30, { silentMs: 1_500, deafMs: 400 })).toEqual([]);
    expect(link.recovery.link).toBe('unstable');
  });
});

describe('a link that breaks', () => {
  test('is restarted at once when nothing has come for 2.5 s, after 10 s, and rebuilt after 20 s', () => {
    const link = new Watched().connected();
    expect(link.pass(21, { silentMs: 2_500, deafMs: 2_500 })).toEqual([
      [0, 'restart'],
      [10, 'restart'],
      [20, 'rebuild'],
    ]);
    expect(link.recovery.link).toBe('reconnecting');
  });

  test('is restarted when the browser calls it disconnected', () => {
    const link = new Watched().connected();
    expect(link.pass(1, { state: 'disconnected' })).toEqual([[0, 'restart']]);
  });

  test('is restarted each time that it has failed, but not without a breath', () => {
    const link = new Watched().connected();
    expect(link.pass(5, { state: 'failed' })).toEqual([
      [0, 'restart'],
      [2, 'restart'],
      [4, 'restart'],
    ]);
  });

  test('is restarted a second later by the side that answers', () => {
    const link = new Watched({ isOffering: false }).connected();
    expect(link.pass(22, { state: 'disconnected' })).toEqual([
      [1, 'restart'],
      [11, 'restart'],
      [21, 'rebuild'],
    ]);
  });

  test('is well again when media comes, and begins from the first step at the next trouble', () => {
    const link = new Watched().connected();
    link.pass(5, { state: 'disconnected' });
    link.pass(1);
    expect(link.recovery.link).toBe('connected');
    expect(link.pass(5, { state: 'disconnected' })).toEqual([[0, 'restart']]);
  });

  test('waits while the room cannot be reached, and counts none of that time', () => {
    const link = new Watched().connected();
    expect(link.pass(60, { state: 'failed', isSignalling: false })).toEqual([]);
    expect(link.recovery.link).toBe('reconnecting');
    expect(link.pass(1, { state: 'failed' })).toEqual([[0, 'restart']]);
    expect(link.pass(18, { state: 'connecting' }).map(([, step]) => step)).not.toContain('rebuild');
  });

  test('is not blamed for the time that the page was frozen', () => {
    const link = new Watched().connected();
    link.pass(1, { state: 'disconnected' });
    link.nowMs += 60_000;
    expect(link.pass(5, { state: 'connecting' })).toEqual([]);
  });
});

describe('a link that does not come about', () => {
  test('gets new ICE after 8 s without a word, and a new connection after 20 s', () => {
    const link = new Watched();
    expect(link.pass(21, { state: 'new' })).toEqual([
      [8, 'restart'],
      [20, 'rebuild'],
    ]);
    expect(link.recovery.link).toBe('connecting');
  });

  test('gets a new connection where the offer is not answered for 10 s', () => {
    const link = new Watched();
    expect(link.pass(11, { state: 'new', isAgreed: false })).toEqual([[10, 'rebuild']]);
  });

  test('waits for an answer without end while the other side is away', () => {
    const link = new Watched();
    expect(link.pass(120, { state: 'new', isAgreed: false, isSignalling: false })).toEqual([]);
  });

  test('gets a new connection at once where a description was refused', () => {
    const link = new Watched();
    expect(link.pass(3, { state: 'new', isAgreed: false, isBroken: true })).toEqual([
      [0, 'rebuild'],
      [2, 'rebuild'],
    ]);
  });

  test('is limited after three connections in vain, and tried every 15 s from there', () => {
    const link = new Watched();
    const broken = { state: 'failed', isAgreed: false, isBroken: true } as const;
    expect(link.pass(60, broken).map(([second]) => second)).toEqual([0, 2, 4, 19, 34, 49]);
    expect(link.recovery.link).toBe('limited');
    link.pass(1);
    expect(link.recovery.link).toBe('connected');
  });

  test('is tried at once where somebody asks for it', () => {
    const link = new Watched();
    const broken = { state: 'failed', isAgreed: false, isBroken: true } as const;
    link.pass(8, broken);
    expect(link.recovery.link).toBe('limited');
    link.recovery.retry();
    expect(link.pass(1, broken)).toEqual([[0, 'rebuild']]);
  });
});
