import { decodeClientFrame, readSignal, type ClientFrame } from '@lms-live/protocol';
import { Counter } from './counter.js';
import { Door, type DoorOptions } from './door.js';
import { House, type HouseOptions } from './house.js';
import type { Puppet } from './puppet.js';
import type { Turns } from './turns.js';
import { Visitor } from './visitor.js';
import type { Wire, WireHandlers } from './wire.js';

export interface ReceptionOptions
  extends Omit<DoorOptions, 'house'>, Omit<HouseOptions, 'doorChanged' | 'doorMessage'> {
  readonly turns: Turns;
  readonly leaveGraceMs: number;
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
    this.house = new House({
      ...options,
      doorChanged: () => this.#door.look(),
      doorMessage: (message) => this.#door.write(message),
    });
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
    house.media.ping();
  }

  /** Somebody whom a script plays comes to the door, and waits there where they have to. */
  async knock(puppet: Puppet, note?: string): Promise<void> {
    puppet.note = note ?? null;
    puppet.waitsSince = this.#options.now();
    puppet.waitsFor = this.#door.whyWait(puppet);
    this.house.doorstep.look();
    await Promise.resolve();
  }

  /** Whoever is played by a script says again what they want, as a page does that has connected. */
  bringBack(puppet: Puppet): void {
    if (puppet.wish.open && !puppet.isAway) this.house.media.wish(puppet, puppet.wish);
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
    this.house.doorstep.look();
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
        this.#signal(visitor, frame);
        break;
      case 'media': {
        const refused = visitor.isWelcome
          ? this.house.media.wish(visitor, frame)
          : { code: 'room_not_started' as const };
        if (refused) this.house.refuse(visitor, refused);
        break;
      }
      case 'token':
        if (this.#door.takeToken(visitor, frame.token))
          visitor.send({ frame: 'token', expiresAt: visitor.claims?.expiresAt ?? 0 });
        break;
      case 'knock':
        await this.#door.knock(visitor, frame);
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

  #signal(visitor: Visitor, { kind, to, body }: Extract<ClientFrame, { frame: 'signal' }>): void {
    if (!visitor.isWelcome) return;
    if (kind !== 'rtc') {
      const refused = this.house.takeSignal(visitor.actor, kind, body);
      if (refused) this.house.refuse(visitor, refused);
      return;
    }
    const read = readSignal(kind, body);
    if (read.ok && read.value.kind === 'rtc' && to !== undefined) this.house.media.relay(visitor, to, read.value.body);
    else this.house.refuse(visitor, { code: 'frame_malformed', detail: { path: read.ok ? 'to' : read.path } });
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
    this.house.media.lose(visitor);
    this.house.doorstep.look();
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
