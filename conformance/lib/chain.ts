import { createHash } from 'node:crypto';
import type { Frames, Log } from './frames.js';

/** The chain, computed from the text of the page. */

/** A field of what is hashed. */
type Field = string | number | null;

/** Which log it is that a chain belongs to. */
export interface ChainOf {
  readonly tenant: string;
  readonly room: string;
  readonly log: Log;
  /** Of a `me` log; null for the others. */
  readonly participant: string | null;
  readonly epoch: string;
}

const NULL_LENGTH = 0xff_ff_ff_ff;
const HASH_CHARS = 32;
const BODY = ',"body":';

/** Each field as its length in bytes (4 bytes, big-endian) and its UTF-8 bytes; null is the length 0xFFFFFFFF. */
export function enc(...fields: readonly Field[]): Buffer {
  return Buffer.concat(
    fields.flatMap((field) => {
      const length = Buffer.alloc(4);
      if (field === null) {
        length.writeUInt32BE(NULL_LENGTH);
        return [length];
      }
      const bytes = Buffer.from(String(field));
      length.writeUInt32BE(bytes.length);
      return [length, bytes];
    }),
  );
}

/** h(0): before the first event of a log. */
export function genesis({ tenant, room, log, participant, epoch }: ChainOf): string {
  return h(enc('lms-live.v1', tenant, room, log, participant, epoch));
}

/** h(n), from h(n-1). */
export function link(
  previous: string,
  { offset, id, type, by, at }: Pick<Frames['event'], 'offset' | 'id' | 'type' | 'by' | 'at'>,
  digest: string,
): string {
  return h(enc(previous, offset, id, type, by, at, digest));
}

/** The digest of a body as it came. */
export function digestOf(salt: string, bodyText: string): string {
  return createHash('sha256').update(salt).update(bodyText).digest('hex');
}

/** The exact text of the body in the text of an `event` frame. */
export function bodyTextOf(frameText: string): string {
  const mark = frameText.indexOf(BODY);
  return mark < 0 ? '' : frameText.slice(mark + BODY.length, -1);
}

/** The hash that an event must have after `previous`. */
export function hashAfter(previous: string, event: Frames['event'], frameText: string): string {
  const digest = event.salt === undefined ? (event.digest ?? '') : digestOf(event.salt, bodyTextOf(frameText));
  return link(previous, event, digest);
}

function h(bytes: Buffer): string {
  return createHash('sha256').update(bytes).digest('hex').slice(0, HASH_CHARS);
}
