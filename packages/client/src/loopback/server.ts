import {
  LIMITS,
  SOCKET_PATH,
  grantsOf,
  encodeServerFrame,
  type Actor,
  type Command,
  type DraftEvent,
  type ErrorCode,
  type SystemCommand,
} from '@lms-live/protocol';
import { platformSha256, randomId } from '../environment.js';
import { MemoryOutbox } from '../outbox/memory-outbox.js';
import type { Environment } from '../types.js';
import { createActor } from './actor.js';
import { writeFakeToken } from './fake-token.js';
import { answerHttp } from './http.js';
import { Puppet } from './puppet.js';
import { Reception } from './reception.js';
import { Room } from './room.js';
import { Turns } from './turns.js';
import type {
  CloseOptions,
  LoopbackActor,
  LoopbackOptions,
  LoopbackPerson,
  LoopbackSeed,
  LoopbackServer,
} from './types.js';
import { Wire } from './wire.js';

const TENANT = 'loopback';
const URL_BASE = 'https://loopback.invalid';
const TOKEN_LIFE_MS = 3_600_000;

/** Who is there without being listed. */
export const PEOPLE: Readonly<Record<string, LoopbackPerson>> = Object.freeze({
  instructor: { sub: 'instructor', name: 'Ms Okafor', role: 'instructor' },
  assistant: { sub: 'assistant', name: 'Mr Lindqvist', role: 'assistant' },
  student: { sub: 'student', name: 'Anna Kovács', role: 'student' },
  observer: { sub: 'observer', name: 'Dr Haddad', role: 'observer' },
});

const SERVICE: Actor = { participant: null, role: 'service', grants: grantsOf('service'), name: '', picture: null };

/**
 * Makes a live server in this page: the rules, frames, hashes and refusals of the real one, without a network, a store or a signature.
 * A closed page is its end. It starts at once.
 */
export function createLoopbackServer(options: LoopbackOptions = {}): LoopbackServer {
  return new Loopback(options);
}

class Loopback implements LoopbackServer {
  readonly url = URL_BASE;
  readonly roomId: string;
  latencyMs = 0;
  isSilent = false;
  readonly #options: Required<Omit<LoopbackOptions, 'room' | 'people'>>;
  readonly #people: Record<string, LoopbackPerson>;
  readonly #turns = new Turns();
  readonly #reception: Reception;
  readonly #participants = new Map<string, string>();
  readonly #environments = new Map<string, Partial<Environment>>();
  readonly #wires = new Set<Wire>();
  readonly #dropped: string[] = [];
  readonly #puppets = new Map<string, Puppet>();
  readonly #revoked = new Map<string, number>();
  #room: Room | null = null;
  #isRunning = true;
  #pingTimer: unknown = null;

