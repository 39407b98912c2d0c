import { checkChains } from './check-chains.js';
import { checkReads } from './check-reads.js';
import { checkRights } from './check-rights.js';
import { checkSends } from './check-sends.js';
import type { Entry } from './history.js';
import { indexTruth } from './truth-index.js';
import type { Truth } from './truth.js';
import type { Violation } from './violation.js';

/** What a run comes to. */
export interface Verdict {
  readonly violations: readonly Violation[];
  /** Commands that were acknowledged. */
  readonly acknowledged: number;
  /** Commands whose outcome nobody knows: the run ended before. */
  readonly open: number;
  readonly refused: number;
  readonly resumes: number;
  readonly exactResumes: number;
  /** Event frames that were received. */
  readonly events: number;
}

/** Holds what the clients of a run did and saw against what the store has: the invariants I1 to I10. */
export function check(history: readonly Entry[], truth: Truth): Verdict {
  const rooms = indexTruth(truth);
  const reads = checkReads(history, rooms);
  const invoked = new Set<string>();
  const acked = new Set<string>();
  const failed = new Set<string>();
  for (const entry of history) {
    if (entry.kind === 'invoked') invoked.add(entry.cmid);
    if (entry.kind === 'acked') acked.add(entry.cmid);
    if (entry.kind === 'failed') failed.add(entry.cmid);
  }
  return {
    violations: [
      ...checkChains(truth),
      ...checkSends(history, rooms),
      ...reads.violations,
      ...checkRights(history, rooms),
    ],
    acknowledged: acked.size,
    refused: failed.size,
    open: [...invoked].filter((cmid) => !acked.has(cmid) && !failed.has(cmid)).length,
    resumes: reads.resumes,
    exactResumes: reads.exactResumes,
    events: reads.events,
  };
}
