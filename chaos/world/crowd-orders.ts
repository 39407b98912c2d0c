import type { Entry } from '../checker/history.js';
import type { ReaderIdentity } from './wire-tap.js';

/** What a crowd is told. */
export type CrowdOrder =
  | {
      readonly order: 'gather';
      readonly port: number;
      readonly seed: number;
      readonly people: readonly { readonly reader: ReaderIdentity; readonly token: string }[];
    }
  /** From now on, who comes back is written down. */
  | { readonly order: 'watch' }
  /** Every connection at once. */
  | { readonly order: 'cut' }
  /** Waits until everybody is back. */
  | { readonly order: 'back'; readonly limitMs: number }
  | { readonly order: 'leave'; readonly limitMs: number; readonly quietMs: number };

/** What it says when it has done so; times are milliseconds since 1970. */
export type CrowdReply =
  | { readonly done: 'gather' | 'watch' | 'cut'; readonly count: number }
  | { readonly done: 'back'; readonly at: readonly number[] }
  | { readonly done: 'leave'; readonly history: readonly Entry[] };
