import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { RunResult } from '../runs/types.js';
import { describeCommit, describeMachine } from './environment.js';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const KEPT = join(ROOT, 'benchmarks/results');
const FAILED = join(ROOT, '.reports/chaos');
const MAX_SHOWN = 20;

export interface Played {
  readonly name: string;
  readonly what: string;
  readonly seed: number;
  /** Plays the same again. */
  readonly command: string;
  readonly seconds: number;
  readonly result: RunResult;
}

/** The figures of a run as Markdown: machine, versions, seed, command, table. */
export function toMarkdown({ name, what, seed, command, seconds, result }: Played): string {
  const { figures, passed, violations } = result;
  const rows = figures.map(([figure, value, bar = '']) => `| ${figure} | ${value} | ${bar} |`);
  const shown = violations
    .slice(0, MAX_SHOWN)
    .map(({ anomaly, invariant, where, detail }) => `- ${invariant} ${anomaly}: ${where}: ${detail}`);
  return [
    `# Chaos: ${name}`,
    '',
    `${what[0]?.toUpperCase() ?? ''}${what.slice(1)}. **${passed ? 'Passed' : 'FAILED'}**, in ${seconds.toFixed(0)} s.`,
    '',
    `- ${new Date().toISOString()}, commit ${describeCommit()}`,
    `- ${describeMachine()}`,
    `- seed ${String(seed)}: \`${command}\``,
    '',
    '| figure | seen | has to be |',
    '| --- | --- | --- |',
    ...rows,
    ...(shown.length > 0 ? ['', ...shown] : []),
    '',
  ].join('\n');
}

/** Writes a dated report beside those of the benchmarks. @returns where */
export function keepReport(played: Played): string {
  mkdirSync(KEPT, { recursive: true });
  const file = join(KEPT, `${new Date().toISOString().slice(0, 10)}-chaos-${played.name}.md`);
  writeFileSync(file, toMarkdown(played));
  return file;
}

/** Keeps what happened in a run that has failed, an entry on each line. @returns where */
export function keepHistory({ name, seed, result }: Played): string {
  mkdirSync(FAILED, { recursive: true });
  const file = join(FAILED, `${name}-${String(seed)}.jsonl`);
  const lines = [...result.violations, ...result.history].map((entry) => JSON.stringify(entry));
  writeFileSync(file, `${lines.join('\n')}\n`);
  return file;
}
