/** One member comes back and has missed much. */
import { setTimeout as sleep } from 'node:timers/promises';
import { withAudience } from '../lib/audience.mjs';

const MEMBERS = 300;
const WHO = MEMBERS - 1;
/** Above 2,000 a snapshot is sent in the place of the events. */
const MISSED = [500, 2_000];
const TURNS = 5;
const PAUSE_MS = 300;
const NO_LIMIT = 1_000_000;
const LIMITS = { roomCommandsPerSecond: NO_LIMIT, roomCommandBurst: NO_LIMIT };

/** @type {import('./types.js').Case} */
export const resume = {
  name: 'resume',
  title: 'Resume',
  notes: [
    'From the first byte of the new connection until everything that was missed is there, each once and in order. Bare uWebSockets.js and `ws` have no log: what was said meanwhile is lost there, which is why they are not in the table. socket.io recovers from memory, where the server process is the same and nobody was away for longer than it keeps them.',
  ],
  phases: MISSED.map((count) => ({ name: String(count), title: `${count} messages missed` })),
  contenders: ['ours', 'socketio'],
  columns: [
    { title: 'ms', of: (answer) => answer['lastMs'], digits: 1, hasRatio: true },
    { title: 'slowest of a round, ms', of: (answer) => answer['slowestMs'], digits: 1 },
    { title: 'got of what was missed', of: (answer) => answer['share'], digits: 3 },
  ],
  targets: MISSED.map((count) => ({
    title: `share of ${count} missed messages that came, each once`,
    phase: String(count),
    of: (answer) => answer['share'],
    least: 1,
  })),
  async measure(contender) {
    /** @type {Record<string, import('../lib/load.mjs').Answer>} */
    const answers = {};
    for (const count of MISSED) {
      const wanted = { members: MEMBERS, recovers: true, limits: LIMITS };
      answers[count] = await withAudience([contender, wanted], async ({ enter, command, commandOfMany }) => {
        await enter(MEMBERS);
        // What socket.io recovers from is the id of the last packet: there has to be one.
        await command(`traffic rate=20 messages=3 warmup=0 from=1 to=${WHO}`);
        /** @type {import('../lib/load.mjs').Answer[]} */
        const turns = [];
        for (let turn = 0; turn < TURNS; turn += 1) {
          await command(`cut from=${WHO} count=1`);
          await command(`traffic window=32 messages=${count} warmup=0 from=1 to=${WHO}`);
          await sleep(PAUSE_MS);
          const [back] = await commandOfMany(`back from=${WHO} count=1 seconds=0`, 3);
          if (back === undefined || back['lastMs'] < 0)
            throw new Error(`${contender.title} has not brought everything within a minute: ${JSON.stringify(back)}`);
          turns.push(back);
        }
        const times = turns.map((turn) => turn['lastMs']).sort((left, right) => left - right);
        const sum = (/** @type {string} */ name) => turns.reduce((total, turn) => total + turn[name], 0);
        return {
          lastMs: times[Math.floor(TURNS / 2)],
          slowestMs: times.at(-1),
          share: sum('caught') / sum('missed'),
        };
      });
    }
    return answers;
  },
};
