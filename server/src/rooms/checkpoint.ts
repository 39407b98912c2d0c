import type { Checkpoint, LogHead } from '../storage/types.js';
import { sha256Hex } from './crypto.js';
import { logId, type Heads } from './logs.js';
import { EMPTY_ROOM_RULES, readCheckpoint, writeCheckpoint, type RoomRules } from './room-rules.js';

/** Of SHA-256 in hex. */
const DIGEST_CHARS = 64;

/** A checkpoint is not what was written. It is only a shortcut: the room was folded from its log instead. */
export class BrokenCheckpoint extends Error {
  override readonly name = 'BrokenCheckpoint';
  constructor(readonly room: string) {
    super(
      `the checkpoint of room ${room} is not what was written: it was ignored, and is written anew. Nothing of the room is lost, but ` +
        'the file was damaged or changed. Stop the server at the next occasion and see with `lms-live audit` what else is broken',
    );
  }
}

/** What there is to a checkpoint: the rules that it stands for; `none`: there is none that fits these logs; `broken`: it is not what was written. */
export type OpenedCheckpoint =
  | { readonly kind: 'usable'; readonly rules: RoomRules; readonly heads: readonly LogHead[] }
  | { readonly kind: 'none' | 'broken' };

/** The rules with a digest over them and over the heads at which they stand. */
export function sealCheckpoint(heads: readonly LogHead[], rules: RoomRules): Checkpoint {
  const text = writeCheckpoint(rules);
  return { heads, rules: digestOf(heads, text) + text };
}

/** Reads a checkpoint against the logs as they stand. */
export function openCheckpoint(checkpoint: Checkpoint | null, now: Heads): OpenedCheckpoint {
  // One of a version that wrote no digest; the next has one.
  if (!checkpoint || checkpoint.rules.startsWith('{"all":')) return { kind: 'none' };
  const { heads } = checkpoint;
  const text = checkpoint.rules.slice(DIGEST_CHARS);
  if (checkpoint.rules !== digestOf(heads, text) + text) return { kind: 'broken' };
  // Of other logs (a restored backup, a log made anew) it is worth nothing.
  const fits = heads.every((head) => {
    const { epoch, offset } = head.position;
    const position = now.get(logId(head))?.position;
    return position !== undefined && position.epoch === epoch && position.offset >= offset;
  });
  return fits ? { kind: 'usable', heads, rules: { ...EMPTY_ROOM_RULES, ...readCheckpoint(text) } } : { kind: 'none' };
}

function digestOf(heads: readonly LogHead[], rules: string): string {
  return sha256Hex(`${JSON.stringify(heads)}\n${rules}`);
}
