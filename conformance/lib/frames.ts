/** What a server says, written down from the page “The protocol” and from nothing else: no code is shared with what is checked. */

/** The logs of a room. */
export type Log = 'all' | 'me' | 'staff';

/** A place in one log. */
export interface Position {
  readonly epoch: string;
  readonly offset: number;
  readonly hash: string;
}

/** Where somebody stands. */
export type Positions = { readonly [L in Log]?: Position };

/** Where a log ends, as pings tell it. */
export interface Head {
  readonly log: Log;
  readonly position: Position;
}

/** One row of the list of media sessions. */
export interface MediaSession {
  readonly session: string;
  readonly number: number;
  readonly participant: string;
  readonly mode: string;
  readonly live: boolean;
  readonly audio: boolean;
  readonly video: boolean;
  readonly share: boolean;
  readonly away?: boolean;
  readonly may: { readonly audio: boolean; readonly video: boolean; readonly share: boolean };
}

/** What a body or a result holds is looked at where it is needed. */
export type Loose = Readonly<Record<string, unknown>>;

/** The frames of a server, by their kind. */
export interface Frames {
  readonly welcome: {
    readonly participant: string;
    readonly tenant: string;
    readonly role: string;
    readonly grants: readonly string[];
    readonly room: { readonly id: string; readonly kind: string };
    readonly positions: Positions;
    readonly serverTime: number;
    readonly expiresAt: number;
    readonly ice: readonly unknown[];
    readonly limits: Readonly<Record<string, number>>;
  };
  readonly waiting: {
    readonly why: string;
    readonly isWrong?: boolean;
    readonly message?: { readonly text: string };
    readonly room: { readonly id: string };
    readonly serverTime: number;
    readonly expiresAt: number;
  };
  readonly reset: {
    readonly log: Log;
    readonly why: string;
    readonly position: Position;
    readonly snapshot: Loose;
  };
  readonly event: {
    readonly log: Log;
    readonly offset: number;
    readonly id: string;
    readonly at: number;
    readonly type: string;
    readonly by: string | null;
    readonly hash: string;
    readonly salt?: string;
    readonly digest?: string;
    readonly body: Loose | null;
  };
  readonly ack: { readonly cmid: string; readonly positions: Positions; readonly result: Loose };
  readonly refused: {
    readonly cmid?: string;
    readonly code: string;
    readonly message: string;
    readonly retryable: boolean;
    readonly retryAfterMs?: number;
    readonly expect?: number;
    readonly detail?: Loose;
  };
  readonly signal: { readonly kind: string; readonly from?: string; readonly session?: string; readonly body: Loose };
  readonly presence: {
    readonly version: number;
    readonly full: boolean;
    readonly count: number;
    readonly joined: readonly { readonly participant: string; readonly role: string; readonly away?: boolean }[];
    readonly left: readonly string[];
  };
  readonly lobby: {
    readonly count: number;
    readonly people: readonly {
      readonly participant: string;
      readonly name: string;
      readonly why?: string;
      readonly note?: string;
    }[];
  };
  readonly roster: { readonly total: number; readonly people: readonly { readonly name: string }[] };
  readonly media: { readonly complete: boolean; readonly sessions: readonly MediaSession[] };
  readonly session: { readonly rev: number; readonly session: MediaSession | null; readonly why: string | null };
  readonly ice: { readonly ice: readonly unknown[] };
  readonly rights: { readonly role: string; readonly grants: readonly string[] };
  readonly token: { readonly expiresAt?: number };
  readonly ping: { readonly heads: readonly Head[] };
  readonly pong: { readonly serverTime: number; readonly heads: readonly Head[] };
  readonly drain: { readonly inMs: number };
}

/** The name of a frame of a server. */
export type FrameKind = keyof Frames;
