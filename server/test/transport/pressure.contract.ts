import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { type Client, LiveTransport } from './live-transport.js';
import { RawClient, clientFrame, handshake, request } from './raw-client.js';

const PING = 9;
const MAX_BACKPRESSURE = 262_144;
/** More than kernels hold for one connection on this machine. */
const FLOOD_BYTES = 64_000_000;
const CHUNK = 'x'.repeat(100_000);

/** Readers that are slow, silent, many or mad. */
export function pressureContract(name: 'uws' | 'ws'): void {
  const soon = (check: () => void, timeout = 6_000) => vi.waitFor(check, { interval: 10, timeout });
  const turn = () => new Promise((resolve) => setImmediate(resolve));

  describe('slow readers', () => {
    let live: LiveTransport;
    beforeEach(async () => (live = await LiveTransport.start(name, { maxBackpressureBytes: MAX_BACKPRESSURE })));
    afterEach(async () => await live.stop());

    /** Publishes until the socket is given up. */
    const flood = async (side = live.side) => {
      let bytes = 0;
      for (let count = 0; side.socket.isOpen && bytes < FLOOD_BYTES; count += 1) {
        live.transport.publish('room', `${count} ${CHUNK}`);
        bytes += CHUNK.length;
        if (count % 2 === 0) await turn();
      }
      return bytes;
    };

    it('are given up once more waits than may, and the others get everything', async () => {
      const reader = await live.connect();
      live.side.socket.subscribe('room');
      const stopped = await live.rawSocket();
      stopped.socket.pause();
      live.side.socket.subscribe('room');
      const published = Math.round((await flood()) / CHUNK.length);
      expect(live.side.socket.isOpen).toBe(false);
      expect(live.side.socket.send('x')).toBe('dropped');
      expect(live.side.socket.bufferedBytes()).toBeLessThan(MAX_BACKPRESSURE + 2 * CHUNK.length);
      await soon(() => expect(live.side.closes).toEqual([[4002, 'slow_reader']]));
      await soon(() => expect(reader.received).toHaveLength(published));
      expect(reader.received.map((text) => Number(text.split(' ')[0]))).toEqual([...reader.received.keys()]);
      expect(live.sides[0]!.closes).toEqual([]);
    }, 20_000);

    it('get no frame after a lost one, but a gapless beginning and 4002 when they read again', async () => {
      const client = await live.connect();
      client.ws.pause();
      live.side.socket.subscribe('room');
      await flood();
      live.transport.publish('room', 'after the loss');
      expect(live.side.socket.send('after the loss')).toBe('dropped');
      client.ws.resume();
      const [code, reason] = await client.closed;
      expect([code, reason]).toEqual([4002, 'slow_reader']);
      expect(client.received).not.toContain('after the loss');
      expect(client.received.map((text) => Number(text.split(' ')[0]))).toEqual([...client.received.keys()]);
      await soon(() => expect(live.side.closes).toEqual([[4002, 'slow_reader']]));
    }, 20_000);

    it('are cut off where they never read again', async () => {
      const stopped = await live.rawSocket();
      stopped.socket.pause();
      live.side.socket.subscribe('room');
      await flood();
      await soon(() => expect(live.side.closes).toEqual([[4002, 'slow_reader']]));
      // What the kernel holds may still come, then the connection is at its end.
      await new Promise((resolve) => setTimeout(resolve, 2_200));
      stopped.socket.resume();
      await stopped.closed();
    }, 20_000);

    it('are told of by send as well', async () => {
      const stopped = await live.rawSocket();
      stopped.socket.pause();
      const outcomes: string[] = [];
      for (let bytes = 0; outcomes.at(-1) !== 'dropped' && bytes < FLOOD_BYTES; bytes += CHUNK.length) {
        outcomes.push(live.side.socket.send(CHUNK));
        await turn();
      }
      expect(outcomes.at(-1)).toBe('dropped');
      expect(outcomes).toContain('buffered');
      expect(outcomes[0]).not.toBe('dropped');
      await soon(() => expect(live.side.closes).toEqual([[4002, 'slow_reader']]));
    }, 20_000);

    it('that catch up in time are told to go on', async () => {
      const client = await live.connect();
      client.ws.pause();
      const { socket } = live.side;
      let sent = 0;
      while (socket.bufferedBytes() < MAX_BACKPRESSURE / 2 && sent < 1_000) {
        expect(socket.send(`${sent} ${CHUNK}`)).not.toBe('dropped');
        sent += 1;
        await turn();
      }
      const { drains } = live.side;
      client.ws.resume();
      await soon(() => expect(live.side.drains).toBeGreaterThan(drains));
      await soon(() => expect(client.received).toHaveLength(sent));
      expect(socket.isOpen).toBe(true);
      expect(socket.send('on it goes')).toBe('sent');
    }, 20_000);

    it('do not lose a burst that is larger than the limit while they read', async () => {
      const client = await live.connect();
      live.side.socket.subscribe('room');
      for (let count = 0; count < 20; count += 1) {
        live.transport.publish('room', `${count} ${'x'.repeat(10_000)}`);
      }
      await soon(() => expect(client.received).toHaveLength(20));
    });

    it('that ping and do not read fill no memory', async () => {
      const stopped = await live.rawSocket();
      stopped.socket.pause();
      const pings = Buffer.concat(Array.from({ length: 5_000 }, () => clientFrame(PING, 'x'.repeat(125))));
      let most = 0;
      for (let round = 0; round < 40 && live.side.socket.isOpen; round += 1) {
        if (!stopped.socket.write(pings)) {
          await Promise.race([new Promise((resolve) => stopped.socket.once('drain', resolve)), turn()]);
        }
        most = Math.max(most, live.side.socket.bufferedBytes());
        await turn();
      }
      expect(most).toBeLessThan(MAX_BACKPRESSURE + 700_000);
    }, 20_000);
  });

  describe.concurrent('silence', () => {
    it('is broken by pings, and their pongs are told', async () => {
      const live = await LiveTransport.start(name, { idleTimeoutS: 1 });
      const client = await live.connect();
      const { side } = live;
      await soon(() => expect(side.pongs).toBeGreaterThan(6));
      expect(side.closes).toEqual([]);
      expect(client.received).toEqual([]);
      await live.stop();
    });

    it('closes a socket from which nothing comes, and only that one', async () => {
      const live = await LiveTransport.start(name, { idleTimeoutS: 1 });
      const silent = await live.connect({ autoPong: false });
      const alive = await live.connect();
      await silent.closed;
      expect(live.sides[0]!.closes).toEqual([[1006, '']]);
      expect(live.sides[1]!.closes).toEqual([]);
      expect(alive.received).toEqual([]);
      await live.stop();
    });

    it('is no silence where frames come without pongs', async () => {
      const live = await LiveTransport.start(name, { idleTimeoutS: 1 });
      const client = await live.connect({ autoPong: false });
      for (let count = 0; count < 8; count += 1) {
        client.ws.send('x');
        await new Promise((resolve) => setTimeout(resolve, 200));
      }
      expect(live.side.closes).toEqual([]);
      expect(live.side.pongs).toBe(0);
      await live.stop();
    });
  });

  describe.concurrent('slowness', () => {
    it.each<[string, (raw: RawClient) => NodeJS.Timeout | null]>([
      ['says nothing', () => null],
      ['says its headers byte by byte', (raw) => trickle(raw, request('GET /slow'))],
      ['says its handshake byte by byte', (raw) => trickle(raw, handshake())],
      [
        'says its body byte by byte',
        (raw) => trickle(raw, `POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\n${'x'.repeat(100)}`, 57),
      ],
    ])(
      'of a client that %s ends after at most 15 s',
      async (_, begin) => {
        const live = await LiveTransport.start(name);
        const raw = await live.raw();
        const before = performance.now();
        const timer = begin(raw);
        await raw.closed();
        if (timer !== null) clearInterval(timer);
        expect(performance.now() - before).toBeLessThan(15_000);
        expect((await fetch(live.url)).status).toBe(200);
        await live.stop();
      },
      25_000,
    );
  });

  describe('many', () => {
    it('sockets come, hear everything and go', async () => {
      const live = await LiveTransport.start(name);
      const clients: Client[] = [];
      for (let batch = 0; batch < 6; batch += 1) {
        clients.push(...(await Promise.all(Array.from({ length: 50 }, () => live.connect()))));
      }
      for (const { socket } of live.sides) socket.subscribe('room');
      for (let count = 0; count < 10; count += 1) live.transport.publish('room', String(count));
      await soon(() => expect(clients.every(({ received }) => received.length === 10)).toBe(true));
      for (const client of clients.slice(0, 150)) client.terminate();
      for (const client of clients.slice(150)) client.ws.close(4321);
      await soon(() => expect(live.sides.every(({ closes }) => closes.length === 1)).toBe(true));
      await live.stop();
    }, 20_000);

    it('leave at every moment of a handshake without a crash', async () => {
      const live = await LiveTransport.start(name);
      const bytes = Buffer.from(handshake());
      for (let end = 1; end < bytes.length + 20; end += 7) {
        const raw = await RawClient.connect(live.port);
        raw.send(bytes.subarray(0, end));
        if (end % 2 === 0) await turn();
        raw.destroy();
      }
      expect((await fetch(live.url)).status).toBe(200);
      await soon(() => expect(live.sides.every(({ socket }) => !socket.isOpen)).toBe(true));
      await live.stop();
    });
  });

  describe('garbage', () => {
    const GARBAGE: readonly (readonly [string, string | Buffer])[] = [
      ['nothing but zeros', Buffer.alloc(1_000)],
      ['nothing but 0xff', Buffer.alloc(1_000, 0xff)],
      ['a TLS hello', Buffer.from('16030100a5010000a10303' + '00'.repeat(154), 'hex')],
      ['an SSH banner', 'SSH-2.0-OpenSSH_9.2\r\n'],
      ['line breaks', '\r\n'.repeat(500)],
      ['a line without an end', `GET /${'a'.repeat(100_000)}`],
      ['headers without an end', `GET / HTTP/1.1\r\n${'X-A: b\r\n'.repeat(10_000)}`],
      ['a header without a colon', 'GET / HTTP/1.1\r\nHost localhost\r\n\r\n'],
      ['a folded header', 'GET / HTTP/1.1\r\nHost: x\r\nX-A: b\r\n c\r\n\r\n'],
      ['a negative length', 'POST / HTTP/1.1\r\nHost: x\r\nContent-Length: -5\r\n\r\n'],
      ['a length with a sign', 'POST / HTTP/1.1\r\nHost: x\r\nContent-Length: +5\r\n\r\nabcde'],
      ['a length beyond all numbers', `POST / HTTP/1.1\r\nHost: x\r\nContent-Length: ${'9'.repeat(40)}\r\n\r\n`],
      ['a chunk of a size that is none', 'POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n'],
      [
        'a chunk beyond all sizes',
        'POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nffffffffffffffff\r\n',
      ],
      ['an unknown encoding', 'POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: gzip, xyz\r\n\r\nabc'],
      ['HTTP/0.9', 'GET /\r\n'],
      ['HTTP/2', 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'],
      ['HTTP/9.9', 'GET / HTTP/9.9\r\nHost: x\r\n\r\n'],
      ['an absolute address', 'GET http://elsewhere.example/x HTTP/1.1\r\nHost: x\r\n\r\n'],
      ['a star', 'OPTIONS * HTTP/1.1\r\nHost: x\r\n\r\n'],
      ['CONNECT', 'CONNECT elsewhere.example:443 HTTP/1.1\r\nHost: x\r\n\r\n'],
      ['TRACE', 'TRACE / HTTP/1.1\r\nHost: x\r\n\r\n'],
      ['a method of its own', 'BREW /pot HTTP/1.1\r\nHost: x\r\n\r\n'],
      ['no host', 'GET / HTTP/1.1\r\n\r\n'],
      [
        'a request hidden behind another',
        'GET / HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\nContent-Length: 30\r\n\r\nGET /hidden HTTP/1.1\r\n\r\n',
      ],
    ];

    it.each(GARBAGE)('in the form of %s harms nobody', async (_, bytes) => {
      const live = await LiveTransport.start(name);
      const healthy = await live.connect();
      const raw = await live.raw();
      raw.send(bytes);
      await turn();
      expect((await fetch(live.url)).status).toBe(200);
      healthy.ws.send('x');
      await soon(() => expect(live.side.messages).toEqual(['x']));
      await live.stop();
    });

    it('in ten thousand mutated frames harms nobody', async () => {
      const live = await LiveTransport.start(name);
      live.handlers.connect = (side) => {
        side.socket.subscribe('room');
        side.onMessage = (text) => void side.socket.send(text ?? '');
      };
      const healthy = await live.connect();
      const random = mulberry32(20_261_120);
      for (let connection = 0; connection < 100; connection += 1) {
        const raw = await live.rawSocket();
        for (let frame = 0; frame < 100 && !raw.isClosed; frame += 1) raw.send(mutated(random));
        await turn();
        raw.destroy();
      }
      healthy.ws.send('still here');
      await soon(() => expect(healthy.received).toEqual(['still here']));
      await soon(() => expect(live.sides.slice(1).every(({ closes }) => closes.length === 1)).toBe(true));
      expect(live.logged).toEqual([]);
      await live.stop();
    }, 30_000);
  });
}

/** Sends the first part at once and then a byte every second. */
function trickle(raw: RawClient, text: string, atOnce = 1): NodeJS.Timeout {
  raw.send(text.slice(0, atOnce));
  let at = atOnce;
  return setInterval(() => {
    raw.send(text.slice(at, at + 1));
    at += 1;
  }, 1_000);
}

/** A frame with a few bytes changed, cut or repeated. */
function mutated(random: () => number): Buffer {
  const below = (limit: number) => Math.floor(random() * limit);
  const frame = clientFrame(below(16), 'x'.repeat(below(300)), {
    fin: random() < 0.8,
    reserved: random() < 0.1 ? below(8) : 0,
  });
  for (let count = below(3); count > 0; count -= 1) frame[below(frame.length)] = below(256);
  return random() < 0.1 ? frame.subarray(0, below(frame.length)) : frame;
}

/** A small generator with a seed, so that a failure comes again. */
function mulberry32(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
