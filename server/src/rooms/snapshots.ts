import {
  applyAllView,
  applyMeView,
  applyStaffView,
  EMPTY_ALL,
  EMPTY_ME,
  EMPTY_STAFF,
  IdMap,
  LIMITS,
  MessageList,
  type AllView,
  type LogEvent,
  type MeView,
  type Position,
  type StaffView,
} from '@lms-live/protocol';
import type { LogKey } from '../storage/types.js';
import { toLogEvent } from './events.js';
import type { FramedEvent } from './tail.js';

type AnyView = AllView | MeView | StaffView;

const FOLDS = {
  all: { empty: EMPTY_ALL, apply: (view: AnyView, event: LogEvent) => applyAllView(view as AllView, event) },
  me: { empty: EMPTY_ME, apply: (view: AnyView, event: LogEvent) => applyMeView(view as MeView, event) },
  staff: { empty: EMPTY_STAFF, apply: (view: AnyView, event: LogEvent) => applyStaffView(view as StaffView, event) },
} as const;

/** Reads committed events of one log after an offset, a page at a time. */
export type ReadPage = (after: number) => Promise<readonly FramedEvent[]>;

/**
 * The view of one log, folded when a newcomer needs it and then kept and moved forward, with the newest messages only.
 * Serialised once for each position: a class that comes in together shares one text.
 */
export class SnapshotCache {
  readonly #key: LogKey;
  readonly #read: ReadPage;
  #view: AnyView;
  #offset = 0;
  #hash: string | null = null;
  #text: { readonly offset: number; readonly json: string } | null = null;
  #running: Promise<void> | null = null;

  constructor(key: LogKey, read: ReadPage) {
    this.#key = key;
    this.#read = read;
    this.#view = FOLDS[key.log].empty;
  }

  /** The view at a position or after it, as JSON text, with the position it stands for. */
  async at(
    position: Position,
  ): Promise<{ readonly position: Position; readonly json: string; readonly view: AnyView }> {
    while (this.#offset < position.offset) {
      this.#running ??= this.#advance().finally(() => {
        this.#running = null;
      });
      await this.#running;
    }
    if (this.#text?.offset !== this.#offset)
      this.#text = { offset: this.#offset, json: JSON.stringify(trimmed(this.#view)) };
    return {
      position: { ...position, offset: this.#offset, hash: this.#hash ?? position.hash },
      json: this.#text.json,
      view: this.#view,
    };
  }

  async #advance(): Promise<void> {
    const events = await this.#read(this.#offset);
    if (events.length === 0) throw new Error('the log ends before its head');
    for (const stored of events) {
      const event = toLogEvent(stored);
      if (event) this.#view = FOLDS[this.#key.log].apply(this.#view, event);
      this.#offset = stored.offset;
      this.#hash = stored.hash;
    }
    this.#view = { ...this.#view, messages: this.#view.messages.keepLast(LIMITS.snapshotMessages) };
  }
}

function trimmed(view: AnyView): AnyView {
  return { ...view, messages: MessageList.from(view.messages.tail(LIMITS.snapshotMessages)) };
}

/** The snapshot of a room whose history is not for who comes late. */
export function withoutMessages(view: AllView): AllView {
  return { ...view, messages: MessageList.empty(), pins: [], pinned: IdMap.empty() };
}

export type { AllView };
