import type { LogName, Position, Positions, ResetReason, Role } from '@lms-live/protocol';

/**
 * What the clients of a run did and saw, in the order of the clock. `t` is milliseconds since 1970 from a monotonic source.
 * A `reader` is one tab with its positions and its outbox, over all its connections; a command that is neither acknowledged nor failed has an unknown outcome.
 */
export type Entry = { readonly t: number } & (
  | {
      /** A hello was sent. */
      readonly kind: 'opened';
      readonly connection: string;
      readonly reader: string;
      readonly tenant: string;
      readonly room: string;
      readonly sub: string;
      /** Of the token. */
      readonly role: Role;
      readonly positions: Positions;
      /** The places are not of what this reader has seen: the run gave it them. */
      readonly isBorrowed?: boolean;
    }
  | {
      readonly kind: 'welcomed';
      readonly connection: string;
      readonly participant: string;
      readonly heads: Positions;
    }
  | {
      readonly kind: 'reset';
      readonly connection: string;
      readonly log: LogName;
      readonly why: ResetReason;
      readonly position: Position;
    }
  | {
      readonly kind: 'event';
      readonly connection: string;
      readonly log: LogName;
      readonly offset: number;
      readonly hash: string;
      /** The hash as it follows from the frame and the place before it; null where that place is not known. */
      readonly computed: string | null;
    }
  /** The client has asked again for what follows these positions. */
  | { readonly kind: 'asked'; readonly connection: string; readonly positions: Positions }
  /** A frame that the run itself has taken off the wire. */
  | { readonly kind: 'withheld'; readonly connection: string; readonly log: LogName; readonly offset: number }
  | { readonly kind: 'closed'; readonly connection: string; readonly code: number }
  | {
      readonly kind: 'invoked';
      readonly reader: string;
      readonly cmid: string;
      readonly type: string;
      readonly body: Readonly<Record<string, unknown>>;
    }
  /** `answer` is the JSON of `{positions, result}`. A command that was sent several times is acknowledged as often. */
  | { readonly kind: 'acked'; readonly connection: string; readonly cmid: string; readonly answer: string }
  /** Refused for good: it must never take effect. */
  | { readonly kind: 'failed'; readonly reader: string; readonly cmid: string; readonly code: string }
  /** The run says that this reader has had every chance to be complete. */
  | { readonly kind: 'settled'; readonly reader: string }
);

/** One kind of entry. */
export type EntryOf<K extends Entry['kind']> = Extract<Entry, { kind: K }>;
