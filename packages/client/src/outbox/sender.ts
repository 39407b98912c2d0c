import { LIMITS, encodeClientFrame, type ClientFrameInput, type ServerFrameOf } from '@lms-live/protocol';
import { clientError, LmsError, refusalDetail } from '../errors.js';
import type { Environment, LmsErrorDetail, Outbox, OutboxItem } from '../types.js';
import type { PendingList } from './pending-list.js';

/** An answer that takes longer than this is asked after (is the path alive?) … */
const OVERDUE_MS = 3_000;
/** … and after this long the command is sent again on another socket. */
const UNANSWERED_MS = 10_000;
/** The wait after a refusal that does not say how long. */
const RETRY_MS = 1_000;
/** What a person does right now; sent later it would be a surprise, so it does not outlive the page. */
const OF_THE_MOMENT = new Set(['person.join', 'person.leave', 'person.admitAll', 'hand.raise', 'hand.lower']);
/** What a person writes in their own words is not lost over a refusal: it is shown until they have it sent or drop it, on the next page too. */
const WRITTEN = new Set(['chat.post', 'question.ask']);
/** A command that could not be sent for so long is not sent unasked. */
const MAX_AGE_MS = 24 * 60 * 60 * 1_000;

type Result = Readonly<Record<string, unknown>>;

interface Entry {
  readonly item: OutboxItem;
  /** The outbox has it, or need not have it. */
  isStored: boolean;
  /** Was sent on an earlier connection, and may have been received. */
  isResend: boolean;
  readonly resolve: (result: Result) => void;
  readonly reject: (error: LmsError) => void;
}

/** One sending of a command on this connection. */
interface Flight {
  readonly seq: number;
  readonly sentAt: number;
  isAskedAfter: boolean;
}

export interface SenderOptions {
  readonly environment: Pick<Environment, 'setTimer' | 'clearTimer' | 'monotonicMs' | 'nowMs' | 'randomId'>;
  readonly outbox: Outbox;
  readonly pending: PendingList;
  readonly send: (frame: ClientFrameInput) => void;
  /** The pending list has changed. */
  readonly changed: () => void;
  /** An answer is late: is the path alive? */
  readonly overdue: () => void;
  /** No answer came on this socket, though it lives. */
  readonly unanswered: () => void;
}

/**
 * Sends commands in the order in which they were given, each until it is answered: at most 8 unanswered at a time, numbered on each connection,
 * again on the next connection under the same id. The server acts once on each.
 */
export class Sender {
  readonly #options: SenderOptions;
  /** Not answered for good yet, in order. */
  #entries: Entry[] = [];
  /** Failed with the connection, and nobody has refused them: they go out when there is another one. */
  #shelf: Entry[] = [];
  readonly #flights = new Map<string, Flight>();
  /** null: there is no connection. */
  #nextSeq: number | null = null;
  /** The server has refused this number for now: once all that is in flight was answered, it is the next. */
  #rewindTo: number | null = null;
  #pausedUntil = 0;
  #maxUnacked: number = LIMITS.maxUnacked;
  #timer: unknown = null;
  #isClosed = false;
  /** What an earlier life of the page has left stands first in line. */
  readonly #restored: Promise<void>;
  #isRestored: () => void = () => undefined;

