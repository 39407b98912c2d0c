import type { Verdict } from '../checker/check.js';
import { ANOMALIES, type Anomaly } from '../checker/violation.js';
import type { Figure } from './types.js';

/** What the checker has found, as a table has it. */
export function verdictFigures({ violations, ...counts }: Verdict): Figure[] {
  const of = (...names: readonly Anomaly[]): string =>
    String(violations.filter(({ anomaly }) => names.includes(anomaly)).length);
  const named: readonly Anomaly[] = [
    'lost',
    'duplicate',
    'reordered',
    'skipped',
    'phantom',
    'stale-authority',
    'foreign',
  ];
  const others = (Object.keys(ANOMALIES) as Anomaly[]).filter((name) => !named.includes(name));
  return [
    ['acknowledged commands', String(counts.acknowledged)],
    ['refused for good · never answered', `${String(counts.refused)} · ${String(counts.open)}`],
    ['event frames received and checked', String(counts.events)],
    ['resumes that were exact', `${String(counts.exactResumes)} of ${String(counts.resumes)}`, 'all'],
    ...named.map((name): Figure => [name, of(name), '0']),
    ['any other anomaly', of(...others), '0'],
  ];
}
