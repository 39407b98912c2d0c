/** Figures that several tables have. */

/** Above these, the load generator may have been what was slow. */
const SATURATED_SHARE = 0.9;

/** @type {import('./types.js').Figure} */
export const cpuPerMillion = (answer) => answer['serverCpuSPerMillion'];
/** @type {import('./types.js').Figure} */
export const everyoneP99 = (answer) => answer['everyoneMs'].p99;
/** @type {import('./types.js').Figure} */
export const ackP50 = (answer) => answer['ackMs'].p50;
/** @type {import('./types.js').Figure} */
export const ackP99 = (answer) => answer['ackMs'].p99;
/** @type {import('./types.js').Figure} */
export const faults = (answer) =>
  answer['lost'] +
  answer['duplicates'] +
  answer['reordered'] +
  answer['gaps'] +
  answer['phantoms'] +
  answer['unanswered'];

/** @type {readonly import('./types.js').Column[]} */
export const OF_THE_GENERATOR = [
  { title: 'bytes of a message', of: (answer) => answer['bytesPerDelivery'], digits: 0 },
  { title: 'lost, double, out of order', of: faults, digits: 0 },
  { title: 'CPU of the generator', of: (answer) => answer['generator'].cpuShare, digits: 2 },
  { title: 'sent late, p99 ms', of: (answer) => answer['generator'].lateMs.p99, digits: 2 },
];

/** @param {import('../lib/load.mjs').Answer} answer */
export function isSaturated(answer) {
  return (answer['generator']?.cpuShare ?? 0) > SATURATED_SHARE;
}
