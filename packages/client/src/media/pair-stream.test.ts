import type { RtcBody, RtcMessage } from '@lms-live/protocol';
import { describe, expect, test } from 'vitest';
import { FakeClock } from '../testing/fake-clock.js';
import { PairStream } from './pair-stream.js';

const candidate = (negotiation: number): RtcMessage => ({ type: 'candidate', negotiation, candidate: null });

/** Two streams, and the frames between them in the hands of a test. */
function pipe(): {
  clock: FakeClock;
  sides: readonly [PairStream, PairStream];
  wires: readonly [RtcBody[], RtcBody[]];
  taken: readonly [number[], number[]];
  carry: (from: 0 | 1) => void;
} {
  const clock = new FakeClock();
  const wires: [RtcBody[], RtcBody[]] = [[], []];
  const taken: [number[], number[]] = [[], []];
  const side = (at: 0 | 1): PairStream =>
    new PairStream({
      environment: clock,
      epoch: 1,
      send: (body) => void wires[at].push(body),
      deliver: (message) => void taken[at].push('negotiation' in message ? message.negotiation : 0),
    });
  const sides = [side(0), side(1)] as const;
  const carry = (from: 0 | 1): void => {
    for (const body of wires[from].splice(0)) sides[from === 0 ? 1 : 0].receive(body);
  };
  return { clock, sides, wires, taken, carry };
}

const seqs = (bodies: readonly RtcBody[]): (number | undefined)[] => bodies.map(({ seq }) => seq);

describe('a stream between two sessions', () => {
  test('gives each message once and in order, and is quiet when all is acknowledged', async () => {
    const { clock, sides, wires, taken, carry } = pipe();
    for (const number of [1, 2, 3]) sides[0].send(candidate(number));
    carry(0);
    expect(taken[1]).toEqual([1, 2, 3]);
    await clock.advance(100);
    expect(wires[1]).toEqual([{ epoch: 1, ack: 3 }]);
    carry(1);
    expect(clock.timers).toBe(0);
  });

  test('sends its acknowledgement with a message where there is one', async () => {
    const { clock, sides, wires, carry } = pipe();
    sides[0].send(candidate(1));
    carry(0);
    sides[1].send(candidate(7));
    expect(wires[1]).toEqual([{ epoch: 1, ack: 1, seq: 1, message: candidate(7) }]);
    await clock.advance(900);
    expect(wires[1]).toHaveLength(1);
  });

  test('sends what is not acknowledged again after a second, then less and less often', async () => {
    const { clock, sides, wires } = pipe();
    sides[0].send(candidate(1));
    sides[0].send(candidate(2));
    wires[0].length = 0;
    await clock.advance(999);
    expect(wires[0]).toEqual([]);
    await clock.advance(1);
    expect(seqs(wires[0])).toEqual([1, 2]);
    await clock.advance(60_000);
    // At 3 s, 7 s, and every 4 s from there.
    expect(seqs(wires[0])).toHaveLength(2 * 16);
  });

  test('sends it again at once when the room can be reached again', () => {
    const { sides, wires, taken, carry } = pipe();
    for (const number of [1, 2]) sides[0].send(candidate(number));
    wires[0].length = 0;
    sides[0].resend();
    carry(0);
    expect(taken[1]).toEqual([1, 2]);
  });

  test('drops what has come before, and acknowledges it again', async () => {
    const { clock, sides, wires, taken } = pipe();
    sides[0].send(candidate(1));
    const [body] = wires[0].splice(0);
    for (let time = 0; time < 3; time += 1) sides[1].receive(body!);
    expect(taken[1]).toEqual([1]);
    await clock.advance(100);
    expect(wires[1]).toEqual([{ epoch: 1, ack: 1 }]);
    sides[1].receive(body!);
    await clock.advance(100);
    expect(wires[1]).toHaveLength(2);
  });

  test('keeps what comes early until the gap is filled', () => {
    const { sides, wires, taken } = pipe();
    for (const number of [1, 2, 3]) sides[0].send(candidate(number));
    const [first, second, third] = wires[0].splice(0);
    sides[1].receive(third!);
    sides[1].receive(second!);
    expect(taken[1]).toEqual([]);
    sides[1].receive(first!);
    expect(taken[1]).toEqual([1, 2, 3]);
  });

  test('has 64 messages on their way at most, and keeps no more that come early', async () => {
    const { clock, sides, wires, taken, carry } = pipe();
    for (let number = 1; number <= 100; number += 1) sides[0].send(candidate(number));
    expect(wires[0]).toHaveLength(64);
    sides[1].receive({ epoch: 1, ack: 0, seq: 65, message: candidate(65) });
    carry(0);
    expect(taken[1]).toHaveLength(64);
    await clock.advance(100);
    carry(1);
    carry(0);
    expect(taken[1].at(-1)).toBe(100);
  });

  test('believes no acknowledgement of what it has not sent', async () => {
    const { clock, sides, wires } = pipe();
    sides[0].send(candidate(1));
    sides[0].receive({ epoch: 1, ack: 9 });
    wires[0].length = 0;
    await clock.advance(1_000);
    expect(seqs(wires[0])).toEqual([1]);
  });

  test('survives any loss, doubling and disorder', async () => {
    const { clock, sides, wires, taken } = pipe();
    // A fixed sequence of chances (a linear congruential generator): each run meets the same.
    let seed = 7;
    const chance = (): number => (seed = (seed * 1_103_515_245 + 12_345) % 2 ** 31) / 2 ** 31;
    for (let number = 1; number <= 40; number += 1) {
      sides[0].send(candidate(number));
      sides[1].send(candidate(100 + number));
    }
    for (let round = 0; round < 60; round += 1) {
      for (const from of [0, 1] as const) {
        const bodies = wires[from].splice(0).filter(() => chance() > 0.4);
        bodies.sort(() => chance() - 0.5);
        for (const body of bodies)
          for (let time = 0; time < (chance() > 0.8 ? 2 : 1); time += 1) sides[1 - from]!.receive(body);
      }
      await clock.advance(1_000);
    }
    expect(taken[1]).toEqual(Array.from({ length: 40 }, (_, index) => index + 1));
    expect(taken[0]).toEqual(Array.from({ length: 40 }, (_, index) => index + 101));
    expect(clock.timers).toBe(0);
  });

  test('leaves no timer and says nothing once closed', async () => {
    const { clock, sides, wires, taken, carry } = pipe();
    sides[0].send(candidate(1));
    sides[1].send(candidate(1));
    carry(0);
    for (const side of sides) side.close();
    carry(1);
    sides[0].send(candidate(2));
    expect(clock.timers).toBe(0);
    await clock.advance(10_000);
    expect([...wires[0], ...wires[1]]).toEqual([]);
    expect(taken[0]).toEqual([]);
  });
});
