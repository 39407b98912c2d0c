/** A real server on a free port with a store of its own, tokens of a test school, and clients that speak the frames by hand. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SignJWT } from 'jose';
import { WebSocket } from 'ws';
import {
  grantsOf,
  LIMITS,
  SOCKET_PATH,
  SUBPROTOCOL,
  type ClientFrameInput,
  type CommandInput,
  type CommandType,
  type MediaSession,
  type Positions,
  type ServerFrame,
  type ServerFrameOf,
} from '@lms-live/protocol';
import { DEFAULT_TENANT_LIMITS } from '../../src/config/tenant-options.js';
import type { Config, TenantConfig } from '../../src/config/types.js';
import type { Log } from '../../src/observe/index.js';
import { startServer, type RunningServer, type ServerOptions } from '../../src/server.js';
import { checkAnswer } from './check-answer.js';

export const PUBLIC_URL = 'http://live.test';
export const ORIGIN = 'https://lms.test';
const SECRET = 'a-secret-of-a-school-that-exists-in-tests-only';

export const TENANT: TenantConfig = {
  id: 'school',
  issuer: 'https://lms.test',
  audiences: [PUBLIC_URL],
  origins: [ORIGIN],
  maxLifetimeS: 86_400,
  admission: { by: 'claim' },
  limits: DEFAULT_TENANT_LIMITS,
  keys: [{ kind: 'secret', algorithm: 'HS256', secret: SECRET }],
};

export interface Claims {
  readonly sub?: string;
  readonly role?: string;
  readonly name?: string;
  readonly room?: string | readonly string[];
  readonly expiresInS?: number;
  readonly iss?: string;
  readonly grants?: Readonly<Record<string, boolean>>;
  readonly picture?: string;
  readonly secret?: string;
}

export function token({
  sub = 'ada',
  role = 'student',
  name = sub,
  room = 'algebra',
  expiresInS = 600,
  iss = 'https://lms.test',
  grants,
  picture,
  secret = SECRET,
}: Claims = {}): Promise<string> {
  const now = Math.floor(Date.now() / 1_000);
  return new SignJWT({ role, name, room, ...(grants && { grants }), ...(picture && { picture }) })
    .setProtectedHeader({ alg: 'HS256' })
    .setSubject(sub)
    .setIssuer(iss)
    .setAudience(PUBLIC_URL)
    .setIssuedAt(now)
    .setExpirationTime(now + expiresInS)
    .sign(new TextEncoder().encode(secret));
}

const silent = (): void => undefined;
/** Quiet but for what a person would have to act on. */
export const SILENT: Log = {
  error: (sentence, fields) => {
    process.stderr.write(`${sentence} ${fields?.error instanceof Error ? String(fields.error.stack) : ''}\n`);
  },
  warn: silent,
  info: silent,
  debug: silent,
  child: () => SILENT,
};

export interface Rig {
  readonly server: RunningServer;
  readonly url: string;
  readonly dataDir: string;
  /** Opens a socket, without a word. */
  open(options?: { readonly origin?: string | null }): Promise<Peer>;
  /** Says hello and waits until everything up to the heads has come. */
  enter(claims?: Claims, hello?: Partial<Extract<ClientFrameInput, { frame: 'hello' }>>): Promise<Peer>;
  http(
    method: string,
    path: string,
    options?: { readonly claims?: Claims | null; readonly body?: unknown; readonly headers?: Record<string, string> },
  ): Promise<{ status: number; headers: Headers; body: Record<string, unknown> }>;
  /** What `DELETE /people` will do: erases a person by their participant id. */
  erase(room: string, participant: string): Promise<void>;
  /** Stops the server and starts another one on the same data, with other settings and after other work where they are given. */
  restart(settings?: Partial<Config>, whileStopped?: () => Promise<void>): Promise<void>;
  stop(): Promise<void>;
}

