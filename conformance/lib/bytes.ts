/** Frames of RFC 6455 §5.2 as a client writes them, right or wrong. */

/** What is in the head of a frame. */
export interface Head {
  readonly fin?: boolean;
  /** RSV1 to RSV3 as three bits. */
  readonly reserved?: number;
  readonly masked?: boolean;
  /** The length is written in 2 or 8 bytes, also where fewer would do. */
  readonly lengthBytes?: 0 | 2 | 8;
}

export const CONTINUATION = 0;
export const TEXT = 1;
export const BINARY = 2;
export const CLOSE = 8;
export const PING = 9;
export const PONG = 10;

const MASK = Buffer.of(0x37, 0xfa, 0x21, 0x3d);

/** One frame. */
export function bytesOf(opcode: number, payload: Buffer | string = '', head: Head = {}): Buffer {
  const body = Buffer.from(payload as string);
  const { fin = true, reserved = 0, masked = true } = head;
  const { lengthBytes = body.length < 126 ? 0 : body.length < 65_536 ? 2 : 8 } = head;
  const maskBit = masked ? 0x80 : 0;
  const start = Buffer.of(
    (fin ? 0x80 : 0) | (reserved << 4) | opcode,
    maskBit | (lengthBytes === 0 ? body.length : lengthBytes === 2 ? 126 : 127),
  );
  const length = Buffer.alloc(lengthBytes);
  if (lengthBytes === 2) length.writeUInt16BE(body.length);
  if (lengthBytes === 8) length.writeBigUInt64BE(BigInt(body.length));
  if (!masked) return Buffer.concat([start, length, body]);
  return Buffer.concat([start, length, MASK, body.map((byte, index) => byte ^ MASK[index % MASK.length]!)]);
}

/** A message in pieces: one frame for each. */
export function inPieces(opcode: number, pieces: readonly (Buffer | string)[]): Buffer {
  return Buffer.concat(
    pieces.map((piece, index) =>
      bytesOf(index === 0 ? opcode : CONTINUATION, piece, { fin: index === pieces.length - 1 }),
    ),
  );
}

/** What a close frame carries (§5.5.1). */
export function closing(code: number, reason: Buffer | string = ''): Buffer {
  return Buffer.concat([Buffer.of(code >> 8, code & 0xff), Buffer.from(reason as string)]);
}
