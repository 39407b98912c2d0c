/** What a trace of the system calls of a server (`strace -f -tt -y`) says about acks and flushes. */

/** A message that was acknowledged before it was safe. */
export interface EarlyAck {
  readonly cmid: string;
  readonly why: 'never written' | 'never flushed before the ack';
}

export interface TraceReport {
  /** Acks that left on a socket. */
  readonly acks: number;
  /** Flushes of the write-ahead log that succeeded. */
  readonly flushes: number;
  readonly early: readonly EarlyAck[];
}

interface Call {
  readonly name: string;
  readonly text: string;
  readonly isDone: boolean;
}

const WAL = '-wal>';
const WRITES = new Set(['pwrite64', 'write', 'pwritev', 'writev']);
const FLUSHES = new Set(['fdatasync', 'fsync']);
const SENDS = new Set(['write', 'writev', 'sendto', 'sendmsg', 'send']);
const LINE = /^(\d+)\s+(.*)$/;
const RESUMED = /^<\.\.\. (\w+) resumed>(.*)$/;
const CALL = /^(\w+)\((.*)$/s;
const UNFINISHED = '<unfinished ...>';
const ACK = /frame\\":\\"ack\\",\\"cmid\\":\\"([A-Za-z0-9_-]+)\\"/g;

/**
 * Looks for each ack that left on a socket whether its `cmid` had been written to the write-ahead log, and that log been
 * flushed after that write and before the ack.
 */
export function readTrace(trace: string): TraceReport {
  const unfinished = new Map<string, string>();
  /** `cmid`s that were written; true: and flushed. */
  const written = new Map<string, boolean>();
  /** Those that the flush which a thread has begun reaches. */
  const reached = new Map<string, readonly string[]>();
  const early: EarlyAck[] = [];
  const acked = new Set<string>();
  let flushes = 0;
  for (const line of trace.split('\n')) {
    const [, thread = '', rest = ''] = LINE.exec(line) ?? [];
    if (rest === '') continue;
    const begun = callOf(rest);
    if (begun && FLUSHES.has(begun.name) && begun.text.includes(WAL)) reached.set(thread, [...written.keys()]);
    const call = whole(rest, thread, unfinished);
    if (!call) {
      // What is being sent may be read before the call returns.
      if (begun && SENDS.has(begun.name)) judge(begun.text);
      continue;
    }
    if (WRITES.has(call.name) && call.text.includes(WAL)) {
      for (const cmid of cmidsIn(call.text)) if (!written.has(cmid)) written.set(cmid, false);
    } else if (FLUSHES.has(call.name) && call.text.includes(WAL)) {
      if (!/= 0$/.test(call.text)) continue;
      flushes += 1;
      for (const cmid of reached.get(thread) ?? []) written.set(cmid, true);
    } else if (SENDS.has(call.name)) judge(call.text);
  }
  return { acks: acked.size, flushes, early };

  function judge(text: string): void {
    for (const [, cmid = ''] of text.matchAll(ACK)) {
      if (acked.has(cmid)) continue;
      acked.add(cmid);
      const state = written.get(cmid);
      if (state === undefined) early.push({ cmid, why: 'never written' });
      else if (!state) early.push({ cmid, why: 'never flushed before the ack' });
    }
  }
}

function callOf(text: string): Call | null {
  const [, name, rest] = CALL.exec(text) ?? [];
  return name === undefined || rest === undefined ? null : { name, text: rest, isDone: !text.endsWith(UNFINISHED) };
}

/** A call that has returned, put together where another thread came between. */
function whole(text: string, thread: string, unfinished: Map<string, string>): Call | null {
  if (text.endsWith(UNFINISHED)) {
    unfinished.set(thread, text.slice(0, -UNFINISHED.length));
    return null;
  }
  const [, , tail] = RESUMED.exec(text) ?? [];
  if (tail === undefined) return callOf(text);
  const head = unfinished.get(thread) ?? '';
  unfinished.delete(thread);
  return callOf(head + tail);
}

/** The ids of commands, in the shape in which the test makes them. */
function cmidsIn(text: string): readonly string[] {
  return text.match(/traced-[a-z]+-\d+-*/g) ?? [];
}