  constructor({ room = {}, people = {}, ...options }: LoopbackOptions) {
    const sha256 = options.sha256 ?? platformSha256();
    if (!sha256)
      throw new TypeError(
        'This page has no crypto.subtle: pass `sha256`, or serve the page over HTTPS or from localhost.',
      );
    this.roomId = room.id ?? 'loopback';
    this.#people = { ...PEOPLE, ...people };
    this.#options = {
      now: options.now ?? ((): number => Date.now()),
      newId: options.newId ?? randomId,
      sha256,
      setTimer: options.setTimer ?? ((work, ms): unknown => setTimeout(work, ms)),
      clearTimer: options.clearTimer ?? ((timer): void => clearTimeout(timer as number | undefined)),
      snapshotAfterEvents: options.snapshotAfterEvents ?? LIMITS.snapshotAfterEvents,
      leaveGraceMs: options.leaveGraceMs ?? LIMITS.leaveGraceMs,
      mediaGraceMs: options.mediaGraceMs ?? LIMITS.mediaGraceMs,
      restartGraceMs: options.restartGraceMs ?? LIMITS.restartGraceMs,
    };
    this.#reception = new Reception({
      ...this.#options,
      room: () => this.#room as Room,
      roomId: this.roomId,
      tenant: TENANT,
      turns: this.#turns,
      participantOf: (sub) => this.#participantOf(sub),
      password: room.password ?? null,
      revokedAt: (sub) => this.#revoked.get(sub),
    });
    const { id: _id, state = 'live', kind = 'meeting', password: _password, roster, ...body } = room;
    if (roster) this.#expect(roster);
    void this.#turns.take(async () => {
      await this.#open();
      const created = { type: 'room.create', body: { kind, ...body }, cmid: '' } as Command;
      const steps: readonly (Command | SystemCommand)[] = [
        created,
        ...(state === 'open' ? [{ type: 'system.open' } as const] : []),
        ...(state === 'live' || state === 'held' ? [{ type: 'system.live' } as const] : []),
        ...(state === 'held' ? [{ type: 'system.hold', why: 'staff' } as const] : []),
        ...(state === 'ended' ? [{ type: 'system.end' } as const] : []),
      ];
      for (const step of steps) {
        const { decision } = await this.#reception.house.run(step, step === created ? SERVICE : null);
        if (!decision.ok) throw new TypeError(`This room cannot be made: ${decision.code}.`);
      }
    });
  }

  get openSockets(): number {
    return this.#wires.size;
  }

  environment(person = ''): Partial<Environment> {
    let environment = this.#environments.get(person);
    if (!environment) {
      environment = {
        openSocket: (url) => this.#openSocket(url),
        fetch: (input, init) => this.#fetch(input, init),
        // The server is gone with the page: what it did not get is nobody's.
        createOutbox: () => new MemoryOutbox(),
      };
      this.#environments.set(person, environment);
    }
    return environment;
  }

  tokenFor(person: string | LoopbackPerson, { expiresInMs = TOKEN_LIFE_MS } = {}): string {
    const now = this.#options.now();
    const known = typeof person === 'string' ? this.#person(person) : person;
    return writeFakeToken(known, { room: this.roomId, now, expiresAt: now + expiresInMs });
  }

  as(name: string): LoopbackActor {
    const { sub, name: shown, role, picture = null, grants } = this.#person(name);
    const participant = this.#participantOf(sub);
    let puppet = this.#puppets.get(participant);
    if (!puppet) {
      puppet = new Puppet(participant, () => {
        const promoted = this.#room?.rules.all.people.get(participant);
        const now = promoted?.promoted ? promoted.role : role;
        return { participant, role: now, grants: grantsOf(now, grants), name: shown, picture };
      });
      this.#puppets.set(participant, puppet);
      this.#reception.house.puppets.add(puppet);
    }
    return createActor({
      puppet,
      reception: this.#reception,
      turns: this.#turns,
      newId: this.#options.newId,
    });
  }

  seed(...events: readonly LoopbackSeed[]): Promise<void> {
    return this.#turns.take(async () => {
      for (const { log = 'all', by = null, owner = null, type, body, at } of events) {
        const draft = { log, type, body, by: this.#resolve(by), owner: this.#resolve(owner) } as DraftEvent;
        await this.#reception.house.publish([await (this.#room as Room).append(draft, at)]);
      }
    });
  }

  stop(): void {
    this.#isRunning = false;
    this.#reception.cancelLeaves();
    this.#stopPings();
    for (const wire of [...this.#wires]) wire.break();
    this.#wires.clear();
    this.#reception.house.media.forget();
  }

  start(): void {
    if (this.#isRunning) return;
    this.#isRunning = true;
    this.#reception.house.media.restart();
    for (const puppet of this.#puppets.values()) this.#reception.bringBack(puppet);
  }

  dropNext(frameKind: string): void {
    this.#dropped.push(frameKind);
  }

  refuseNext(code: ErrorCode, more: { readonly retryAfterMs?: number } = {}): void {
    this.#reception.counter.refuseNext = { ok: false, code, ...more };
  }

  setRoster(people: readonly string[] | null): Promise<void> {
    return this.#turns.take(() => {
      this.#expect(people ?? []);
      for (const visitor of this.#reception.house.welcome) this.#reception.house.tellRoster(visitor);
      return Promise.resolve();
    });
  }

  revoke(person: string): void {
    const { house } = this.#reception;
    const { sub } = this.#person(person);
    this.#revoked.set(sub, this.#options.now());
    for (const visitor of [...house.visitors])
      if (visitor.claims?.sub === sub) house.turnAway(visitor, 'token_revoked');
  }

  closeSockets({ code, reason = '', person }: CloseOptions): void {
    const participant = person === undefined ? null : this.as(person).participant;
    for (const visitor of [...this.#reception.house.visitors])
      if (participant === null || visitor.participant === participant) visitor.wire.shut(code, reason);
  }

  broadcast(text: string): void {
    this.#reception.house.tell(text);
  }

  requestTokens(): void {
    this.broadcast(encodeServerFrame({ frame: 'token' }));
  }

  drain(inMs: number): void {
    this.broadcast(encodeServerFrame({ frame: 'drain', inMs }));
  }

  reset(): Promise<void> {
    return this.#turns.take(async () => {
      const room = this.#room?.rules.all.room;
      await this.#open();
      const body = { kind: room?.kind ?? 'meeting', title: room?.title ?? '' };
      await this.#reception.house.run({ type: 'room.create', body, cmid: '' }, SERVICE);
      await this.#reception.house.run({ type: 'system.live' }, null);
      for (const visitor of this.#reception.house.visitors) visitor.wire.break();
    });
  }

  async settled(): Promise<void> {
    do {
      await this.#turns.take(() => Promise.resolve());
      await new Promise((resolve) => setTimeout(resolve));
    } while (!this.#turns.isIdle);
  }

  async #open(): Promise<void> {
    const { now, newId, sha256 } = this.#options;
    this.#room = await Room.create({ id: this.roomId, tenant: TENANT, now, newId, sha256 });
  }

  #openSocket(url: string): Wire {
    const isHere = this.#isRunning && new URL(url).pathname === SOCKET_PATH;
    const wire: Wire = new Wire(
      {
        latencyMs: () => this.latencyMs,
        passes: (text) => this.#passes(text),
        setTimer: (work, ms) => this.#options.setTimer(work, ms),
      },
      isHere ? () => this.#connected(wire) : null,
    );
    return wire;
  }

  #connected(wire: Wire): ReturnType<Reception['connect']> {
    this.#wires.add(wire);
    this.#planPing();
    const { received, closed } = this.#reception.connect(wire);
    return {
      received,
      closed: () => {
        this.#wires.delete(wire);
        if (this.#wires.size === 0) this.#stopPings();
        closed();
      },
    };
  }

  #passes(text: string): boolean {
    if (this.isSilent) return false;
    const kind = /^\{"frame":"(\w+)"/u.exec(text)?.[1] ?? '';
    const index = this.#dropped.indexOf(kind);
    if (index < 0) return true;
    this.#dropped.splice(index, 1);
    return false;
  }

  #planPing(): void {
    this.#pingTimer ??= this.#options.setTimer(() => {
      this.#pingTimer = null;
      void this.#turns.take(() => this.#reception.ping());
      if (this.#wires.size > 0) this.#planPing();
    }, LIMITS.pingIntervalMs);
  }

  #stopPings(): void {
    if (this.#pingTimer !== null) this.#options.clearTimer(this.#pingTimer);
    this.#pingTimer = null;
  }

  async #fetch(input: RequestInfo | URL, init: RequestInit = {}): Promise<Response> {
    if (!this.#isRunning) throw new TypeError('Failed to fetch');
    const url = input instanceof Request ? input.url : String(input);
    const authorization = new Headers(init.headers).get('authorization');
    return this.#turns.take(() => answerHttp(url, authorization, this.#room as Room));
  }

  #expect(names: readonly string[]): void {
    const people = names.map((each) => {
      const { sub, name, role } = this.#person(each);
      return { participant: this.#participantOf(sub), name, role };
    });
    this.#reception.house.expected = { frame: 'roster', total: people.length, people };
  }

  #participantOf(sub: string): string {
    let participant = this.#participants.get(sub);
    if (participant === undefined) {
      participant = this.#options.newId();
      this.#participants.set(sub, participant);
    }
    return participant;
  }

  #person(name: string): LoopbackPerson {
    const person = Object.hasOwn(this.#people, name) ? this.#people[name] : undefined;
    if (!person) throw new TypeError(`Nobody is called "${name}": see the option \`people\`.`);
    return person;
  }

  #resolve(name: string | null): string | null {
    if (name === null || !Object.hasOwn(this.#people, name)) return name;
    return this.#participantOf(this.#person(name).sub);
  }
}
