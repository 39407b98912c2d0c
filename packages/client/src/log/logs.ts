import {
  EMPTY_ALL,
  EMPTY_ME,
  EMPTY_STAFF,
  applyAllView,
  applyMeView,
  applyStaffView,
  type AllView,
  type EventFrame,
  type Head,
  type LogEvent,
  type LogIdentity,
  type LogName,
  type Position,
  type Positions,
  type ServerFrameOf,
  type Views,
} from '@lms-live/protocol';
import type { Environment, RoomState } from '../types.js';
import { LogReader } from './log-reader.js';

export interface LogsOptions {
  readonly sha256: Environment['sha256'];
  readonly folded: (event: LogEvent) => void;
  /** Ask the server to send again from where the logs stand. */
  readonly missing: () => void;
  /** What is here of a log cannot be mended from its position: say hello without it. */
  readonly lost: () => void;
}

const LOG_NAMES: readonly LogName[] = ['all', 'me', 'staff'];

/** The three logs that a person may read, and what they come to. */
export class Logs {
  readonly #options: LogsOptions;
  readonly #all: LogReader<AllView>;
  readonly #me: LogReader<Views['me']>;
  readonly #staff: LogReader<Views['staff']>;
  #identity = { tenant: '', room: '', participant: '' };
  /** Where each log ended when this connection was welcomed. */
  #targets: Positions = {};
  /** What came up to here is a replay, and no news. */
  #liveFrom: Positions = {};
  #goesOn = false;
  /** What this person reads, as far as the server has said. */
  #reads = new Set<LogName>();
  /** The offset at which the chain of a log broke, until it is past it. */
  readonly #broken = new Map<LogName, number>();
  #views: Views;
  #heads: RoomState['heads'] = Object.freeze({});

  constructor(options: LogsOptions) {
    this.#options = options;
    const common = (log: LogName) => ({
      log,
      sha256: options.sha256,
      identity: (name: LogName, epoch: string) => this.#identify(name, epoch),
      folded: (event: LogEvent) => options.folded(event),
      missing: () => options.missing(),
      mismatch: () => this.#mismatch(log),
    });
    this.#all = new LogReader({ ...common('all'), empty: EMPTY_ALL, apply: applyAllView });
    this.#me = new LogReader({ ...common('me'), empty: EMPTY_ME, apply: applyMeView });
    this.#staff = new LogReader({ ...common('staff'), empty: EMPTY_STAFF, apply: applyStaffView });
    this.#views = Object.freeze({ all: EMPTY_ALL, me: EMPTY_ME, staff: EMPTY_STAFF });
  }

  /** The same object as long as nothing of it has changed. */
  get views(): Views {
    const { all, me, staff } = this.#views;
    if (all !== this.#all.view || me !== this.#me.view || staff !== this.#staff.view) {
      this.#views = Object.freeze({ all: this.#all.view, me: this.#me.view, staff: this.#staff.view });
    }
    return this.#views;
  }

  get positions(): Positions {
    const known = LOG_NAMES.flatMap((log) => {
      const { position } = this.#reader(log);
      return position ? [[log, position] as const] : [];
    });
    return Object.fromEntries(known);
  }

  /** The same object as long as nothing of it has changed. */
  get heads(): RoomState['heads'] {
    if (LOG_NAMES.some((log) => this.#heads[log]?.hash !== this.#reader(log).position?.hash)) {
      const known = Object.entries(this.positions).map(([log, position]) => {
        const { offset, hash } = position as Position;
        return [log, Object.freeze({ offset, hash })] as const;
      });
      this.#heads = Object.freeze(Object.fromEntries(known));
    }
    return this.#heads;
  }

  /** Everything up to the heads of the last `welcome` is here. */
  get isSynced(): boolean {
    return this.isAt(this.#targets);
  }

  /** A log that this person reads is not here at all. */
  get isMissingLog(): boolean {
    return LOG_NAMES.some((log) => this.#reads.has(log) && !this.#reader(log).position);
  }

  /** Whether an event happened while this page was connected. */
  isLive({ log, offset }: LogEvent): boolean {
    return offset > (this.#liveFrom[log]?.offset ?? 0);
  }

  /** The next connection takes over from this one without a break: what comes in between is news. */
  goOn(): void {
    this.#goesOn = true;
  }

  welcome({ tenant, room, participant, positions }: ServerFrameOf<'welcome'>): void {
    const old = this.#identity;
    if (old.participant !== '' && (old.participant !== participant || old.room !== room.id || old.tenant !== tenant)) {
      for (const log of LOG_NAMES) this.#reader(log).forget();
      this.#goesOn = false;
    }
    if (!this.#goesOn) this.#liveFrom = positions;
    this.#goesOn = false;
    this.#identity = { tenant, room: room.id, participant };
    this.#targets = positions;
    this.#reads = new Set(LOG_NAMES.filter((log) => positions[log]));
    for (const log of LOG_NAMES) {
      const head = positions[log];
      if (head) this.#reader(log).expect(head);
    }
    if (!positions.staff) this.wipeStaff();
  }

  receive(frame: EventFrame, text: string): void {
    if (LOG_NAMES.includes(frame.log)) this.#reader(frame.log).receive(frame, text);
  }

  reset({ log, position, snapshot }: ServerFrameOf<'reset'>): void {
    if (LOG_NAMES.includes(log)) this.#reader(log).reset(position, snapshot);
  }

  /** This person may read the log of the staff now; it comes. */
  expectStaff(): void {
    this.#reads.add('staff');
  }

  /** The log of the staff is theirs alone. */
  wipeStaff(): void {
    this.#staff.forget();
    this.#reads.delete('staff');
    const { staff: _staff, ...targets } = this.#targets;
    this.#targets = targets;
  }

  /** Whether these heads are ahead of what is here, or of another log. */
  isBehind(heads: readonly Head[]): boolean {
    return heads.some(({ log, position }) => {
      if (!LOG_NAMES.includes(log)) return false;
      const here = this.#reader(log).position;
      if (!here) return this.#reads.has(log);
      if (here.epoch !== position.epoch || position.offset > here.offset) return true;
      return position.offset === here.offset && position.hash !== here.hash;
    });
  }

  changeAll(change: (view: AllView) => AllView): void {
    this.#all.change(change);
  }

  /** Whether everything up to these positions is here, of the logs that are read. */
  isAt(positions: Positions): boolean {
    return LOG_NAMES.every((log) => {
      const target = positions[log];
      const here = this.#reader(log).position;
      if (!target || target.offset === 0) return true;
      return here ? here.offset >= target.offset : !this.#reads.has(log);
    });
  }

  #reader(log: LogName): LogReader<AllView> | LogReader<Views['me']> | LogReader<Views['staff']> {
    switch (log) {
      case 'all':
        return this.#all;
      case 'me':
        return this.#me;
      case 'staff':
        return this.#staff;
    }
  }

  /** Back to where the chain was right, and from there again; when it breaks there once more, without what is here. */
  #mismatch(log: LogName): void {
    const reader = this.#reader(log);
    const at = reader.checkedOffset;
    if (this.#broken.get(log) === at) {
      this.#broken.delete(log);
      reader.forget();
      this.#options.lost();
    } else {
      this.#broken.set(log, at);
      reader.goBack();
      this.#options.missing();
    }
  }

  #identify(log: LogName, epoch: string): LogIdentity {
    const { tenant, room, participant } = this.#identity;
    return { tenant, room, log, participant: log === 'me' ? participant : null, epoch };
  }
}
