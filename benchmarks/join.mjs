/**
 * From the click on *Join* to the first remote frame on the screen, one kind of page beside the other.
 *
 * `npm run bench:join -- --runs 30 --minutes 10 --only fast,ours-warmed --cases two-0,two-100,four-0`
 */
import { readOptions } from '../scripts/read-options.mjs';
import { CAMERA_FRAMES_PER_SECOND, launchChromium } from './lib/browser.mjs';
import { summary } from './lib/statistics.mjs';
import { openWorld } from './lib/world.mjs';
import { recordTrace } from './in-page/trace.mjs';
import { writeJoinReport } from './lib/join-report.mjs';

/** The order is that of the table. `parameters` are the page's own. */
const KINDS = [
  { name: 'pre', title: 'connected before *Join* (the bound)', page: 'pre', parameters: {} },
  { name: 'fast', title: 'hand-written, the best', page: 'fast', parameters: {} },
  { name: 'fast-720p', title: 'the same, its camera at 720p', page: 'fast', parameters: { width: 1280, height: 720 } },
  { name: 'usual-warm', title: 'hand-written, as tutorials do it', page: 'usual', parameters: { cold: 0 } },
  {
    name: 'usual-cold',
    title: 'as tutorials, camera and socket after the click',
    page: 'usual',
    parameters: { cold: 1 },
  },
  { name: 'peerjs', title: 'PeerJS', page: 'peerjs', parameters: {} },
  { name: 'simple-peer', title: 'simple-peer', page: 'simple-peer', parameters: {} },
  { name: 'ours-cold', title: 'LMS Live, `warm: false`', page: 'ours', parameters: { warm: 0 } },
  { name: 'ours-warmed', title: 'LMS Live', page: 'ours', parameters: { warm: 1 } },
  { name: 'ours-element', title: 'LMS Live, `<lms-meeting-room>`', page: 'element', parameters: {} },
];

const CASES = [
  { name: 'two-0', people: 2, roundTripMs: 0 },
  { name: 'two-100', people: 2, roundTripMs: 100 },
  { name: 'four-0', people: 4, roundTripMs: 0 },
];

/** One run that does not come to its end is a fault of the page. */
const RUN_LIMIT_MS = 20_000;
/** After the last page was closed or opened, before the click: the machine is to be still. */
const QUIET_MS = 150;

const values = readOptions('npm run bench:join -- …: from the click on Join to the first remote frame', {
  runs: { type: 'string', default: '30' },
  minutes: { type: 'string', default: '10' },
  size: { type: 'string', default: '640x360' },
  sources: { type: 'boolean', default: false },
  trace: { type: 'boolean', default: false },
  only: { type: 'string', default: KINDS.map(({ name }) => name).join(',') },
  cases: { type: 'string', default: CASES.map(({ name }) => name).join(',') },
});
const kinds = KINDS.filter(({ name }) => values.only.split(',').includes(name));
const cases = CASES.filter(({ name }) => values.cases.split(',').includes(name));

const [width = NaN, height = NaN] = values.size.split('x').map(Number);
const world = await openWorld({
  roundTripsMs: [...new Set(cases.map(({ roundTripMs }) => roundTripMs))],
  capture: { width, height, framesPerSecond: CAMERA_FRAMES_PER_SECOND },
  areSources: values.sources,
});
const browser = await launchChromium().catch(async (/** @type {unknown} */ error) => {
  await world.close();
  throw error;
});
/** @type {Map<string, { times: number[], failures: string[] }>} */
const results = new Map();
const startedAt = Date.now();
const deadline = startedAt + Number(values.minutes) * 60_000;

try {
  // Every round does each once, so that what slows the machine down slows all of them.
  rounds: for (let round = 0; round < Number(values.runs); round += 1)
    for (const scene of cases)
      for (const kind of kinds) {
        if (Date.now() > deadline) break rounds;
        const key = `${scene.name}/${kind.name}`;
        const result = results.get(key) ?? { times: [], failures: [] };
        results.set(key, result);
        try {
          result.times.push(await measure(kind, scene, `${key}/${round}`.replaceAll('/', '-')));
        } catch (error) {
          result.failures.push(error instanceof Error ? error.message : String(error));
          console.error(`${key}: ${error instanceof Error ? error.message : String(error)}`);
        }
      }
} finally {
  await browser.close();
  await world.close();
}

