import { describeCommit, describeMachine } from '../lib/environment.js';
import { percentile } from '../lib/statistics.js';
import type { FuzzResult } from './run-fuzz.js';

const MAX_FAULTS = 20;

/** The figures of a run as Markdown. */
export function fuzzReport(
  result: FuzzResult,
  { command, transport }: { readonly command: string; readonly transport: string },
): string {
  const { attack, handshakes, bystander, calmP99Ms, attackP99Ms, rssBytes, fds, attackMs, faults } = result;
  const seconds = attackMs / 1_000;
  const p50 = (phase: 'calm' | 'attack') => percentile(bystander.latencies[phase], 0.5);
  const rows = [
    [
      'mutated frames sent',
      `${whole(attack.frames)} (${listed(attack.byStage)}), ${whole(attack.frames / seconds)} a second`,
    ],
    ['connections', `${whole(attack.connections)}, of which ${whole(attack.turnedAway)} were not let in`],
    ['refused frames', listed(attack.refusals)],
    ['close codes', listed(attack.closes)],
    ['broken handshakes', listed(handshakes)],
    [
      'bystander: messages',
      `${whole(bystander.sent)} sent, ${whole(bystander.acked)} acked, each with every reader once`,
    ],
    ['bystander: send→ack without the attack', `p50 ${p50('calm').toFixed(1)} ms, p99 ${calmP99Ms.toFixed(1)} ms`],
    [
      'bystander: send→ack under it',
      `p50 ${p50('attack').toFixed(1)} ms, p99 ${attackP99Ms.toFixed(1)} ms (× ${(attackP99Ms / calmP99Ms).toFixed(1)})`,
    ],
    [
      'memory of the server',
      `${mib(rssBytes.warm)} after a quarter, ${mib(rssBytes.most)} at most, ${mib(rssBytes.end)} afterwards; ${mib(rssBytes.perMillionFrames)} for each million frames`,
    ],
    ['file descriptors', `${whole(fds.before)} before, ${whole(fds.after)} after`],
  ] as const;
  return [
    `# Fuzz: ${whole(attack.frames)} mutated frames on ${transport}`,
    '',
    `**${faults.length === 0 ? 'Passed' : 'FAILED'}**, in ${seconds.toFixed(0)} s: the same process, and nothing of it in the log.`.replace(
      ': the same process, and nothing of it in the log',
      faults.length === 0 ? ': the same process, and nothing of it in the log' : '',
    ),
    '',
    `- ${new Date().toISOString()}, commit ${describeCommit()}`,
    `- ${describeMachine()}`,
    `- \`${command}\``,
    '',
    '| figure | seen |',
    '| --- | --- |',
    ...rows.map(([figure, value]) => `| ${figure} | ${value} |`),
    ...(faults.length > 0 ? ['', ...faults.slice(0, MAX_FAULTS).map((fault) => `- ${fault}`)] : []),
    '',
  ].join('\n');
}

function whole(value: number): string {
  return Math.round(value).toLocaleString('en-US');
}

function mib(bytes: number): string {
  return `${(bytes / 2 ** 20).toFixed(0)} MiB`;
}

function listed(counts: ReadonlyMap<unknown, number>): string {
  return [...counts]
    .sort(([, one], [, other]) => other - one)
    .map(([key, count]) => `${String(key)} ${whole(count)}`)
    .join(', ');
}
