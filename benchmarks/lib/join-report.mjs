/** What came out of `bench:join`: all figures as JSON, and tables for people. */
import { writeReport } from './report.mjs';

/**
 * @typedef {object} Row
 * @property {string} name
 * @property {string} title
 * @property {readonly number[]} times milliseconds, one for each run that came to its end
 * @property {readonly string[]} failures
 * @property {ReturnType<import('./statistics.mjs').summary>} [summary] of `times`
 */

/** @typedef {{ name: string, people: number, roundTripMs: number, rows: readonly Row[] }} Scene */

/** What ours are held against, and what they may take of it. The cold page may not be slower than the best; the warmed one is near the bound. */
const TARGETS = [
  { name: 'ours-cold', against: 'fast', ratio: 1.05 },
  { name: 'ours-warmed', against: 'pre', ratio: 1.2 },
];

/** @param {{ seconds: number, camera: string, cases: readonly Scene[] }} report */
export function writeJoinReport({ seconds, camera, cases }) {
  const lines = cases.flatMap((scene) => [
    `### ${scene.people === 2 ? 'Two people' : `${scene.people} people, until the last has seen all ${scene.people - 1} faces`}, ${scene.roundTripMs} ms round trip`,
    '',
    '| page | median ms | middle half | against the best | against the bound | runs |',
    '| --- | --- | --- | --- | --- | --- |',
    ...scene.rows.map((row) => line(row, scene)),
    '',
    ...TARGETS.flatMap((target) => verdict(target, scene)),
    '',
  ]);
  writeReport('join', { seconds, camera, cases }, lines.join('\n'));
}

/**
 * @param {Row} row
 * @param {Scene} scene
 */
function line({ title, summary, failures }, scene) {
  if (!summary) return `| ${title} | – | – | – | – | 0, ${failures.length} failed |`;
  const { median, lowerQuartile, upperQuartile, runs } = summary;
  const cells = [
    title,
    median.toFixed(0),
    `${lowerQuartile.toFixed(0)}–${upperQuartile.toFixed(0)}`,
    ratioTo(scene, 'fast', median),
    ratioTo(scene, 'pre', median),
    failures.length > 0 ? `${runs}, ${failures.length} failed` : String(runs),
  ];
  return `| ${cells.join(' | ')} |`;
}

/**
 * @param {Scene} scene
 * @param {string} name
 * @param {number} median
 */
function ratioTo({ rows }, name, median) {
  const other = rows.find((row) => row.name === name)?.summary?.median;
  return other === undefined ? '–' : (median / other).toFixed(2);
}

/**
 * @param {typeof TARGETS[number]} target
 * @param {Scene} scene
 * @returns {string[]}
 */
function verdict({ name, against, ratio }, { rows }) {
  const own = rows.find((row) => row.name === name);
  const other = rows.find((row) => row.name === against);
  if (!own?.summary || !other?.summary) return [];
  const found = own.summary.median / other.summary.median;
  return [`${own.title}: ${found.toFixed(2)} × "${other.title}"; ${found <= ratio ? 'within' : 'over'} ${ratio}.`, ''];
}
