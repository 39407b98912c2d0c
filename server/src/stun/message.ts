/** STUN messages as far as a Binding request and its answer need them (RFC 8489 §5, §14). */
import { isIPv4 } from 'node:net';
import { crc32 } from 'node:zlib';

/** Bytes before the attributes: type, length, magic cookie, transaction id. */
const HEADER_BYTES = 20;
const MAGIC_COOKIE = 0x2112a442;
/**
 * The longest request that is read, bytes. A path of unknown size carries 576 with its headers (RFC 8489 §6.1); browsers send 20 or 28.
 */
export const MAX_REQUEST_BYTES = 548;

const BINDING_REQUEST = 0x0001;
const BINDING_SUCCESS = 0x0101;
const BINDING_ERROR = 0x0111;

const ERROR_CODE = 0x0009;
const UNKNOWN_ATTRIBUTES = 0x000a;
const XOR_MAPPED_ADDRESS = 0x0020;
const FINGERPRINT = 0x8028;
const FINGERPRINT_XOR = 0x5354554e;

/** Attributes below this must be understood (RFC 8489 §14). */
const FIRST_OPTIONAL = 0x8000;
/**
 * Understood, and without a meaning here: those of RFC 8489 itself, since nobody needs a password for this.
 * Not among them, and so refused: CHANGE-REQUEST and RESPONSE-PORT (RFC 5780), which would have the answer sent elsewhere.
 */
const UNDERSTOOD: ReadonlySet<number> = new Set([
  0x0001, 0x0006, 0x0008, 0x0009, 0x000a, 0x0014, 0x0015, 0x001c, 0x001d, 0x001e, 0x0020,
]);
const UNKNOWN_ATTRIBUTE_CLASS = 4;
const UNKNOWN_ATTRIBUTE_NUMBER = 20;

/** A Binding request that is well formed. */
export interface BindingRequest {
  /** The header; the answer repeats its magic cookie and transaction id. */
  readonly header: Buffer;
  /** Types of attributes that would have to be understood, and are not. */
  readonly unknown: readonly number[];
  /** It carried a FINGERPRINT, and so does the answer. */
  readonly hasFingerprint: boolean;
}

/** @returns null for everything that is no Binding request: other methods and classes, other protocols, damaged ones */
export function readBindingRequest(packet: Buffer): BindingRequest | null {
  if (packet.length < HEADER_BYTES || packet.length > MAX_REQUEST_BYTES) return null;
  if (packet.readUInt16BE(0) !== BINDING_REQUEST || packet.readUInt32BE(4) !== MAGIC_COOKIE) return null;
  if (packet.readUInt16BE(2) !== packet.length - HEADER_BYTES || packet.length % 4 !== 0) return null;
  const unknown: number[] = [];
  for (let at = HEADER_BYTES; at < packet.length;) {
    // What is left is a multiple of four, so that a type and a length are always there.
    const type = packet.readUInt16BE(at);
    const next = at + 4 + padded(packet.readUInt16BE(at + 2));
    if (next > packet.length) return null;
    if (type === FINGERPRINT) {
      const isRight =
        next === packet.length &&
        packet.readUInt16BE(at + 2) === 4 &&
        packet.readUInt32BE(at + 4) === fingerprint(packet.subarray(0, at));
      return isRight ? { header: packet.subarray(0, HEADER_BYTES), unknown, hasFingerprint: true } : null;
    }
    if (type < FIRST_OPTIONAL && !UNDERSTOOD.has(type) && !unknown.includes(type)) unknown.push(type);
    at = next;
  }
  return { header: packet.subarray(0, HEADER_BYTES), unknown, hasFingerprint: false };
}

/**
 * The answer: where the request came from (XOR-MAPPED-ADDRESS, RFC 8489 §14.2), or 420 with the attributes that are not understood (§6.3.1).
 * At most 24 bytes longer than the request: 12 for an IPv4 address, 24 for an IPv6 one, 12 for a 420. No SOFTWARE, no reason phrase: they tell nobody anything.
 *
 * @param address IPv4, or IPv6 in any form without a zone
 */
