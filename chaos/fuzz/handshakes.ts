import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Random } from '../lib/random.js';

/** How a broken handshake ended: by a status line, by a close without one, or (`open`) not at all. */
export type HandshakeEnd = number | 'closed' | 'open';

/** A server ends what leads to nothing within this time. */
const LONGEST_MS = 30_000;
const DRIP_MS = 700;

/** What is written, in pieces with pauses between where it drips. */
interface Attempt {
  readonly pieces: readonly (string | Buffer)[];
  readonly pauseMs: number;
}

/** One handshake that is broken in one way or another. */
export function brokenHandshake(random: Random): Attempt {
  const lines: Record<string, string> = {
    Host: 'localhost',
    Connection: 'Upgrade',
    Upgrade: 'websocket',
    'Sec-WebSocket-Version': '13',
    'Sec-WebSocket-Key': 'dGhlIHNhbXBsZSBub25jZQ==',
    'Sec-WebSocket-Protocol': 'lms-live.v1',
  };
  const write = (first = 'GET /v1/socket HTTP/1.1', changed: Record<string, string | null> = {}, extra = '') => {
    const all = Object.entries({ ...lines, ...changed }).filter(([, value]) => value !== null);
    return `${first}\r\n${all.map(([name, value]) => `${name}: ${String(value)}\r\n`).join('')}${extra}\r\n`;
  };
  const key = random.pick(Object.keys(lines));
  const junk = Array.from({ length: random.integer(1, 300) }, () => String.fromCharCode(random.integer(0, 255))).join(
    '',
  );
  const whole = write();
  const at = random.integer(1, whole.length - 1);
  const one = (text: string | Buffer): Attempt => ({ pieces: [text], pauseMs: 0 });
  const kinds: readonly (() => Attempt)[] = [
    () => one(write(undefined, { [key]: null })),
    () => one(write(undefined, { [key]: junk })),
    () => one(write(undefined, {}, `${key}: again\r\n`)),
    () => one(write(`${random.pick(['POST', 'PUT', 'BREW', '', 'get', 'CONNECT'])} /v1/socket HTTP/1.1`)),
    () =>
      one(
        write(
          `GET ${random.pick(['/', '/v1/socket/..', '//v1/socket', '/v1/socket%00', 'v1/socket', '*', `/${'a'.repeat(9_000)}`])} HTTP/1.1`,
        ),
      ),
    () => one(write(`GET /v1/socket HTTP/${random.pick(['0.9', '1.0', '2', '9.9', '1.1.1', ''])}`)),
    () => one(write(`GET /v1/socket?${junk.replaceAll(/\s/gu, '')} HTTP/1.1`)),
    () => one(write(undefined, { 'Sec-WebSocket-Version': random.pick(['8', '12', '14', '-1', '13, 13', 'ü']) })),
    () =>
      one(
        write(undefined, {
          'Sec-WebSocket-Key': random.pick(['', 'short', 'a'.repeat(500), '====', 'dGhl IHNhbXBsZQ==']),
        }),
      ),
    () =>
      one(
        write(undefined, {
          'Sec-WebSocket-Protocol': random.pick(['', 'lms-live.v0', ','.repeat(400), 'LMS-LIVE.V1']),
        }),
      ),
    () => one(write(undefined, { 'Sec-WebSocket-Extensions': 'permessage-deflate; server_max_window_bits=99' })),
    () =>
      one(
        write(undefined, {
          Origin: random.pick(['null', 'https://evil.example', 'http://localhost:1.evil.example', junk]),
        }),
      ),
    () => one(write(undefined, {}, `X-Long: ${'a'.repeat(random.pick([4_000, 17_000, 70_000]))}\r\n`)),
    () => one(write(undefined, {}, Array.from({ length: 300 }, (_, nth) => `X-${nth}: a\r\n`).join(''))),
    () => one(write(undefined, {}, 'Content-Length: 5\r\nTransfer-Encoding: chunked\r\n')),
    () => one(write(undefined, {}, 'Content-Length: 99999999999\r\n')),
    () => one(whole.replaceAll('\r\n', '\n')),
    () => one(whole.replaceAll('\r\n', '\r')),
    () => one(whole.replace(': ', ' ')),
    () => one(whole.slice(0, at)),
    () => one(whole.slice(0, at) + junk + whole.slice(at)),
    () => one(Buffer.from(junk, 'latin1')),
    () => one(Buffer.from([0x16, 0x03, 0x01, 0x02, 0x00, 0x01, 0x00, 0x01, 0xfc, 0x03, 0x03])),
    () => one('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'),
    () => one(whole + whole),
    () => one(`${whole}${'\u0000'.repeat(500)}`),
    () => ({ pieces: [whole.slice(0, at), whole.slice(at)], pauseMs: DRIP_MS }),
    // One byte after the other, for as long as the server lets it.
    () => ({ pieces: whole.split(/(?=.)/su), pauseMs: DRIP_MS }),
    () => ({
      pieces: [whole.slice(0, -2), ...Array.from({ length: 60 }, (_, nth) => `X-${nth}: a\r\n`)],
      pauseMs: DRIP_MS,
    }),
  ];
  return random.pick(kinds)();
}

/** Tries one. What was upgraded all the same says nothing, and is closed for it as anybody is. */
export async function tryHandshake(port: number, { pieces, pauseMs }: Attempt): Promise<HandshakeEnd> {
  const socket = connect({ port, host: '127.0.0.1', noDelay: true });
  let said = '';
  socket.on('data', (chunk) => {
    if (said.length < 64) said += chunk.toString('latin1');
  });
  socket.on('error', () => undefined);
  socket.on('end', () => socket.end());
  const over = new Promise<void>((resolve) => {
    socket.on('close', () => resolve());
  });
  for (const piece of pieces) {
    if (socket.destroyed) break;
    socket.write(piece);
    if (pauseMs > 0) await sleep(pauseMs);
  }
  await Promise.race([over, sleep(LONGEST_MS, undefined, { ref: false })]);
  const isOpen = !socket.closed;
  socket.destroy();
  const status = /^HTTP\/1\.1 (\d{3})/u.exec(said)?.[1];
  if (status !== undefined) return isOpen ? 'open' : Number(status);
  return isOpen ? 'open' : 'closed';
}
