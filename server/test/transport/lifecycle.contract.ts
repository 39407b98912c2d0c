import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { request as httpsRequest } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import { WebSocket } from 'ws';
import { LiveTransport, SUBPROTOCOL } from './live-transport.js';
import { RawClient, request } from './raw-client.js';
import { selfSigned } from './self-signed.js';

/** Starting, stopping and starting again. */
export function lifecycleContract(name: 'uws' | 'ws'): void {
  const soon = (check: () => void) => vi.waitFor(check, { interval: 5, timeout: 4_000 });

  describe('starting and stopping', () => {
    it('listens on a free port for 0', async () => {
      const live = await LiveTransport.start(name);
      expect(live.port).toBeGreaterThan(0);
      expect(live.transport.name).toBe(name);
      await live.stop();
    });

    it('says what to do where the port is taken', async () => {
      const live = await LiveTransport.start(name);
      await expect(LiveTransport.start(name, { port: live.port })).rejects.toThrow(
        new RegExp(`Cannot listen on 127\\.0\\.0\\.1:${live.port}.*LMS_LIVE_PORT`),
      );
      await live.stop();
    });

    it('refuses a trusted proxy that is none', async () => {
      await expect(LiveTransport.start(name, { trustedProxies: ['10.0.0.0/33'] })).rejects.toThrow(
        'The trusted proxy "10.0.0.0/33" has a prefix that is not between 0 and 32.',
      );
    });

    it('takes nobody new after stopListening and serves those who are there', async () => {
      const live = await LiveTransport.start(name);
      const client = await live.connect();
      const raw = await live.raw();
      raw.send(request('GET /'));
      await raw.until((text) => text.endsWith('ok'));
      live.transport.stopListening();
      live.transport.stopListening();
      await expect(RawClient.connect(live.port)).rejects.toThrow('ECONNREFUSED');
      client.ws.send('still here');
      await soon(() => expect(live.side.messages).toEqual(['still here']));
      live.side.socket.send('and I');
      await soon(() => expect(client.received).toEqual(['and I']));
      await live.stop();
    });

    it('ends an HTTP connection with the answer after stopListening', async () => {
      const live = await LiveTransport.start(name);
      let answer: () => void = () => undefined;
      live.handlers.handle = async () => {
        await new Promise<void>((resolve) => (answer = resolve));
        return { status: 200, body: 'the last' };
      };
      const raw = await live.raw();
      raw.send(request('GET /'));
      await soon(() => expect(answer.length).toBe(1));
      live.transport.stopListening();
      answer();
      expect((await raw.closed()).toLowerCase()).toMatch(/connection: close[\s\S]*the last$/);
      await live.stop();
    });

    it('closes every socket with 4000 and waits for answers under way', async () => {
      const live = await LiveTransport.start(name);
      const clients = await Promise.all(Array.from({ length: 40 }, () => live.connect()));
      let answer: () => void = () => undefined;
      live.handlers.handle = async () => {
        await new Promise<void>((resolve) => (answer = resolve));
        return { status: 200, body: 'in time' };
      };
      const response = fetch(live.url);
      await soon(() => expect(answer.length).toBe(1));
      const closed = live.transport.close();
      answer();
      expect(await (await response).text()).toBe('in time');
      await closed;
      expect(await Promise.all(clients.map((client) => client.closed))).toEqual(
        clients.map(() => [4000, 'restarting']),
      );
      expect(live.sides.map(({ closes }) => closes)).toEqual(clients.map(() => [[4000, 'restarting']]));
    });

    it('waits for answers under way also when it had stopped listening long before', async () => {
      const live = await LiveTransport.start(name);
      let answer: () => void = () => undefined;
      live.handlers.handle = async () => {
        await new Promise<void>((resolve) => (answer = resolve));
        return { status: 200, body: 'in time' };
      };
      const client = await live.connect();
      const raw = await live.raw();
      raw.send(request('GET /'));
      await soon(() => expect(answer.length).toBe(1));
      live.transport.stopListening();
      await new Promise((resolve) => setImmediate(resolve));
      const closed = live.transport.close();
      expect(live.transport.close()).toBe(closed);
      answer();
      await closed;
      expect(await raw.closed()).toMatch(/in time$/);
      expect(await client.closed).toEqual([4000, 'restarting']);
    });

    it('closes within a bound although nobody answers', async () => {
      const live = await LiveTransport.start(name);
      live.handlers.handle = async () => await new Promise(() => undefined);
      const stuck = await live.raw();
      stuck.send(request('GET /'));
      const half = await live.raw();
      half.send('POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\nhalf');
      const mute = await live.rawSocket();
      mute.socket.pause();
      const before = performance.now();
      await live.transport.close();
      expect(performance.now() - before).toBeLessThan(4_000);
      mute.socket.resume();
      await Promise.all([stuck.closed(), half.closed(), mute.closed()]);
      await live.transport.close();
    }, 15_000);

    it('starts again on the same port at once, three times', async () => {
      let port = 0;
      for (let round = 0; round < 3; round += 1) {
        const live = await LiveTransport.start(name, { port });
        ({ port } = live);
        const client = await live.connect();
        live.side.socket.send(`round ${round}`);
        await soon(() => expect(client.received).toEqual([`round ${round}`]));
        await live.transport.close();
        expect((await client.closed)[0]).toBe(4000);
        await live.stop();
      }
    });

    it('runs two transports beside each other that do not hear each other', async () => {
      const [one, two] = [await LiveTransport.start(name), await LiveTransport.start(name)];
      const [first, second] = [await one.connect(), await two.connect()];
      one.side.socket.subscribe('room');
      two.side.socket.subscribe('room');
      one.transport.publish('room', 'one');
      two.transport.publish('room', 'two');
      await soon(() => expect([first.received, second.received]).toEqual([['one'], ['two']]));
      await one.stop();
      second.ws.send('still here');
      await soon(() => expect(two.side.messages).toEqual(['still here']));
      await two.stop();
    });

    it('publishes to nobody before it listens and after its close', async () => {
      const live = await LiveTransport.start(name);
      await live.transport.close();
      live.transport.publish('room', 'x');
      live.transport.stopListening();
    });
  });

  describe('TLS', () => {
    it('serves HTTP and WebSocket with a certificate', async () => {
      const folder = await mkdtemp(join(tmpdir(), 'lms-live-tls-'));
      const [certFile, keyFile] = [join(folder, 'cert.pem'), join(folder, 'key.pem')];
      const { cert, key } = selfSigned();
      await Promise.all([writeFile(certFile, cert), writeFile(keyFile, key)]);
      const live = await LiveTransport.start(name, { tls: { certFile, keyFile } });
      const body = await new Promise<string>((resolve, reject) => {
        httpsRequest({ host: '127.0.0.1', port: live.port, path: '/', rejectUnauthorized: false }, (response) => {
          response.once('data', (chunk: Buffer) => resolve(chunk.toString()));
        })
          .on('error', reject)
          .end();
      });
      expect(body).toBe('ok');
      const ws = new WebSocket(`wss://127.0.0.1:${live.port}/v1/socket`, [SUBPROTOCOL], { rejectUnauthorized: false });
      await new Promise((resolve, reject) => ws.once('open', resolve).once('error', reject));
      live.side.socket.subscribe('room');
      const received: string[] = [];
      ws.on('message', (data: Buffer) => received.push(data.toString()));
      live.side.socket.send('sent');
      live.transport.publish('room', 'published');
      await soon(() => expect(received).toEqual(['sent', 'published']));
      const plain = await live.raw();
      plain.send(request('GET /'));
      await plain.closed();
      ws.terminate();
      await live.stop();
      await rm(folder, { recursive: true });
    });

    it('does not start without the files', async () => {
      const tls = { certFile: '/nowhere/cert.pem', keyFile: '/nowhere/key.pem' };
      await expect(LiveTransport.start(name, { tls })).rejects.toThrow('ENOENT');
    });
  });
}
