/** As many messages as a server can bear: a number of them is always on its way, and the next is sent when one is answered. */
import { withAudience } from '../lib/audience.mjs';
import { cpuPerMillion, everyoneP99, OF_THE_GENERATOR } from './figures.mjs';

const MEMBERS = 1_000;
const FIRST_SENDER = 1;
/** Each server has a number that suits it best, and that one counts. */
const WINDOWS = [16, 31, 64, 128, 250];
/** The burst of each person is for so long: more than five a second for each is refused after it. */
const SECONDS = 2;
const NO_LIMIT = 1_000_000;
/** The load is the same for nobody else: a room and a tenant may take this much less by default. */
const LIMITS = {
  roomCommandsPerSecond: NO_LIMIT,
  roomCommandBurst: NO_LIMIT,
  tenantCommandsPerSecond: NO_LIMIT,
  tenantCommandBurst: NO_LIMIT,
};

/** @type {import('./types.js').Figure} */
const deliveriesPerSecond = (answer) => answer['deliveriesPerSecond'];

/** @type {import('./types.js').Case} */
export const saturation = {
  name: 'saturation',
  title: 'Saturation',
  notes: [
    `Each is tried with ${WINDOWS.join(', ')} messages on their way at once, and the number that delivers most counts: bare uWebSockets.js, which publishes while it reads, loses its coalescing above 32.`,
    'For LMS Live the rates of a room and of a tenant were raised out of the way; the rate of a person stays.',
  ],
  phases: [{ name: 'saturation', title: `as many as can be, ${MEMBERS} members` }],
  contenders: ['uws', 'uws-window', 'ours', 'ws', 'socketio', 'limit'],
  columns: [
    { title: 'deliveries/s', of: deliveriesPerSecond, digits: 0, hasRatio: true },
    { title: 'on their way at once', of: (answer) => answer['window'], digits: 0 },
    { title: 'server CPU s per million deliveries', of: cpuPerMillion, digits: 2 },
    { title: 'p99 send → everyone, ms', of: everyoneP99, digits: 1 },
    ...OF_THE_GENERATOR,
  ],
  targets: [
    { title: 'deliveries/s over bare', phase: 'saturation', of: deliveriesPerSecond, over: 'uws', least: 0.65 },
    { title: 'deliveries/s over socket.io', phase: 'saturation', of: deliveriesPerSecond, over: 'socketio', least: 20 },
  ],
  maxRounds: 3,
  async measure(contender, { round }) {
    /** @type {import('../lib/load.mjs').Answer | null} */
    let best = null;
    for (const window of WINDOWS) {
      const wanted = { members: MEMBERS, limits: LIMITS };
      const answer = await withAudience(
        [contender, wanted, { messages: 100_000 }],
        async ({ enter, command, serverPid }) => {
          await enter(MEMBERS);
          return command(
            `traffic window=${window} seconds=${SECONDS} seed=${round + 1} from=${FIRST_SENDER} pid=${serverPid}`,
          );
        },
      );
      if (best === null || deliveriesPerSecond(answer) > deliveriesPerSecond(best)) best = { ...answer, window };
    }
    return { saturation: best ?? {} };
  },
};
