/**
 * How fast and at what cost messages reach everyone, beside bare peers, in one run, taking turns.
 *
 * `npm run bench -- --only fanout --rounds 5 --seconds 5 --contenders uws,uws-window,ours`
 */
import { parseArgs } from 'node:util';
import { CONTENDERS, contendersOf } from './lib/contenders.mjs';
import { quantile } from './lib/statistics.mjs';
import { measureFanout, PHASES } from './delivery/fanout.mjs';

const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '5' },
    seconds: { type: 'string', default: '5' },
    only: { type: 'string', default: 'fanout' },
    contenders: { type: 'string', default: CONTENDERS.map(({ name }) => name).join(',') },
    phases: { type: 'string', default: PHASES.map(({ name }) => name).join(',') },
  },
});
const contenders = contendersOf(values.contenders.split(','));
/** @type {Map<string, Record<string, any>[]>} */
const results = new Map();
for (let round = 0; round < Number(values.rounds); round += 1)
  for (const contender of contenders) {
    const phases = await measureFanout(contender, {
      seconds: Number(values.seconds),
      round,
      phases: values.phases.split(','),
    });
    for (const [name, result] of Object.entries(phases)) {
      const key = `${name}/${contender.name}`;
      results.set(key, [...(results.get(key) ?? []), result]);
    }
  }

/** @param {string} key @param {(result: Record<string, any>) => number} figure */
const median = (key, figure) => quantile((results.get(key) ?? []).map(figure), 0.5);
for (const { name, title } of PHASES.filter(({ name }) => values.phases.split(',').includes(name))) {
  console.log(`\n${title}`);
  console.table(
    Object.fromEntries(
      contenders.map((contender) => {
        const key = `${name}/${contender.name}`;
        const cpu = median(key, (result) => result['serverCpuSPerMillion']);
        const p99 = median(key, (result) => result['everyoneMs'].p99);
        return [
          contender.name,
          {
            cpuPerMillion: cpu.toFixed(2),
            toFirst: (
              cpu / median(`${name}/${contenders[0]?.name}`, (result) => result['serverCpuSPerMillion'])
            ).toFixed(2),
            mainThread: median(key, (result) => result['serverMainThreadCpuS']).toFixed(2),
            everyoneP50: median(key, (result) => result['everyoneMs'].p50).toFixed(1),
            everyoneP99: p99.toFixed(1),
            p99ToFirst: (p99 / median(`${name}/${contenders[0]?.name}`, (result) => result['everyoneMs'].p99)).toFixed(
              2,
            ),
            ackP50: median(key, (result) => result['ackMs'].p50).toFixed(2),
            ackP99: median(key, (result) => result['ackMs'].p99).toFixed(2),
            bytes: median(key, (result) => result['bytesPerDelivery']),
            lost: median(key, (result) => result['lost']),
            generator: median(key, (result) => result['generator'].cpuShare).toFixed(2),
            lateP99: median(key, (result) => result['generator'].lateMs.p99).toFixed(2),
          },
        ];
      }),
    ),
  );
}
