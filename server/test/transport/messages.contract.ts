import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { LiveTransport } from './live-transport.js';
import { clientFrame } from './raw-client.js';

const TEXT = 1;
const BINARY = 2;
const CONTINUATION = 0;
const CLOSE = 8;
const PING = 9;

/** Frames in and out, topics and closes. */
export function messagesContract(name: 'uws' | 'ws'): void {
  describe('messages', () => {
    let live: LiveTransport;
    beforeEach(async () => (live = await LiveTransport.start(name)));
    afterEach(async () => await live.stop());

    const soon = (check: () => void) => vi.waitFor(check, { interval: 5, timeout: 4_000 });

    it('carries text both ways as it is', async () => {
      const texts = ['', 'a', 'grüße 👋 \u0000 \ufeff', 'x'.repeat(65_536), JSON.stringify({ frame: 'hello' })];
      live.handlers.connect = (side) => {
        side.onMessage = (text) => void side.socket.send(text ?? '');
      };
      const client = await live.connect();
      for (const text of texts) client.ws.send(text);
      await soon(() => expect(client.received).toHaveLength(texts.length));
      expect(client.received).toEqual(texts);
      expect(live.side.messages).toEqual(texts);
    });

    it('passes a binary frame as null', async () => {
      const client = await live.connect();
      client.ws.send(Buffer.of(1, 2, 3));
      client.ws.send('text');
      await soon(() => expect(live.side.messages).toEqual([null, 'text']));
    });

    it('puts fragments together, with a ping between them', async () => {
      const raw = await live.rawSocket();
      raw.send(clientFrame(TEXT, 'one ', { fin: false }));
      raw.send(clientFrame(PING, 'p'));
      raw.send(clientFrame(CONTINUATION, 'two ', { fin: false }));
      raw.send(clientFrame(CONTINUATION, '', { fin: false }));
      raw.send(clientFrame(CONTINUATION, 'three'));
      await soon(() => expect(live.side.messages).toEqual(['one two three']));
      // The pong of RFC 6455 §5.5.3.
      await raw.until(() => raw.bytes.includes(Buffer.from([0x8a, 1, 'p'.charCodeAt(0)])));
    });

    it('puts a frame together that comes byte by byte', async () => {
      const raw = await live.rawSocket();
      raw.socket.setNoDelay(true);
      for (const byte of clientFrame(TEXT, 'slow')) {
        raw.send(Buffer.of(byte));
        await new Promise((resolve) => setImmediate(resolve));
      }
      await soon(() => expect(live.side.messages).toEqual(['slow']));
    });

    it.each([
      ['a message that is too large', () => [clientFrame(TEXT, 'x'.repeat(65_537))]],
      [
        'fragments that are too large together',
        () => [clientFrame(TEXT, 'x'.repeat(40_000), { fin: false }), clientFrame(CONTINUATION, 'x'.repeat(40_000))],
      ],
      ['an announced size beyond all limits', () => [Buffer.from('81ff7fffffffffffffff00000000', 'hex')]],
      ['text that is no UTF-8', () => [clientFrame(TEXT, Buffer.of(0xc3, 0x28))]],
      ['a reserved bit', () => [clientFrame(TEXT, 'x', { reserved: 4 })]],
      ['an unknown opcode', () => [clientFrame(3, 'x')]],
      ['a fragmented ping', () => [clientFrame(PING, 'x', { fin: false })]],
      ['a large ping', () => [clientFrame(PING, 'x'.repeat(126))]],
      ['a continuation of nothing', () => [clientFrame(CONTINUATION, 'x')]],
    ])('closes a socket that sends %s', async (_, frames) => {
      const raw = await live.rawSocket();
      for (const frame of frames()) raw.send(frame);
      await raw.closed();
      await soon(() => expect(live.side.closes).toHaveLength(1));
      expect(live.side.messages).toEqual([]);
      expect([1002, 1006, 1007, 1009]).toContain(live.side.closes[0]?.[0]);
      expect(live.side.socket.isOpen).toBe(false);
    });

    it('closes a socket whose handler throws, and only that one', async () => {
      const other = await live.connect();
      const client = await live.connect();
      live.side.onMessage = () => {
        throw new Error('the cause of it');
      };
      client.ws.send('x');
      expect(await client.closed).toEqual([4003, 'internal']);
      expect(live.logged).toMatchObject([{ level: 'error' }]);
      other.ws.send('still here');
      await soon(() => expect(live.sides[0]?.messages).toEqual(['still here']));
    });

    it.each([
      ['the server', (close: () => void) => close()],
      ['the client', (_: () => void, terminate: () => void) => terminate()],
    ])('survives a handler that throws when it is told of a close by %s', async (_, end) => {
      const client = await live.connect();
      const { side } = live;
      side.onClose = () => {
        throw new Error('the cause of it');
      };
      end(
        () => side.socket.close(4000, 'restarting'),
        () => client.terminate(),
      );
      await soon(() => expect(live.logged).toMatchObject([{ level: 'error' }]));
      expect(side.closes).toHaveLength(1);
    });

    it('sends in the order in which it is told, corked or not', async () => {
      const client = await live.connect();
      const { socket } = live.side;
      socket.subscribe('room');
      socket.send('1');
      live.transport.publish('room', '2');
      socket.cork(() => {
        socket.send('3');
        live.transport.publish('room', '4');
        socket.send('5');
      });
      live.transport.publish('room', '6');
      socket.send('7');
      await soon(() => expect(client.received).toEqual(['1', '2', '3', '4', '5', '6', '7']));
    });

    it('sends texts of any size whole and in their place', async () => {
      const client = await live.connect();
      const { socket } = live.side;
      socket.subscribe('room');
      const sent: string[] = [];
      // Around the sizes at which a driver may take another way, with characters of one to four bytes across every border.
      for (const chars of [4_999, 5_001, 14_999, 15_001, 16_384, 30_000, 70_001, 150_000]) {
        for (const character of ['a', 'ü', '€', '👋']) {
          const text = `${String(sent.length)} ${character.repeat(Math.ceil(chars / Buffer.byteLength(character)))}`;
          live.transport.publish('room', `before ${text}`);
          socket.send(text);
          live.transport.publish('room', `after ${text}`);
          sent.push(`before ${text}`, text, `after ${text}`);
          socket.cork(() => {
            socket.send('small');
            socket.send(text);
            socket.send('small');
          });
          sent.push('small', text, 'small');
          await soon(() => expect(client.received).toHaveLength(sent.length));
        }
      }
      expect(client.received.findIndex((text, index) => text !== sent[index])).toBe(-1);
    });

    it('lets an exception out of a cork and goes on', async () => {
      const client = await live.connect();
      const { socket } = live.side;
      expect(() =>
        socket.cork(() => {
          socket.send('before');
          throw new RangeError('in the cork');
        }),
      ).toThrow(RangeError);
      socket.send('after');
      await soon(() => expect(client.received).toEqual(['before', 'after']));
    });

    describe('topics', () => {
      it('reach who is subscribed, once, from then on', async () => {
        const [first, second, third] = [await live.connect(), await live.connect(), await live.connect()];
        const [a, b] = live.sides.map(({ socket }) => socket);
        live.transport.publish('room', 'before anyone');
        a!.subscribe('room');
        a!.subscribe('room');
        live.transport.publish('room', 'to one');
        b!.subscribe('room');
        b!.subscribe('other');
        live.transport.publish('room', 'to both');
        a!.unsubscribe('room');
        live.transport.publish('room', 'to the other');
        live.transport.publish('other', 'elsewhere');
        live.transport.publish('nobody', 'nothing');
        await soon(() => expect(second.received).toEqual(['to both', 'to the other', 'elsewhere']));
        expect(first.received).toEqual(['to one', 'to both']);
        expect(third.received).toEqual([]);
      });

      it('keep the order of hundreds of messages for dozens of sockets', async () => {
        const clients = await Promise.all(Array.from({ length: 30 }, () => live.connect()));
        for (const { socket } of live.sides) socket.subscribe('room');
        const texts = Array.from({ length: 400 }, (_, index) => `${index} ${'x'.repeat(index % 50)}`);
        for (const text of texts) live.transport.publish('room', text);
        await soon(() => expect(clients.every(({ received }) => received.length === texts.length)).toBe(true));
        for (const { received } of clients) expect(received).toEqual(texts);
      });

      it('carry messages of a hundred kilobytes', async () => {
        const client = await live.connect();
        live.side.socket.subscribe('room');
        live.transport.publish('room', 'ü'.repeat(50_000));
        live.transport.publish('room', 'small');
        await soon(() => expect(client.received).toHaveLength(2));
        expect(client.received[0]).toBe('ü'.repeat(50_000));
      });

      it('let go of a socket that closes', async () => {
        const client = await live.connect();
        const { socket, closes } = live.side;
        socket.subscribe('room');
        client.terminate();
        await soon(() => expect(closes).toHaveLength(1));
        live.transport.publish('room', 'nobody is there');
        socket.subscribe('room');
        socket.unsubscribe('room');
        live.transport.publish('room', 'still nobody');
      });
    });

    describe('closes', () => {
      it('reach the client with code and reason, and the handler once', async () => {
        const client = await live.connect();
        live.side.socket.close(4501, 'room_unknown');
        expect(await client.closed).toEqual([4501, 'room_unknown']);
        await soon(() => expect(live.side.closes).toEqual([[4501, 'room_unknown']]));
        live.side.socket.close(4000, 'again');
        await new Promise((resolve) => setImmediate(resolve));
        expect(live.side.closes).toHaveLength(1);
      });

      it('never call the handler from within', async () => {
        await live.connect();
        live.side.socket.close(4000, 'restarting');
        expect(live.side.closes).toEqual([]);
        expect(live.side.socket.isOpen).toBe(false);
        await soon(() => expect(live.side.closes).toEqual([[4000, 'restarting']]));
      });

      it('come after what was sent before', async () => {
        const client = await live.connect();
        live.side.socket.subscribe('room');
        live.side.socket.send('the last word');
        live.transport.publish('room', 'and one for all');
        live.side.socket.close(4504, 'ended');
        await client.closed;
        expect(client.received).toEqual(['the last word', 'and one for all']);
      });

      it('work inside the handler of a message and of the connection', async () => {
        live.handlers.connect = (side) => {
          side.onMessage = () => side.socket.close(4500, 'hello_expected');
        };
        const client = await live.connect();
        client.ws.send('x');
        client.ws.send('y');
        expect(await client.closed).toEqual([4500, 'hello_expected']);
        expect(live.side.messages).toEqual(['x']);

        live.handlers.connect = ({ socket }) => socket.close(4501, 'at once');
        expect(await (await live.connect()).closed).toEqual([4501, 'at once']);
        await soon(() => expect(live.side.closes).toEqual([[4501, 'at once']]));
      });

      it('cut a reason at 123 bytes, between characters', async () => {
        const client = await live.connect();
        live.side.socket.close(4501, 'ü'.repeat(100));
        expect(await client.closed).toEqual([4501, 'ü'.repeat(61)]);
      });

      it.each([0, 999, 1004, 1005, 1006, 1015, 2999, 5000, 4000.5, Number.NaN])(
        'refuse the code %d, which may not be sent',
        async (code) => {
          await live.connect();
          expect(() => live.side.socket.close(code, '')).toThrow(TypeError);
          expect(live.side.socket.isOpen).toBe(true);
        },
      );

      it('by the client reach the handler with code and reason', async () => {
        const client = await live.connect();
        client.ws.close(4321, 'tschüß');
        await soon(() => expect(live.side.closes).toEqual([[4321, 'tschüß']]));
        expect(await client.closed).toEqual([4321, 'tschüß']);
      });

      it('by the client without a code are 1005', async () => {
        const raw = await live.rawSocket();
        raw.send(clientFrame(CLOSE));
        await soon(() => expect(live.side.closes).toEqual([[1005, '']]));
      });

      it('by a broken connection are 1006', async () => {
        const client = await live.connect();
        client.terminate();
        await soon(() => expect(live.side.closes).toEqual([[1006, '']]));
      });

      it('leave methods that do nothing', async () => {
        await live.connect();
        const { socket, closes } = live.side;
        socket.close(4000, 'restarting');
        await soon(() => expect(closes).toHaveLength(1));
        expect(socket.isOpen).toBe(false);
        expect(socket.send('x')).toBe('dropped');
        expect(socket.bufferedBytes()).toBe(0);
        socket.subscribe('room');
        socket.unsubscribe('room');
        const write = vi.fn();
        socket.cork(write);
        expect(write).toHaveBeenCalledOnce();
        socket.close(4000, 'again');
        expect(closes).toHaveLength(1);
      });

      it('end a connection whose client never answers the close frame', async () => {
        const raw = await live.rawSocket();
        live.side.socket.close(4501, 'x');
        raw.socket.pause();
        raw.socket.resume();
        await raw.closed();
        expect(raw.bytes.includes(Buffer.from('8803' + '1195' + '78', 'hex'))).toBe(true);
      }, 15_000);
    });

    it('tells of frames that are binary and too large in bulk without a crash', async () => {
      const raw = await live.rawSocket();
      for (let count = 0; count < 50; count += 1) raw.send(clientFrame(BINARY, Buffer.alloc(1_000)));
      await soon(() => expect(live.side.messages).toHaveLength(50));
      expect(new Set(live.side.messages)).toEqual(new Set([null]));
    });
  });
}
