import type { Entry } from '../checker/history.js';
import type { Violation } from '../checker/violation.js';

/** What every run can be told. */
export interface RunOptions {
  readonly seed: number;
  readonly clients: number;
  /** Acknowledged commands to come to. */
  readonly sends: number;
  /** SIGKILLs of the server on the way. */
  readonly kills: number;
  /** At most so long. */
  readonly minutes: number;
  /** Resumes, or deployments. */
  readonly count: number;
  /** Told what is going on, now and then. */
  readonly say: (line: string) => void;
}

/** One figure: its name, what was seen, and what it has to be. */
export type Figure = readonly [name: string, value: string, bar?: string];

export interface RunResult {
  readonly passed: boolean;
  readonly figures: readonly Figure[];
  readonly violations: readonly Violation[];
  /** Kept where the run has failed. */
  readonly history: readonly Entry[];
}

/** A run by name. */
export interface Run {
  readonly what: string;
  readonly defaults: Omit<RunOptions, 'seed' | 'say'>;
  readonly play: (options: RunOptions) => Promise<RunResult>;
}
