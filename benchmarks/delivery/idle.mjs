/** What a member costs who does nothing. */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { setTimeout as sleep } from 'node:timers/promises';
import { withAudience } from '../lib/audience.mjs';

const SIZES = [1_000, 10_000, 15_000];
const ROOM_SIZE = 1_000;
const PAGE_BYTES = 4_096;
/** Pings have gone out twice, and what came with the joining is done. */
const REST_MS = 11_000;
/** What a collection frees is given back to the system over some seconds, and the next one frees what the first has moved. */
const COLLECTIONS = 3;
const COLLECT_MS = 5_000;
const COLLECTOR = fileURLToPath(new URL('../lib/collect.mjs', import.meta.url));

/** @type {import('./types.js').Figure} */
const bytesPerMember = (answer) => answer['bytesPerMember'];

/** @type {import('./types.js').Case} */
export const idle = {
  name: 'idle',
  title: 'Idle members',
  notes: [
    `Resident memory (RSS) after collections of garbage, over that of the same server while empty, collected as well. Rooms of ${ROOM_SIZE}; with LMS Live each has a token, is admitted and present.`,
  ],
  phases: SIZES.map((size) => ({ name: String(size), title: `${size} members` })),
  contenders: ['uws', 'ours', 'ws', 'socketio'],
  columns: [
    { title: 'bytes per member', of: bytesPerMember, digits: 0, hasRatio: true },
    { title: 'empty, MB', of: (answer) => answer['emptyBytes'] / 1e6, digits: 1 },
    { title: 'with them, MB', of: (answer) => answer['fullBytes'] / 1e6, digits: 1 },
    { title: 'not backed by files, MB more', of: (answer) => answer['anonymousBytes'] / 1e6, digits: 1 },
  ],
  targets: SIZES.slice(1).map((size) => ({
    title: `bytes per idle member, ${size} members`,
    phase: String(size),
    of: bytesPerMember,
    most: 3_000,
  })),
  maxRounds: 1,
  async measure(contender) {
    /** @type {Record<string, import('../lib/load.mjs').Answer>} */
    const answers = {};
    for (const members of SIZES) {
      const env = { NODE_OPTIONS: `--import=${COLLECTOR}` };
      const wanted = { members, roomSize: ROOM_SIZE, env };
      answers[members] = await withAudience([contender, wanted, { messages: 8 }], async ({ enter, serverPid }) => {
        const empty = await collectedBytes(serverPid);
        await enter(members);
        await sleep(REST_MS);
        const full = await collectedBytes(serverPid);
        return {
          emptyBytes: empty.rss,
          fullBytes: full.rss,
          anonymousBytes: full.anonymous - empty.anonymous,
          bytesPerMember: (full.rss - empty.rss) / members,
        };
      });
    }
    return answers;
  },
};

/** @param {number} pid */
async function collectedBytes(pid) {
  for (let count = 0; count < COLLECTIONS; count += 1) {
    process.kill(pid, 'SIGUSR2');
    await sleep(COLLECT_MS);
  }
  const [, resident = 0, shared = 0] = readFileSync(`/proc/${pid}/statm`, 'utf8').split(' ').map(Number);
  return { rss: resident * PAGE_BYTES, anonymous: (resident - shared) * PAGE_BYTES };
}
