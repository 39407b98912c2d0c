import { percentile } from '../lib/statistics.js';
import { byKind, runSlow, slowest, type SlowResult } from '../slow/run-slow.js';
import type { Figure, Run } from './types.js';

/** Those who take places on a server slowly, and never come to the point. */
export const slow: Run = {
  what: 'slow handshakes, bodies and first frames from 50 addresses, on both transports, while people come to class',
  defaults: { clients: 2_000, sends: 0, kills: 0, minutes: 1, count: 1 },
  play: async ({ seed, clients, say }) => {
    const results: SlowResult[] = [];
    for (const transport of ['uws', 'ws'] as const) {
      const result = await runSlow({ seed, attackers: clients, transport });
      say(`${transport}: ${result.faults.length === 0 ? 'nothing wrong' : result.faults.join('; ')}`);
      results.push(result);
    }
    return {
      passed: results.every(({ faults }) => faults.length === 0),
      violations: [],
      history: [],
      figures: results.flatMap(figuresOf),
    };
  },
};

function figuresOf({ transport, attackers, calm, attacked, ends, fds, faults }: SlowResult): readonly Figure[] {
  const times = attacked.map(({ ms }) => ms);
  const turnedAway = attacked.filter(({ retries }) => retries > 0).length;
  return [
    [`${transport}: attackers`, `${String(attackers)}, one byte or piece in 5 s`],
    [`${transport}: join before the attack`, `slowest of ${String(calm.length)}: ${slowest(calm).toFixed(0)} ms`],
    [
      `${transport}: join during it`,
      `${String(attacked.length)} joins: p50 ${percentile(times, 0.5).toFixed(0)}, slowest ${slowest(attacked).toFixed(0)} ms; ${String(turnedAway)} after another try`,
      'all ≤ 2,000 ms',
    ],
    ...[...byKind(ends)].map(([kind, goneMs]): Figure => [
      `${transport}: ${kind}`,
      goneMs === null ? 'still there' : `all gone after ${(goneMs / 1_000).toFixed(1)} s`,
      '≤ 15 s',
    ]),
    [`${transport}: file descriptors`, `${String(fds.before)} before, ${String(fds.after)} after`, 'no more'],
    ...faults.map((fault): Figure => [`${transport}: fault`, fault]),
  ];
}
