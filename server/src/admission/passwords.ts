import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import { LIMITS } from '@lms-live/protocol';
import { RateLimits } from '../gateway/rate-limits.js';
import type { RoomKey } from '../storage/types.js';
import { isPassword } from './password.js';
import { QueueFull } from './queue.js';

/** One try at the password of a room. */
export interface PasswordTry {
  readonly key: RoomKey;
  readonly hash: string;
  readonly participant: string;
  readonly address: string;
  readonly text: string;
}

/** `right`; else whether it was looked at and found wrong, and how long until another is looked at (null: at once). */
export type PasswordAnswer =
  { readonly right: true } | { readonly right: false; readonly isWrong: boolean; readonly retryAfterMs: number | null };

const MAX_CALLERS = 50_000;
/** Who is let in by a password and remembered; the oldest are asked again. */
const MAX_PASSED = 50_000;
const MAX_ROOMS = 10_000;
const BUSY_MS = 1_000;

const MINUTE_S = 60;

/**
 * The passwords of all rooms at the door: how often somebody may try, and who was right once. A class that comes in together says the same:
 * one look at it costs the time of a slow hash, every other is compared with what was right.
 */
export class Passwords {
  /** By participant and room, the hash that they knew the password of. */
  readonly #passed = new Map<string, string>();
  /** By room, what was right. */
  readonly #right = new Map<RoomKey, { readonly hash: string; readonly mac: Buffer }>();
  readonly #secret = randomBytes(32);
  readonly #people = new RateLimits({
    burst: LIMITS.passwordBurst,
    perSecond: LIMITS.passwordsPerMinute / MINUTE_S,
    maxCallers: MAX_CALLERS,
  });
  /** A school stands behind one address: it has more, and what was right is given back. */
  readonly #addresses = new RateLimits({
    burst: LIMITS.addressPasswordBurst,
    perSecond: LIMITS.addressPasswordsPerMinute / MINUTE_S,
    maxCallers: MAX_CALLERS,
  });

  /** Whether somebody was right once, and the password is still that one. */
  hasPassed({ key, hash, participant }: Pick<PasswordTry, 'key' | 'hash' | 'participant'>): boolean {
    return this.#passed.get(personIn(key, participant)) === hash;
  }

  /** Looks at a password. */
  async try(attempt: PasswordTry): Promise<PasswordAnswer> {
    const { key, hash, participant, address, text } = attempt;
    const place = `${String(key)} ${address}`;
    const waitMs = this.#people.take(personIn(key, participant)) || this.#addresses.take(place);
    if (waitMs > 0) return { right: false, isWrong: false, retryAfterMs: waitMs };
    const mac = this.#macOf(attempt);
    try {
      if (!this.#isKnown(attempt, mac) && !(await isPassword(text, hash)))
        return { right: false, isWrong: true, retryAfterMs: null };
    } catch (error) {
      if (!(error instanceof QueueFull)) throw error;
      this.#addresses.giveBack(place);
      return { right: false, isWrong: false, retryAfterMs: BUSY_MS };
    }
    this.#addresses.giveBack(place);
    keep(this.#right, { key, value: { hash, mac }, max: MAX_ROOMS });
    keep(this.#passed, { key: personIn(key, participant), value: hash, max: MAX_PASSED });
    return { right: true };
  }

  #isKnown({ key, hash }: PasswordTry, mac: Buffer): boolean {
    const right = this.#right.get(key);
    return right?.hash === hash && timingSafeEqual(right.mac, mac);
  }

  /** Compared in no time that says anything, and worth nothing to whoever reads this memory later. */
  #macOf({ key, hash, text }: PasswordTry): Buffer {
    return createHmac('sha256', this.#secret)
      .update(JSON.stringify([key, hash, text.normalize('NFC')]))
      .digest();
  }
}

function personIn(key: RoomKey, participant: string): string {
  return `${String(key)}/${participant}`;
}

function keep<K, V>(
  map: Map<K, V>,
  { key, value, max }: { readonly key: K; readonly value: V; readonly max: number },
): void {
  map.delete(key);
  const [oldest] = map.keys();
  if (map.size >= max && oldest !== undefined) map.delete(oldest);
  map.set(key, value);
}
