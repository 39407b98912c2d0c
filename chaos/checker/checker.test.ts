import { describe, expect, test } from 'vitest';
import { bodyDigest, genesisHash, linkHash, type LogName, type Position } from '@lms-live/protocol';
import { sha256 } from '../lib/sha256.js';
import { check } from './check.js';
import type { Entry, EntryOf } from './history.js';
import type { Truth, TruthEvent, TruthLog } from './truth.js';
import type { Anomaly } from './violation.js';

const TENANT = 'school';
const ROOM = 'algebra';
const START = 1_800_000_000_000;
const ANNA = { sub: 'anna', participant: 'p-anna', role: 'student' } as const;
const TEACHER = { sub: 'teacher', participant: 'p-teacher', role: 'instructor' } as const;

type Draft = Pick<TruthEvent, 'type' | 'by'> & { readonly body: object; readonly at?: number };

/** A log as a server would have written it, an event each 100 ms. */
function logOf(log: LogName, drafts: readonly Draft[], owner = ''): TruthLog {
  const epoch = `epoch-${log}${owner}`;
  let hash = genesisHash(sha256, { tenant: TENANT, room: ROOM, log, participant: owner === '' ? null : owner, epoch });
  const events = drafts.map(({ type, by, body, at }, index): TruthEvent => {
    const text = JSON.stringify(body);
    const salt = 'a'.repeat(32);
    const chained = {
      offset: index + 1,
      id: `${log}-${String(index)}`,
      type,
      by,
      at: at ?? START + index * 100,
      digest: bodyDigest(sha256, salt, text),
    };
    hash = linkHash(sha256, hash, chained);
    return { ...chained, salt, hash, body: text };
  });
  return { log, owner, epoch, head: { offset: events.length, hash }, events };
}

const said = (text: string, by: string = ANNA.participant): Draft => ({
  type: 'chat.posted',
  by,
  body: { id: `id of ${text}`, text },
});

interface Story {
  readonly all?: readonly Draft[];
  readonly staff?: readonly Draft[];
  readonly me?: readonly Draft[];
  readonly commands?: Truth['rooms'][number]['commands'];
  readonly votes?: Truth['rooms'][number]['votes'];
}

function truthOf({ all = [], staff = [], me = [], commands = [], votes = [] }: Story): Truth {
  const participants = new Map<string, string>([ANNA, TEACHER].map(({ sub, participant }) => [sub, participant]));
  const logs = [logOf('all', all), logOf('staff', staff), logOf('me', me, ANNA.participant)];
  return { rooms: [{ tenant: TENANT, id: ROOM, logs, commands, participants, votes }] };
}

/** What a reader writes down, in the order in which it is called. */
class Reader {
  readonly entries: Entry[] = [];
  readonly #truth: Truth;
  readonly #who: typeof ANNA | typeof TEACHER;
  #connection = '';
  #count = 0;
  t = START + 100;

  constructor(truth: Truth, who: typeof ANNA | typeof TEACHER = ANNA) {
    this.#truth = truth;
    this.#who = who;
  }

  place(log: LogName, offset: number): Position {
    const found = this.#log(log);
    return { epoch: found.epoch, offset, hash: found.events[offset - 1]?.hash ?? '0'.repeat(32) };
  }

