import { randomBytes } from 'node:crypto';
import { Client, type HelloOptions } from './client.js';
import { Connection, type DialOptions, type Received } from './connection.js';
import { Skip, type Need } from './requirement.js';
import { claimsOf, type Mint } from './tokens.js';

/** The server that is checked, and what it takes to come in. */
export interface Subject {
  /** Address of the socket. */
  readonly url: string;
  readonly tokens: { readonly teacher?: string; readonly student?: string; readonly second?: string };
  readonly mint?: Mint;
  /** Asks the server to stop, as an operator does. */
  readonly stop?: () => Promise<void>;
}

/** Somebody of a class. */
export type Who = 'teacher' | 'student' | 'second';

const ROLES = { teacher: 'instructor', student: 'student', second: 'student' } as const;
const ROOM_BYTES = 6;

/** What a check plays on: a room of its own where tokens allow it, people, and their connections, which are closed behind it. */
export class Stage {
  readonly room: string;
  readonly #subject: Subject;
  readonly #onFault: (fault: string) => void;
  readonly #connections: Connection[] = [];

  constructor(subject: Subject, onFault: (fault: string) => void) {
    this.#subject = subject;
    this.#onFault = onFault;
    this.room = roomFor(subject);
  }

  /** What this subject cannot do of what is needed; null: nothing. */
  static lacks({ tokens, mint, stop }: Subject, needs: readonly Need[]): string | null {
    for (const need of needs) {
      if (need === 'restart' ? stop !== undefined : mint !== undefined) continue;
      if (need === 'mint') return 'needs a secret to sign tokens with';
      if (need === 'restart') return 'needs a way to stop the server';
      if (tokens[need] === undefined) return `needs the token of a ${need === 'second' ? 'second student' : need}`;
    }
    return null;
  }

  get stop(): () => Promise<void> {
    if (this.#subject.stop === undefined) throw new Skip('needs a way to stop the server');
    return this.#subject.stop;
  }

  /** The room is nobody else's: what was changed in it need not be changed back. */
  get isAlone(): boolean {
    return this.#subject.mint !== undefined;
  }

  /** The token of somebody, with other claims where given. @throws {Skip} where tokens cannot be signed and it takes that */
  token(who: Who | string, claims?: Readonly<Record<string, unknown>>): string {
    const { mint, tokens } = this.#subject;
    if (mint !== undefined) {
      const role = who in ROLES ? ROLES[who as Who] : 'student';
      return mint({ sub: `${this.room}-${who}`, name: `Ms ${who}`, role, room: this.room, ...claims });
    }
    const token = tokens[who as Who];
    if (token === undefined || claims !== undefined) throw new Skip('needs a secret to sign tokens with');
    return token;
  }

  /** Address of the socket. */
  get url(): string {
    return this.#subject.url;
  }

  /** A socket on which nothing was said yet. */
  async dial(options: DialOptions = {}): Promise<Connection> {
    const connection = await Connection.dial(this.url, { onFault: this.#onFault, ...options });
    this.#connections.push(connection);
    return connection;
  }

  /** Somebody who has said hello. */
  async knock(who: Who | string, options: HelloOptions = {}, claims?: Readonly<Record<string, unknown>>) {
    const token = this.token(who, claims);
    const client = new Client(await this.dial(), token);
    client.hello({ ...(needsRoom(token) ? { room: this.room } : {}), ...options });
    return client;
  }

  /** Somebody who is in, and up to date. */
  async enter(
    who: Who | string,
    options: HelloOptions = {},
    claims?: Readonly<Record<string, unknown>>,
  ): Promise<Client & { readonly welcome: Received<'welcome'> }> {
    const client = await this.knock(who, options, claims);
    const welcome = await client.welcomed();
    const { participant } = welcome.frame;
    if (options.join === true)
      await client.connection.frame('presence', {
        from: welcome.index,
        where: ({ joined }) => joined.some((one) => one.participant === participant && one.away !== true),
        what: 'the presence of who has just joined',
      });
    return Object.assign(client, { welcome });
  }

  /** A class with these people, all joined; the teacher is the first one. */
  async class(...people: string[]) {
    const teacher = await this.enter('teacher', { join: true });
    const entered = await Promise.all(people.map((who) => this.enter(who, { join: true })));
    return { teacher, people: entered };
  }

  /** One HTTP request to the same server. */
  async http(
    method: string,
    path: string,
    { token, body, headers = {} }: { token?: string; body?: object; headers?: Readonly<Record<string, string>> } = {},
  ): Promise<{ status: number; json: Readonly<Record<string, unknown>> }> {
    const url = new URL(path, this.#subject.url.replace(/^ws/u, 'http'));
    const response = await fetch(url, {
      method,
      headers: {
        ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    const isJson = (response.headers.get('content-type') ?? '').includes('json');
    return {
      status: response.status,
      json: isJson && text !== '' ? (JSON.parse(text) as Record<string, unknown>) : {},
    };
  }

  close(): void {
    for (const connection of this.#connections) connection.end();
    setTimeout(() => {
      for (const connection of this.#connections) connection.cut();
    }, FAREWELL_MS).unref();
  }
}

/** From the close frames to the cut of whoever does not answer them. */
const FAREWELL_MS = 1_000;

/** A room that a token names exactly, or a fresh one that it covers. */
function roomFor({ tokens, mint }: Subject): string {
  const fresh = `conformance-${randomBytes(ROOM_BYTES).toString('hex')}`;
  if (mint !== undefined) return fresh;
  const { room } = claimsOf(tokens.teacher ?? tokens.student ?? '');
  const named = Array.isArray(room) ? (room as unknown[])[0] : room;
  if (typeof named !== 'string') return fresh;
  return named.endsWith('*') ? `${named.slice(0, -1)}${fresh}` : named;
}

/** `room` is said only where the token covers several. */
function needsRoom(token: string): boolean {
  const { room } = claimsOf(token);
  return Array.isArray(room) || (typeof room === 'string' && room.endsWith('*'));
}
