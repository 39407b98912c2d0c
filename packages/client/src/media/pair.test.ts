import type { RtcBody } from '@lms-live/protocol';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { settle } from '../testing/fake-clock.js';
import { GatherGate } from './gather.js';
import { Pair, type PairPoll } from './pair.js';
import { FakeMedia, type FakeConnection } from './testing/fake-connection.js';

const POLL_MS = 500;
const POLL: PairPoll = { isSignalling: true, isExpected: true, isFull: false };

/** Two pairs, each at its end of the same link. */
class Link {
  readonly media = [new FakeMedia(), new FakeMedia()] as const;
  readonly pairs: readonly [Pair, Pair];
  readonly wires: readonly [RtcBody[], RtcBody[]] = [[], []];
  views = 0;

  constructor({ isHeld = false } = {}) {
    this.pairs = [this.#pair(0, isHeld), this.#pair(1, false)];
  }

  /** The offering side, and the one that answers. */
  at(side: 0 | 1): FakeConnection {
    return this.media[side].connections.at(-1)!;
  }

  async carry(rounds = 6): Promise<void> {
    for (let round = 0; round < rounds; round += 1) {
      for (const from of [0, 1] as const)
        for (const body of this.wires[from].splice(0)) this.pairs[from === 0 ? 1 : 0].receive(body);
      await settle();
    }
  }

  async connect(): Promise<this> {
    await this.carry();
    for (const side of [0, 1] as const) this.at(side).become('connected');
    return this;
  }

  /** Time passes at both ends, with looks at the link; media flows where a test says so. */
  async pass(ms: number, { flows = false, poll = POLL }: { flows?: boolean; poll?: PairPoll } = {}): Promise<void> {
    for (let passed = 0; passed < ms; passed += POLL_MS) {
      for (const side of [0, 1] as const) {
        if (flows) {
          this.at(side).packets += 25;
          this.at(side).bytes += 2_000;
        }
        await this.media[side].clock.advance(POLL_MS);
        this.pairs[side].poll(poll);
      }
      await this.carry(2);
    }
  }

  #pair(side: 0 | 1, isHeld: boolean): Pair {
    return new Pair({
      environment: this.media[side].environment(),
      gate: new GatherGate(),
      isOffering: side === 0,
      isHeld,
      send: (body) => void this.wires[side].push(body),
      configuration: (isRelay) => ({ iceTransportPolicy: isRelay ? 'relay' : 'all' }),
      changed: () => undefined,
      viewed: () => (this.views += 1),
    });
  }
}

let link: Link;
beforeEach(() => {
  link = new Link();
});
afterEach(() => {
  for (const pair of link.pairs) pair.close();
  expect(link.media.map(({ open, clock }) => [open, clock.timers])).toEqual([
    [0, 0],
    [0, 0],
  ]);
});

describe('a pair', () => {
  test('has four transceivers both ways, made by the side that offers', async () => {
    await link.connect();
    for (const side of [0, 1] as const) {
      expect(link.at(side).transceivers.map(({ direction }) => direction)).toEqual(Array(4).fill('sendrecv'));
      expect(link.pairs[side].link).toBe('connected');
    }
    expect(link.at(1).localDescription?.type).toBe('answer');
  });

  test('sends tracks in a size without another offer, also those that were set before', async () => {
    const camera = { kind: 'video' } as MediaStreamTrack;
    const encoding = { maxBitrate: 140_000, maxFramerate: 15, scaleResolutionDownBy: 4 };
    const outgoing = {
      tracks: { microphone: null, camera, screen: null, screenSound: null },
      encodings: { camera: encoding },
    };
    for (const pair of link.pairs) pair.set(outgoing);
    await link.connect();
    for (const side of [0, 1] as const) {
      const { sender } = link.at(side).transceivers[1]!;
      expect(sender.track).toBe(camera);
      expect(sender.parameters).toEqual(encoding);
    }
    await link.carry();
    expect(link.media.map(({ connections }) => connections.length)).toEqual([1, 1]);
  });

  test('tells the other side how its camera is looked at, once, and again after a new connection', async () => {
    await link.connect();
    link.pairs[1].look('large');
    link.pairs[1].look('large');
    await link.carry();
    expect([link.pairs[0].peerView, link.views]).toEqual(['large', 1]);
    link.at(0).become('closed');
    await link.pass(500);
    await link.carry();
    expect(link.media[0].connections).toHaveLength(2);
    expect(link.pairs[0].peerView).toBe('large');
  });

  test('says nothing while it is held, then everything', async () => {
    for (const pair of link.pairs) pair.close();
    link = new Link({ isHeld: true });
    await settle();
    link.pairs[0].look('none');
    expect(link.at(0).localDescription?.type).toBe('offer');
    expect(link.wires[0]).toEqual([]);
    link.pairs[0].release();
    await link.connect();
    expect([link.pairs[0].link, link.pairs[1].peerView]).toEqual(['connected', 'none']);
  });

  test('changes sides where the numbers were not as expected, and comes about', async () => {
    for (const pair of link.pairs) pair.close();
    link = new Link({ isHeld: true });
    // Both take themselves for the side that answers, until the first one offers nothing and asks.
    link.pairs[0].release(false);
    link.pairs[1].release(true);
    await link.carry();
    await link.connect();
    expect(link.pairs.map((pair) => pair.link)).toEqual(['connected', 'connected']);
  });
});

