/** One message to everyone in a room: CPU of the server, and the time until the last one has it. */
import { openAudience } from '../lib/audience.mjs';

const MEMBERS = 1_000;
/** The first of the room sends nothing: with LMS Live it is the teacher, who has other rights. */
const FIRST_SENDER = 1;
const RATES = [50, 200];

/** Even: one after the other at the same distance. Poisson: as if none knew of the others. */
export const PHASES = [
  ...RATES.flatMap((rate) => [
    { name: `even-${rate}`, title: `${rate} messages/s, evenly`, rate, poisson: 0 },
    { name: `poisson-${rate}`, title: `${rate} messages/s, as a Poisson process`, rate, poisson: 1 },
  ]),
];

/**
 * @param {import('../lib/contenders.mjs').Contender} contender
 * @param {{ seconds: number, round: number, phases?: readonly string[] }} options
 * @returns {Promise<Record<string, Record<string, any>>>} what the generator says, by the name of the phase
 */
export async function measureFanout(contender, { seconds, round, phases = PHASES.map(({ name }) => name) }) {
  const audience = await openAudience(contender, { members: MEMBERS });
  try {
    /** @type {Record<string, Record<string, any>>} */
    const results = {};
    for (const { name, rate, poisson } of PHASES.filter((phase) => phases.includes(phase.name))) {
      const [result] = await audience.command(
        `traffic rate=${rate} poisson=${poisson} seconds=${seconds} seed=${round + 1} from=${FIRST_SENDER} pid=${audience.pid}`,
      );
      results[name] = result ?? {};
    }
    return results;
  } finally {
    await audience.close();
  }
}
