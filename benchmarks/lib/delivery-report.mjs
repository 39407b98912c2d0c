/** Tables of what was measured, and which targets are met. */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { availableParallelism, cpus, loadavg, release, totalmem } from 'node:os';
import { fileURLToPath } from 'node:url';
import { isSaturated } from '../delivery/figures.mjs';
import { quantile } from './statistics.mjs';

/** A core that others use makes every server gather more, and wait. */
const QUIET_LOAD = 0.5;
const PEERS = ['uWebSockets.js', 'ws', 'socket.io', 'jose'];
const KEPT = fileURLToPath(new URL('../results/', import.meta.url));
const PASSING = fileURLToPath(new URL('../../.reports/benchmarks/', import.meta.url));
const PRETTIER = fileURLToPath(new URL('../../node_modules/.bin/prettier', import.meta.url));

/**
 * @typedef {import('../delivery/types.js').Case} Case
 * @typedef {Map<string, import('./load.mjs').Answer[]>} Results answers of all rounds, by `phase/contender`
 * @typedef {{ scene: Case, results: Results, titles: ReadonlyMap<string, string> }} Measured
 */

/**
 * @param {{ measured: readonly Measured[], seconds: number, loadBefore: readonly number[], command: string, isKept: boolean }} report
 * @returns {string} where it stands
 */
export function writeDeliveryReport({ measured, seconds, loadBefore, command, isKept }) {
  const machine = describeMachine(loadBefore);
  const targets = measured.flatMap(({ scene, results }) => scene.targets.map((target) => judge(target, results)));
  const markdown = [
    `# Delivery, ${today()}`,
    '',
    ...Object.entries(machine).map(([name, value]) => `- ${name}: ${value}`),
    `- load generator: ${describeHeadroom(measured)}`,
    `- command: \`${command}\`, ${seconds} s`,
    '',
    ...((loadBefore[0] ?? 0) > QUIET_LOAD
      ? ['**The machine was busy with other work when this began: it shows that everything runs, and no more.**', '']
      : []),
    'All on one machine, taking turns, medians of the rounds; in parentheses how many times the first of the table. One process each, Node without flags. The load generator shares the machine with them.',
    '',
    '## Targets',
    '',
    ...table(
      ['what', 'measured', 'must be', ''],
      targets.map(({ title, value, most, least }) => [
        title,
        Number.isFinite(value) ? value.toPrecision(3) : 'not measured',
        most === undefined ? `≥ ${least}` : `≤ ${most}`,
        verdict({ value, most, least }),
      ]),
    ),
    ...measured.flatMap(tablesOf),
  ].join('\n');
  const folder = isKept ? KEPT : PASSING;
  const name = isKept ? `${today()}-delivery` : 'delivery';
  mkdirSync(folder, { recursive: true });
  const figures = measured.map(({ scene, results }) => ({ name: scene.name, results: Object.fromEntries(results) }));
  writeFileSync(`${folder}${name}.json`, `${JSON.stringify({ machine, command, targets, figures }, null, 1)}\n`);
  writeFileSync(`${folder}${name}.md`, `${markdown.trim()}\n`);
  // What is kept is formatted as everything that is.
  if (isKept)
    execFileSync(PRETTIER, ['--write', '--log-level', 'warn', `${folder}${name}.json`, `${folder}${name}.md`]);
  console.log(markdown);
  return `${folder}${name}.md`;
}

/** @param {import('../delivery/types.js').Target} target @param {Results} results */
function judge({ title, phase, of, over, who = 'ours', most, least }, results) {
  const figure = (/** @type {string} */ name) => median(results.get(`${phase}/${name}`) ?? [], of);
  const value = over === undefined ? figure(who) : figure(who) / figure(over);
  return { title, value, ...(most !== undefined && { most }), ...(least !== undefined && { least }) };
}

/** @param {{ value: number, most?: number | undefined, least?: number | undefined }} target */
function verdict({ value, most = Infinity, least = -Infinity }) {
  if (!Number.isFinite(value)) return '–';
  return value <= most && value >= least ? 'met' : '**not met**';
}

