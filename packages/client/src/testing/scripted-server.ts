import { createHash } from 'node:crypto';
import {
  grantsOf,
  type DraftEvent,
  type LogName,
  type Positions,
  type Role,
  type ServerFrameOf,
} from '@lms-live/protocol';
import { writeFakeToken } from '../loopback/fake-token.js';
import { RoomLog } from '../loopback/room-log.js';
import { MemoryOutbox } from '../outbox/memory-outbox.js';
import type { ConnectOptions, Environment, RoomClient } from '../types.js';
import { connect } from '../index.js';
import { FakeClock, settle } from './fake-clock.js';
import { FakePage } from './fake-page.js';
import { ScriptedSocket } from './scripted-socket.js';
// Loaded here, so that no test waits for them.
import '../session.js';
import '../log/chain-link.js';
import '../http/older-messages.js';

export const PARTICIPANT = 'participant-me';
export const ROOM = 'algebra';
export const TENANT = 'school';

export const sha256 = async (bytes: Uint8Array): Promise<Uint8Array> =>
  new Uint8Array(createHash('sha256').update(bytes).digest());

let lastId = 0;
/** Ids of 22 characters, each another. */
export const newId = (): string => {
  lastId += 1;
  return `id${String(lastId).padStart(20, '0')}`;
};

/** A page, a clock and a server in the hands of a test: what is sent is looked at frame by frame. */
export class ScriptedServer {
  readonly clock = new FakeClock();
  readonly page = new FakePage();
  readonly sockets: ScriptedSocket[] = [];
  readonly outbox = new MemoryOutbox();
  /** What `random` gives: 1 is the longest wait there is. */
  chance = 1;
  readonly environment: Partial<Environment>;
  readonly logs: Record<LogName, RoomLog>;
  readonly clients: RoomClient[] = [];

  private constructor(logs: Record<LogName, RoomLog>) {
    const { clock } = this;
    this.logs = logs;
    this.environment = {
      openSocket: (url, protocol) => {
        const socket = new ScriptedSocket(url, protocol);
        this.sockets.push(socket);
        return socket;
      },
      fetch: async () => Promise.reject(new TypeError('Failed to fetch')),
      sha256,
      randomId: newId,
      random: () => this.chance,
      monotonicMs: clock.monotonicMs,
      nowMs: clock.wallMs,
      setTimer: clock.setTimer,
      clearTimer: clock.clearTimer,
      page: this.page,
      createOutbox: () => this.outbox,
    };
  }

  static async create(): Promise<ScriptedServer> {
    return new ScriptedServer(await createLogs());
  }

  /** The newest socket. */
  get socket(): ScriptedSocket {
    const socket = this.sockets.at(-1);
    if (!socket) throw new Error('No socket was opened.');
    return socket;
  }

  token(claims: { readonly sub?: string; readonly lifeMs?: number } = {}): string {
    const { sub = 'anna', lifeMs = 3_600_000 } = claims;
    const now = this.clock.wallMs();
    // No two tokens are the same, as with a host that counts or signs anew.
    return writeFakeToken({ sub, name: newId(), role: 'student' }, { room: ROOM, now, expiresAt: now + lifeMs });
  }

  connect(options: Partial<ConnectOptions> = {}): RoomClient {
    const hasToken = options.tokenUrl !== undefined || options.tokenProvider !== undefined || 'token' in options;
    const client = connect({
      server: 'https://live.test',
      environment: this.environment,
      ...(hasToken ? {} : { token: this.token() }),
      ...options,
    });
    this.clients.push(client);
    return client;
  }

  /** Connects, is welcomed and caught up with. */
  async online(options: Partial<ConnectOptions> & { readonly role?: Role } = {}): Promise<RoomClient> {
    const { role, ...rest } = options;
    const client = this.connect(rest);
    await this.admit(role === undefined ? {} : { role });
    return client;
  }

  /** Opens the newest socket, takes its hello and welcomes it. */
  async admit({ role = 'student' }: { readonly role?: Role } = {}): Promise<void> {
    await settle();
    this.socket.open();
    await settle();
    this.welcome({ role });
    await settle();
  }

  welcome({ role = 'student', positions, ...more }: Partial<Omit<ServerFrameOf<'welcome'>, 'frame'>> = {}): void {
    const grants = grantsOf(role);
    this.socket.say({
      frame: 'welcome',
      participant: PARTICIPANT,
      tenant: TENANT,
      role,
      grants: [...grants],
      room: { id: ROOM, kind: 'meeting' },
      positions: positions ?? this.heads(grants.has('staff.read')),
      serverTime: this.clock.wallMs(),
      expiresAt: this.clock.wallMs() + 3_600_000,
      ice: [],
      limits: {},
      ...more,
    });
  }

  heads(isStaff = false): Positions {
    return {
      all: this.logs.all.position,
      me: this.logs.me.position,
      ...(isStaff ? { staff: this.logs.staff.position } : {}),
    };
  }

  /** Puts an event into a log. @returns its frame, as text */
  async commit(draft: Pick<DraftEvent, 'log' | 'type' | 'by' | 'body'>): Promise<string> {
    const log = this.logs[draft.log];
    const { offset } = await log.append(draft, this.clock.wallMs());
    return log.after(offset - 1)[0] ?? '';
  }

  /** A message of somebody else. @returns its frame, as text */
  post(text: string, by: string | null = 'participant-ben', id = newId()): Promise<string> {
    return this.commit({ log: 'all', type: 'chat.posted', by, body: { id, text } });
  }

  /** All holders let go, and the grace is over: nothing may be left. */
  async end(): Promise<void> {
    for (const client of this.clients) client.release();
    await this.clock.advance(1_000);
    const left = {
      timers: this.clock.timers,
      listeners: this.page.listeners.size,
      sockets: this.sockets.filter(({ readyState, isListenedTo }) => readyState < 2 || isListenedTo).length,
    };
    if (Object.values(left).some((count) => count > 0)) throw new Error(`Left behind: ${JSON.stringify(left)}`);
  }
}

async function createLogs(): Promise<Record<LogName, RoomLog>> {
  const create = (log: LogName): Promise<RoomLog> =>
    RoomLog.create({
      identity: {
        tenant: TENANT,
        room: ROOM,
        log,
        participant: log === 'me' ? PARTICIPANT : null,
        epoch: `epoch-${log}`,
      },
      sha256,
      newId,
    });
  return { all: await create('all'), me: await create('me'), staff: await create('staff') };
}
