import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect as connectTls } from 'node:tls';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { LiveTransport } from '../transport/live-transport.js';
import { RawClient } from '../transport/raw-client.js';
import { selfSigned } from '../transport/self-signed.js';

/** As over plain TCP: see chaos/slow. */
const MOST_GONE_MS = 15_000;
const DRIP_MS = 5_000;
/** What a TLS 1.2 client says first: the head of a record of 512 bytes (RFC 8446 §5.1), and a ClientHello that does not come. */
const RECORD = Buffer.from([0x16, 0x03, 0x01, 0x02, 0x00, 0x01, 0x00, 0x01, 0xfc, 0x03, 0x03]);

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'lms-live-slow-tls-'));
  const { cert, key } = selfSigned();
  writeFileSync(join(folder, 'cert.pem'), cert);
  writeFileSync(join(folder, 'key.pem'), key);
});
afterAll(() => {
  rmSync(folder, { recursive: true });
});

describe.concurrent.each(['uws', 'ws'] as const)('over TLS, on %s', (name) => {
  it(
    'whoever is slow is gone within 15 s, before the handshake and after it',
    async () => {
      const live = await LiveTransport.start(name, {
        tls: { certFile: join(folder, 'cert.pem'), keyFile: join(folder, 'key.pem') },
      });
      const gone: string[] = [];
      const noted = async (what: string, closed: Promise<unknown>) => {
        await closed;
        gone.push(what);
      };
      const silent = await RawClient.connect(live.port);
      const slow = await RawClient.connect(live.port);
      const drip = setInterval(() => slow.send(Buffer.of(0)), DRIP_MS);
      slow.send(RECORD);
      const after = connectTls({ host: '127.0.0.1', port: live.port, rejectUnauthorized: false });
      after.on('error', () => undefined).resume();
      await Promise.race([
        Promise.all([
          noted('says nothing', silent.closed()),
          noted('a handshake byte by byte', slow.closed()),
          noted('nothing after the handshake', new Promise((resolve) => after.once('close', resolve))),
        ]),
        new Promise((resolve) => setTimeout(resolve, MOST_GONE_MS)),
      ]);
      clearInterval(drip);
      for (const { socket } of [silent, slow]) socket.destroy();
      after.destroy();
      await live.stop();
      expect(gone.sort()).toEqual(['a handshake byte by byte', 'nothing after the handshake', 'says nothing']);
    },
    2 * MOST_GONE_MS,
  );
});
