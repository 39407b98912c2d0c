import { decodeClientFrame, isSignalKind, type ClientFrame } from '@lms-live/protocol';
import { Counter } from './counter.js';
import { Door, type DoorOptions } from './door.js';
import { House } from './house.js';
import type { Room } from './room.js';
import type { Turns } from './turns.js';
import { Visitor } from './visitor.js';
import type { Wire, WireHandlers } from './wire.js';

export interface ReceptionOptions extends Omit<DoorOptions, 'house'> {
  readonly room: () => Room;
  readonly turns: Turns;
  readonly leaveGraceMs: number;
  readonly setTimer: (work: () => void, ms: number) => unknown;
  readonly clearTimer: (timer: unknown) => void;
}

const OPEN = 1;

/** Where sockets come in: each frame goes to whom it concerns, one after another. */
export class Reception {
  readonly house: House;
  readonly counter: Counter;
  readonly #options: ReceptionOptions;
  readonly #door: Door;
  readonly #leaving = new Map<string, unknown>();

  constructor(options: ReceptionOptions) {
    this.#options = options;
    this.house = new House({ room: options.room, doorChanged: () => this.#door.look() });
    this.counter = new Counter(this.house);
    this.#door = new Door({ ...options, house: this.house });
  }

  connect(wire: Wire): WireHandlers {
    const visitor = new Visitor(wire);
    this.house.visitors.add(visitor);
    return {
      received: (text) => void this.#options.turns.take(() => this.#receive(visitor, text)),
      closed: () => this.#gone(visitor),
    };
  }

  /** Everybody's heads of the logs that they share. */
  async ping(): Promise<void> {
    const { house } = this;
    for (const visitor of house.welcome) {
      const heads = await Promise.all(
        visitor.logs
          .filter((log) => log !== 'me')
          .map(async (log) => ({ log, position: await house.room.position(log, visitor.participant) })),
      );
      visitor.send({ frame: 'ping', heads });
    }
  }

  /** Nobody is waited for any more. */
  cancelLeaves(): void {
    for (const timer of this.#leaving.values()) this.#options.clearTimer(timer);
    this.#leaving.clear();
  }

  async #receive(visitor: Visitor, text: string): Promise<void> {
    if (visitor.wire.readyState !== OPEN) return;
    const decoded = decodeClientFrame(text);
    if (!decoded.ok) this.house.refuse(visitor, { code: decoded.code, detail: { path: decoded.path } });
    else if (!visitor.claims && decoded.value.frame !== 'hello') this.house.turnAway(visitor, 'hello_expected');
    else await this.#take(visitor, decoded.value);
  }

  async #take(visitor: Visitor, frame: ClientFrame): Promise<void> {
    switch (frame.frame) {
      case 'hello':
        await this.#door.hello(visitor, frame);
        this.#stay(visitor);
        break;
      case 'command':
        await this.counter.take(visitor, frame);
        break;
      case 'signal':
        if (isSignalKind(frame.kind) && visitor.isWelcome)
          this.house.signal(visitor.participant, frame.kind, frame.body);
        break;
      case 'token':
        if (this.#door.takeToken(visitor, frame.token))
          visitor.send({ frame: 'token', expiresAt: visitor.claims?.expiresAt ?? 0 });
        break;
      case 'resume':
        visitor.positions = frame.positions;
        await this.#door.replay(visitor);
        break;
      case 'ping':
        await this.#pong(visitor, frame.hidden ?? visitor.isHidden);
        break;
    }
  }

  async #pong(visitor: Visitor, isHidden: boolean): Promise<void> {
    const { participant, role, isWelcome, isJoined } = visitor;
    visitor.isHidden = isHidden;
    if (isJoined) this.house.setPresent(participant, { role, away: isHidden });
    const heads = isWelcome
      ? [{ log: 'me' as const, position: await this.house.room.position('me', participant) }]
      : [];
    visitor.send({ frame: 'pong', serverTime: this.#options.now(), heads });
  }

  #stay({ participant }: Visitor): void {
    this.#options.clearTimer(this.#leaving.get(participant));
    this.#leaving.delete(participant);
  }

  /** A person whose last connection is gone leaves a while later, so that coming back is not noticed. */
  #gone(visitor: Visitor): void {
    this.house.visitors.delete(visitor);
    const { participant, actor, isJoined } = visitor;
    const isElsewhere = this.house.welcome.some((other) => other.participant === participant && other.isJoined);
    if (!isJoined || isElsewhere) return;
    const timer = this.#options.setTimer(() => {
      this.#leaving.delete(participant);
      void this.#options.turns.take(() => this.house.setJoined(participant, actor, false));
    }, this.#options.leaveGraceMs);
    this.#leaving.set(participant, timer);
  }
}