export async function startRig({
  transport = 'ws',
  tenants = [TENANT],
  log = SILENT,
  settings = {},
  shared = {},
}: {
  readonly transport?: Config['transport'];
  readonly tenants?: readonly TenantConfig[];
  readonly log?: Log;
  readonly settings?: Partial<Config>;
  /** What it has in common with other servers; whoever made it closes it. */
  readonly shared?: Pick<ServerOptions, 'store' | 'bus' | 'now'>;
} = {}): Promise<Rig> {
  const dataDir = await mkdtemp(join(tmpdir(), 'lms-live-'));
  const config: Config = {
    production: false,
    host: '127.0.0.1',
    port: 0,
    metrics: null,
    publicUrl: PUBLIC_URL,
    dataDir,
    trustedProxies: [],
    iceServers: [],
    stun: null,
    turn: null,
    tls: null,
    logLevel: 'silent',
    transport,
    // Most tests stop without anybody who could move.
    drainMs: 0,
    maxPendingHellosPerAddress: LIMITS.maxPendingHellosPerAddress,
    tenants,
    ...settings,
  };
  let server = await startServer({ config, log, ...shared });
  const peers = new Set<Peer>();
  const rig: Rig = {
    get server() {
      return server;
    },
    get url() {
      return `http://127.0.0.1:${String(server.port)}`;
    },
    dataDir,
    async open({ origin = ORIGIN } = {}) {
      const peer = await Peer.open(rig.url, origin);
      peers.add(peer);
      return peer;
    },
    async enter(claims = {}, hello = {}) {
      const peer = await rig.open();
      await peer.hello(await token(claims), { join: true, ...hello });
      return peer;
    },
    async http(method, path, { claims = {}, body, headers = {} } = {}) {
      const response = await fetch(rig.url + path, {
        method,
        headers: {
          ...(claims === null ? {} : { authorization: `Bearer ${await token(claims)}` }),
          ...(body === undefined ? {} : { 'content-type': 'application/json' }),
          ...headers,
        },
        ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
      });
      const text = await response.text();
      checkAnswer({ method, path, status: response.status, type: response.headers.get('content-type'), text });
      return {
        status: response.status,
        headers: response.headers,
        body: (text.startsWith('{') ? JSON.parse(text) : { text }) as Record<string, unknown>,
      };
    },
    async erase(room, participant) {
      const live = await server.directory.get(TENANT.id, room);
      const actor = {
        participant: null,
        role: 'service',
        grants: grantsOf('service'),
        name: '',
        picture: null,
      } as const;
      await live?.room.submit({
        command: { type: 'person.erase', body: { participant }, cmid: 'erase-at-the-word-of-the-host' },
        actor,
      });
    },
    async restart(changes = {}, whileStopped) {
      await server.stop();
      await whileStopped?.();
      server = await startServer({ config: { ...config, ...changes }, log, ...shared });
    },
    async stop() {
      for (const peer of peers) peer.terminate();
      await server.stop();
      await rm(dataDir, { recursive: true, force: true });
    },
  };
  return rig;
}

/** The id of what a command made. */
export function idOf(answer: ServerFrameOf<'ack'> | ServerFrameOf<'refused'>): string {
  if (answer.frame === 'refused') throw new Error(answer.code);
  return String(answer.result['id']);
}

let commands = 0;

/** One WebSocket that keeps every frame it was sent. */
export class Peer {
  readonly frames: ServerFrame[] = [];
  /** The frames as text, to compare bytes. */
  readonly texts: string[] = [];
  closed: { code: number; reason: string } | null = null;
  readonly #socket: WebSocket;
  readonly #waiters = new Set<() => void>();
  readonly #from = new Map<string, number>();
  #seq = 0;
  #rev = 0;

