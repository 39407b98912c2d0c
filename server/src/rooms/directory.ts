import { createHmac } from 'node:crypto';
import { nanoid } from 'nanoid';
import { LIMITS, type Actor, type Command, type CommandInput } from '@lms-live/protocol';
import { Passwords } from '../admission/passwords.js';
import { LocalBus, type Bus } from '../bus/index.js';
import type { Lease, Participant, PrivateRecord, RoomKey, RoomRow } from '../storage/types.js';
import { BrokenLog } from './broken-log.js';
import { Clocks } from './clocks.js';
import type { DirectoryOptions } from './directory-options.js';
import { KnownPeople } from './known-people.js';
import { leasesByRoom } from './leases-by-room.js';
import { LiveRoom } from './live-room.js';
import { lookAtClock } from './look-at-clock.js';
import { Room } from './room.js';
import type { Answer } from './submission.js';

const DUE_INTERVAL_MS = 1_000;
const UNLOAD_INTERVAL_MS = 30_000;
/** How long what another node has committed may stay unknown when its hint is lost. */
const ANTI_ENTROPY_MS = 2_000;
/** Of those that people were in when the last process died. */
const ROOMS_AT_ONCE = 64;
/** A room that is broken is not read again for everyone who comes. */
const BROKEN_AGAIN_MS = 10_000;

/** All rooms of this process: loads them when they are needed, lets them go when they are not, and keeps their clocks. */
export class RoomDirectory {
  readonly #options: DirectoryOptions;
  readonly #rooms = new Map<string, Promise<LiveRoom | null>>();
  readonly #loaded = new Map<string, LiveRoom>();
  readonly #byKey = new Map<RoomKey, LiveRoom>();
  /** Of rooms that nobody else commits to. */
  readonly #known = new WeakMap<Room, KnownPeople>();
  readonly #passwords = new Passwords();
  readonly #bus: Bus;
  readonly #stopHearing: () => void;
  readonly #clocks: Clocks;
  readonly #startedAt = performance.now();
  #banKey = '';
  #isStopping = false;

