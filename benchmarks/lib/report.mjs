/** Where figures go: `.reports/benchmarks`, which is not kept; what is worth keeping is copied from there into the documentation. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { availableParallelism, loadavg } from 'node:os';
import { fileURLToPath } from 'node:url';

const FOLDER = fileURLToPath(new URL('../../.reports/benchmarks/', import.meta.url));

/**
 * @param {string} name of the files
 * @param {object} figures
 * @param {string} markdown
 */
export function writeReport(name, figures, markdown) {
  mkdirSync(FOLDER, { recursive: true });
  const machine = { cores: availableParallelism(), loadAverage: loadavg(), node: process.version };
  writeFileSync(
    `${FOLDER}${name}.json`,
    `${JSON.stringify({ at: new Date().toISOString(), machine, ...figures }, null, 2)}\n`,
  );
  writeFileSync(`${FOLDER}${name}.md`, `${markdown.trim()}\n`);
  console.log(markdown);
}