export function answerTo(
  request: BindingRequest,
  { address, port }: { readonly address: string; readonly port: number },
): Buffer {
  const [type, attribute] =
    request.unknown.length > 0
      ? [BINDING_ERROR, unknownAttributes(request.unknown)]
      : [BINDING_SUCCESS, xorMappedAddress(request.header, address, port)];
  const fingerprintBytes = request.hasFingerprint ? 8 : 0;
  const answer = Buffer.alloc(HEADER_BYTES + attribute.length + fingerprintBytes);
  request.header.copy(answer);
  answer.writeUInt16BE(type, 0);
  answer.writeUInt16BE(answer.length - HEADER_BYTES, 2);
  attribute.copy(answer, HEADER_BYTES);
  if (request.hasFingerprint) {
    const at = answer.length - fingerprintBytes;
    answer.writeUInt16BE(FINGERPRINT, at);
    answer.writeUInt16BE(4, at + 2);
    answer.writeUInt32BE(fingerprint(answer.subarray(0, at)), at + 4);
  }
  return answer;
}

/** CRC-32 of everything before, XORed so that it is not taken for the one of another protocol (RFC 8489 §14.7). */
function fingerprint(before: Buffer): number {
  return (crc32(before) ^ FINGERPRINT_XOR) >>> 0;
}

function xorMappedAddress(header: Buffer, address: string, port: number): Buffer {
  const bytes = isIPv4(address) ? Buffer.from(address.split('.').map(Number)) : ipv6Bytes(address);
  const attribute = Buffer.alloc(8 + bytes.length);
  attribute.writeUInt16BE(XOR_MAPPED_ADDRESS, 0);
  attribute.writeUInt16BE(4 + bytes.length, 2);
  attribute.writeUInt8(bytes.length === 4 ? 1 : 2, 5);
  attribute.writeUInt16BE(port ^ (MAGIC_COOKIE >>> 16), 6);
  // Magic cookie and transaction id stand together: 16 bytes, the first four for IPv4.
  for (const [index, byte] of bytes.entries()) attribute.writeUInt8(byte ^ header.readUInt8(4 + index), 8 + index);
  return attribute;
}

function unknownAttributes(types: readonly number[]): Buffer {
  const listBytes = types.length * 2;
  const answer = Buffer.alloc(8 + 4 + padded(listBytes));
  answer.writeUInt16BE(ERROR_CODE, 0);
  answer.writeUInt16BE(4, 2);
  answer.writeUInt8(UNKNOWN_ATTRIBUTE_CLASS, 6);
  answer.writeUInt8(UNKNOWN_ATTRIBUTE_NUMBER, 7);
  answer.writeUInt16BE(UNKNOWN_ATTRIBUTES, 8);
  answer.writeUInt16BE(listBytes, 10);
  for (const [index, type] of types.entries()) answer.writeUInt16BE(type, 12 + index * 2);
  return answer;
}

function ipv6Bytes(address: string): Buffer {
  // The URL parser writes every form, also with an IPv4 tail, as hexadecimal groups (WHATWG URL §3.5).
  const [head = '', tail] = new URL(`http://[${address}]`).hostname.slice(1, -1).split('::');
  const groups = (text: string): string[] => (text === '' ? [] : text.split(':'));
  const [first, last] = [groups(head), groups(tail ?? '')];
  const zeros = Array<string>(8 - first.length - last.length).fill('0');
  const bytes = Buffer.alloc(16);
  for (const [index, group] of [...first, ...zeros, ...last].entries())
    bytes.writeUInt16BE(parseInt(group, 16), index * 2);
  return bytes;
}

/** Attributes begin at multiples of four bytes. */
function padded(bytes: number): number {
  return Math.ceil(bytes / 4) * 4;
}
