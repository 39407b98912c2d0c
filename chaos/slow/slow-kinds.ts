import { textBytes } from '../fuzz/websocket-bytes.js';

/** One way of taking a place without ever coming to the point. */
export interface SlowKind {
  readonly name: string;
  /** Said at once. */
  readonly first: string | Buffer;
  /** Then one piece every so often, from the beginning again where it ends. Empty: nothing more. */
  readonly drip: readonly (string | Buffer)[];
  /** Reads what it is answered. */
  readonly reads: boolean;
}

const UPGRADE = [
  'GET /v1/socket HTTP/1.1',
  'Host: localhost',
  'Connection: Upgrade',
  'Upgrade: websocket',
  'Sec-WebSocket-Version: 13',
  'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==',
  'Sec-WebSocket-Protocol: lms-live.v1',
  '\r\n',
].join('\r\n');
const UNFINISHED = UPGRADE.slice(0, -2);
const POST = 'POST /v1/rooms HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n';
const GET = 'GET /healthz HTTP/1.1\r\nHost: localhost\r\n';
const HELLO = textBytes(
  JSON.stringify({ frame: 'hello', token: 'x'.repeat(200), client: { id: 'slow', name: 'slow' } }),
);

const bytesOf = (data: string | Buffer): Buffer[] => [...Buffer.from(data)].map((byte) => Buffer.from([byte]));
const kind = (name: string, first: string | Buffer, drip: readonly (string | Buffer)[], reads = true): SlowKind => ({
  name,
  first,
  drip,
  reads,
});

/** A fragment of a text message that never ends: masked, as a client's are (RFC 6455 §5.3). @param opcode 1 begins, 0 goes on */
const fragment = (opcode: 0 | 1): Buffer => Buffer.from([opcode, 0x81, 0, 0, 0, 0, 0x7b]);
/** A whole ping of no bytes. */
const PING = Buffer.from([0x89, 0x80, 0, 0, 0, 0]);

/** Slow handshakes, slow bodies and slow first frames. */
export const SLOW_KINDS: readonly SlowKind[] = [
  kind('says nothing at all', '', []),
  kind('a handshake byte by byte', UPGRADE.slice(0, 1), bytesOf(UPGRADE.slice(1))),
  kind('a handshake with ever more headers', UNFINISHED, ['X-More: 1\r\n']),
  kind('a handshake of which the last line never comes', UNFINISHED, []),
  kind('a handshake with one header that goes on and on', `${UNFINISHED}X-Long: `, ['a']),
  kind('an upgrade, and no first frame', UPGRADE, []),
  kind('an upgrade, and pings alone', UPGRADE, [PING]),
  kind('an upgrade, and a first frame byte by byte', UPGRADE, bytesOf(HELLO)),
  kind('an upgrade, and a first frame in fragments', Buffer.concat([Buffer.from(UPGRADE), fragment(1)]), [fragment(0)]),
  kind('a body byte by byte', `${POST}Content-Length: 1000\r\n\r\n{`, ['a']),
  kind('a body that never comes', `${POST}Content-Length: 1000\r\n\r\n`, []),
  kind('a body in chunks of one byte', `${POST}Transfer-Encoding: chunked\r\n\r\n`, ['1\r\na\r\n']),
  kind('a chunk whose length never ends', `${POST}Transfer-Encoding: chunked\r\n\r\n`, ['0']),
  kind('a request, and half of the next byte by byte', `${GET}\r\n`, bytesOf(`${GET}X-Long: ${'a'.repeat(100)}`)),
];