  constructor(options: SenderOptions) {
    this.#options = options;
    this.#restored = new Promise((resolve) => {
      this.#isRestored = resolve;
    });
  }

  /** Takes over what an earlier life of the page could not send; it goes first. */
  async restore(): Promise<void> {
    const items = await this.#options.outbox.list().catch(() => []);
    this.#entries.unshift(...this.#takeOver(items));
    this.#isRestored();
    this.#expire();
    this.#options.changed();
    this.#pump();
  }

  /** Takes over what another tab of this person could not send; it goes behind what is here. */
  adopt(items: readonly OutboxItem[]): void {
    this.#entries.push(...this.#takeOver(items));
    this.#expire();
    this.#options.changed();
    this.#pump();
  }

  submit(type: OutboxItem['type'], body: OutboxItem['body']): Promise<Result> {
    const { environment } = this.#options;
    if (this.#isClosed) return Promise.reject(new LmsError(clientError('closed')));
    const item: OutboxItem = Object.freeze({ cmid: environment.randomId(), type, body, at: environment.nowMs() });
    return new Promise((resolve, reject) => this.#submit(item, { resolve, reject }));
  }

  /** A connection was welcomed. @param maxUnacked how many commands the server lets wait, where it says so */
  up(maxUnacked: number = LIMITS.maxUnacked): void {
    this.#maxUnacked = Math.min(maxUnacked, LIMITS.maxUnacked);
    this.#nextSeq = 1;
    this.#rewindTo = null;
    for (const { item } of this.#shelf) this.#options.pending.fail(item.cmid, null);
    this.#entries.unshift(...this.#shelf.splice(0));
    this.#expire();
    this.#options.changed();
    this.#pump();
  }

  down(): void {
    this.#nextSeq = null;
    this.#rewindTo = null;
    this.#flights.clear();
    this.#schedule();
  }

  acked({ cmid, positions, result }: ServerFrameOf<'ack'>): void {
    this.#flights.delete(cmid);
    const entry = this.#take(cmid);
    if (entry) {
      this.#options.pending.confirm(cmid, positions, result);
      this.#options.changed();
      entry.resolve(result);
    }
    this.#pump();
  }

  refused({ cmid, ...refusal }: ServerFrameOf<'refused'>): void {
    const flight = this.#flights.get(cmid ?? '');
    const entry = this.#entries.find(({ item }) => item.cmid === cmid);
    if (!flight || !entry) return;
    this.#flights.delete(entry.item.cmid);
    if (refusal.retryable) {
      // It says nothing about the command, and its number is still to come; so are those that were sent behind it.
      this.#rewindTo = Math.min(this.#rewindTo ?? Infinity, refusal.expect ?? flight.seq);
      const waitMs = refusal.retryAfterMs ?? (refusal.code === 'seq_expected' ? 0 : RETRY_MS);
      this.#pausedUntil = Math.max(this.#pausedUntil, this.#options.environment.monotonicMs() + waitMs);
    } else this.#fail(entry, refusalDetail(refusal));
    this.#pump();
  }

  /**
   * The connection is over, and whoever waits is told.
   * @param given `isKept`: what was not answered stands by, here and in the outbox, for the next connection or page; else it is never sent
   */
  failAll(error: LmsErrorDetail, { isKept }: { readonly isKept: boolean }): void {
    for (const entry of this.#entries.splice(0)) {
      const { item, reject } = entry;
      this.#flights.delete(item.cmid);
      const waits = !OF_THE_MOMENT.has(item.type);
      if (waits) this.#shelf.push(entry);
      this.#options.pending.fail(item.cmid, error, { waits });
      reject(new LmsError(error));
    }
    if (!isKept) this.#wipe(error);
    this.#options.changed();
  }

  /**
   * Lets go of everything that was not answered, and shows nothing of it any more; the outbox keeps what it has for its owner.
   * @param error what is told to whoever waits @returns how many there were
   */
  abandon(error: LmsErrorDetail): number {
    const entries = [...this.#shelf.splice(0), ...this.#entries.splice(0)];
    for (const { item, reject } of entries) {
      this.#flights.delete(item.cmid);
      reject(new LmsError(error));
    }
    this.#options.pending.clear();
    this.#options.changed();
    return entries.length;
  }

  /** Sends what was refused again, under a new id: the old one was answered. What stands by goes out by itself, under its own. */
  retry(cmid: string): void {
    const { pending } = this.#options;
    const refused = pending.find(cmid);
    if (!refused?.error || refused.waits) return;
    pending.remove(cmid);
    // Whoever waited has been told; another refusal shows on the pending item again.
    this.submit(refused.type, refused.body).catch(() => undefined);
    this.#options.outbox.remove(cmid).catch(() => undefined);
  }

  /** Lets go of what was refused. */
  drop(cmid: string): void {
    const { pending } = this.#options;
    if (!pending.find(cmid)?.error) return;
    pending.remove(cmid);
    this.#shelf = this.#shelf.filter(({ item }) => item.cmid !== cmid);
    this.#options.outbox.remove(cmid).catch(() => undefined);
    this.#options.changed();
  }

  /** Hands everything unsent to the sender of another connection of the same person. */
  moveTo(other: Sender): void {
    const entries = [...this.#shelf.splice(0), ...this.#entries.splice(0)];
    for (const { item, resolve, reject } of entries) {
      this.#options.pending.remove(item.cmid);
      this.#options.outbox.remove(item.cmid).catch(() => undefined);
      other.#submit(item, { resolve, reject });
    }
    this.#options.changed();
  }

  close(): void {
    this.#isClosed = true;
    this.down();
    this.#shelf = [];
    for (const { reject } of this.#entries.splice(0)) reject(new LmsError(clientError('closed')));
    this.#options.outbox.close().catch(() => undefined);
  }

  #submit(item: OutboxItem, waiting: Pick<Entry, 'resolve' | 'reject'>): void {
    const entry = this.#entry(item, waiting);
    this.#entries.push(entry);
    this.#options.changed();
    if (OF_THE_MOMENT.has(item.type)) {
      this.#stored(entry);
      return;
    }
    // Kept before it is sent, so that the next tab can send it if this one dies. A store that fails must not keep it back.
    const stored = (): void => this.#stored(entry);
    Promise.all([this.#options.outbox.add(item), this.#restored]).then(stored, stored);
  }

  #entry(item: OutboxItem, given: Partial<Entry>): Entry {
    this.#options.pending.add(item);
    const nobody = (): void => undefined;
    const isResend = given.isResend ?? false;
    return { item, isStored: isResend, isResend, resolve: given.resolve ?? nobody, reject: given.reject ?? nobody };
  }

  #takeOver(items: readonly OutboxItem[]): Entry[] {
    if (this.#isClosed) return [];
    const { pending } = this.#options;
    const entries = items
      .filter(({ cmid }) => !pending.find(cmid))
      .map((item) => this.#entry(item, { isResend: true }));
    return entries.filter(({ item }) => !item.refused);
  }

  /** Nothing of what is here outlives the page, also of what was refused. */
  #wipe(error: LmsErrorDetail): void {
    const { outbox, pending } = this.#options;
    for (const { item } of this.#shelf.splice(0)) pending.fail(item.cmid, error);
    for (const { cmid, error: why } of pending.shown) if (why) outbox.remove(cmid).catch(() => undefined);
  }

  /** Says so, instead of sending what nobody remembers. */
  #expire(): void {
    const now = this.#options.environment.nowMs();
    for (const entry of [...this.#entries])
      if (now - entry.item.at > MAX_AGE_MS) this.#fail(entry, clientError('timeout'));
  }

  #stored(entry: Entry): void {
    entry.isStored = true;
    this.#pump();
  }

  #take(cmid: string): Entry | undefined {
    const index = this.#entries.findIndex(({ item }) => item.cmid === cmid);
    if (index < 0) return undefined;
    const [entry] = this.#entries.splice(index, 1);
    this.#options.outbox.remove(cmid).catch(() => undefined);
    return entry;
  }

  #fail(entry: Entry, error: LmsErrorDetail): void {
    const { outbox, pending, changed } = this.#options;
    const { item } = entry;
    if (WRITTEN.has(item.type)) {
      this.#entries = this.#entries.filter((other) => other !== entry);
      outbox.add({ ...item, refused: error }).catch(() => undefined);
    } else this.#take(item.cmid);
    pending.fail(item.cmid, error);
    changed();
    entry.reject(new LmsError(error));
  }

  #pump(): void {
    if (this.#rewindTo !== null && this.#flights.size === 0) {
      this.#nextSeq = this.#rewindTo;
      this.#rewindTo = null;
    }
    if (this.#rewindTo === null && this.#options.environment.monotonicMs() >= this.#pausedUntil) {
      for (const entry of [...this.#entries]) {
        // What is not stored yet keeps its place.
        if (!entry.isStored || this.#flights.size >= this.#maxUnacked) break;
        if (!this.#flights.has(entry.item.cmid)) this.#transmit(entry);
      }
    }
    this.#schedule();
  }

  #transmit(entry: Entry): void {
    if (this.#nextSeq === null) return;
    const { cmid, type, body } = entry.item;
    const seq = this.#nextSeq;
    const frame = { frame: 'command', cmid, seq, type, body, ...(entry.isResend && { resend: true }) } as const;
    // The server would not even read whose it is, and it would be sent for ever.
    if (encodeClientFrame(frame).length > LIMITS.maxFrameBytes) {
      this.#fail(entry, clientError('frame_too_large'));
      return;
    }
    this.#nextSeq += 1;
    this.#flights.set(cmid, { seq, sentAt: this.#options.environment.monotonicMs(), isAskedAfter: false });
    entry.isResend = true;
    this.#options.send(frame);
  }

  #schedule(): void {
    const { environment } = this.#options;
    if (this.#timer !== null) environment.clearTimer(this.#timer);
    this.#timer = null;
    const now = environment.monotonicMs();
    const [oldest] = this.#flights.values();
    const waits = [
      ...(oldest ? [oldest.sentAt + (oldest.isAskedAfter ? UNANSWERED_MS : OVERDUE_MS) - now] : []),
      ...(this.#nextSeq !== null && this.#entries.length > 0 && this.#pausedUntil > now
        ? [this.#pausedUntil - now]
        : []),
    ];
    if (waits.length > 0) this.#timer = environment.setTimer(() => this.#wake(), Math.max(0, Math.min(...waits)));
  }

  #wake(): void {
    const [oldest] = this.#flights.values();
    const waitedMs = oldest ? this.#options.environment.monotonicMs() - oldest.sentAt : 0;
    if (waitedMs >= UNANSWERED_MS) {
      this.#options.unanswered();
      return;
    }
    if (oldest && !oldest.isAskedAfter && waitedMs >= OVERDUE_MS) {
      oldest.isAskedAfter = true;
      this.#options.overdue();
    }
    this.#pump();
  }
}
