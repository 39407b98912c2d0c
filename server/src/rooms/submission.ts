import type { Actor, Command, Positions, Refused, SystemCommand } from '@lms-live/protocol';
import { RETRY_AFTER_MS } from './refusal-of.js';
import type { RoomRules } from './room-rules.js';

/** One command on its way to a decision. */
export interface Submission {
  readonly command: Command | SystemCommand;
  /** null: the system. */
  readonly actor: Actor | null;
  /** It may have been answered on an earlier connection: look further than memory. */
  readonly resend?: boolean;
  /** Asked right before the decision, in order, with the rules that it is made on: a reason to refuse this one. */
  readonly guard?: (rules: RoomRules) => RoomRefusal | null;
  /** Not remembered by its `cmid`: what the server says on somebody's behalf. */
  readonly ephemeral?: boolean;
  /** Called in the turn in which the answer is final and before anything is published. */
  readonly onAnswer?: (answer: Answer) => void;
}

export interface RoomRefusal extends Refused {
  readonly expect?: number;
}

export type Answer =
  | { readonly ok: true; readonly positions: Positions; readonly result: Readonly<Record<string, unknown>> }
  | RoomRefusal;

/** Whoever comes in was counted at the door, and refused would only come again. */
export function countsInQueue({ command, ephemeral }: Submission): boolean {
  return !(ephemeral === true && command.type === 'person.join');
}

/** Answers what comes while too much waits already. */
export function turnAway({ onAnswer }: Submission): Answer {
  const busy: Answer = { ok: false, code: 'busy', retryAfterMs: RETRY_AFTER_MS };
  onAnswer?.(busy);
  return busy;
}

/** A submission in the queue of its room. */
export interface Job extends Submission {
  /** What its answer is remembered by; null where it is not. */
  readonly memory: { readonly actor: string; readonly cmid: string; readonly digest: string } | null;
  readonly settle: (answer: Answer) => void;
}

export function settle(job: Job, answer: Answer): void {
  job.onAnswer?.(answer);
  job.settle(answer);
}
