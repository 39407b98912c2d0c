import type { Random } from '../lib/random.js';

/** How a frame is written (RFC 6455 §5.2), and what may be wrong with it. */
export interface FrameBytes {
  readonly opcode: number;
  readonly payload: Buffer;
  readonly fin?: boolean;
  /** RSV1 to RSV3 as a number of three bits. */
  readonly reserved?: number;
  readonly masked?: boolean;
  /** What the head says instead of the length of the payload. */
  readonly length?: number | bigint;
}

export const TEXT = 1;
const BINARY = 2;
const CLOSE = 8;
const PING = 9;
const PONG = 10;
const SMALL = 126;
const UINT16 = 65_536;
const MASK = Buffer.of(0x5a, 0x11, 0xc3, 0x77);
/** Too much for a control frame (§5.5). */
const LONG_CONTROL = 126;
const CLOSE_CODES = [0, 999, 1004, 1005, 1006, 1015, 1016, 2999, 5000, 65_535, 1000, 4000] as const;
const RESERVED_OPCODES = [3, 4, 5, 6, 7, 11, 12, 13, 14, 15] as const;

/** A frame of a client. */
export function frameBytes({ opcode, payload, fin = true, reserved = 0, masked = true, length }: FrameBytes): Buffer {
  const first = (fin ? 0x80 : 0) | (reserved << 4) | opcode;
  const maskBit = masked ? 0x80 : 0;
  const said = length ?? payload.length;
  const head =
    said < SMALL
      ? Buffer.of(first, maskBit | Number(said))
      : said < UINT16
        ? Buffer.of(first, maskBit | SMALL, Number(said) >> 8, Number(said) & 0xff)
        : longHead(first, maskBit, BigInt(said));
  if (!masked) return Buffer.concat([head, payload]);
  const bytes = Buffer.from(payload);
  for (let index = 0; index < bytes.length; index += 1) bytes[index] = bytes[index]! ^ MASK[index % MASK.length]!;
  return Buffer.concat([head, MASK, bytes]);
}

/** A text frame of a client. */
export function textBytes(text: string | Buffer): Buffer {
  return frameBytes({ opcode: TEXT, payload: Buffer.from(text as string) });
}

/** Something that is not written as RFC 6455 has it, or just so. */
export function brokenFrame(random: Random, text: string): Buffer {
  const payload = Buffer.from(text);
  const half = Math.floor(payload.length / 2);
  const [start, end] = [payload.subarray(0, half), payload.subarray(half)];
  const kinds: readonly (() => Buffer)[] = [
    () => frameBytes({ opcode: TEXT, payload, reserved: random.integer(1, 7) }),
    () => frameBytes({ opcode: random.pick(RESERVED_OPCODES), payload }),
    () => frameBytes({ opcode: TEXT, payload, masked: false }),
    () => frameBytes({ opcode: TEXT, payload, length: payload.length + random.integer(1, 100) }),
    () => frameBytes({ opcode: TEXT, payload, length: 2n ** 63n - 1n }),
    () => frameBytes({ opcode: TEXT, payload, length: 2n ** 64n - 1n }),
    () => frameBytes({ opcode: TEXT, payload, length: 2n ** 32n }),
    () => frameBytes({ opcode: BINARY, payload }),
    () => frameBytes({ opcode: random.pick([PING, PONG, CLOSE]), payload: Buffer.alloc(LONG_CONTROL, 0x61) }),
    () => frameBytes({ opcode: random.pick([PING, PONG, CLOSE]), payload: start, fin: false }),
    () => frameBytes({ opcode: PONG, payload: start.subarray(0, 125) }),
    () => Buffer.concat(Array.from({ length: 20 }, () => frameBytes({ opcode: PING, payload: Buffer.alloc(0) }))),
    // A continuation of nothing, a message within a message, a message that never ends.
    () => frameBytes({ opcode: 0, payload }),
    () =>
      Buffer.concat([
        frameBytes({ opcode: TEXT, payload: start, fin: false }),
        frameBytes({ opcode: TEXT, payload: end }),
      ]),
    () => frameBytes({ opcode: TEXT, payload, fin: false }),
    // In two pieces, in pieces of one byte, in empty ones, with a ping between: all of these are right.
    () =>
      Buffer.concat([
        frameBytes({ opcode: TEXT, payload: start, fin: false }),
        frameBytes({ opcode: PING, payload: Buffer.of(1) }),
        frameBytes({ opcode: 0, payload: end }),
      ]),
    () => pieces(payload.subarray(0, 400), 1),
    () => Buffer.concat([frameBytes({ opcode: TEXT, payload, fin: false }), emptyPieces(random.integer(10, 2_000))]),
    () => frameBytes({ opcode: CLOSE, payload: Buffer.of(random.integer(0, 255)) }),
    () => frameBytes({ opcode: CLOSE, payload: closing(random.pick(CLOSE_CODES), Buffer.from('bye')) }),
    () => frameBytes({ opcode: CLOSE, payload: closing(1_000, Buffer.of(0xc3, 0x28)) }),
    () => frameBytes({ opcode: TEXT, payload: spoiled(random, payload) }),
    () => random.pick([start, Buffer.from('GET / HTTP/1.1\r\n\r\n'), Buffer.alloc(64, 0xff)]),
    // Only the beginning: the rest never comes.
    () => frameBytes({ opcode: TEXT, payload }).subarray(0, random.integer(1, 8)),
  ];
  return random.pick(kinds)();
}

function longHead(first: number, maskBit: number, length: bigint): Buffer {
  const head = Buffer.alloc(10);
  head[0] = first;
  head[1] = maskBit | 127;
  head.writeBigUInt64BE(length, 2);
  return head;
}

function pieces(payload: Buffer, size: number): Buffer {
  const frames: Buffer[] = [];
  for (let at = 0; at < payload.length; at += size) {
    const fin = at + size >= payload.length;
    frames.push(frameBytes({ opcode: at === 0 ? TEXT : 0, payload: payload.subarray(at, at + size), fin }));
  }
  return Buffer.concat(frames);
}

function emptyPieces(count: number): Buffer {
  return Buffer.concat(
    Array.from({ length: count }, () => frameBytes({ opcode: 0, payload: Buffer.alloc(0), fin: false })),
  );
}

function closing(code: number, reason: Buffer): Buffer {
  return Buffer.concat([Buffer.of(code >> 8, code & 0xff), reason]);
}

/** Not UTF-8 any more (§8.1). */
function spoiled(random: Random, payload: Buffer): Buffer {
  const bytes = Buffer.from(payload);
  const broken = random.pick([[0xff], [0xc3, 0x28], [0xed, 0xa0, 0x80], [0xf4, 0x90, 0x80, 0x80], [0xc0, 0xaf]]);
  const at = random.integer(0, Math.max(0, bytes.length - broken.length));
  return Buffer.concat([bytes.subarray(0, at), Buffer.from(broken), bytes.subarray(at)]);
}
