/** Whether the load generator would notice: a server that loses, doubles and swaps on purpose, so and so often. */
import { CONTENDERS } from '../lib/contenders.mjs';
import { withAudience } from '../lib/audience.mjs';

const MEMBERS = 20;
const MESSAGES = 200;
/** `FAULT_EVERY` of `peers/ws.mjs`: one member is wronged by each tenth. */
const WRONGED = MESSAGES / 10;

const FAULTS = [
  { fault: null, lost: 0, duplicates: 0, reordered: 0 },
  { fault: 'lose', lost: WRONGED, duplicates: 0, reordered: 0 },
  { fault: 'twice', lost: 0, duplicates: WRONGED, reordered: 0 },
  // The last is held back for ever: nothing follows it.
  { fault: 'swap', lost: 1, duplicates: 0, reordered: WRONGED - 1 },
];

/** @throws {Error} when it misses one, or sees one where there is none */
export async function selfCheck() {
  const ws = CONTENDERS.find(({ name }) => name === 'ws');
  if (ws === undefined) throw new Error('There is no `ws` among the contenders.');
  for (const { fault, ...expected } of FAULTS) {
    const wanted = { members: MEMBERS, ...(fault !== null && { env: { PEER_FAULT: fault } }) };
    const answer = await withAudience([ws, wanted], async ({ enter, command }) => {
      await enter(MEMBERS);
      return command(`traffic rate=400 messages=${MESSAGES} warmup=0`);
    });
    for (const [name, count] of Object.entries(expected))
      if (answer[name] !== count)
        throw new Error(
          `The load generator counts ${answer[name]} ${name} where ${count} were made (${fault ?? 'no fault'}).`,
        );
  }
}
