/** From the send to the answer that it is kept; with peers that keep nothing, until it comes back. */
import { withAudience } from '../lib/audience.mjs';
import { ackP50, ackP99, OF_THE_GENERATOR } from './figures.mjs';

const MEMBERS = 500;
const RATE = 20;
const MANNERS = ['even', 'poisson'];

/** @type {import('./types.js').Case} */
export const ack = {
  name: 'ack',
  title: 'Send → durable answer',
  notes: [
    'With LMS Live until the `ack`, which is sent after the commit is on the disk (SQLite, `synchronous=FULL`); with the peers until the sender has its own message back.',
  ],
  phases: MANNERS.map((name) => ({ name, title: `${RATE} messages/s, ${MEMBERS} members, ${name}` })),
  contenders: ['uws', 'uws-window', 'ours', 'ws', 'socketio'],
  columns: [
    { title: 'p50, ms', of: ackP50, digits: 2, hasRatio: true },
    { title: 'p99, ms', of: ackP99, digits: 2, hasRatio: true },
    { title: 'p99 send → everyone, ms', of: (answer) => answer['everyoneMs'].p99, digits: 1 },
    ...OF_THE_GENERATOR,
  ],
  targets: MANNERS.flatMap((phase) => [
    { title: `p50 of the answer, ms, ${phase}`, phase, of: ackP50, most: 4 },
    { title: `p99 of the answer over bare, ${phase}`, phase, of: ackP99, over: 'uws', most: 2 },
  ]),
  measure: (contender, { round, seconds }) =>
    withAudience([contender, { members: MEMBERS }], async ({ enter, command, serverPid }) => {
      await enter(MEMBERS);
      /** @type {Record<string, import('../lib/load.mjs').Answer>} */
      const answers = {};
      for (const [poisson, name] of MANNERS.entries())
        // So few a second need longer for a p99.
        answers[name] = await command(
          `traffic rate=${RATE} poisson=${poisson} seconds=${seconds * 2} seed=${round + 1} from=1 pid=${serverPid}`,
        );
      return answers;
    }),
};
