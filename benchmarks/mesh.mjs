/**
 * What a call costs: ours beside the naive mesh, in which everyone sends everything at full size to everyone.
 *
 * `npm run bench:mesh -- --people 2,4,6 --seconds 20`
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { readOptions } from '../scripts/read-options.mjs';
import { CAMERA_FRAMES_PER_SECOND, launchChromium } from './lib/browser.mjs';
import { recordCounters } from './in-page/counters.mjs';
import { cpuSeconds } from './lib/process-tree.mjs';
import { writeReport } from './lib/report.mjs';
import { openWorld } from './lib/world.mjs';

const KINDS = [
  { name: 'naive-360p', title: 'naive, 360p', page: 'fast', size: '640x360', parameters: {} },
  { name: 'naive-720p', title: 'naive, 720p', page: 'fast', size: '1280x720', parameters: {} },
  { name: 'ours', title: 'LMS Live', page: 'ours', size: '1280x720', parameters: { warm: 1 } },
];

/** After the last one has joined: rates rise for a while. */
const SETTLE_MS = 10_000;
const FACES_LIMIT_MS = 60_000;

const values = readOptions('npm run bench:mesh -- …: what a call costs', {
  people: { type: 'string', default: '2,4,6' },
  seconds: { type: 'string', default: '20' },
  only: { type: 'string', default: KINDS.map(({ name }) => name).join(',') },
});
const counts = values.people.split(',').map(Number);
const kinds = KINDS.filter(({ name }) => values.only.split(',').includes(name));
const seconds = Number(values.seconds);

const rows = [];
for (const people of counts)
  for (const kind of kinds) {
    const row = await measure(kind, people).catch((/** @type {unknown} */ error) => ({
      title: kind.title,
      people,
      error: String(error),
    }));
    console.log(JSON.stringify(row));
    rows.push(row);
  }

const table = rows.map((row) =>
  'error' in row
    ? `| ${row.people} | ${row.title} | ${row.error.split('\n')[0]} | | | |`
    : `| ${row.people} | ${row.title} | ${row.cores.toFixed(2)} | ${row.upKbps.toFixed(0)} | ${row.framesPerSecond.toFixed(1)} | ${row.picture} |`,
);
writeReport(
  'mesh',
  { seconds, rows },
  [
    '| people | mesh | CPU, cores | up, kbit/s per person | frames/s received, per picture | picture received |',
    '| --- | --- | --- | --- | --- | --- |',
    ...table,
  ].join('\n'),
);
// PeerServer has timers that nothing stops.
process.exit(0);

/**
 * @param {typeof KINDS[number]} kind
 * @param {number} people
 */
async function measure({ title, page, size, parameters }, people) {
  const [width = NaN, height = NaN] = size.split('x').map(Number);
  const world = await openWorld({
    roundTripsMs: [0],
    capture: { width, height, framesPerSecond: CAMERA_FRAMES_PER_SECOND },
  });
  const browser = await launchChromium();
  try {
    /** @type {import('playwright-core').Page[]} */
    const tabs = [];
    for (let others = 0; others < people; others += 1) {
      const context = await browser.newContext();
      await context.addInitScript(recordCounters);
      const tab = await context.newPage();
      const visit = { page, room: 'mesh', person: `person-${others}`, role: others === 0 ? 'instructor' : 'student' };
      await tab.goto(world.address({ ...visit, others, roundTripMs: 0, parameters }));
      await within(tab.evaluate('window.bench.ready'), `${title}: person ${others + 1} is ready`);
      await tab.evaluate("document.getElementById('join').click()");
      tabs.push(tab);
      for (const member of tabs)
        await within(member.evaluate(`window.bench.faces(${others})`), `${title}: ${others + 1} see each other`);
    }
    await sleep(SETTLE_MS);
    const pid = await browserPid(browser);
    const read = () =>
      Promise.all(
        tabs.map(
          (tab) =>
            /** @type {Promise<import('./in-page/counters.mjs').Counters>} */ (tab.evaluate('window.counters()')),
        ),
      );
    const before = { at: Date.now(), cpu: cpuSeconds(pid), counters: await read() };
    await sleep(seconds * 1_000);
    const after = { at: Date.now(), cpu: cpuSeconds(pid), counters: await read() };
    const elapsed = (after.at - before.at) / 1_000;
    const rate = (/** @type {'bytesSent' | 'framesReceived'} */ key) =>
      after.counters.reduce((sum, each, index) => sum + each[key] - (before.counters[index]?.[key] ?? 0), 0) / elapsed;
    return {
      title,
      people,
      cores: (after.cpu - before.cpu) / elapsed,
      upKbps: (rate('bytesSent') * 8) / 1_000 / people,
      framesPerSecond: rate('framesReceived') / (people * (people - 1)),
      picture: [...new Set(after.counters.flatMap(({ pictures }) => pictures))].sort().join(', '),
    };
  } finally {
    await browser.close();
    await world.close();
  }
}

/** @param {import('playwright-core').Browser} browser */
async function browserPid(browser) {
  const session = await browser.newBrowserCDPSession();
  const { processInfo } = await session.send('SystemInfo.getProcessInfo');
  const main = processInfo.find(({ type }) => type === 'browser');
  if (!main) throw new Error('The browser names no process of its own.');
  return main.id;
}

/**
 * @param {Promise<unknown>} promise
 * @param {string} what is waited for
 */
async function within(promise, what) {
  const late = new AbortController();
  try {
    await Promise.race([
      promise,
      sleep(FACES_LIMIT_MS, undefined, { signal: late.signal }).then(() => {
        throw new Error(`Within ${FACES_LIMIT_MS / 1_000} s it was not so that ${what}.`);
      }),
    ]);
  } finally {
    late.abort();
  }
}
