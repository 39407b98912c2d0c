import type { LogEvent, ServerFrameOf } from '@lms-live/protocol';
import { announce } from './announce.js';
import type { Emitter } from './emitter.js';
import type { Logs } from './log/logs.js';
import { madeBehind, madeByEvent } from './outbox/made.js';
import type { PendingList } from './outbox/pending-list.js';
import type { Store } from './store.js';
import type { Typing } from './typing.js';

export interface FeedOptions {
  readonly store: Store;
  readonly emitter: Emitter;
  readonly logs: Logs;
  readonly pending: PendingList;
  readonly typing: Typing;
  /** The state has changed. */
  readonly published: () => void;
}

/** Brings what the logs say into the state, together with what is still pending of it, and tells what is new. */
export class Feed {
  readonly #options: FeedOptions;

  constructor(options: FeedOptions) {
    this.#options = options;
  }

  /** Views and pending list in one step: nothing is in both, and nothing in neither. */
  publish(): void {
    const { store, logs, pending } = this.#options;
    const { views, heads, isSynced } = logs;
    pending.settle(views, (positions) => logs.isAt(positions));
    store.update({ views, heads, pending: pending.shown });
    if (store.state.connection.state === 'online') store.updateConnection({ synced: isSynced });
    this.#options.published();
  }

  /** An event has been folded. It is told after the state shows it. */
  folded(event: LogEvent): void {
    const { store, emitter, logs, pending, typing } = this.#options;
    const { me, views: before } = store.state;
    if (!me) return;
    const made = madeByEvent(event, me.participant);
    if (made) pending.seen(made);
    if (event.type === 'chat.posted' && event.by !== null) typing.stopped(event.by);
    this.publish();
    if (logs.isLive(event)) announce(emitter, { event, before, me });
  }

  /** A log stands otherwise than by its events; one's own commands may be among what is new in it. */
  reset(frame: ServerFrameOf<'reset'>): void {
    const { store, logs, pending } = this.#options;
    const { me } = store.state;
    const before = logs.positions[frame.log];
    logs.reset(frame);
    const known = before?.epoch === frame.position.epoch ? before.offset : 0;
    if (me) for (const made of madeBehind(known, logs.views[frame.log], me.participant)) pending.seen(made);
    this.publish();
  }
}
