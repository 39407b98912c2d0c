import { describeCommit, describeMachine } from '../lib/environment.js';
import type { Gauges } from './gauges.js';
import type { SoakResult } from './run-soak.js';

const MIB = 2 ** 20;
const MAX_FAULTS = 20;

/** The figures of a run as Markdown. */
export function soakReport(
  result: SoakResult,
  { command, transport }: { readonly command: string; readonly transport: string },
): string {
  const { tally, churned, seconds, baseline, most, end, heapBytesPerHour, heapGrownBytes, faults } = result;
  const columns = [baseline, most, end];
  const row = (name: string, of: (gauges: Gauges) => number) =>
    `| ${name} | ${columns.map((one) => String(Math.round(of(one)))).join(' | ')} |`;
  return [
    `# Soak: ${(seconds / 60).toFixed(0)} minutes of classes on ${transport}`,
    '',
    `**${faults.length === 0 ? 'Passed' : 'FAILED'}**: ${String(tally.lessons)} lessons, ${String(tally.joins)} joins, ${String(tally.reloads)} reloads, ${String(tally.commands)} things done, ${String(tally.sleepers)} readers that paused; ${String(churned)} connections came and went at once (${(churned / seconds).toFixed(0)} a second).`,
    '',
    `- ${new Date().toISOString()}, commit ${describeCommit()}`,
    `- ${describeMachine()}`,
    `- \`${command}\``,
    '',
    '| of the server | before | at most memory | after |',
    '| --- | --- | --- | --- |',
    row('heap, MiB', ({ heapBytes }) => heapBytes / MIB),
    row('RSS, MiB', ({ rssBytes }) => rssBytes / MIB),
    row('file descriptors', ({ fds }) => fds),
    row('sockets', ({ sockets }) => sockets),
    row('rooms in memory', ({ rooms }) => rooms),
    row('at a door', ({ waiting }) => waiting),
    row('timers', ({ timers }) => timers),
    '',
    `The heap after collections grew by ${(heapBytesPerHour / MIB).toFixed(1)} MiB an hour over the second half, and by ${(heapGrownBytes / MIB).toFixed(1)} MiB from before to after.`,
    ...(faults.length > 0 ? ['', ...faults.slice(0, MAX_FAULTS).map((fault) => `- ${fault}`)] : []),
    '',
  ].join('\n');
}