/** @param {Measured} measured @returns {string[]} */
function tablesOf({ scene, results, titles }) {
  const lines = ['', `## ${scene.title}`, '', ...scene.notes.flatMap((note) => [note, ''])];
  for (const { name, title } of scene.phases) {
    const first = results.get(`${name}/${scene.contenders.find((one) => results.has(`${name}/${one}`))}`) ?? [];
    const rows = scene.contenders.flatMap((contender) => {
      const answers = results.get(`${name}/${contender}`);
      if (answers === undefined) return [];
      const cells = scene.columns.map((column) => cell(column, answers, first));
      const mark = answers.some(isSaturated) ? ' (generator saturated)' : '';
      return [[`${titles.get(contender)}${mark}`, ...cells, String(answers.length)]];
    });
    if (rows.length > 0)
      lines.push(...table([title, ...scene.columns.map((column) => column.title), 'rounds'], rows), '');
  }
  return lines;
}

/** @param {import('../delivery/types.js').Column} column @param {readonly import('./load.mjs').Answer[]} answers @param {readonly import('./load.mjs').Answer[]} first */
function cell({ of, digits, hasRatio = false }, answers, first) {
  const value = median(answers, of);
  if (!Number.isFinite(value)) return '–';
  const ratio = hasRatio ? ` (${(value / median(first, of)).toFixed(2)})` : '';
  return `${value.toFixed(digits)}${ratio}`;
}

/** @param {readonly import('./load.mjs').Answer[]} answers @param {import('../delivery/types.js').Figure} of */
function median(answers, of) {
  const values = answers.map(of).filter(Number.isFinite);
  return values.length === 0 ? NaN : quantile(values, 0.5);
}

/** @param {readonly string[]} head @param {readonly (readonly string[])[]} rows */
function table(head, rows) {
  return [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`);
}

/** Whether it was the servers that were measured. @param {readonly Measured[]} measured */
function describeHeadroom(measured) {
  const answers = measured.flatMap(({ results }) => [...results.values()].flat());
  const shares = answers.map((answer) => answer['generator']?.cpuShare).filter(Number.isFinite);
  const saturated = answers.filter(isSaturated).length;
  const most = measured.flatMap(({ results }) => results.get('saturation/limit') ?? []);
  const reach =
    most.length === 0
      ? ''
      : `; with the server in C it takes ${(median(most, (answer) => answer['deliveriesPerSecond']) / 1e6).toFixed(1)} million deliveries/s`;
  return `one thread, at most ${Math.max(0, ...shares).toFixed(2)} of a core, ${saturated} of ${shares.length} measurements marked as saturated${reach}; it was checked before that it notices what is lost, doubled and swapped`;
}

/** @param {readonly number[]} loadBefore */
function describeMachine(loadBefore) {
  const require = createRequire(import.meta.url);
  const versions = PEERS.map((name) => `${name} ${versionOf(require.resolve(name), name)}`);
  return {
    machine: `${cpus()[0]?.model ?? 'unknown'}, ${availableParallelism()} cores, ${Math.round(totalmem() / 2 ** 30)} GiB, Linux ${release()}`,
    versions: [`Node ${process.versions.node}`, ...versions].join(', '),
    'load average before': loadBefore.map((value) => value.toFixed(2)).join(', '),
    'load average after': loadavg()
      .map((value) => value.toFixed(2))
      .join(', '),
  };
}

/** Not every package exports its package.json. @param {string} entry @param {string} name */
function versionOf(entry, name) {
  const folder = entry.slice(0, entry.lastIndexOf(`node_modules/${name}/`) + `node_modules/${name}/`.length);
  const path = `${folder}package.json`;
  return existsSync(path) ? JSON.parse(readFileSync(path, 'utf8')).version : 'unknown';
}

function today() {
  return new Date().toISOString().slice(0, 10);
}
