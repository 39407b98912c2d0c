/** STUN as the other side speaks it, written apart from the server's own. */
import { randomBytes } from 'node:crypto';
import { crc32 } from 'node:zlib';

const COOKIE = Buffer.from('2112a442', 'hex');

export interface Answer {
  readonly type: 'success' | 'error' | 'other';
  readonly transaction: string;
  /** Types, in order. */
  readonly attributes: readonly number[];
  readonly address?: string;
  readonly port?: number;
  readonly code?: number;
  readonly unknown?: readonly number[];
  readonly fingerprint: 'right' | 'wrong' | null;
}

export function bindingRequest({
  transaction = randomBytes(12),
  attributes = [],
}: { readonly transaction?: Buffer; readonly attributes?: readonly Buffer[] } = {}): Buffer {
  const body = Buffer.concat(attributes);
  const head = Buffer.from([0, 1, body.length >> 8, body.length & 0xff]);
  return Buffer.concat([head, COOKIE, transaction, body]);
}

/** An attribute with a value of zeros. */
export function attribute(type: number, bytes = 0): Buffer {
  const made = Buffer.alloc(4 + Math.ceil(bytes / 4) * 4);
  made.writeUInt16BE(type, 0);
  made.writeUInt16BE(bytes, 2);
  return made;
}

export function withFingerprint(message: Buffer): Buffer {
  const made = Buffer.concat([message, Buffer.from('802800040000', 'hex'), Buffer.alloc(2)]);
  made.writeUInt16BE(made.length - 20, 2);
  made.writeInt32BE(crc32(made.subarray(0, -8)) ^ 0x5354554e, made.length - 4);
  return made;
}

export function readAnswer(packet: Buffer): Answer {
  if (packet.readUInt16BE(2) !== packet.length - 20 || !packet.subarray(4, 8).equals(COOKIE))
    throw new Error(`not STUN: ${packet.toString('hex')}`);
  const types: number[] = [];
  let found: Partial<Answer> = {};
  for (let at = 20; at < packet.length;) {
    const type = packet.readUInt16BE(at);
    const length = packet.readUInt16BE(at + 2);
    const value = packet.subarray(at + 4, at + 4 + length);
    types.push(type);
    found = { ...found, ...valueOf({ type, value, packet, at }) };
    at += 4 + Math.ceil(length / 4) * 4;
  }
  return {
    type: ({ 0x0101: 'success', 0x0111: 'error' } as const)[packet.readUInt16BE(0)] ?? 'other',
    transaction: packet.subarray(8, 20).toString('hex'),
    attributes: types,
    fingerprint: null,
    ...found,
  };
}

function valueOf({
  type,
  value,
  packet,
  at,
}: {
  type: number;
  value: Buffer;
  packet: Buffer;
  at: number;
}): Partial<Answer> {
  switch (type) {
    case 0x0009:
      return { code: value.readUInt8(2) * 100 + value.readUInt8(3) };
    case 0x000a:
      return { unknown: Array.from({ length: value.length / 2 }, (_, index) => value.readUInt16BE(index * 2)) };
    case 0x0020: {
      const mask = packet.subarray(4, 20);
      const bytes = Buffer.from(value.subarray(4).map((byte, index) => byte ^ (mask[index] ?? 0)));
      const port = value.readUInt16BE(2) ^ mask.readUInt16BE(0);
      return { address: value.readUInt8(1) === 1 ? bytes.join('.') : ipv6Text(bytes), port };
    }
    case 0x8028:
      return {
        fingerprint: value.readInt32BE(0) === (crc32(packet.subarray(0, at)) ^ 0x5354554e) ? 'right' : 'wrong',
      };
    default:
      return {};
  }
}

function ipv6Text(bytes: Buffer): string {
  const groups = Array.from({ length: 8 }, (_, index) => bytes.readUInt16BE(index * 2).toString(16));
  return new URL(`http://[${groups.join(':')}]`).hostname.slice(1, -1);
}
