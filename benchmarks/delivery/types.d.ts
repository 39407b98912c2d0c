import type { Answer } from '../lib/load.mjs';
import type { Contender } from '../lib/contenders.mjs';

export interface Round {
  /** From 0. */
  readonly round: number;
  readonly seconds: number;
}

/** A figure of what was measured once. */
export type Figure = (answer: Answer) => number;

export interface Column {
  readonly title: string;
  readonly of: Figure;
  readonly digits: number;
  /** Beside it: how many times that of the first contender in the table. */
  readonly hasRatio?: boolean;
}

/** What has to be reached: our figure, or its ratio to that of a peer, by the medians of all rounds. */
export interface Target {
  readonly title: string;
  readonly phase: string;
  readonly of: Figure;
  /** The peer; absent: the figure itself counts. */
  readonly over?: string;
  /** Who, in the place of `ours`. */
  readonly who?: string;
  readonly most?: number;
  readonly least?: number;
}

export interface Case {
  readonly name: string;
  readonly title: string;
  /** What one has to know to read the tables. */
  readonly notes: readonly string[];
  readonly phases: readonly { readonly name: string; readonly title: string }[];
  readonly contenders: readonly string[];
  readonly columns: readonly Column[];
  readonly targets: readonly Target[];
  /** At most so many rounds, where one takes long. */
  readonly maxRounds?: number;
  /** One turn of one contender. @returns what was measured, by the name of the phase; a phase may be left out */
  measure(contender: Contender, round: Round): Promise<Readonly<Record<string, Answer>>>;
}
