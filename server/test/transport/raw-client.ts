/** A TCP client that says exactly what a test tells it to. */
import { type Socket, connect } from 'node:net';

export class RawClient {
  readonly #chunks: Buffer[] = [];
  #wake: (() => void) | null = null;
  #isClosed = false;

  private constructor(readonly socket: Socket) {
    socket.on('data', (chunk) => {
      this.#chunks.push(chunk);
      this.#wake?.();
    });
    socket.on('error', () => undefined);
    socket.on('close', () => {
      this.#isClosed = true;
      this.#wake?.();
    });
  }

  static async connect(port: number): Promise<RawClient> {
    const socket = connect({ host: '127.0.0.1', port });
    await new Promise<void>((resolve, reject) => {
      socket.once('connect', resolve);
      socket.once('error', reject);
    });
    return new RawClient(socket);
  }

  get text(): string {
    return this.bytes.toString('latin1');
  }

  get bytes(): Buffer {
    return Buffer.concat(this.#chunks);
  }

  get isClosed(): boolean {
    return this.#isClosed;
  }

  send(bytes: string | Uint8Array): void {
    this.socket.write(bytes);
  }

  /** Until what came satisfies the test; fails when the peer closes before. */
  async until(holds: (text: string) => boolean): Promise<string> {
    while (!holds(this.text)) {
      if (this.#isClosed) throw new Error(`The connection closed after ${JSON.stringify(this.text.slice(0, 500))}`);
      await new Promise<void>((resolve) => (this.#wake = resolve));
    }
    return this.text;
  }

  async closed(): Promise<string> {
    while (!this.#isClosed) await new Promise<void>((resolve) => (this.#wake = resolve));
    return this.text;
  }

  destroy(): void {
    this.socket.destroy();
  }
}

/** A WebSocket frame of a client (RFC 6455 §5.2), masked with zeros so that a test can read it. */
export function clientFrame(
  opcode: number,
  payload: string | Uint8Array = '',
  { fin = true, reserved = 0, masked = true }: { fin?: boolean; reserved?: number; masked?: boolean } = {},
): Buffer {
  const bytes = Buffer.from(payload as Uint8Array);
  const first = (fin ? 0x80 : 0) | (reserved << 4) | opcode;
  const maskBit = masked ? 0x80 : 0;
  const size =
    bytes.length < 126
      ? Buffer.of(maskBit | bytes.length)
      : bytes.length < 65_536
        ? Buffer.of(maskBit | 126, bytes.length >> 8, bytes.length & 0xff)
        : Buffer.concat([Buffer.of(maskBit | 127, 0, 0, 0, 0), uint32(bytes.length)]);
  return Buffer.concat([Buffer.of(first), size, masked ? Buffer.alloc(4) : Buffer.alloc(0), bytes]);
}

function uint32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
}

/** The handshake of RFC 6455 §1.3; a header set to null is left out. */
export function handshake(headers: Readonly<Record<string, string | null>> = {}, path = '/v1/socket'): string {
  const all: Record<string, string | null> = {
    Host: 'localhost',
    Connection: 'Upgrade',
    Upgrade: 'websocket',
    'Sec-WebSocket-Version': '13',
    'Sec-WebSocket-Key': 'dGhlIHNhbXBsZSBub25jZQ==',
    'Sec-WebSocket-Protocol': 'lms-live.v1',
    ...headers,
  };
  const lines = Object.entries(all).flatMap(([name, value]) => (value === null ? [] : [`${name}: ${value}\r\n`]));
  return `GET ${path} HTTP/1.1\r\n${lines.join('')}\r\n`;
}

/** `GET /` and the like, without a body. */
export function request(line: string, headers: readonly string[] = ['Host: localhost']): string {
  return `${line} HTTP/1.1\r\n${headers.map((header) => `${header}\r\n`).join('')}\r\n`;
}
