import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { type Heart, Heartbeat } from '../../src/transport/heartbeat.js';

describe('the heartbeat', () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  const heart = (id: number) => ({ id, heardAtMs: 0, ping: vi.fn(), silent: vi.fn() }) satisfies Heart;

  it('pings every 4 s, however long the timeout is', () => {
    const heartbeat = new Heartbeat(60);
    const one = heart(1);
    heartbeat.add(one);
    vi.advanceTimersByTime(40_000);
    expect(one.ping).toHaveBeenCalledTimes(10);
    heartbeat.remove(one);
  });

  it('pings four times within a short timeout', () => {
    const heartbeat = new Heartbeat(4);
    const one = heart(1);
    heartbeat.add(one);
    vi.advanceTimersByTime(3_999);
    expect(one.ping.mock.calls.length).toBeGreaterThanOrEqual(3);
    expect(one.silent).not.toHaveBeenCalled();
    heartbeat.remove(one);
  });

  it('spreads the pings of many over the interval', () => {
    const heartbeat = new Heartbeat(20);
    const many = Array.from({ length: 50 }, (_, id) => heart(id));
    for (const one of many) heartbeat.add(one);
    vi.advanceTimersByTime(800);
    expect(many.filter(({ ping }) => ping.mock.calls.length === 1)).toHaveLength(10);
    vi.advanceTimersByTime(3_200);
    expect(many.every(({ ping }) => ping.mock.calls.length === 1)).toBe(true);
    for (const one of many) heartbeat.remove(one);
  });

  it('tells of silence within the timeout and one turn', () => {
    const heartbeat = new Heartbeat(20);
    const [silent, heard] = [heart(1), heart(2)];
    heartbeat.add(silent);
    heartbeat.add(heard);
    silent.silent.mockImplementation(() => heartbeat.remove(silent));
    vi.advanceTimersByTime(10_000);
    heard.heardAtMs = performance.now();
    vi.advanceTimersByTime(9_999);
    expect(silent.silent).not.toHaveBeenCalled();
    vi.advanceTimersByTime(1_001);
    expect(silent.silent).toHaveBeenCalledOnce();
    expect(heard.silent).not.toHaveBeenCalled();
    heartbeat.remove(heard);
  });

  it('blames nobody for the time that this process slept, and asks everybody at once', () => {
    const heartbeat = new Heartbeat(20);
    const many = [heart(1), heart(2)];
    for (const one of many) heartbeat.add(one);
    const now = vi.spyOn(performance, 'now').mockReturnValue(performance.now() + 600_000);
    vi.advanceTimersByTime(1_000);
    now.mockRestore();
    for (const one of many) {
      expect(one.silent).not.toHaveBeenCalled();
      expect(one.ping).toHaveBeenCalledOnce();
      heartbeat.remove(one);
    }
  });

  it('leaves no timer when the last one goes', () => {
    const heartbeat = new Heartbeat(20);
    const [one, two] = [heart(1), heart(2)];
    heartbeat.add(one);
    heartbeat.add(two);
    expect(vi.getTimerCount()).toBe(1);
    heartbeat.remove(one);
    heartbeat.remove(two);
    expect(vi.getTimerCount()).toBe(0);
  });
});
