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
  type EventType,
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

/** Most people's own logs are empty. */
const EMPTY_JSON = {
  all: textOf(EMPTY_ALL),
  me: textOf(EMPTY_ME),
  staff: textOf(EMPTY_STAFF),
} as const;

/** Reads committed events of one log after an offset, a page at a time. */
export type ReadPage = (after: number) => Promise<readonly FramedEvent[]>;

/** A text is sent again while no more events than this are behind it: they follow it, and a class that comes in together shares few texts. */
const MAX_BEHIND_EVENTS = 64;
/** Events that only add to a view; after any other one the older text would show what is gone. */
const ADDING: ReadonlySet<EventType> = new Set([
  ...(['person.named', 'chat.posted', 'hand.raised', 'hand.lowered'] as const),
  ...(['attendance.opened', 'attendance.closed'] as const),
]);

/** A view at a position. */
export interface Snapshot {
  readonly position: Position;
  readonly json: string;
  readonly view: AnyView;
}

/** The view of one log, folded when a newcomer needs it and then kept and moved forward, with the newest messages only. */
export class SnapshotCache {
  readonly #key: LogKey;
  readonly #read: ReadPage;
  #view: AnyView;
  #offset = 0;
  #hash: string | null = null;
  #last: Snapshot | null = null;
  #running: Promise<void> | null = null;

  constructor(key: LogKey, read: ReadPage) {
    this.#key = key;
    this.#read = read;
    this.#view = FOLDS[key.log].empty;
  }

  /** The view shortly before a position, or after it: what it does not hold is to be sent behind it. */
  async near(position: Position): Promise<Snapshot> {
    await this.#reach(position);
    const behind = this.#last === null ? Infinity : this.#offset - this.#last.position.offset;
    return this.#last && behind <= MAX_BEHIND_EVENTS ? this.#last : this.#write(position);
  }

  /** The view at a position or after it, as JSON text, with the position it stands for. */
  async at(position: Position): Promise<Snapshot> {
    await this.#reach(position);
    return this.#last?.position.offset === this.#offset ? this.#last : this.#write(position);
  }

  #write(position: Position): Snapshot {
    this.#last = {
      position: { ...position, offset: this.#offset, hash: this.#hash ?? position.hash },
      json: this.#view === FOLDS[this.#key.log].empty ? EMPTY_JSON[this.#key.log] : textOf(this.#view),
      view: this.#view,
    };
    return this.#last;
  }

  async #reach(position: Position): Promise<void> {
    while (this.#offset < position.offset) {
      this.#running ??= this.#advance().finally(() => {
        this.#running = null;
      });
      await this.#running;
    }
  }

  async #advance(): Promise<void> {
    const events = await this.#read(this.#offset);
    if (events.length === 0) throw new Error('the log ends before its head');
    for (const stored of events) {
      const event = toLogEvent(stored);
      if (event) this.#view = FOLDS[this.#key.log].apply(this.#view, event);
      if (!ADDING.has(stored.type)) this.#last = null;
      this.#offset = stored.offset;
      this.#hash = stored.hash;
    }
    this.#view = { ...this.#view, messages: this.#view.messages.keepLast(LIMITS.snapshotMessages) };
  }
}

function textOf(view: AnyView): string {
  return JSON.stringify({ ...view, messages: MessageList.from(view.messages.tail(LIMITS.snapshotMessages)) });
}

/** The snapshot of a room whose history is not for who comes late. */
export function withoutMessages(view: AllView): AllView {
  return { ...view, messages: MessageList.empty(), pins: [], pinned: IdMap.empty() };
}

export type { AllView };
