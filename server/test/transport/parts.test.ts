import { afterEach, describe, expect, it, vi } from 'vitest';
import fc from 'fast-check';
import { TrustedProxies, canonicalAddress, rangeProblem } from '../../src/transport/addresses.js';
import { clipReason } from '../../src/transport/closing.js';
import { readHead } from '../../src/transport/head.js';

describe('addresses', () => {
  it.each([
    ['127.0.0.1', '127.0.0.1'],
    ['0000:0000:0000:0000:0000:0000:0000:0001', '::1'],
    ['0000:0000:0000:0000:0000:ffff:0a00:0001', '10.0.0.1'],
    ['::FFFF:192.0.2.1', '192.0.2.1'],
    ['2001:DB8:0:0:0:0:0:7', '2001:db8::7'],
    ['not an address', 'not an address'],
  ])('write %s as %s', (address, canonical) => expect(canonicalAddress(address)).toBe(canonical));

  it.each(['10.0.0.1', '10.0.0.0/8', '::1', '2001:db8::/32', '0.0.0.0/0'])('take %s as a range', (entry) =>
    expect(rangeProblem(entry)).toBeNull(),
  );

  it.each([
    '',
    'proxy.example',
    '10.0.0.0/',
    '10.0.0.0/33',
    '10.0.0.0/8/8',
    '::/129',
    '10.0.0.0/-1',
    'fe80::1%eth0',
    '10.0.0',
  ])('do not take %j as a range', (entry) => {
    expect(rangeProblem(entry)).not.toBeNull();
    expect(() => new TrustedProxies([entry])).toThrow(TypeError);
  });

  it('are never taken from whom nobody trusts', () => {
    const proxies = new TrustedProxies(['10.0.0.0/8', 'fd00::/8']);
    fc.assert(
      fc.property(fc.ipV4(), fc.string(), (peer, header) => {
        fc.pre(!peer.startsWith('10.'));
        expect(proxies.clientOf(peer, header)).toBe(peer);
      }),
    );
    expect(proxies.clientOf('fd00::1', '2001:db8::1')).toBe('2001:db8::1');
    expect(proxies.clientOf('::ffff:10.0.0.1', '192.0.2.1')).toBe('192.0.2.1');
  });
});

describe('a close reason', () => {
  it('has at most 123 bytes, is a beginning and breaks no character', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 200 }), (reason) => {
        const clipped = clipReason(reason);
        expect(Buffer.byteLength(clipped)).toBeLessThanOrEqual(123);
        expect(reason.startsWith(clipped)).toBe(true);
        expect(Buffer.from(clipped).toString()).toBe(clipped);
        if (Buffer.byteLength(reason) <= 123) expect(clipped).toBe(reason);
      }),
    );
  });
});

describe('a head', () => {
  const proxies = new TrustedProxies([]);
  const read = (rawPath: string) =>
    readHead({ method: 'get', rawPath, rawQuery: '', headers: [], peer: '127.0.0.1' }, proxies);

  it('gives back the segments that a client encoded', () => {
    fc.assert(
      fc.property(fc.array(fc.string({ minLength: 1 }), { minLength: 1 }), (segments) => {
        fc.pre(segments.every((segment) => !['.', '..'].includes(segment) && !/[\0-\x1f\x7f\\]/.test(segment)));
        const result = read(`/${segments.map(encodeURIComponent).join('/')}`);
        expect(result).toMatchObject({ head: { method: 'GET', segments } });
      }),
    );
  });

  it('is read or refused, whatever the path', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (path) => {
        const result = read(path);
        if ('refusal' in result) expect(result.refusal.status).toBe(400);
        else expect(result.head.path.split('/').slice(1)).toHaveLength(result.head.segments.length);
      }),
    );
  });
});

describe('createTransport', () => {
  afterEach(() => {
    vi.doUnmock('uWebSockets.js');
    vi.resetModules();
  });

  const options = {
    host: '127.0.0.1',
    port: 0,
    socketPath: '/v1/socket',
    subprotocol: 'lms-live.v1',
    maxFrameBytes: 1_000,
    maxBodyBytes: 1_000,
    maxBackpressureBytes: 1_000,
    idleTimeoutS: 20,
    trustedProxies: [],
  };
  const handlers = {
    handle: async () => ({ status: 200 }),
    upgrade: () => null,
    connect: () => ({ onMessage() {}, onPong() {}, onDrain() {}, onClose() {} }),
  };
  const create = async (name: 'auto' | 'uws' | 'ws') => {
    const log = { error: vi.fn(), warn: vi.fn(), info: vi.fn(), debug: vi.fn(), child: vi.fn() };
    const { createTransport } = await import('../../src/transport/index.js');
    const transport = await createTransport(name, options, handlers, log);
    return { transport, log };
  };

  it('takes uWebSockets.js where it can be loaded', async () => {
    const { transport, log } = await create('auto');
    expect(transport.name).toBe('uws');
    expect(log.warn).not.toHaveBeenCalled();
  });

  it('warns and takes ws where it cannot', async () => {
    vi.doMock('uWebSockets.js', () => {
      throw new Error('no binary for this platform');
    });
    const { transport, log } = await create('auto');
    expect(transport.name).toBe('ws');
    expect(log.warn).toHaveBeenCalledOnce();
  });

  it('takes ws where what was loaded is something else', async () => {
    vi.doMock('uWebSockets.js', () => ({ default: {} }));
    expect((await create('auto')).transport.name).toBe('ws');
  });

  it('fails where exactly uWebSockets.js was asked for', async () => {
    vi.doMock('uWebSockets.js', () => ({ default: {} }));
    await expect(create('uws')).rejects.toThrow('uWebSockets.js has no App.');
  });
});
