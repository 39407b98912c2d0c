/** One message to everyone in a room: CPU of the server, and the time until the last one has it. */
import { withAudience } from '../lib/audience.mjs';
import { ackP50, ackP99, cpuPerMillion, everyoneP99, OF_THE_GENERATOR } from './figures.mjs';

const MEMBERS = 1_000;
/** The first of the room sends nothing: with LMS Live it is the teacher, who has other rights. */
const FIRST_SENDER = 1;
const RATES = [50, 200];
const MANNERS = [
  { name: 'even', title: 'evenly', poisson: 0 },
  { name: 'poisson', title: 'as a Poisson process', poisson: 1 },
];
/** What CPU per delivery may be of that of a server that publishes each message at once. */
const CPU_TO_FIRST = new Map([
  [50, 1.1],
  [200, 0.6],
]);

const phases = RATES.flatMap((rate) =>
  MANNERS.map(({ name, title, poisson }) => ({
    name: `${name}-${rate}`,
    title: `${rate} messages/s to ${MEMBERS} members, ${title}`,
    rate,
    poisson,
  })),
);

/** @type {import('./types.js').Case} */
export const fanout = {
  name: 'fanout',
  title: 'Fan-out',
  notes: [
    'The payload is the same JSON of 200 bytes for all. Ours goes out as an event of the log, with offset, id, time, hash and salt; what that makes of it stands in the tables.',
    'LMS Live runs with its default limits, every member with a token, in a class with everyone present.',
  ],
  phases,
  contenders: ['uws', 'uws-window', 'ours', 'ws', 'socketio', 'limit'],
  columns: [
    { title: 'server CPU s per million deliveries', of: cpuPerMillion, digits: 2, hasRatio: true },
    { title: 'p50 send → everyone, ms', of: (answer) => answer['everyoneMs'].p50, digits: 1 },
    { title: 'p99 send → everyone, ms', of: everyoneP99, digits: 1, hasRatio: true },
    { title: 'p50 → answer, ms', of: ackP50, digits: 2 },
    { title: 'p99 → answer, ms', of: ackP99, digits: 1 },
    ...OF_THE_GENERATOR,
  ],
  targets: phases.flatMap(({ name, title, rate }) => [
    {
      title: `CPU per delivery over bare, ${title}`,
      phase: name,
      of: cpuPerMillion,
      over: 'uws',
      most: CPU_TO_FIRST.get(rate) ?? NaN,
    },
    {
      title: `CPU per delivery over bare in a window, ${title}`,
      phase: name,
      of: cpuPerMillion,
      over: 'uws-window',
      most: 1.3,
    },
    { title: `p99 send → everyone over bare, ${title}`, phase: name, of: everyoneP99, over: 'uws', most: 2 },
  ]),
  measure: (contender, { round, seconds }) =>
    withAudience([contender, { members: MEMBERS }], async ({ enter, command, serverPid }) => {
      await enter(MEMBERS);
      /** @type {Record<string, import('../lib/load.mjs').Answer>} */
      const answers = {};
      for (const { name, rate, poisson } of phases)
        answers[name] = await command(
          `traffic rate=${rate} poisson=${poisson} seconds=${seconds} seed=${round + 1} from=${FIRST_SENDER} pid=${serverPid}`,
        );
      return answers;
    }),
};
