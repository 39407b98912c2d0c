import type { Parameters } from 'fast-check';

/**
 * How often a property is tried. The same histories each time, so that a red build is red again on the next try;
 * `FC_SEED=1` takes others, `FC_RUNS=20` twenty times as many.
 */
export function runs(numRuns: number): Parameters<unknown> {
  return { numRuns: numRuns * Number(process.env['FC_RUNS'] ?? 1), seed: Number(process.env['FC_SEED'] ?? 2_026) };
}
