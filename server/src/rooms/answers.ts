import type { Positions } from '@lms-live/protocol';
import {
  StoreUnavailable,
  type CommandConflict,
  type RoomKey,
  type Store,
  type StoredCommand,
} from '../storage/types.js';
import { sha256Hex } from './crypto.js';
import { settle, type Answer, type Job, type Submission } from './submission.js';

/** Answers kept in memory; older ones are looked up in the store. */
const RECENT = 512;

/** What makes sending twice act once: the answers of a room, by sender and `cmid`. */
export class Answers {
  readonly #store: Store;
  readonly #key: RoomKey;
  readonly #recent = new Map<string, StoredCommand>();
  readonly #underWay = new Map<string, { readonly digest: string; readonly answer: Promise<Answer> }>();

  constructor(store: Store, key: RoomKey) {
    this.#store = store;
    this.#key = key;
  }

  /** By what a submission is remembered; null for what the system or the server says. */
  static memoryOf({ command, actor, ephemeral }: Submission): Job['memory'] {
    if (actor === null || ephemeral === true || !('cmid' in command)) return null;
    return {
      actor: actor.participant ?? 'service',
      cmid: command.cmid,
      digest: sha256Hex(JSON.stringify([command.type, command.body])),
    };
  }

  has(actor: string, cmid: string): boolean {
    return this.#recent.has(idOf({ actor, cmid })) || this.#underWay.has(idOf({ actor, cmid }));
  }

  /** The answer that was given, or the one that is being decided. */
  find(memory: NonNullable<Job['memory']>): Answer | Promise<Answer> | null {
    const recent = this.#recent.get(idOf(memory));
    if (recent) return answerOf(recent, memory.digest);
    const running = this.#underWay.get(idOf(memory));
    if (!running) return null;
    return running.digest === memory.digest ? running.answer : { ok: false, code: 'cmid_conflict' };
  }

  /** The answer that was given at any time; null for what is not remembered. */
  async lookUp(memory: Job['memory']): Promise<Answer | null> {
    if (!memory) return null;
    const stored = await this.#store.findCommand({ key: this.#key, actor: memory.actor, cmid: memory.cmid });
    return stored ? answerOf(stored, memory.digest) : null;
  }

  begin(memory: NonNullable<Job['memory']>, answer: Promise<Answer>): void {
    const id = idOf(memory);
    this.#underWay.set(id, { digest: memory.digest, answer });
    void answer.finally(() => this.#underWay.delete(id));
  }

  /** One command of a queue was answered before, by another node or in an earlier life: it is answered from the store, the rest is decided again. */
  async settleKnown(queue: Job[], conflict: CommandConflict): Promise<void> {
    const index = queue.findIndex(({ memory }) => memory?.actor === conflict.actor && memory.cmid === conflict.cmid);
    const [job] = index < 0 ? [] : queue.splice(index, 1);
    if (!job?.memory) throw new StoreUnavailable('a command conflict without its command', { cause: conflict });
    settle(job, (await this.lookUp(job.memory)) ?? { ok: false, code: 'internal' });
  }

  /** After an erasure nothing that was made from its text stays in memory; the store still knows the answers. */
  forget(): void {
    this.#recent.clear();
  }

  remember(stored: StoredCommand): void {
    this.#recent.set(idOf(stored), stored);
    const [oldest] = this.#recent.keys();
    if (this.#recent.size > RECENT && oldest !== undefined) this.#recent.delete(oldest);
  }
}

function idOf({ actor, cmid }: { readonly actor: string; readonly cmid: string }): string {
  return `${actor} ${cmid}`;
}

function answerOf(stored: StoredCommand, digest: string): Answer {
  // The digest of what was erased is gone as well; its answer stands.
  if (stored.digest !== '' && stored.digest !== digest) return { ok: false, code: 'cmid_conflict' };
  return { ok: true, ...(JSON.parse(stored.answer) as { positions: Positions; result: Record<string, unknown> }) };
}
