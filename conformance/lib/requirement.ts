import type { Stage } from './stage.js';

/** What a requirement cannot be checked without. `mint`: tokens of any kind · `restart`: somebody who stops the server. */
export type Need = 'teacher' | 'student' | 'second' | 'mint' | 'restart';

/** One thing that the page demands of a server. */
export interface Requirement {
  /** Never given to another one: reports of different days are compared by it. */
  readonly id: string;
  /** The heading of the page under which it stands. */
  readonly clause: string;
  /** The demand, in one sentence. */
  readonly must: string;
  readonly needs: readonly Need[];
  /** Throws where the server does otherwise. */
  readonly check: (stage: Stage) => Promise<void>;
}

/** Thrown by a check that turns out not to be possible here. */
export class Skip extends Error {
  override readonly name = 'Skip';
}

/** The requirements of one clause. */
export function under(
  clause: string,
  rows: Readonly<Record<string, readonly [must: string, needs: readonly Need[], check: Requirement['check']]>>,
): readonly Requirement[] {
  return Object.entries(rows).map(([id, [must, needs, check]]) => ({ id, clause, must, needs, check }));
}
