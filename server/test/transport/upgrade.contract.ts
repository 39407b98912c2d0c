import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { WebSocket } from 'ws';
import type { RequestHead } from '../../src/transport/types.js';
import { Client, LiveTransport, SUBPROTOCOL } from './live-transport.js';
import { handshake, request } from './raw-client.js';

/** How a request becomes a WebSocket. */
export function upgradeContract(name: 'uws' | 'ws'): void {
  describe('upgrades', () => {
    let live: LiveTransport;
    beforeEach(async () => (live = await LiveTransport.start(name)));
    afterEach(async () => await live.stop());

    const answerTo = async (bytes: string) => {
      const raw = await live.raw();
      raw.send(bytes);
      return await raw.until((text) => text.includes('\r\n\r\n'));
    };

    it('accepts one and names the sub-protocol and no extension', async () => {
      const text = await answerTo(handshake({ 'Sec-WebSocket-Extensions': 'permessage-deflate' }));
      expect(text).toMatch(/^HTTP\/1\.1 101 /);
      expect(text).toMatch(/sec-websocket-accept: s3pPLMBiTxaQ9kYGzzhZRbK\+xOo=/i);
      expect(text).toMatch(/sec-websocket-protocol: lms-live\.v1\r\n/i);
      expect(text).not.toMatch(/sec-websocket-extensions/i);
    });

    it('finds the sub-protocol among others', async () => {
      const ws = new WebSocket(`${live.url.replace('http', 'ws')}/v1/socket`, ['lms-live.v0', 'chat', SUBPROTOCOL]);
      const client = new Client(ws);
      await client.opened;
      expect(ws.protocol).toBe(SUBPROTOCOL);
      ws.terminate();
    });

    it('hands over the head, the address and the origin', async () => {
      let head: RequestHead | null = null;
      live.handlers.upgrade = (asked) => {
        head = asked;
        return null;
      };
      await live.connect({ headers: { origin: 'https://lms.school.example' } });
      expect(head).toMatchObject({ method: 'GET', path: '/v1/socket', remoteAddress: '127.0.0.1' });
      expect(live.side.socket).toMatchObject({
        origin: 'https://lms.school.example',
        remoteAddress: '127.0.0.1',
        isOpen: true,
      });
    });

    it('has no origin where the client is no browser', async () => {
      await live.connect();
      expect(live.side.socket.origin).toBeNull();
    });

    it('believes a trusted proxy about the address', async () => {
      const behind = await LiveTransport.start(name, { trustedProxies: ['127.0.0.1'] });
      await behind.connect({ headers: { 'x-forwarded-for': '203.0.113.9' } });
      expect(behind.side.socket.remoteAddress).toBe('203.0.113.9');
      await behind.stop();
    });

    it('gives every socket its own id', async () => {
      for (let count = 0; count < 5; count += 1) await live.connect();
      expect(new Set(live.sides.map(({ socket }) => socket.id)).size).toBe(5);
    });

    it('refuses with the answer of the handler', async () => {
      live.handlers.upgrade = () => ({ status: 403, headers: { 'x-why': 'origin' }, body: 'not from there' });
      const raw = await live.raw();
      raw.send(handshake());
      const text = await raw.closed();
      expect(text).toMatch(/^HTTP\/1\.1 403 /);
      expect(text).toMatch(/x-why: origin/);
      expect(text).toMatch(/not from there$/);
      expect(live.sides).toEqual([]);
    });

    it.each([
      ['no sub-protocol', { 'Sec-WebSocket-Protocol': null }, 400],
      ['another sub-protocol', { 'Sec-WebSocket-Protocol': 'lms-live.v2, chat' }, 400],
      ['another version', { 'Sec-WebSocket-Version': '8' }, 426],
      ['no version', { 'Sec-WebSocket-Version': null }, 426],
    ])('refuses one with %s and does not ask the handler', async (_, headers, status) => {
      const upgrade = vi.fn(() => null);
      live.handlers.upgrade = upgrade;
      const text = await answerTo(handshake(headers));
      expect(text).toMatch(new RegExp(`^HTTP/1\\.1 ${status} `));
      expect(text).toContain('application/problem+json');
      expect(upgrade).not.toHaveBeenCalled();
      expect(live.sides).toEqual([]);
    });

    it.each([
      ['no key', { 'Sec-WebSocket-Key': null }],
      ['a short key', { 'Sec-WebSocket-Key': 'c2hvcnQ=' }],
      ['a key that is no base64', { 'Sec-WebSocket-Key': '!!!!!!!!!!!!!!!!!!!!!!==' }],
      ['another protocol', { Upgrade: 'h2c', 'Sec-WebSocket-Key': null }],
    ])('opens no socket for one with %s', async (_, headers) => {
      const text = await answerTo(handshake(headers));
      expect(text).not.toMatch(/^HTTP\/1\.1 101 /);
      expect(live.sides).toEqual([]);
    });

    it('answers a plain request to the path of the socket like any other', async () => {
      live.handlers.handle = ({ path }) => ({ status: 426, body: path });
      const response = await fetch(`${live.url}/v1/socket`);
      expect(response.status).toBe(426);
      expect(await response.text()).toBe('/v1/socket');
    });

    it('answers an upgrade on another path as a plain request', async () => {
      live.handlers.handle = ({ path }) => ({ status: 404, body: `no ${path}` });
      const text = await answerTo(handshake({}, '/v1/other'));
      expect(text).toMatch(/^HTTP\/1\.1 404 [\s\S]*no \/v1\/other$/);
      expect(live.sides).toEqual([]);
    });

    it('answers 500 where the decision throws', async () => {
      live.handlers.upgrade = () => {
        throw new Error('the cause of it');
      };
      const text = await answerTo(handshake());
      expect(text).toMatch(/^HTTP\/1\.1 500 /);
      expect(text).not.toContain('the cause of it');
      expect(live.logged).toMatchObject([{ level: 'error' }]);
    });

    it('closes a socket whose connect throws, and lives', async () => {
      live.handlers.connect = () => {
        throw new Error('the cause of it');
      };
      const client = await live.connect();
      expect(await client.closed).toEqual([4003, 'internal']);
      expect((await fetch(live.url)).status).toBe(200);
      expect(live.logged).toMatchObject([{ level: 'error' }]);
    });

    it('lets HTTP go on beside', async () => {
      await live.connect();
      const raw = await live.raw();
      raw.send(request('GET /'));
      expect(await raw.until((text) => text.endsWith('ok'))).toMatch(/ 200 /);
    });
  });
}
