import type { Entry, EntryOf } from './history.js';
import { roomName, type RoomIndex } from './truth-index.js';
import { bodyOf } from './truth.js';
import type { Violation } from './violation.js';

/** A text as it took effect: the ids that it was given, and its place in each log. */
interface Effect {
  readonly ids: Set<string>;
  /** How often it was said in one log, at most. */
  times: number;
  /** Its offset in `all`, or in the own log where it is not there. */
  readonly offsets: Map<string, number>;
}

interface Sent {
  readonly invoked: EntryOf<'invoked'>;
  readonly answers: string[];
  failed: string | null;
}

const SAYS = new Set(['chat.posted', 'question.asked']);

/**
 * Commands against the store: acknowledged means there, once (I1); refused means never (I2); in the order of each sender (I5).
 * Every text that a run says is said once in it, so that a text is the name of its command.
 */
export function checkSends(history: readonly Entry[], rooms: ReadonlyMap<string, RoomIndex>): Violation[] {
  const roomOf = new Map<string, { readonly name: string; readonly sub: string }>();
  const readerOf = new Map<string, string>();
  const sent = new Map<string, Map<string, Sent>>();
  const of = (reader: string, cmid: string): Sent | undefined => sent.get(reader)?.get(cmid);
  for (const entry of history) {
    if (entry.kind === 'opened') {
      readerOf.set(entry.connection, entry.reader);
      roomOf.set(entry.reader, { name: roomName(entry.tenant, entry.room), sub: entry.sub });
    } else if (entry.kind === 'invoked') {
      const own = sent.get(entry.reader) ?? new Map<string, Sent>();
      sent.set(entry.reader, own.set(entry.cmid, { invoked: entry, answers: [], failed: null }));
    } else if (entry.kind === 'acked') of(readerOf.get(entry.connection) ?? '', entry.cmid)?.answers.push(entry.answer);
    else if (entry.kind === 'failed') {
      const command = of(entry.reader, entry.cmid);
      if (command) command.failed = entry.code;
    }
  }

  const effects = new Map([...rooms].map(([name, room]) => [name, effectsOf(room)]));
  const violations: Violation[] = [];
  for (const [reader, commands] of sent) {
    const place = roomOf.get(reader);
    const room = rooms.get(place?.name ?? '');
    if (!place || !room) continue;
    const actor = room.room.participants.get(place.sub) ?? '';
    const texts = effects.get(place.name) ?? new Map<string, Effect>();
    const stored = new Map(
      room.room.commands.filter((row) => row.actor === actor).map((row) => [row.cmid, row.answer]),
    );
    for (const command of commands.values())
      violations.push(...checkOne({ reader, command, effect: effectOf(command, texts), stored }));
    violations.push(...checkOrder(reader, [...commands.values()], texts));
  }
  return [...violations, ...checkVotes(sent, roomOf, rooms)];
}

function checkOne({
  reader,
  command: { invoked, answers, failed },
  effect,
  stored,
}: {
  readonly reader: string;
  readonly command: Sent;
  readonly effect: Effect | undefined;
  readonly stored: ReadonlyMap<string, string>;
}): Violation[] {
  const violations: Violation[] = [];
  const where = `${reader} ${invoked.type} ${invoked.cmid}`;
  const [answer] = answers;
  const says = typeof invoked.body['text'] === 'string';
  if (answers.some((other) => other !== answer))
    violations.push({
      anomaly: 'conflicting-answer',
      invariant: 'I1',
      where,
      detail: [...new Set(answers)].join(' ≠ '),
    });
  if (answer !== undefined) {
    const row = stored.get(invoked.cmid);
    const { result } = JSON.parse(answer) as { result: { id?: string } };
    if (row === undefined || (says && !effect?.ids.has(result.id ?? '')))
      violations.push({ anomaly: 'lost', invariant: 'I1', where, detail: answer });
    else if (row !== answer)
      violations.push({ anomaly: 'conflicting-answer', invariant: 'I1', where, detail: `${row} ≠ ${answer}` });
  } else if (failed !== null && effect)
    violations.push({ anomaly: 'phantom', invariant: 'I2', where, detail: `${failed}, and there` });
  if (effect && (effect.ids.size > 1 || effect.times > 1))
    violations.push({ anomaly: 'duplicate', invariant: 'I1', where, detail: [...effect.ids].join(' ') });
  return violations;
}

function checkOrder(reader: string, commands: readonly Sent[], texts: ReadonlyMap<string, Effect>): Violation[] {
  const violations: Violation[] = [];
  const last = new Map<string, number>();
  for (const command of commands) {
    for (const [log, offset] of effectOf(command, texts)?.offsets ?? []) {
      const before = last.get(log) ?? 0;
      if (offset < before)
        violations.push({
          anomaly: 'reordered',
          invariant: 'I5',
          where: `${reader} ${command.invoked.cmid}`,
          detail: `${String(offset)} in ${log} although sent after ${String(before)}`,
        });
      last.set(log, Math.max(before, offset));
    }
  }
  return violations;
}

/** The last word of each person on each question stands, where its outcome is known. */
function checkVotes(
  sent: ReadonlyMap<string, ReadonlyMap<string, Sent>>,
  roomOf: ReadonlyMap<string, { readonly name: string; readonly sub: string }>,
  rooms: ReadonlyMap<string, RoomIndex>,
): Violation[] {
  const last = new Map<string, Sent & { readonly reader: string }>();
  const voters = new Map<string, Set<string>>();
  for (const [reader, commands] of sent) {
    for (const command of commands.values()) {
      if (command.invoked.type !== 'vote.set') continue;
      const person = `${roomOf.get(reader)?.name ?? ''} ${roomOf.get(reader)?.sub ?? ''}`;
      const key = `${person} ${String(command.invoked.body['question'])}`;
      last.set(key, { ...command, reader });
      voters.set(key, (voters.get(key) ?? new Set()).add(reader));
    }
  }
  return [...last].flatMap(([key, { reader, invoked, answers }]) => {
    // Two tabs of one person have no order between them, and an open outcome says nothing.
    if (answers.length === 0 || voters.get(key)?.size !== 1) return [];
    const place = roomOf.get(reader);
    const room = rooms.get(place?.name ?? '')?.room;
    const participant = room?.participants.get(place?.sub ?? '');
    const stands = room?.votes.some(
      (vote) => vote.participant === participant && vote.question === invoked.body['question'],
    );
    return stands === (invoked.body['value'] === true)
      ? []
      : [
          {
            anomaly: 'lost',
            invariant: 'I1',
            where: `${reader} ${invoked.cmid}`,
            detail: 'the last vote does not stand',
          },
        ];
  });
}

function effectOf({ invoked }: Sent, texts: ReadonlyMap<string, Effect>): Effect | undefined {
  const { text } = invoked.body;
  return typeof text === 'string' ? texts.get(text) : undefined;
}

function effectsOf({ room }: RoomIndex): ReadonlyMap<string, Effect> {
  const effects = new Map<string, Effect>();
  for (const { log, owner, events } of room.logs) {
    const times = new Map<string, number>();
    for (const event of events) {
      if (!SAYS.has(event.type)) continue;
      const { text, id } = bodyOf(event);
      if (typeof text !== 'string') continue;
      const effect = effects.get(text) ?? { ids: new Set(), times: 0, offsets: new Map<string, number>() };
      effect.ids.add(String(id));
      times.set(text, (times.get(text) ?? 0) + 1);
      effect.times = Math.max(effect.times, times.get(text) ?? 0);
      effect.offsets.set(`${log} ${owner}`, event.offset);
      effects.set(text, effect);
    }
  }
  return effects;
}
