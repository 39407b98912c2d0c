/** A wire that breaks for thousands at once. */
import { setTimeout as sleep } from 'node:timers/promises';
import { withAudience } from '../lib/audience.mjs';

const BYSTANDERS = 10;
const CUT = 2_000;
const MISSED = 100;
const RATE = 20;
const SECONDS = 15;
const PAUSE_MS = 500;
const NO_LIMIT = 1_000_000;
/** As from as many networks: at most 200 who have not said hello come from one address. */
const ADDRESSES = 64;

/** @type {import('./types.js').Figure} */
const bystanderP99 = (answer) => answer['bystanders'].deliveryMs.p99;

/** @type {import('./types.js').Case} */
export const storm = {
  name: 'storm',
  title: 'Storm',
  notes: [
    `${CUT} sockets are cut at once; ${MISSED} messages are sent; all come back in the same moment, from ${ADDRESSES} addresses, and who is refused or closed tries again within a second. Until the last has what it missed; meanwhile ${BYSTANDERS} who were not cut go on talking, ${RATE} messages a second. Bare uWebSockets.js only lets them in again: what they missed is lost.`,
  ],
  phases: [{ name: 'storm', title: `${CUT} cut at once, ${MISSED} messages missed by each` }],
  contenders: ['uws', 'ours', 'socketio'],
  columns: [
    { title: 'until the last, ms', of: (answer) => answer['lastMs'], digits: 0, hasRatio: true },
    { title: 'got of what was missed', of: (answer) => answer['share'], digits: 3 },
    { title: 'came back whole', of: (answer) => answer['whole'], digits: 0 },
    { title: 'tried again', of: (answer) => answer['retries'], digits: 0 },
    { title: 'bystanders: p99 before, ms', of: (answer) => answer['before'].deliveryMs.p99, digits: 1 },
    { title: 'during, ms', of: bystanderP99, digits: 1 },
  ],
  targets: [
    {
      title: 'until the last of 2,000 is complete, ms',
      phase: 'storm',
      of: (answer) => answer['lastMs'],
      most: 15_000,
    },
    { title: 'share of what was missed that came', phase: 'storm', of: (answer) => answer['share'], least: 1 },
    { title: 'p99 of bystanders, ms', phase: 'storm', of: bystanderP99, most: 250 },
  ],
  maxRounds: 3,
  measure: (contender) => {
    const wanted = { members: BYSTANDERS + CUT, recovers: true, limits: { roomCommandBurst: NO_LIMIT } };
    return withAudience(
      [contender, wanted, { addresses: ADDRESSES }],
      async ({ enter, command, commandOfMany, serverPid }) => {
        await enter(BYSTANDERS + CUT);
        const before = await command(`traffic rate=${RATE} seconds=3 from=1 to=${BYSTANDERS}`);
        await command(`cut from=${BYSTANDERS} count=${CUT}`);
        await command(`traffic rate=100 messages=${MISSED} warmup=0 from=1 to=${BYSTANDERS}`);
        await sleep(PAUSE_MS);
        const recovers = contender.name === 'uws' ? 0 : 1;
        const [back = {}, opened = {}, bystanders = {}] = await commandOfMany(
          `back from=${BYSTANDERS} count=${CUT} recovers=${recovers} rate=${RATE} seconds=${SECONDS} talkersFrom=1 talkersTo=${BYSTANDERS} pid=${serverPid}`,
          3,
        );
        const share = back['caught'] / back['missed'];
        return {
          storm: {
            lastMs: back['lastMs'] < 0 ? NaN : back['lastMs'],
            share,
            whole: back['wholeAgain'],
            retries: opened['retries'],
            closed: opened['closed'],
            before,
            bystanders,
          },
        };
      },
    );
  },
};