describe('a link under watch', () => {
  test('is left alone while media comes', async () => {
    await link.connect();
    await link.pass(30_000, { flows: true });
    expect(link.pairs.map((pair) => pair.link)).toEqual(['connected', 'connected']);
    expect([link.at(0).restarts, link.media[0].connections.length]).toEqual([0, 1]);
  });

  test('is left alone while nothing is expected, be it ever so silent', async () => {
    await link.connect();
    await link.pass(30_000, { poll: { ...POLL, isExpected: false } });
    expect([link.pairs[0].link, link.at(0).restarts]).toEqual(['connected', 0]);
  });

  test('is unstable after 1.5 s of silence, and its ICE is restarted after 2.5 s', async () => {
    await link.connect();
    await link.pass(2_000, { flows: true });
    await link.pass(2_000);
    expect([link.pairs[0].link, link.at(0).restarts]).toEqual(['unstable', 0]);
    await link.pass(1_000);
    expect([link.pairs[0].link, link.at(0).restarts]).toEqual(['reconnecting', 1]);
    await link.pass(1_000, { flows: true });
    expect([link.pairs[0].link, link.at(0).restarts]).toEqual(['connected', 1]);
    expect(link.media[0].connections).toHaveLength(1);
  });

  test('is not restarted while reports still come through', async () => {
    await link.connect();
    for (let second = 0; second < 10; second += 1) {
      await link.pass(1_000);
      for (const side of [0, 1] as const) link.at(side).bytes += 80;
    }
    expect([link.pairs[0].link, link.at(0).restarts]).toEqual(['unstable', 0]);
  });

  test('gets another connection after 20 s, relayed; the old one carries the media until the new one does', async () => {
    await link.connect();
    await link.pass(2_000, { flows: true });
    await link.pass(24_000);
    const [old, next] = link.media[0].connections;
    expect(next?.configurations[0]).toEqual({ iceTransportPolicy: 'relay' });
    expect(old?.connectionState).toBe('connected');
    expect(link.pairs[0].track('microphone')).toBe(old?.transceivers[0]?.receiver.track);
    for (const side of [0, 1] as const) link.at(side).become('connected');
    await link.pass(1_000);
    expect(old?.connectionState).toBe('connected');
    await link.pass(1_000, { flows: true });
    expect(old?.connectionState).toBe('closed');
    expect(link.pairs[0].track('microphone')).toBe(next?.transceivers[0]?.receiver.track);
    expect(link.media.map(({ open }) => open)).toEqual([1, 1]);
    expect(link.pairs.map((pair) => pair.link)).toEqual(['connected', 'connected']);
  });

  for (const side of [0, 1] as const)
    test(`ends a connection that may not be used any more before there is another, side ${String(side)}`, async () => {
      await link.connect();
      await link.pass(2_000, { flows: true });
      const old = link.at(side);
      link.pairs[side].replace();
      expect(old.connectionState).toBe('closed');
      await link.carry();
      expect(link.at(0)).not.toBe(old);
      for (const each of [0, 1] as const) link.at(each).become('connected');
      await link.pass(2_000, { flows: true });
      expect(link.media.map(({ connections, open }) => [connections.length, open])).toEqual([
        [2, 1],
        [2, 1],
      ]);
      expect(link.pairs.map((pair) => pair.link)).toEqual(['connected', 'connected']);
    });

  test('is limited after three connections in vain, and tried at once when somebody asks', async () => {
    await link.carry();
    await link.pass(90_000);
    expect(link.pairs[0].link).toBe('limited');
    const made = link.media[0].connections.length;
    link.pairs[0].retry();
    expect(link.media[0].connections).toHaveLength(made + 1);
    expect(link.media[0].open).toBe(1);
  });

  test('gets another connection where a description is refused', async () => {
    await settle();
    const [offer] = link.wires[0].splice(0);
    link.pairs[1].receive({ ...offer!, message: { type: 'offer', negotiation: 1, sdp: 'broken' } });
    await link.pass(1_000);
    await link.pass(1_000);
    await link.connect();
    expect(link.pairs.map((pair) => pair.link)).toEqual(['connected', 'connected']);
    expect(link.media[0].connections).toHaveLength(2);
  });
});

describe('what is late', () => {
  test('an answer to an earlier offer, or a frame of an earlier connection, changes nothing', async () => {
    await link.connect();
    const remote = link.at(0).remoteDescription;
    link.pairs[0].receive({ epoch: 1, ack: 1, seq: 2, message: { type: 'answer', negotiation: 9, sdp: 'late' } });
    await settle();
    expect(link.at(0).remoteDescription).toBe(remote);
  });

  test('somebody who has forgotten how many connections there were learns it from the other side', async () => {
    await link.connect();
    link.pairs[1].receive({ epoch: 5, ack: 0 });
    await link.carry();
    // The side that offers begins above it.
    await link.pass(2_000);
    await link.carry();
    for (const side of [0, 1] as const) link.at(side).become('connected');
    await link.pass(1_000, { flows: true });
    expect(link.pairs.map((pair) => pair.link)).toEqual(['connected', 'connected']);
    expect(link.media.map(({ open }) => open)).toEqual([1, 1]);
  });

  test('an ICE restart that both sides ask for is one offer', async () => {
    await link.connect();
    for (const pair of link.pairs) pair.restart();
    await link.carry();
    expect(link.at(0).restarts).toBe(1);
  });
});
