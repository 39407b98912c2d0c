import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Connection, Received } from './connection.js';
import type { Log, Loose, Positions } from './frames.js';

/** The members of a `hello` beside the token. */
export interface HelloOptions {
  readonly room?: string;
  readonly kind?: string;
  readonly tenant?: string;
  readonly positions?: Positions;
  readonly join?: boolean;
  /** One tab; a fresh one by default. */
  readonly clientId?: string;
}

/** The answer to a command. */
export type Answer = Received<'ack'> | Received<'refused'>;

const CMID_BYTES = 16;
/** Refusals for the rate that are waited out before it counts as a failure. */
const MAX_TRIES = 20;

/** 128 random bits as 22 base64url characters. */
export function newCmid(): string {
  return randomBytes(CMID_BYTES).toString('base64url');
}

/** A client as small as the page allows: hello, then commands with `cmid` and `seq`. */
export class Client {
  readonly connection: Connection;
  readonly token: string;
  /** The `seq` of the next command. */
  seq = 1;
  #from: Positions = {};

  constructor(connection: Connection, token: string) {
    this.connection = connection;
    this.token = token;
  }

  hello({ clientId = newCmid(), ...members }: HelloOptions = {}): void {
    this.#from = members.positions ?? {};
    this.connection.send({ frame: 'hello', token: this.token, ...members, client: { id: clientId } });
  }

  /** The welcome, with everything behind it that brings this client up to date. */
  async welcomed(withinMs?: number): Promise<Received<'welcome'>> {
    const { connection } = this;
    const welcome = await connection.frame('welcome', withinMs === undefined ? {} : { withinMs });
    for (const [log, head] of Object.entries(welcome.frame.positions)) {
      if (this.#from[log as Log]?.offset === head.offset && this.#from[log as Log]?.hash === head.hash) continue;
      const isUp = (one: Received) =>
        (one.kind === 'reset' && (one as Received<'reset'>).frame.log === log) ||
        (one.kind === 'event' &&
          (one as Received<'event'>).frame.log === log &&
          (one as Received<'event'>).frame.offset >= head.offset);
      if (head.offset > 0 || this.#from[log as Log] === undefined)
        await connection.any(isUp, { from: welcome.index, what: `the log \`${log}\` up to its head ${head.offset}` });
    }
    return welcome;
  }

  /** Sends one command without waiting. @returns its `cmid` */
  send(type: string, body: Loose = {}, { cmid = newCmid(), seq = this.seq, resend = false } = {}): string {
    this.connection.send({ frame: 'command', cmid, seq, type, body, ...(resend ? { resend } : {}) });
    this.seq = seq + 1;
    return cmid;
  }

  /** The answer to a command that was sent. `nth` counts from 0 where the same `cmid` was sent more than once. */
  async answer(cmid: string, { nth = 0, withinMs }: { nth?: number; withinMs?: number } = {}): Promise<Answer> {
    let seen = 0;
    const isIt = (one: Received): boolean =>
      (one.kind === 'ack' || one.kind === 'refused') &&
      (one.frame as { cmid?: string }).cmid === cmid &&
      (seen += 1) > nth;
    const options = withinMs === undefined ? {} : { withinMs };
    return (await this.connection.any(isIt, { what: 'the answer to a command', ...options })) as Answer;
  }

  /** One command and its answer. */
  async ask(type: string, body: Loose = {}, options: { cmid?: string; seq?: number; resend?: boolean } = {}) {
    return this.answer(this.send(type, body, options));
  }

  /** One command that has to be acknowledged; the rate is waited out. @throws with the code of another refusal */
  async done(type: string, body: Loose = {}): Promise<Received<'ack'>> {
    const cmid = newCmid();
    for (let nth = 0; ; nth += 1) {
      this.send(type, body, { cmid, resend: nth > 0 });
      const answer = await this.answer(cmid, { nth });
      if (answer.kind === 'ack') return answer;
      const { code, retryable, retryAfterMs = 100, expect, detail } = answer.frame;
      if (!retryable || nth >= MAX_TRIES)
        throw new Error(`\`${type}\` was refused as ${code} ${JSON.stringify(detail ?? {})}`);
      if (expect !== undefined) this.seq = expect;
      await sleep(retryAfterMs);
    }
  }
}
