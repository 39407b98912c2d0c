/**
 * How fast and at what cost messages reach everyone, beside bare peers, in one run, taking turns.
 *
 * `npm run bench -- --only fanout,ack --rounds 5 --seconds 5 --contenders uws,ours --report`
 */
import { loadavg } from 'node:os';
import { readOptions } from '../scripts/read-options.mjs';
import { ack } from './delivery/ack.mjs';
import { append } from './delivery/append.mjs';
import { fanout } from './delivery/fanout.mjs';
import { handshake } from './delivery/handshake.mjs';
import { idle } from './delivery/idle.mjs';
import { resume } from './delivery/resume.mjs';
import { saturation } from './delivery/saturation.mjs';
import { selfCheck } from './delivery/self-check.mjs';
import { storm } from './delivery/storm.mjs';
import { CONTENDERS } from './lib/contenders.mjs';
import { writeDeliveryReport } from './lib/delivery-report.mjs';

/** @type {readonly import('./delivery/types.js').Case[]} */
const CASES = [fanout, saturation, ack, handshake, idle, append, resume, storm];

/** Who is not a server. */
const APPENDERS = [
  { name: 'disk', title: 'the disk: append, `fdatasync`' },
  { name: 'sqlite', title: 'SQLite, FULL' },
  { name: 'store', title: 'the store of LMS Live' },
].map((one) => ({ ...one, start: () => Promise.reject(new Error(`${one.title} is no server.`)) }));
const ALL = [...CONTENDERS, ...APPENDERS];

const values = readOptions(
  'npm run bench -- …: delivery beside other servers; --only and --contenders take names with commas',
  {
    rounds: { type: 'string', default: '5' },
    seconds: { type: 'string', default: '5' },
    only: { type: 'string', default: CASES.map(({ name }) => name).join(',') },
    contenders: { type: 'string', default: ALL.map(({ name }) => name).join(',') },
    report: { type: 'boolean', default: false },
    'self-check': { type: 'boolean', default: false },
  },
);
const cases = named(CASES, values.only);
const contenders = named(ALL, values.contenders);
const titles = new Map(ALL.map(({ name, title }) => [name, title]));
const loadBefore = loadavg();
const startedAt = Date.now();

await selfCheck();
console.error('The load generator notices what is lost, doubled and swapped.');
if (values['self-check']) process.exit(0);

const measured = [];
for (const scene of cases) measured.push({ scene, results: await play(scene), titles });
const path = writeDeliveryReport({
  measured,
  seconds: Math.round((Date.now() - startedAt) / 1_000),
  loadBefore,
  command: ['npm run bench --', ...process.argv.slice(2)].join(' '),
  isKept: values.report,
});
console.error(path);

/**
 * Every round does each once, so that what slows the machine down slows all of them.
 *
 * @param {import('./delivery/types.js').Case} scene
 */
async function play(scene) {
  /** @type {Map<string, import('./lib/load.mjs').Answer[]>} */
  const results = new Map();
  const rounds = Math.min(Number(values.rounds), scene.maxRounds ?? Infinity);
  for (let round = 0; round < rounds; round += 1)
    for (const contender of contenders.filter(({ name }) => scene.contenders.includes(name))) {
      console.error(`${scene.name}, round ${round + 1} of ${rounds}: ${contender.title}`);
      try {
        const answers = await scene.measure(contender, { round, seconds: Number(values.seconds) });
        for (const [phase, answer] of Object.entries(answers)) {
          const key = `${phase}/${contender.name}`;
          results.set(key, [...(results.get(key) ?? []), answer]);
        }
      } catch (error) {
        // One that fails is missing in the table; the others go on.
        console.error(error);
        process.exitCode = 1;
      }
    }
  return results;
}

/**
 * @template {{ readonly name: string }} T
 * @param {readonly T[]} all
 * @param {string} names
 * @returns {readonly T[]}
 */
function named(all, names) {
  const wanted = names.split(',');
  const unknown = wanted.filter((name) => !all.some((one) => one.name === name));
  if (unknown.length > 0)
    throw new Error(`There is no ${unknown.join(', ')}: ${all.map(({ name }) => name).join(', ')}.`);
  return all.filter(({ name }) => wanted.includes(name));
}