  /** Connects with places, and is let in when the log is so long; default all of it. */
  open(positions: EntryOf<'opened'>['positions'] = {}, upTo = this.#log('all').events.length): this {
    const { sub, role, participant } = this.#who;
    this.#count += 1;
    this.#connection = `${sub}#${String(this.#count)}`;
    const base = { connection: this.#connection, reader: sub, tenant: TENANT, room: ROOM, sub, role };
    return this.add({ kind: 'opened', ...base, positions }).add({
      kind: 'welcomed',
      connection: this.#connection,
      participant,
      heads: { all: this.place('all', upTo) },
    });
  }

  reset(log: LogName, offset: number, why: EntryOf<'reset'>['why'] = 'new'): this {
    return this.add({ kind: 'reset', connection: this.#connection, log, why, position: this.place(log, offset) });
  }

  events(log: LogName, ...offsets: readonly number[]): this {
    for (const offset of offsets) this.event(log, offset, this.place(log, offset).hash);
    return this;
  }

  event(log: LogName, offset: number, hash: string, computed: string | null = hash): this {
    return this.add({ kind: 'event', connection: this.#connection, log, offset, hash, computed });
  }

  withheld(offset: number): this {
    return this.add({ kind: 'withheld', connection: this.#connection, log: 'all', offset });
  }

  asked(offset: number): this {
    return this.add({ kind: 'asked', connection: this.#connection, positions: { all: this.place('all', offset) } });
  }

  says(text: string): this {
    return this.invoked(text, 'chat.post', { text });
  }

  invoked(cmid: string, type: string, body: Readonly<Record<string, unknown>>): this {
    return this.add({ kind: 'invoked', reader: this.#who.sub, cmid, type, body });
  }

  acked(cmid: string, answer = answerTo(cmid)): this {
    return this.add({ kind: 'acked', connection: this.#connection, cmid, answer });
  }

  failed(cmid: string): this {
    return this.add({ kind: 'failed', reader: this.#who.sub, cmid, code: 'slow_mode' });
  }

  settled(): this {
    return this.add({ kind: 'settled', reader: this.#who.sub });
  }

  after(ms: number): this {
    this.t += ms;
    return this;
  }

  add(entry: Entry extends infer E ? (E extends Entry ? Omit<E, 't'> : never) : never): this {
    this.entries.push({ t: this.t, ...entry });
    return this;
  }

  #log(log: LogName): TruthLog {
    const found = this.#truth.rooms[0]?.logs.find((other) => other.log === log);
    if (!found) throw new Error(log);
    return found;
  }
}

function answerTo(text: string): string {
  return JSON.stringify({ positions: {}, result: { id: `id of ${text}` } });
}

const rowOf = (cmid: string, answer = answerTo(cmid)): Truth['rooms'][number]['commands'][number] => ({
  actor: ANNA.participant,
  cmid,
  answer,
});

function anomaliesOf(reader: Reader, truth: Truth): Anomaly[] {
  return [...new Set(check(reader.entries, truth).violations.map(({ anomaly }) => anomaly))];
}

const THREE = truthOf({
  all: [said('one'), said('two'), said('three')],
  commands: ['one', 'two', 'three'].map((cmid) => rowOf(cmid)),
});

describe('a history in which nothing is wrong', () => {
  test('is found to be right, with its resumes counted', () => {
    const reader = new Reader(THREE).open().reset('all', 1).says('two').acked('two').acked('two').events('all', 2);
    reader.open({ all: reader.place('all', 2) }).events('all', 3);
    const verdict = check(reader.after(5_000).settled().entries, THREE);
    expect(verdict).toMatchObject({ violations: [], acknowledged: 1, resumes: 1, exactResumes: 1, events: 2 });
  });

  test('may have a frame that the run took off the wire, and that was asked for again', () => {
    const reader = new Reader(THREE)
      .open()
      .reset('all', 0)
      .withheld(1)
      .events('all', 2)
      .asked(0)
      .events('all', 1, 2, 3);
    expect(anomaliesOf(reader.after(5_000).settled(), THREE)).toEqual([]);
  });

  test('may have what was on its way when it was asked for, and once more from there', () => {
    const reader = new Reader(THREE).open().reset('all', 0).events('all', 1).asked(1).events('all', 2, 3, 2, 3);
    expect(anomaliesOf(reader, THREE)).toEqual([]);
    expect(anomaliesOf(reader.events('all', 2), THREE)).toEqual(['repeated']);
  });

  test('may have commands of an unknown outcome', () => {
    expect(anomaliesOf(new Reader(THREE).open().says('one').says('never heard'), THREE)).toEqual([]);
  });
});

describe('what is sent', () => {
  test('is lost where it was acknowledged and is not there', () => {
    expect(anomaliesOf(new Reader(THREE).open().says('four').acked('four'), THREE)).toEqual(['lost']);
  });

  test('is lost where its row is there and its event is not', () => {
    const truth = truthOf({ commands: [rowOf('one')] });
    expect(anomaliesOf(new Reader(truth).open().says('one').acked('one'), truth)).toEqual(['lost']);
  });

  test('is a duplicate where it is there twice', () => {
    const truth = truthOf({
      all: [said('one'), { ...said('one'), body: { id: 'another', text: 'one' } }],
      commands: [rowOf('one')],
    });
    expect(anomaliesOf(new Reader(truth).open().says('one').acked('one'), truth)).toEqual(['duplicate']);
  });

  test('is reordered where a later word stands before an earlier one', () => {
    const truth = truthOf({ all: [said('two'), said('one')], commands: [rowOf('one'), rowOf('two')] });
    const reader = new Reader(truth).open().says('one').says('two').acked('one').acked('two');
    expect(anomaliesOf(reader, truth)).toEqual(['reordered']);
  });

  test('is a phantom where it was refused and is there', () => {
    expect(anomaliesOf(new Reader(THREE).open().says('one').failed('one'), THREE)).toEqual(['phantom']);
  });

  test('has one answer, however often it is given', () => {
    const reader = new Reader(THREE).open().says('one').acked('one').acked('one', answerTo('two'));
    expect(anomaliesOf(reader, THREE)).toEqual(['conflicting-answer']);
  });

  test('is lost where the last vote does not stand', () => {
    const truth = truthOf({
      commands: [rowOf('v1'), rowOf('v2')],
      votes: [{ question: 'q', participant: ANNA.participant }],
    });
    const reader = new Reader(truth).open();
    reader.invoked('v1', 'vote.set', { question: 'q', value: true }).acked('v1');
    expect(anomaliesOf(reader, truth)).toEqual([]);
    reader.invoked('v2', 'vote.set', { question: 'q', value: false }).acked('v2');
    expect(anomaliesOf(reader, truth)).toEqual(['lost']);
  });
});

describe('what is read', () => {
  test('is skipped where an event is missing on a connection that was up to date', () => {
    const reader = new Reader(THREE).open({}, 1).reset('all', 1).events('all', 3);
    expect(anomaliesOf(reader, THREE)).toEqual(['skipped']);
  });

  test('is an inexact resume where it begins one too far', () => {
    const reader = new Reader(THREE).open().reset('all', 1);
    reader.open({ all: reader.place('all', 1) }).events('all', 3);
    const verdict = check(reader.entries, THREE);
    expect(verdict.violations.map(({ anomaly }) => anomaly)).toEqual(['inexact-resume']);
    expect(verdict).toMatchObject({ resumes: 1, exactResumes: 0 });
  });

  test('is an inexact resume where it begins one too soon', () => {
    const reader = new Reader(THREE).open().reset('all', 2);
    reader.open({ all: reader.place('all', 2) }).events('all', 2, 3);
    expect(anomaliesOf(reader, THREE)).toEqual(['inexact-resume']);
  });

  test('is an inexact resume where a snapshot came although little was missing', () => {
    const reader = new Reader(THREE).open().reset('all', 1);
    reader.open({ all: reader.place('all', 1) }).reset('all', 3, 'too_far');
    expect(anomaliesOf(reader, THREE)).toEqual(['inexact-resume']);
  });

  test('is repeated where an event comes again on a connection that was up to date', () => {
    expect(anomaliesOf(new Reader(THREE).open().reset('all', 3).events('all', 3), THREE)).toEqual(['repeated']);
  });

  test('is a phantom where it was never committed', () => {
    expect(anomaliesOf(new Reader(THREE).open().reset('all', 3).event('all', 4, 'e'.repeat(32)), THREE)).toEqual([
      'phantom',
    ]);
  });

  test('is forked where the frame does not give the hash that it has', () => {
    const reader = new Reader(THREE).open().reset('all', 0);
    expect(anomaliesOf(reader.event('all', 1, reader.place('all', 1).hash, 'd'.repeat(32)), THREE)).toEqual(['forked']);
  });

  test('is foreign where it is of somebody else’s log', () => {
    const truth = truthOf({ all: [said('one')], staff: [said('among us', TEACHER.participant)] });
    const reader = new Reader(truth).open().reset('all', 0);
    expect(anomaliesOf(reader.event('all', 1, reader.place('staff', 1).hash), truth)).toEqual(['foreign']);
  });

  test('is incomplete where the end never came, although there was time', () => {
    const reader = new Reader(THREE).open().reset('all', 0).events('all', 1, 2).after(5_000).settled();
    expect(anomaliesOf(reader, THREE)).toEqual(['incomplete']);
  });

  test('is skipped where the client says that it has what it was never sent', () => {
    const reader = new Reader(THREE).open().reset('all', 1);
    expect(anomaliesOf(reader.open({ all: reader.place('all', 3) }), THREE)).toEqual(['skipped']);
  });
});

describe('rights', () => {
  const banned = (at: number): Draft => ({
    type: 'person.barred',
    by: TEACHER.participant,
    body: { participant: ANNA.participant, bar: 'room', barred: true, until: null },
    at,
  });

  test('of somebody who was banned end two seconds later', () => {
    const truth = truthOf({ all: [said('one'), { ...said('two'), at: START + 200 }], staff: [banned(START + 150)] });
    const reader = new Reader(truth).open().reset('all', 0).events('all', 1);
    expect(anomaliesOf(reader.after(1_500).events('all', 2), truth)).toEqual([]);
    expect(anomaliesOf(reader.after(1_000).open({ all: reader.place('all', 2) }), truth)).toEqual(['stale-authority']);
  });

  test('to say something end with a ban', () => {
    const truth = truthOf({ all: [said('one'), { ...said('two'), at: START + 2_500 }], staff: [banned(START + 150)] });
    const reader = new Reader(truth).open();
    expect(anomaliesOf(reader, truth)).toEqual(['stale-authority']);
  });

  test('to read the staff log are the staff’s', () => {
    const truth = truthOf({ staff: [said('among us', TEACHER.participant)] });
    expect(anomaliesOf(new Reader(truth, TEACHER).open().reset('staff', 1), truth)).toEqual([]);
    expect(anomaliesOf(new Reader(truth).open().reset('staff', 1), truth)).toEqual(['stale-authority']);
  });

  test('to read the staff log end with a demotion', () => {
    const role = (value: string, at: number): Draft => ({
      type: 'person.role',
      by: TEACHER.participant,
      body: { participant: ANNA.participant, role: value, promoted: true },
      at,
    });
    const truth = truthOf({
      all: [role('assistant', START), role('student', START + 1_000)],
      staff: [said('among us', TEACHER.participant), said('and again', TEACHER.participant)],
    });
    const reader = new Reader(truth).open().after(500).reset('staff', 1);
    expect(anomaliesOf(reader, truth)).toEqual([]);
    expect(anomaliesOf(reader.after(3_000).events('staff', 2), truth)).toEqual(['stale-authority']);
  });

  test('of somebody who was removed end with their connection, not with them', () => {
    const removed: Draft = {
      type: 'person.removed',
      by: TEACHER.participant,
      body: { participant: ANNA.participant },
      at: START + 300,
    };
    const truth = truthOf({ all: [said('one'), removed, { ...said('two'), at: START + 4_000 }] });
    const stays = new Reader(truth).open().reset('all', 2).after(5_000).events('all', 3);
    expect(anomaliesOf(stays, truth)).toEqual(['stale-authority']);
    const returns = new Reader(truth).open().reset('all', 2).after(5_000);
    expect(anomaliesOf(returns.open({ all: returns.place('all', 2) }).events('all', 3), truth)).toEqual([]);
  });
});

describe('the store by itself', () => {
  const [room] = THREE.rooms;
  const changed = (change: (log: TruthLog) => TruthLog): Truth => ({
    rooms: room ? [{ ...room, logs: room.logs.map((log) => (log.log === 'all' ? change(log) : log)) }] : [],
  });
  const of = (truth: Truth): Anomaly[] => [...new Set(check([], truth).violations.map(({ anomaly }) => anomaly))];

  test('has a gap where an offset is missing', () => {
    const truth = changed((log) => ({ ...log, events: log.events.filter(({ offset }) => offset !== 2) }));
    expect(of(truth)).toContain('gap');
  });

  test('is forked where an event was changed', () => {
    const truth = changed((log) => ({
      ...log,
      events: log.events.map((event) => (event.offset === 2 ? { ...event, body: '{"id":"x","text":"y"}' } : event)),
    }));
    expect(of(truth)).toEqual(['forked']);
  });

  test('has a clock that went back where a time is earlier than the one before it', () => {
    const truth = truthOf({ all: [said('one'), { ...said('two'), at: START - 1 }] });
    expect(of(truth)).toEqual(['clock-back']);
  });
});
