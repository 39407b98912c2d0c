import type { ErrorCode } from '@lms-live/protocol';
import type { Admission } from '../auth/types.js';

/** What `lms-live token check` found; `--json` prints it. It holds no signature and no secret. */
export interface TokenReport {
  /** Whether the server would let its holder connect. Whether they come into a room depends on the room too. */
  readonly accepted: boolean;
  readonly header: { readonly alg: string; readonly kid: string | null } | null;
  readonly tenant: {
    readonly id: string;
    readonly foundBy: 'iss' | 'name' | 'only';
    readonly admission: Admission['by'];
  } | null;
  /** The key that signed it; null: none does. */
  readonly key: string | null;
  readonly times: { readonly issuedAt: number | null; readonly expiresAt: number | null; readonly now: number };
  /** What each thing that the server wants to know was read from, and became. */
  readonly claims: readonly ClaimFinding[];
  readonly problems: readonly Finding[];
  /** What is no reason to refuse it, and may surprise. */
  readonly notes: readonly string[];
}

export interface ClaimFinding {
  readonly what: 'person' | 'name' | 'picture' | 'locale' | 'role' | 'room' | 'grants' | 'audience' | 'purpose';
  /** The claims, as a person reads them. */
  readonly from: string;
  /** As JSON, cut. */
  readonly found: string;
  /** null: it could not be read. */
  readonly became: string | null;
}

export interface Finding {
  readonly code: ErrorCode;
  readonly message: string;
  /** What to change, and where. */
  readonly mend: string;
}
