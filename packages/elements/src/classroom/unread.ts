import type { RoomState } from '@lms-live/client';

/** Where unread things are counted. */
export type Counted = 'chat' | 'questions';

/** More than this is not counted further. */
export const MAX_UNREAD = 99;

type Offsets = Readonly<Record<'all' | 'me' | 'staff', number>>;

/**
 * What was written and asked by others since this person last looked. What was said before they came is not news; what comes in by a
 * resume after a lost connection is, so that positions in the logs are kept and no events are counted.
 */
export class Unread {
  readonly #storage: Pick<Storage, 'getItem' | 'setItem'> | null;
  #owner = '';
  #seen: Partial<Record<Counted, Offsets>> = {};

  /** @param storage where it survives a reload of the page; null: nowhere */
  constructor(storage: Pick<Storage, 'getItem' | 'setItem'> | null) {
    this.#storage = storage;
  }

  /** Before anything is counted, and with every state: `looksAt` is what this person has before their eyes. */
  prepare(state: RoomState, looksAt: string | null): void {
    const { me, roomId, connection } = state;
    if (!me || !connection.synced) return;
    const owner = `lms-live:seen:${roomId ?? ''}:${me.participant}`;
    if (owner !== this.#owner) this.#open(owner);
    const heads = headsOf(state);
    const before = this.#seen;
    const seen = {
      chat: this.#seenBy(before.chat, heads, looksAt === 'chat'),
      questions: this.#seenBy(before.questions, heads, looksAt === 'questions'),
    };
    if (isSame(seen.chat, before.chat) && isSame(seen.questions, before.questions)) return;
    this.#seen = seen;
    this.#store();
  }

  /** At most `MAX_UNREAD` and one. */
  count(state: RoomState, what: Counted): number {
    const seen = this.#seen[what];
    if (!seen || !state.me) return 0;
    return what === 'chat' ? countMessages(state, seen) : countQuestions(state, seen);
  }

  /** A log that was started anew begins at lower offsets: what was seen of it counts for nothing, and nothing in it is old. */
  #seenBy(seen: Offsets | undefined, heads: Offsets, isLooking: boolean): Offsets {
    if (!seen || isLooking) return heads;
    return {
      all: Math.min(seen.all, heads.all),
      me: Math.min(seen.me, heads.me),
      staff: Math.min(seen.staff, heads.staff),
    };
  }

  #open(owner: string): void {
    this.#owner = owner;
    this.#seen = {};
    try {
      const value = JSON.parse(this.#storage?.getItem(owner) ?? '{}') as Record<string, unknown> | null;
      for (const what of ['chat', 'questions'] as const) {
        const offsets = value?.[what];
        if (isOffsets(offsets)) this.#seen[what] = offsets;
      }
    } catch {
      // Somebody else's, or refused: counted from now on.
    }
  }

  #store(): void {
    try {
      this.#storage?.setItem(this.#owner, JSON.stringify(this.#seen));
    } catch {
      // Counted anew after a reload.
    }
  }
}

function headsOf({ heads }: RoomState): Offsets {
  return { all: heads['all']?.offset ?? 0, me: heads['me']?.offset ?? 0, staff: heads['staff']?.offset ?? 0 };
}

function isOffsets(value: unknown): value is Offsets {
  if (typeof value !== 'object' || value === null) return false;
  const { all, me, staff } = value as Record<string, unknown>;
  return [all, me, staff].every((offset) => Number.isSafeInteger(offset));
}

function isSame(a: Offsets, b: Offsets | undefined): boolean {
  return a.all === b?.all && a.me === b.me && a.staff === b.staff;
}

function countMessages({ views, me }: RoomState, seen: Offsets): number {
  let count = 0;
  // A message between a student and the staff stands in two logs; staff read it in theirs.
  const own = me?.grants.has('staff.read') ? 'staff' : 'me';
  for (const log of ['all', own] as const) {
    for (const { offset, by, text } of views[log].messages.tail(MAX_UNREAD + 1)) {
      if (offset > seen[log] && by !== me?.participant && text !== null) count += 1;
    }
  }
  return Math.min(count, MAX_UNREAD + 1);
}

function countQuestions({ views, me }: RoomState, seen: Offsets): number {
  let count = 0;
  for (const log of ['all', 'staff'] as const) {
    for (const { offset, by, id } of views[log].questions.values()) {
      if (offset > seen[log] && by !== me?.participant && !views.me.asked.has(id)) count += 1;
      if (count > MAX_UNREAD) return count;
    }
  }
  return count;
}