  private constructor(socket: WebSocket) {
    this.#socket = socket;
    socket.on('message', (data) => {
      const text = (data as Buffer).toString('utf8');
      this.texts.push(text);
      this.frames.push(JSON.parse(text) as ServerFrame);
      for (const wake of [...this.#waiters]) wake();
    });
    socket.on('close', (code, reason) => {
      this.closed = { code, reason: reason.toString('utf8') };
      for (const wake of [...this.#waiters]) wake();
    });
    socket.on('error', () => undefined);
  }

  static async open(url: string, origin: string | null): Promise<Peer> {
    const socket = new WebSocket(
      url.replace('http', 'ws') + SOCKET_PATH,
      SUBPROTOCOL,
      origin === null ? {} : { origin },
    );
    const peer = new Peer(socket);
    await new Promise<void>((resolve, reject) => {
      socket.once('open', resolve);
      socket.once('error', reject);
    });
    return peer;
  }

  send(frame: ClientFrameInput | string | Buffer): void {
    this.#socket.send(typeof frame === 'string' || Buffer.isBuffer(frame) ? frame : JSON.stringify(frame));
  }

  /** Says hello; settles when the heads of the welcome are reached, or with whatever else comes first. */
  async hello(jwt: string, more: Partial<Extract<ClientFrameInput, { frame: 'hello' }>> = {}): Promise<ServerFrame> {
    this.send({ frame: 'hello', token: jwt, client: { id: `tab-${String((commands += 1))}` }, ...more });
    const first = await this.until(
      (frame) => frame.frame === 'welcome' || frame.frame === 'waiting' || frame.frame === 'refused',
    );
    for (const [log, position] of Object.entries(more.positions ?? {}))
      if (position) this.#from.set(log, position.offset);
    if (first.frame === 'welcome') await this.caughtUp(first.positions);
    if (first.frame === 'welcome' && more.join === true && this.closed === null) await this.present(first.participant);
    return first;
  }

  async caughtUp(positions: Positions): Promise<void> {
    await this.when(() =>
      Object.entries(positions).every(
        ([log, position]) => position === undefined || this.offset(log) >= position.offset,
      ),
    );
  }

  /** Waits until somebody is told to be present, or the socket closes. */
  async present(participant: string): Promise<void> {
    await this.when(
      () =>
        this.closed !== null ||
        this.frames.some(
          (frame) => frame.frame === 'presence' && frame.joined.some((person) => person.participant === participant),
        ),
    );
  }

  /** The newest offset of a log that this peer has. */
  offset(log: string): number {
    let offset = this.#from.get(log) ?? -1;
    for (const frame of this.frames) {
      if (frame.frame === 'reset' && frame.log === log) offset = frame.position.offset;
      if (frame.frame === 'event' && frame.log === log) offset = Math.max(offset, frame.offset);
    }
    return offset;
  }

  /** Where this peer stands, as it would say it on return. */
  position(log: 'all' | 'me' | 'staff'): NonNullable<Positions['all']> {
    let position = this.welcome.positions[log];
    if (!position) throw new Error(`no position of ${log}`);
    for (const frame of this.frames) {
      if (frame.frame === 'reset' && frame.log === log) position = frame.position;
      if (frame.frame === 'event' && frame.log === log)
        position = { ...position, offset: frame.offset, hash: frame.hash };
    }
    return position;
  }

  get welcome(): ServerFrameOf<'welcome'> {
    const frame = this.frames.find((candidate) => candidate.frame === 'welcome');
    if (!frame) throw new Error('there was no welcome');
    return frame;
  }

  events(type?: string): ServerFrameOf<'event'>[] {
    return this.frames.filter(
      (frame): frame is ServerFrameOf<'event'> =>
        frame.frame === 'event' && (type === undefined || frame.type === type),
    );
  }

  /** Sends a command and waits for its answer. */
  async command<T extends CommandType>(
    type: T,
    body: CommandInput<T>,
    more: { cmid?: string; seq?: number; resend?: boolean } = {},
  ): Promise<ServerFrameOf<'ack'> | ServerFrameOf<'refused'>> {
    const cmid = more.cmid ?? `test-command-${String((commands += 1)).padStart(8, '0')}`;
    const from = this.frames.length;
    const seq = more.seq ?? (this.#seq += 1);
    this.send({
      frame: 'command',
      cmid,
      seq,
      type,
      body: body,
      ...(more.resend === undefined ? {} : { resend: more.resend }),
    });
    const answer = await this.until(
      (frame) => (frame.frame === 'ack' || frame.frame === 'refused') && frame.cmid === cmid,
      from,
    );
    if (answer.frame === 'refused' && answer.expect !== undefined) this.#seq = answer.expect - 1;
    return answer as ServerFrameOf<'ack'> | ServerFrameOf<'refused'>;
  }

  /** Says what it wants of its media session, and waits for the answer. */
  async media(wish: Partial<Extract<ClientFrameInput, { frame: 'media' }>> = {}): Promise<ServerFrameOf<'session'>> {
    this.#rev = wish.rev ?? this.#rev + 1;
    const rev = this.#rev;
    const from = this.frames.length;
    this.send({ frame: 'media', rev, open: true, live: true, ...wish });
    return (await this.until(
      (frame) => frame.frame === 'session' && frame.rev >= rev,
      from,
    )) as ServerFrameOf<'session'>;
  }

  /** The media sessions of the room, as this peer was told last. */
  get call(): ServerFrameOf<'media'> {
    const frame = [...this.frames].reverse().find((candidate) => candidate.frame === 'media');
    if (!frame) throw new Error('there was no list of media sessions');
    return frame;
  }

  /** Waits for a list of media sessions that fits. */
  async callWhen(fits: (sessions: readonly MediaSession[]) => boolean): Promise<ServerFrameOf<'media'>> {
    await this.when(() => fits(this.call.sessions));
    return this.call;
  }

  signals(kind: string): ServerFrameOf<'signal'>[] {
    return this.frames.filter(
      (frame): frame is ServerFrameOf<'signal'> => frame.frame === 'signal' && frame.kind === kind,
    );
  }

  /** The codes of what was refused, but commands. */
  get refusals(): string[] {
    return this.frames.flatMap((frame) => (frame.frame === 'refused' && frame.cmid === undefined ? [frame.code] : []));
  }

  /** Waits until everything that was sent before is answered or passed over. */
  async heard(): Promise<void> {
    const from = this.frames.length;
    this.send({ frame: 'ping' });
    await this.until((frame) => frame.frame === 'pong', from);
  }

  /** The first frame, from now on or from an index, that fits. */
  async until(fits: (frame: ServerFrame) => boolean, from = 0): Promise<ServerFrame> {
    let found: ServerFrame | undefined;
    await this.when(() => (found = this.frames.slice(from).find(fits)) !== undefined || this.closed !== null);
    if (!found)
      throw new Error(
        `the socket closed (${JSON.stringify(this.closed)}) before the frame came; last: ${this.texts.slice(-3).join(' ')}`,
      );
    return found;
  }

  async untilClosed(): Promise<{ code: number; reason: string }> {
    await this.when(() => this.closed !== null);
    return this.closed as unknown as { code: number; reason: string };
  }

  async event(type: string, from = 0): Promise<ServerFrameOf<'event'>> {
    return (await this.until(
      (frame) => frame.frame === 'event' && frame.type === type,
      from,
    )) as ServerFrameOf<'event'>;
  }

  /** Reads nothing more until `resume`, like a tab on a network that has stopped. */
  pause(): void {
    this.#socket.pause();
  }

  resume(): void {
    this.#socket.resume();
  }

  close(): void {
    this.#socket.close();
  }

  terminate(): void {
    this.#socket.terminate();
  }

  async when(holds: () => boolean): Promise<void> {
    if (holds()) return;
    await new Promise<void>((resolve) => {
      const wake = (): void => {
        if (!holds()) return;
        this.#waiters.delete(wake);
        resolve();
      };
      this.#waiters.add(wake);
    });
  }
}
