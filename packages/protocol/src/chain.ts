import type { LogName } from './fields.js';

/** SHA-256 of bytes: `crypto.subtle.digest` in browsers, `node:crypto` on the server; sync or not, as the platform gives it. */
export type Sha256 = (bytes: Uint8Array) => Uint8Array | Promise<Uint8Array>;
/** SHA-256 of bytes at once: `node:crypto`. */
export type Sha256Sync = (bytes: Uint8Array) => Uint8Array;

/** What the hash of an event covers; `digest` stands for the body, so that erasing the body keeps the chain. */
export interface ChainedEvent {
  readonly offset: number;
  readonly id: string;
  readonly type: string;
  readonly by: string | null;
  readonly at: number;
  /** 64 hex characters: `bodyDigestInput` hashed. */
  readonly digest: string;
}

/** Which log of which room a chain belongs to; what is different in any of these has another chain from its start. */
export interface LogIdentity {
  readonly tenant: string;
  readonly room: string;
  /** `me` logs are told apart by their participant. */
  readonly log: LogName;
  readonly participant: string | null;
  readonly epoch: string;
}

/** Kept of each SHA-256: 128 bits, 32 hex characters. */
const HASH_CHARS = 32;

/**
 * The canonical encoding: each field as its length in bytes (4 bytes, big-endian) and its UTF-8 bytes, in order.
 * null is the length 0xFFFFFFFF without bytes; a number is written in decimal.
 */
export function canonical(fields: readonly (string | number | null)[]): Uint8Array {
  const parts = fields.map((field) => (field === null ? null : utf8(String(field))));
  const bytes = new Uint8Array(parts.reduce((sum, part) => sum + 4 + (part?.length ?? 0), 0));
  const view = new DataView(bytes.buffer);
  let at = 0;
  for (const part of parts) {
    view.setUint32(at, part ? part.length : 0xffffffff);
    at += 4;
    if (part) bytes.set(part, at);
    at += part?.length ?? 0;
  }
  return bytes;
}

/** What is hashed to the hash before the first event: `h_0 = H('lms-live.v1', tenant, room, log, participant, epoch)`. */
export function genesisInput({ tenant, room, log, participant, epoch }: LogIdentity): Uint8Array {
  return canonical(['lms-live.v1', tenant, room, log, participant, epoch]);
}

/** What is hashed to the hash at an event: `h = H(h_prev, offset, id, type, by, at, digest)`. */
export function linkInput(previous: string, event: ChainedEvent): Uint8Array {
  return canonical([previous, event.offset, event.id, event.type, event.by, event.at, event.digest]);
}

/** What is hashed to the digest of a body: the salt, then the exact UTF-8 bytes of the body as stored. */
export function bodyDigestInput(salt: string, body: string): Uint8Array {
  return utf8(salt + body);
}

/** Three digests for each event: a table is twice as fast. */
const HEX_OF: readonly string[] = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'));

/** Bytes as lower-case hex. */
export function toHex(bytes: Uint8Array): string {
  let text = '';
  for (const byte of bytes) text += HEX_OF[byte] ?? '';
  return text;
}

/** A 128-bit chain hash from a whole SHA-256. */
export function toChainHash(sha256: Uint8Array): string {
  // Not a slice of all of it: V8 would keep the whole text behind each hash.
  return toHex(sha256.subarray(0, HASH_CHARS / 2));
}

/** The hash before the first event of a log. */
export function genesisHash(sha256: Sha256Sync, identity: LogIdentity): string {
  return toChainHash(sha256(genesisInput(identity)));
}

/** The hash at an event, from the hash at the one before it. */
export function linkHash(sha256: Sha256Sync, previous: string, event: ChainedEvent): string {
  return toChainHash(sha256(linkInput(previous, event)));
}

/** The digest of a body, as it stands in an event: 64 hex characters. */
export function bodyDigest(sha256: Sha256Sync, salt: string, body: string): string {
  return toHex(sha256(bodyDigestInput(salt, body)));
}

function utf8(text: string): Uint8Array {
  return encoder.encode(text);
}

interface Utf8Encoder {
  encode(text: string): Uint8Array;
}
// The one platform class this package needs; it is in every browser and in Node, but not in the ES2022 library.
declare const TextEncoder: new () => Utf8Encoder;
const encoder = /* @__PURE__ */ new TextEncoder();
