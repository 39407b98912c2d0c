import {
  bodyTextOf,
  readSnapshot,
  type AllView,
  type EventFrame,
  type LogEvent,
  type LogIdentity,
  type LogName,
  type MeView,
  type Position,
  type StaffView,
} from '@lms-live/protocol';
import type { Environment } from '../types.js';
import { ChainChecker } from './chain-checker.js';

/** Events ahead of a gap that are kept until it is filled; more of them are let go and come again by the resume. */
const MAX_HELD = 1_000;

export interface LogReaderOptions<V> {
  readonly log: LogName;
  readonly empty: V;
  readonly apply: (view: V, event: LogEvent) => V;
  readonly sha256: Environment['sha256'];
  readonly identity: (log: LogName, epoch: string) => LogIdentity;
  /** An event has been folded. */
  readonly folded: (event: LogEvent) => void;
  /** Events are missing before those that have come: once for each gap. */
  readonly missing: () => void;
  /** The hash chain broke behind the last place that was checked. */
  readonly mismatch: () => void;
}

/**
 * Reads one log: each event once, in order, without a gap, folded into the view.
 * Position and view move together; `goBack` returns both to the last place where the hash chain was right.
 */
export class LogReader<V extends AllView | MeView | StaffView> {
  readonly #options: LogReaderOptions<V>;
  readonly #checker: ChainChecker<V>;
  readonly #held = new Map<number, { frame: EventFrame; text: string }>();
  #view: V;
  #position: Position | null = null;
  /** The log to be read from its beginning, where nothing is known of it. */
  #epoch: string | null = null;
  #hasAsked = false;

  constructor(options: LogReaderOptions<V>) {
    const { empty, sha256, identity, log, mismatch } = options;
    this.#options = options;
    this.#view = empty;
    this.#checker = new ChainChecker(
      { position: null, view: empty },
      { sha256, identity: (epoch) => identity(log, epoch), mismatch },
    );
  }

  get view(): V {
    return this.#view;
  }

  /** Where the view stands; null: nothing is known. */
  get position(): Position | null {
    return this.#position;
  }

  get checkedOffset(): number {
    return this.#checker.checked.position?.offset ?? 0;
  }

  /** Which log comes, by its head: needed to read one from its first event. */
  expect(head: Position): void {
    this.#epoch = head.epoch;
    this.#held.clear();
    this.#hasAsked = false;
    // Nothing is in it yet: that is where it begins.
    if (!this.#position && head.offset === 0) this.#set(this.#view, head);
  }

  receive(frame: EventFrame, text: string): void {
    const next = (this.#position?.offset ?? 0) + 1;
    if (frame.offset < next) return;
    if (frame.offset > next) {
      this.#hold(frame, text);
      return;
    }
    this.#fold(frame, text);
    for (let held = this.#takeHeld(); held; held = this.#takeHeld()) this.#fold(held.frame, held.text);
    if (this.#held.size === 0) this.#hasAsked = false;
  }

  /** The server says how things stand, instead of how they came about. */
  reset(position: Position, snapshot: unknown): void {
    this.#set(readSnapshot(this.#options.empty, snapshot), position);
  }

  /** Older messages that came another way. */
  change(change: (view: V) => V): void {
    this.#view = change(this.#view);
  }

  goBack(): void {
    const { view, position } = this.#checker.checked;
    this.#set(view, position);
  }

  forget(): void {
    this.#set(this.#options.empty, null);
    this.#epoch = null;
  }

  #set(view: V, position: Position | null): void {
    this.#view = view;
    this.#position = position;
    this.#held.clear();
    this.#hasAsked = false;
    this.#checker.restart({ view, position });
  }

  #hold(frame: EventFrame, text: string): void {
    if (this.#held.size < MAX_HELD) this.#held.set(frame.offset, { frame, text });
    if (this.#hasAsked) return;
    this.#hasAsked = true;
    this.#options.missing();
  }

  #takeHeld(): { frame: EventFrame; text: string } | undefined {
    const offset = (this.#position?.offset ?? 0) + 1;
    const held = this.#held.get(offset);
    this.#held.delete(offset);
    return held;
  }

  #fold(frame: EventFrame, text: string): void {
    const { offset, hash, log, id, at, type, by } = frame;
    const body = typeof frame.body === 'object' ? frame.body : null;
    // Types that this version does not know fall through the folds and move the position only.
    const event = { log, offset, id, at, type, by, body } as LogEvent;
    this.#view = this.#applySafely(event);
    const position = { epoch: this.#position?.epoch ?? this.#epoch ?? '', offset, hash };
    this.#position = position;
    this.#checker.push({ frame, bodyText: bodyTextOf(text), view: this.#view, position });
    this.#options.folded(event);
  }

  /** A body of a shape that no version has written must not stop the class. */
  #applySafely(event: LogEvent): V {
    try {
      return this.#options.apply(this.#view, event);
    } catch {
      return this.#view;
    }
  }
}
