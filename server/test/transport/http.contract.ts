import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { LiveTransport } from './live-transport.js';
import { request } from './raw-client.js';

/** What every transport does with HTTP. */
export function httpContract(name: 'uws' | 'ws'): void {
  describe('HTTP', () => {
    let live: LiveTransport;
    beforeEach(async () => (live = await LiveTransport.start(name)));
    afterEach(async () => await live.stop());

    const echoHead = () => {
      live.handlers.handle = ({ method, path, segments, query, headers, body }) => ({
        status: 200,
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({
          method,
          path,
          segments,
          query: [...query],
          headers: Object.fromEntries(headers),
          body: Buffer.from(body).toString(),
        }),
      });
    };
    /** Sends bytes on a connection of its own and reads until it ends. */
    const exchange = async (...bytes: string[]) => {
      const raw = await live.raw();
      for (const part of bytes) raw.send(part);
      return await raw.until((text) => /\r\n\r\n/.test(text));
    };
    const stillServes = async () => {
      live.handlers.handle = () => ({ status: 200, body: 'still here' });
      expect(await (await fetch(live.url)).text()).toBe('still here');
    };

    it('hands over method, path, query, headers and body', async () => {
      echoHead();
      const response = await fetch(`${live.url}/v1/rooms/algebra%20%C3%A9?a=1&a=2&b=%26`, {
        method: 'PATCH',
        headers: { 'X-Custom': 'Värde'.normalize().replace('ä', 'a'), 'Content-Type': 'text/plain' },
        body: 'grüße',
      });
      expect(response.status).toBe(200);
      expect(response.headers.get('content-type')).toBe('application/json');
      expect(await response.json()).toMatchObject({
        method: 'PATCH',
        path: '/v1/rooms/algebra é',
        segments: ['v1', 'rooms', 'algebra é'],
        query: [
          ['a', '1'],
          ['a', '2'],
          ['b', '&'],
        ],
        headers: { 'x-custom': 'Varde', 'content-type': 'text/plain' },
        body: 'grüße',
      });
    });

    it.each(['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'])('passes %s to the handler', async (method) => {
      echoHead();
      const response = await fetch(`${live.url}/x`, { method });
      expect(await response.json()).toMatchObject({ method, path: '/x' });
    });

    it('answers HEAD with the headers and the length of the body, and without the body', async () => {
      live.handlers.handle = ({ method }) => ({ status: 200, headers: { 'x-method': method }, body: 'twelve chars' });
      const raw = await live.raw();
      raw.send(request('HEAD /x'));
      await raw.until((text) => text.endsWith('\r\n\r\n'));
      raw.send(request('GET /y', ['Host: localhost', 'Connection: close']));
      const text = (await raw.closed()).toLowerCase();
      expect(text).toContain('x-method: head');
      expect(text.match(/content-length: 12/g)).toHaveLength(2);
      expect(text.match(/twelve chars/g)).toHaveLength(1);
    });

    it.each([204, 304])('answers %i without a body', async (status) => {
      live.handlers.handle = () => ({ status, body: 'not sent' });
      const response = await fetch(live.url);
      expect(response.status).toBe(status);
      expect(await response.text()).toBe('');
    });

    it('answers with bytes as they are, also many', async () => {
      const bytes = new Uint8Array(5_000_000).map((_, index) => index % 251);
      live.handlers.handle = () => ({ status: 200, body: bytes });
      const answered = new Uint8Array(await (await fetch(live.url)).arrayBuffer());
      expect(Buffer.compare(answered, bytes)).toBe(0);
    });

    it('serves several requests on one connection', async () => {
      echoHead();
      const raw = await live.raw();
      raw.send(request('GET /first'));
      await raw.until((text) => text.includes('"/first"'));
      raw.send(request('GET /second'));
      expect(await raw.until((text) => text.includes('"/second"'))).toContain('"/first"');
    });

    it('does not say what it runs on', async () => {
      const { headers } = await fetch(live.url);
      expect([...headers.keys()].filter((header) => /server|powered|socket/.test(header))).toEqual([]);
    });

    describe('bodies', () => {
      it('takes one of the largest size', async () => {
        live.handlers.handle = ({ body }) => ({ status: 200, body: String(body.byteLength) });
        const response = await fetch(live.url, { method: 'POST', body: 'x'.repeat(10_000) });
        expect(await response.text()).toBe('10000');
      });

      it('puts a chunked one together', async () => {
        echoHead();
        const raw = await live.raw();
        raw.send('POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n');
        raw.send('4\r\ndefg\r\n0\r\n\r\n');
        expect(await raw.until((text) => text.includes('}'))).toContain('"body":"abcdefg"');
      });

      it('refuses a larger one by its announced length, before it comes', async () => {
        const handle = vi.fn(() => ({ status: 200 }));
        live.handlers.handle = handle;
        const text = await exchange('POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 10001\r\n\r\n');
        expect(text).toMatch(/^HTTP\/1\.1 413 /);
        expect(text.toLowerCase()).toContain('content-type: application/problem+json');
        expect(handle).not.toHaveBeenCalled();
      });

      it('refuses a larger one that comes in chunks, and closes', async () => {
        const handle = vi.fn(() => ({ status: 200 }));
        live.handlers.handle = handle;
        const raw = await live.raw();
        raw.send('POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n');
        for (let chunk = 0; chunk < 11; chunk += 1) raw.send(`3e8\r\n${'x'.repeat(1_000)}\r\n`);
        expect(await raw.closed()).toMatch(/^HTTP\/1\.1 413 [\s\S]*"code":"frame_too_large"/);
        expect(handle).not.toHaveBeenCalled();
      });

      it('answers a large upload with 413 that the client can read', async () => {
        const response = await fetch(live.url, { method: 'POST', body: 'x'.repeat(60_000) });
        expect(response.status).toBe(413);
        expect(await response.json()).toMatchObject({
          type: 'urn:lms-live:error:frame_too_large',
          code: 'frame_too_large',
          status: 413,
        });
      });

      it('forgets a request whose body never came whole', async () => {
        const handle = vi.fn(() => ({ status: 200 }));
        live.handlers.handle = handle;
        const raw = await live.raw();
        raw.send('POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\nhalf');
        raw.destroy();
        await stillServes();
        expect(handle).not.toHaveBeenCalled();
      });
    });

    describe('paths', () => {
      it('keeps an encoded slash inside its segment', async () => {
        echoHead();
        const raw = await live.raw();
        raw.send(request('GET /v1/people/school%2F7%25'));
        const text = await raw.until((got) => got.includes('}'));
        expect(text).toContain('"path":"/v1/people/school%2F7%"');
        expect(text).toContain('"segments":["v1","people","school/7%"]');
      });

      it.each(['/%', '/%E0%A4', '/a%zz', '/%ff', '/a%00b', '/a%5Cb', '/../etc', '/a/./b', '/a/%2e%2e/b', '/%0d%0aX:y'])(
        'answers 400 to %s',
        async (path) => {
          const handle = vi.fn(() => ({ status: 200 }));
          live.handlers.handle = handle;
          const text = await exchange(request(`GET ${path}`));
          expect(text).toMatch(/^HTTP\/1\.1 400 /);
          expect(handle).not.toHaveBeenCalled();
        },
      );

      it('reads a malformed query as far as it can be read', async () => {
        echoHead();
        const response = await fetch(`${live.url}/?a=%E0%A4&b=2`);
        expect(response.status).toBe(200);
        expect(((await response.json()) as { query: string[][] }).query.at(-1)).toEqual(['b', '2']);
      });
    });

    describe('headers', () => {
      it('takes a token of 8 KiB', async () => {
        echoHead();
        const token = 'x'.repeat(8_192);
        const response = await fetch(live.url, { headers: { authorization: `Bearer ${token}` } });
        expect(await response.json()).toMatchObject({ headers: { authorization: `Bearer ${token}` } });
      });

      it('joins a header that came twice', async () => {
        echoHead();
        const raw = await live.raw();
        raw.send(request('GET /', ['Host: x', 'X-Many: a', 'X-Many: b']));
        expect(await raw.until((text) => text.includes('}'))).toContain('"x-many":"a, b"');
      });

      it.each([
        ['two lengths', ['Content-Length: 1', 'Content-Length: 2']],
        ['two equal lengths', ['Content-Length: 0', 'Content-Length: 0']],
        ['a length and chunks', ['Content-Length: 0', 'Transfer-Encoding: chunked']],
        ['two tokens', ['Authorization: Bearer a', 'Authorization: Bearer b']],
        ['two origins', ['Origin: https://a.example', 'Origin: https://b.example']],
      ])('never serves a request with %s', async (_, headers) => {
        const handle = vi.fn(() => ({ status: 200 }));
        live.handlers.handle = handle;
        const raw = await live.raw();
        raw.send(request('POST /', ['Host: x', ...headers]) + 'ab0\r\n\r\n');
        await raw.closed();
        if (raw.text !== '') expect(raw.text).toMatch(/^HTTP\/1\.1 (400|505) /);
        expect(handle).not.toHaveBeenCalled();
        await stillServes();
      });
    });

    describe('who asks', () => {
      const seenBy = async (trustedProxies: readonly string[], forwardedFor: readonly string[]) => {
        const behind = await LiveTransport.start(name, { trustedProxies });
        try {
          behind.handlers.handle = ({ remoteAddress }) => ({ status: 200, body: remoteAddress });
          const raw = await behind.raw();
          raw.send(
            request('GET /', [
              'Host: x',
              'Connection: close',
              ...forwardedFor.map((value) => `X-Forwarded-For: ${value}`),
            ]),
          );
          return (await raw.closed()).split('\r\n\r\n')[1];
        } finally {
          await behind.stop();
        }
      };

      it('is the peer, whatever a stranger claims', async () => {
        expect(await seenBy([], ['203.0.113.9'])).toBe('127.0.0.1');
        expect(await seenBy(['10.0.0.0/8'], ['203.0.113.9'])).toBe('127.0.0.1');
      });

      it('is whom a trusted proxy names', async () => {
        expect(await seenBy(['127.0.0.1'], ['203.0.113.9'])).toBe('203.0.113.9');
        expect(await seenBy(['127.0.0.0/8'], ['2001:DB8::7'])).toBe('2001:db8::7');
        expect(await seenBy(['127.0.0.1'], ['[2001:db8::7]:4711'])).toBe('2001:db8::7');
        expect(await seenBy(['127.0.0.1'], ['::ffff:198.51.100.4'])).toBe('198.51.100.4');
      });

      it('is read from the right, as far as proxies are trusted', async () => {
        expect(await seenBy(['127.0.0.1', '10.0.0.0/8'], ['6.6.6.6, 203.0.113.9, 10.1.2.3'])).toBe('203.0.113.9');
        expect(await seenBy(['127.0.0.1'], ['203.0.113.9, 10.1.2.3'])).toBe('10.1.2.3');
        expect(await seenBy(['127.0.0.1', '10.0.0.0/8'], ['203.0.113.9', '10.1.2.3'])).toBe('203.0.113.9');
      });

      it('is the last that can be read where the list holds nonsense', async () => {
        expect(await seenBy(['127.0.0.1'], ['unknown'])).toBe('127.0.0.1');
        expect(await seenBy(['127.0.0.1', '10.0.0.1'], ['203.0.113.9, nonsense, 10.0.0.1'])).toBe('10.0.0.1');
      });
    });

    describe('failures', () => {
      it.each([
        ['rejects', () => Promise.reject(new Error('the cause of it'))],
        [
          'throws',
          () => {
            throw new Error('the cause of it');
          },
        ],
        ['splits its headers', () => ({ status: 200, headers: { 'x-name': 'a\r\nX-Injected: b' } })],
        ['has a header that is none', () => ({ status: 200, headers: { 'x name': 'a' } })],
        ['has a status that is none', () => ({ status: 99 })],
      ])('answers 500 without a trace where the handler %s', async (_, handle) => {
        live.handlers.handle = handle;
        const response = await fetch(live.url);
        expect(response.status).toBe(500);
        expect(response.headers.get('content-type')).toBe('application/problem+json');
        expect(response.headers.get('x-injected')).toBeNull();
        const text = await response.text();
        expect(JSON.parse(text)).toMatchObject({ code: 'internal', status: 500 });
        expect(text).not.toMatch(/the cause of it|at .*\.ts/);
        expect(live.logged).toMatchObject([{ level: 'error' }]);
      });

      it('tells the handler that the client has gone, and drops its answer', async () => {
        let asked: (signal: AbortSignal) => void = () => undefined;
        let answer: () => void = () => undefined;
        const request$ = new Promise<AbortSignal>((resolve) => (asked = resolve));
        live.handlers.handle = async ({ signal }) => {
          asked(signal);
          await new Promise<void>((resolve) => (answer = resolve));
          return { status: 200, body: 'too late' };
        };
        const raw = await live.raw();
        raw.send(request('GET /'));
        const signal = await request$;
        expect(signal.aborted).toBe(false);
        raw.destroy();
        await vi.waitFor(() => expect(signal.aborted).toBe(true), { interval: 5 });
        answer();
        await stillServes();
      });

      it('survives clients that leave while a hundred answers are under way', async () => {
        live.handlers.handle = async () => {
          await new Promise((resolve) => setImmediate(resolve));
          return { status: 200, body: 'x'.repeat(100_000) };
        };
        for (let round = 0; round < 100; round += 1) {
          const raw = await live.raw();
          raw.send(request('GET /'));
          if (round % 3 === 0) await new Promise((resolve) => setImmediate(resolve));
          raw.destroy();
        }
        await stillServes();
      });
    });
  });
}