  private constructor(options: DirectoryOptions) {
    this.#options = options;
    this.#clocks = new Clocks((error) => {
      options.onError(error, '');
    });
    this.#bus = options.bus ?? new LocalBus();
    this.#stopHearing = this.#bus.subscribe(({ key, revision }) => this.#byKey.get(key)?.room.hear(revision));
  }

  /** Opens the directory, brings back who was present when the last process died, and starts the clocks. */
  static async open(options: DirectoryOptions): Promise<RoomDirectory> {
    const directory = new RoomDirectory(options);
    directory.#banKey = await options.store.setting('ban-key', () => nanoid(43));
    await directory.#expectReturns(await options.store.openLeases());
    directory.#clocks.every(LIMITS.pingIntervalMs, () => {
      for (const live of directory.#loaded.values()) live.ping();
    });
    directory.#clocks.every(LIMITS.seenIntervalMs, () => directory.#touchLeases());
    directory.#clocks.every(DUE_INTERVAL_MS, () => directory.#touchLeases('seenAgain'));
    directory.#clocks.every(DUE_INTERVAL_MS, () => directory.#lookAtDueRooms());
    directory.#clocks.every(UNLOAD_INTERVAL_MS, () => directory.#unloadIdle());
    if (directory.#bus.isShared) directory.#clocks.every(ANTI_ENTROPY_MS, () => directory.#compareWithStore());
    return directory;
  }

  get loaded(): Iterable<LiveRoom> {
    return this.#loaded.values();
  }

  get size(): number {
    return this.#loaded.size;
  }

  /** A room that has been created, or null. */
  async get(tenant: string, id: string): Promise<LiveRoom | null> {
    const live = await this.#open(tenant, id);
    return live?.room.exists ? live : null;
  }

  /** Creates a room, or gives the one that is there. `record`: what of it stands in no log. */
  async create({
    tenant,
    id,
    actor,
    body,
    owners = [],
    record = {},
  }: {
    readonly tenant: string;
    readonly id: string;
    readonly actor: Actor;
    readonly body: CommandInput<'room.create'>;
    readonly owners?: readonly string[];
    readonly record?: Partial<Omit<PrivateRecord, 'owners'>>;
  }): Promise<{ readonly live: LiveRoom; readonly created: boolean; readonly answer: Answer }> {
    const { store, now } = this.#options;
    await store.createRoom({ tenant, id, kind: body.kind, createdAt: now(), owners, ...record });
    // Somebody may have looked just before it was there: their look ends first, so that there are never two of one room.
    const live = (await this.#open(tenant, id)) ?? (await this.#open(tenant, id));
    if (!live) throw new Error('a room is gone right after it was created');
    const command: Command = { type: 'room.create', body, cmid: nanoid() };
    const answer = await live.room.submit({ command, actor, ephemeral: true });
    const existed = !answer.ok && answer.code === 'room_exists';
    if (answer.ok && live.room.row.passwordHash !== null)
      await live.room.submit({ command: { type: 'system.record', hasPassword: true }, actor: null });
    // Refused before its first event, it is no room: nothing of it stays.
    if (!answer.ok && !live.room.exists) await this.delete(live);
    return { live, created: answer.ok, answer: existed ? { ok: true, positions: {}, result: {} } : answer };
  }

  /** Who a person is in a room, with their own log. */
  async participant(room: Room, sub: string): Promise<Participant> {
    const known = this.#known.get(room)?.find(sub) ?? null;
    if (known !== null) return { participant: known, sub };
    const participant = await this.#options.store.participantOf({ key: room.key, sub, newId: nanoid() });
    await room.openOwnLog(participant.participant);
    this.#known.get(room)?.remember(sub, participant.participant);
    return participant;
  }

  /** Whether a person is banned, also one who was erased and comes again under a new id. */
  async isBanned(room: Room, sub: string): Promise<boolean> {
    const ask = (): Promise<boolean> =>
      this.#options.store.isBanned({ key: room.key, subHash: this.#hashOf(room, sub), now: this.#options.now() });
    return this.#known.get(room)?.isBanned(sub, ask) ?? ask();
  }

  /** Deletes a room with everything in it. */
  async delete(live: LiveRoom): Promise<void> {
    const { room } = live;
    this.#forget(live);
    await room.drained();
    live.dismissAll('room_unknown');
    live.close();
    await this.#options.store.deleteRoom(room.key);
  }

  /** The server stops: whoever goes from here is not written down as gone. Their leases tell the next server, or the next start of this one, who was there. */
  stopping(): void {
    this.#isStopping = true;
  }

  /** Stops the clocks, settles what is under way, and writes checkpoints. */
  async close(): Promise<void> {
    this.#clocks.stop();
    this.#stopHearing();
    await this.#touchLeases();
    for (const live of this.#loaded.values()) {
      await live.room.drained();
      live.close();
      await live.room.checkpoint();
    }
    this.#loaded.clear();
    this.#byKey.clear();
    this.#rooms.clear();
  }

  async #open(tenant: string, id: string): Promise<LiveRoom | null> {
    const key = keyOf(tenant, id);
    const known = this.#rooms.get(key);
    if (known) {
      const live = await known;
      // Asked for, it is not let go of: there must never be two of one room.
      if (live) live.idleSince = this.#options.now();
      return live;
    }
    const loading = this.#load(tenant, id);
    this.#rooms.set(key, loading);
    try {
      const live = await loading;
      // Missing rooms are not remembered: anyone can name any number of them.
      if (live) {
        this.#loaded.set(key, live);
        this.#byKey.set(live.room.key, live);
      } else this.#rooms.delete(key);
      return live;
    } catch (error) {
      if (!(error instanceof BrokenLog)) this.#rooms.delete(key);
      else this.#closeBroken(key, error);
      throw error;
    }
  }

  /** Says once what is wrong with a room, and lets nobody in for a while; it may have been mended by then. */
  #closeBroken(key: string, error: BrokenLog): void {
    this.#options.onError(error, key);
    const broken = this.#rooms.get(key);
    setTimeout(() => {
      if (this.#rooms.get(key) === broken) this.#rooms.delete(key);
    }, BROKEN_AGAIN_MS).unref();
  }

  #forget({ room }: LiveRoom): void {
    this.#loaded.delete(keyOf(room.tenant, room.id));
    this.#byKey.delete(room.key);
    this.#rooms.delete(keyOf(room.tenant, room.id));
  }

  async #load(tenant: string, id: string): Promise<LiveRoom | null> {
    const row = await this.#options.store.getRoom(tenant, id);
    return row ? this.#enliven(row) : null;
  }

  async #enliven(row: RoomRow): Promise<LiveRoom> {
    const { store, now, publish, onCommit, onError } = this.#options;
    const tell = (error: unknown): void => {
      onError(error, row.id);
    };
    // What a room asks is of those who are connected to it, and they come later.
    let live: LiveRoom | null = null;
    const room = await Room.open({
      store,
      row,
      now,
      waiting: () => live?.lobby.waitingFor('lobby', 'locked') ?? [],
      lastSeenAt: (participant) => live?.presence.lastSeenAt(participant) ?? null,
      subHash: (participant) => this.#subHash(room, participant),
      onError: tell,
      isShared: this.#bus.isShared,
      onMoved: (revision) => {
        this.#bus.publish({ key: row.key, revision });
      },
      ...(onCommit && { onCommit }),
    });
    this.#options.onRoom?.(room);
    if (!this.#bus.isShared) {
      const known = new KnownPeople();
      this.#known.set(room, known);
      room.listen(known);
    }
    live = new LiveRoom({
      room,
      now,
      publish,
      store,
      participantOf: async (sub) => (await store.participantOf({ key: row.key, sub, newId: nanoid() })).participant,
      passwords: this.#passwords,
      isStopping: () => this.#isStopping,
      onError: tell,
    });
    return live;
  }

  async #subHash(room: Room, participant: string): Promise<string | null> {
    const everyone = await this.#options.store.participants(room.key);
    const sub = everyone.find((other) => other.participant === participant)?.sub ?? null;
    return sub === null ? null : this.#hashOf(room, sub);
  }

  #hashOf(room: Room, sub: string): string {
    return createHmac('sha256', this.#banKey)
      .update(JSON.stringify([room.tenant, sub]))
      .digest('hex');
  }

  /** Everyone knocks as soon as the server is up, and it is up when this is done: so many rooms are read at a time. */
  async #expectReturns(leases: readonly Lease[]): Promise<void> {
    const rooms = [...leasesByRoom(leases)];
    for (let at = 0; at < rooms.length; at += ROOMS_AT_ONCE) {
      await Promise.all(rooms.slice(at, at + ROOMS_AT_ONCE).map(([key, ofRoom]) => this.#expectIn(key, ofRoom)));
    }
  }

  async #expectIn(key: RoomKey, leases: readonly Lease[]): Promise<void> {
    const live = await this.#reopen(key);
    if (!live) return;
    const graceMs = LIMITS.restartGraceMs;
    for (const { participant, seenAt } of leases) {
      const role = live.room.rules.all.people.get(participant)?.role ?? 'student';
      const staff = role === 'instructor' || role === 'assistant';
      live.presence.expect({ participant, seenAt, role, staff, graceMs });
    }
    live.media.expectReturns(graceMs);
  }

  /** A room that cannot be read keeps the server from nothing else. */
  async #reopen(key: RoomKey): Promise<LiveRoom | null> {
    try {
      const row = await this.#options.store.getRoomByKey(key);
      return row && (await this.#open(row.tenant, row.id));
    } catch (error) {
      if (!(error instanceof BrokenLog)) this.#options.onError(error, String(key));
      return null;
    }
  }

  async #touchLeases(whose: 'seen' | 'seenAgain' = 'seen'): Promise<void> {
    const leases = [...this.#loaded.values()].flatMap((live) =>
      live.presence[whose]().map((seen): Lease => ({ key: live.room.key, ...seen })),
    );
    if (leases.length > 0) await this.#options.store.touchLeases(leases);
  }

  async #lookAtDueRooms(): Promise<void> {
    const time = { now: this.#options.now(), upMs: performance.now() - this.#startedAt };
    for (const row of await this.#options.store.dueRooms(time.now)) {
      const live = await this.#open(row.tenant, row.id);
      if (live && (await lookAtClock(live, time)) === 'outdated') {
        await this.delete(live);
        this.#options.onOutdated?.(live.room);
      }
    }
    for (const live of [...this.#loaded.values()]) {
      if (live.room.state === 'open') await lookAtClock(live, time);
      live.door.look();
    }
  }

  /** Asks where all rooms stand that are in memory here: heals what lost hints have left, and lets go of what another node has deleted. */
  async #compareWithStore(): Promise<void> {
    const live = [...this.#byKey.values()];
    if (live.length === 0) return;
    const revisions = await this.#options.store.revisions(live.map(({ room }) => room.key));
    const stands = new Map(revisions.map(({ key, revision }) => [key, revision]));
    for (const one of live) {
      const revision = stands.get(one.room.key);
      if (revision !== undefined) one.room.hear(revision);
      else if (this.#byKey.has(one.room.key)) {
        this.#forget(one);
        one.dismissAll('room_unknown');
        one.close();
      }
    }
  }

  async #unloadIdle(): Promise<void> {
    const before = this.#options.now() - LIMITS.roomIdleMs;
    for (const live of this.#loaded.values()) {
      if (!isIdle(live, before)) continue;
      await live.room.drained();
      await live.room.checkpoint();
      // Somebody may have come in the meantime.
      if (!isIdle(live, before)) continue;
      this.#forget(live);
      live.close();
    }
  }
}

function isIdle(live: LiveRoom, before: number): boolean {
  return live.isEmpty && live.idleSince <= before;
}

function keyOf(tenant: string, id: string): string {
  return JSON.stringify([tenant, id]);
}
