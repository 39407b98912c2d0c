/** From nothing to a member, with a token that the server has not seen. */
import { setTimeout as sleep } from 'node:timers/promises';
import { withAudience } from '../lib/audience.mjs';
import { cpuSeconds } from '../lib/process-tree.mjs';

const PEOPLE = 3_000;
const CONCURRENCY = 64;
/** Until the server has seen that everybody is gone. */
const GONE_MS = 2_000;
/** @type {readonly import('../lib/tokens.mjs').Algorithm[]} */
const ALGORITHMS = ['HS256', 'ES256'];
const VISITS = [
  { name: 'again', title: 'people who were there before' },
  { name: 'first', title: 'people whom it sees for the first time' },
];

const phases = ALGORITHMS.flatMap((algorithm) =>
  VISITS.map(({ name, title }) => ({ name: `${algorithm}-${name}`, title: `${algorithm}, ${title}` })),
);
/** @type {import('./types.js').Figure} */
const perSecond = (answer) => answer['welcomesPerSecond'];

/** @type {import('./types.js').Case} */
export const handshake = {
  name: 'handshake',
  title: 'Handshakes',
  notes: [
    `${PEOPLE} sockets, ${CONCURRENCY} at a time, each with a token of its own that was not seen before: TCP, upgrade, token, answer. The peers verify it with jose and know no people; LMS Live gives whom it sees for the first time an id, on the disk. \`complete\` is the whole way in, with what was said before.`,
  ],
  phases,
  contenders: ['uws', 'ours', 'ws', 'socketio'],
  columns: [
    { title: 'welcomed/s', of: perSecond, digits: 0, hasRatio: true },
    { title: 'complete/s', of: (answer) => answer['completesPerSecond'], digits: 0, hasRatio: true },
    { title: 'server CPU µs each', of: (answer) => answer['cpuUsEach'], digits: 0, hasRatio: true },
    { title: 'p99 to the welcome, ms', of: (answer) => answer['welcomeMs'].p99, digits: 1 },
    { title: 'came in', of: (answer) => answer['complete'], digits: 0 },
  ],
  targets: phases
    .filter(({ name }) => name.endsWith('again'))
    .flatMap(({ name, title }) => [
      { title: `handshakes/s over bare + jose, ${title}`, phase: name, of: perSecond, over: 'uws', least: 0.9 },
      { title: `handshakes/s over socket.io + jose, ${title}`, phase: name, of: perSecond, over: 'socketio', least: 3 },
    ]),
  async measure(contender) {
    /** @type {Record<string, import('../lib/load.mjs').Answer>} */
    const answers = {};
    for (const algorithm of ALGORITHMS) {
      const wanted = { members: PEOPLE, visits: 2, joins: false, verifies: true, algorithm };
      await withAudience([contender, wanted, { messages: 8, addresses: 8 }], async ({ command, serverPid }) => {
        const visit = async (/** @type {number} */ from) => {
          const beforeS = cpuSeconds(serverPid);
          const answer = await command(`open from=${from + 1} count=${PEOPLE - 1} concurrency=${CONCURRENCY}`);
          return { ...answer, cpuUsEach: ((cpuSeconds(serverPid) - beforeS) / (PEOPLE - 1)) * 1e6 };
        };
        // The one who starts the class stays.
        await command('open from=0 count=1');
        answers[`${algorithm}-first`] = await visit(0);
        await command(`cut from=1 count=${PEOPLE - 1}`);
        await sleep(GONE_MS);
        answers[`${algorithm}-again`] = await visit(PEOPLE);
      });
    }
    return answers;
  },
};