writeJoinReport({
  seconds: Math.round((Date.now() - startedAt) / 1_000),
  camera: values.size,
  cases: cases.map((scene) => ({
    ...scene,
    rows: kinds.map(({ name, title }) => {
      const { times = [], failures = [] } = results.get(`${scene.name}/${name}`) ?? {};
      return { name, title, times, failures, ...(times.length > 0 && { summary: summary(times) }) };
    }),
  })),
});

// PeerServer has timers that nothing stops.
process.exit(0);

/**
 * One class: all but one are in it and see each other, then the last one clicks.
 *
 * @param {typeof KINDS[number]} kind
 * @param {typeof CASES[number]} scene
 * @param {string} room
 * @returns {Promise<number>} milliseconds until the last of the faces
 */
async function measure({ page, parameters }, { people, roundTripMs }, room) {
  /** @type {import('playwright-core').BrowserContext[]} */
  const contexts = [];
  /** @type {Promise<unknown>} */
  let broken = new Promise(() => {});
  const enter = async (/** @type {number} */ others) => {
    const context = await browser.newContext();
    contexts.push(context);
    if (values.trace) await context.addInitScript(recordTrace);
    const tab = await context.newPage();
    broken = Promise.race([broken, new Promise((_, reject) => tab.on('pageerror', reject))]);
    broken.catch(() => {});
    const visit = { page, room, person: `person-${others}`, role: others === 0 ? 'instructor' : 'student' };
    await tab.goto(world.address({ ...visit, others, roundTripMs, parameters }));
    await Promise.race([tab.evaluate('window.bench.ready'), broken]);
    return tab;
  };
  const go = async () => {
    const tabs = [];
    for (let others = 0; others < people - 1; others += 1) {
      const tab = await enter(others);
      await click(tab);
      tabs.push(tab);
      for (const member of tabs) await faces(member, others);
    }
    const newcomer = await enter(people - 1);
    await new Promise((resolve) => setTimeout(resolve, QUIET_MS));
    await click(newcomer);
    const times = await faces(newcomer, people - 1);
    if (values.trace) await printTrace([...tabs, newcomer]);
    return Math.max(...times);
  };
  let timer;
  const late = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Error(`nothing after ${RUN_LIMIT_MS} ms`)), RUN_LIMIT_MS);
  });
  try {
    return /** @type {number} */ (await Promise.race([go(), broken, late]));
  } finally {
    clearTimeout(timer);
    await Promise.all(contexts.map((context) => context.close()));
  }
}

/** @param {import('playwright-core').Page} tab */
async function click(tab) {
  await tab.evaluate("document.getElementById('join').click()");
}

/**
 * @param {import('playwright-core').Page} tab
 * @param {number} count
 * @returns {Promise<readonly number[]>}
 */
function faces(tab, count) {
  return tab.evaluate(`window.bench.faces(${count})`);
}

/**
 * All tabs on one time line, from the last click on.
 *
 * @param {readonly import('playwright-core').Page[]} tabs the newcomer last
 */
async function printTrace(tabs) {
  const traces = await Promise.all(tabs.map((tab) => tab.evaluate('window.trace')));
  const lines = traces.flatMap((trace, index) =>
    /** @type {[number, string][]} */ (trace).map(([at, what]) => ({ at, what, index })),
  );
  const clicked = Math.max(...lines.filter(({ what }) => what === 'click').map(({ at }) => at));
  const after = lines.filter(({ at }) => at >= clicked).sort((a, b) => a.at - b.at);
  for (const { at, what, index } of after) {
    const who = index === tabs.length - 1 ? 'newcomer' : `member ${index + 1}`;
    console.log(`${(at - clicked).toFixed(1).padStart(8)} ms  ${who.padEnd(9)} ${what}`);
  }
}
