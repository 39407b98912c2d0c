/**
 * `npm run chaos`: many clients against the built server as a process, a path that fails, a server that is killed, and a checker.
 * `npm run chaos -- kills --seed 7`: one run of those below. Everything by chance comes from the seed, which is printed.
 */
import { randomInt } from 'node:crypto';
import { parseArgs } from 'node:util';
import { keepHistory, keepReport, toMarkdown, type Played } from './lib/report.js';
import { RUNS } from './runs/index.js';
import type { RunOptions } from './runs/types.js';

const MAX_SEED = 2 ** 31;
const NUMBERS = ['seed', 'clients', 'sends', 'kills', 'minutes', 'count'] as const;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    ...(Object.fromEntries(NUMBERS.map((name) => [name, { type: 'string' }])) as Record<
      (typeof NUMBERS)[number],
      { type: 'string' }
    >),
    report: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
});

const [name = 'story'] = positionals;
const run = RUNS[name];
if (values.help || !run) {
  console.log(usage());
  process.exit(values.help ? 0 : 2);
}

const given = Object.fromEntries(
  NUMBERS.flatMap((key) => (values[key] === undefined ? [] : [[key, numberOf(key, values[key])]])),
);
const options: RunOptions = {
  seed: randomInt(MAX_SEED),
  ...run.defaults,
  ...given,
  say: (line) => {
    console.log(`  ${line}`);
  },
};
const command = `npm run chaos -- ${[name, `--seed ${String(options.seed)}`, ...Object.entries(given).flatMap(([key, value]) => (key === 'seed' ? [] : [`--${key} ${String(value)}`]))].join(' ')}`;
console.log(`${name}: ${run.what}\n  again: ${command}`);

const startedAt = performance.now();
const result = await run.play(options);
const played: Played = {
  name,
  what: run.what,
  seed: options.seed,
  command,
  seconds: (performance.now() - startedAt) / 1_000,
  result,
};
console.log(`\n${toMarkdown(played)}`);
if (values.report) console.log(`kept: ${keepReport(played)}`);
if (!result.passed) {
  console.log(`history: ${keepHistory(played)}\nagain: ${command}`);
  process.exitCode = 1;
}

function numberOf(key: string, text: string): number {
  const number = Number(text);
  if (Number.isFinite(number) && number >= 0) return number;
  console.error(`--${key} takes a number, not ${text}.`);
  process.exit(2);
}

function usage(): string {
  const lines = Object.entries(RUNS).map(([key, { what }]) => `  ${key.padEnd(8)} ${what}`);
  return `npm run chaos -- [run] [--seed n] [--clients n] [--sends n] [--kills n] [--minutes n] [--count n] [--report]\n\n${lines.join('\n')}`;
}
