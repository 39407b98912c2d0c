/**
 * A class that goes on chatting, in a process of its own so that whoever attacks does not slow down its clock. Told `calm`, `attack` and `stop` by
 * its parent; answers `stop` with what it has measured.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { WebSocket } from 'ws';
import { Random } from '../lib/random.js';
import type { BystanderOrders, BystanderReport, Phase } from './bystander-report.js';

interface Frame {
  readonly frame: string;
  readonly log?: string;
  readonly offset?: number;
  readonly cmid?: string;
  readonly expect?: number;
  readonly retryAfterMs?: number;
  readonly code?: string;
  readonly result?: { readonly id?: string };
  readonly body?: { readonly id?: string } | null;
  readonly type?: string;
}

/** Four a second are below what a person may say. */
const EVERY_MS = 250;
const SETTLE_MS = 3_000;
const ANSWER_MS = 30_000;

let phase: Phase | 'stop' = 'calm';
const latencies: Record<Phase, number[]> = { calm: [], attack: [] };
const faults: string[] = [];
const acked = new Set<string>();
let sent = 0;

process.on('message', (order: BystanderOrders) => {
  if (order.kind === 'phase') phase = order.phase;
  else void main(order);
});

async function main({ url, tokens, seed }: Extract<BystanderOrders, { kind: 'start' }>): Promise<void> {
  const random = new Random(seed).fork('bystander');
  const readers: Map<string, number>[] = [];
  const all: { readonly socket: WebSocket; readonly chat: () => Promise<void> }[] = [];
  for (const [nth, token] of tokens.entries()) {
    const seen = new Map<string, number>();
    readers.push(seen);
    all.push(await come({ url, token, seen, random: random.fork(String(nth)) }));
  }
  process.send?.('ready');
  // Everybody is there before the first word: whatever is said has as many readers.
  await Promise.all(all.map(({ chat }) => chat()));
  await sleep(SETTLE_MS);
  for (const [nth, seen] of readers.entries()) {
    for (const id of acked) {
      const times = seen.get(id) ?? 0;
      if (times !== 1) faults.push(`reader ${String(nth)} was sent ${id} ${String(times)} times`);
    }
  }
  for (const { socket } of all) socket.close(1000);
  const report: BystanderReport = { latencies, faults, sent, acked: acked.size };
  process.send?.(report, () => process.exit(0));
}

/** One of them: says something four times a second, and counts what it is sent. */
async function come({
  url,
  token,
  seen,
  random,
}: {
  readonly url: string;
  readonly token: string;
  readonly seen: Map<string, number>;
  readonly random: Random;
}): Promise<{ readonly socket: WebSocket; readonly chat: () => Promise<void> }> {
  const socket = new WebSocket(url, 'lms-live.v1', { perMessageDeflate: false });
  const answers = new Map<string, (frame: Frame) => void>();
  let offset = -1;
  const welcomed = new Promise<void>((resolve) => {
    socket.on('message', (data) => {
      const frame = JSON.parse((data as Buffer).toString()) as Frame;
      if (frame.frame === 'presence') resolve();
      if (frame.frame === 'ack' || (frame.frame === 'refused' && frame.cmid !== undefined))
        answers.get(frame.cmid ?? '')?.(frame);
      if (frame.frame !== 'event' || frame.log !== 'all') return;
      if (offset >= 0 && frame.offset !== offset + 1)
        faults.push(`offset ${String(frame.offset)} after ${String(offset)}`);
      offset = frame.offset ?? -1;
      const id = frame.type === 'chat.posted' ? frame.body?.id : undefined;
      if (id !== undefined) seen.set(id, (seen.get(id) ?? 0) + 1);
    });
  });
  socket.on('close', (code) => {
    if (phase !== 'stop') faults.push(`a bystander was closed with ${String(code)}`);
  });
  socket.on('error', (error) => faults.push(String(error)));
  socket.on('open', () => {
    socket.send(JSON.stringify({ frame: 'hello', token, join: true, client: { id: random.id() } }));
  });
  await welcomed;

  let seq = 1;
  const say = async () => {
    const cmid = random.id();
    for (let resend = false; ; resend = true) {
      const startedMs = performance.now();
      const during = phase;
      const answer = new Promise<Frame>((resolve) => answers.set(cmid, resolve));
      socket.send(
        JSON.stringify({ frame: 'command', cmid, seq, type: 'chat.post', body: { text: 'as ever' }, resend }),
      );
      seq += 1;
      const frame = await answer;
      if (frame.frame === 'ack') {
        if (during !== 'stop') latencies[during].push(performance.now() - startedMs);
        if (frame.result?.id !== undefined) acked.add(frame.result.id);
        answers.delete(cmid);
        return;
      }
      faults.push(`a bystander was refused as ${String(frame.code)}`);
      if (frame.expect === undefined) return;
      seq = frame.expect;
      await sleep(frame.retryAfterMs ?? EVERY_MS);
    }
  };
  const chat = async () => {
    await sleep(random.integer(0, EVERY_MS));
    while (phase !== 'stop' && socket.readyState === WebSocket.OPEN) {
      sent += 1;
      const nextMs = performance.now() + EVERY_MS;
      const late = setTimeout(() => faults.push(`no answer within ${String(ANSWER_MS)} ms`), ANSWER_MS);
      await say();
      clearTimeout(late);
      await sleep(Math.max(0, nextMs - performance.now()));
    }
  };
  return { socket, chat };
}
