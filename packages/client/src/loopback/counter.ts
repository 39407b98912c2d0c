import { readCommand, type CommandFrame, type Refused, type ServerFrameOf } from '@lms-live/protocol';
import { SENT_AGAIN, type House } from './house.js';
import type { Committed } from './room.js';
import type { Visitor } from './visitor.js';

/** Takes commands, each once and in the order of its connection, and answers them. Whoever calls holds the turn. */
export class Counter {
  /** How the next command is refused. */
  refuseNext: Refused | null = null;
  readonly #house: House;
  readonly #answers = new Map<string, { readonly said: string; readonly answer: ServerFrameOf<'ack'> }>();

  constructor(house: House) {
    this.#house = house;
  }

  async take(visitor: Visitor, { cmid, seq, type, body }: CommandFrame): Promise<void> {
    const refuse = (refused: Omit<Refused, 'ok'>, expect?: number): void =>
      this.#house.refuse(visitor, refused, { cmid, ...(expect === undefined ? {} : { expect }) });
    if (seq !== visitor.nextSeq) {
      refuse({ code: 'seq_expected' }, visitor.nextSeq);
      return;
    }
    const forced = this.refuseNext;
    this.refuseNext = null;
    const isSentAgain = forced !== null && SENT_AGAIN.has(forced.code);
    if (!isSentAgain) visitor.nextSeq += 1;
    if (forced) {
      refuse(forced, isSentAgain ? visitor.nextSeq : undefined);
      return;
    }
    const key = `${visitor.participant} ${cmid}`;
    const said = JSON.stringify([type, body]);
    const known = this.#answers.get(key);
    if (known) {
      if (known.said === said) visitor.send(known.answer);
      else refuse({ code: 'cmid_conflict' });
      return;
    }
    const read = readCommand(type, body, cmid);
    if (!read.ok) {
      refuse({ code: read.code, detail: { path: read.path } });
      return;
    }
    if (!visitor.isWelcome) {
      refuse({ code: 'room_not_started' });
      return;
    }
    const { decision, committed } = await this.#house.run(read.value, visitor.actor);
    if (!decision.ok) {
      refuse(decision);
      return;
    }
    const positions = await this.#positions(visitor, committed);
    const answer = { frame: 'ack', cmid, positions, result: { ...decision.result } } as const;
    this.#answers.set(key, { said, answer });
    visitor.send(answer);
    await this.#house.publish(committed);
    if (type === 'person.join' || type === 'person.leave') this.#setJoined(visitor, type === 'person.join');
  }

  /** Where the logs stand that this visitor reads and the command has written to. */
  async #positions(visitor: Visitor, committed: readonly Committed[]): Promise<ServerFrameOf<'ack'>['positions']> {
    const own = committed.filter(
      ({ event, owner }) => visitor.logs.includes(event.log) && (owner === null || owner === visitor.participant),
    );
    const logs = [...new Set(own.map(({ event }) => event.log))];
    const { room } = this.#house;
    return Object.fromEntries(
      await Promise.all(logs.map(async (log) => [log, await room.position(log, visitor.participant)] as const)),
    );
  }

  #setJoined(visitor: Visitor, isJoined: boolean): void {
    visitor.isJoined = isJoined;
    const { participant, role, isHidden } = visitor;
    this.#house.setPresent(participant, isJoined ? { role, away: isHidden } : null);
    if (!isJoined) this.#house.media.leave(participant);
  }
}
