import { setTimeout as sleep } from 'node:timers/promises';
import { newCmid, type Answer, type Client } from '../lib/client.js';
import type { Connection, Received } from '../lib/connection.js';
import type { Frames, Loose } from '../lib/frames.js';
import type { Stage } from '../lib/stage.js';

/** Somebody who is in. */
export type Entered = Client & { readonly welcome: Received<'welcome'> };

const MAX_TRIES = 40;

/** A command and its last answer: the rate is waited out. @returns `ack`, or the code of the refusal with the grant that it names */
export async function told(client: Client, type: string, body: Loose): Promise<string> {
  const cmid = newCmid();
  for (let nth = 0; ; nth += 1) {
    client.send(type, body, { cmid, resend: nth > 0 });
    const answer = await client.answer(cmid, { nth });
    if (answer.kind === 'ack') return 'ack';
    const { retryable, retryAfterMs = 50, expect } = answer.frame;
    if (!retryable || nth >= MAX_TRIES) return wordsOf(answer);
    if (expect !== undefined) client.seq = expect;
    await sleep(retryAfterMs);
  }
}

/** The code of an answer, with the grant that it names. */
export function wordsOf(answer: Answer): string {
  if (answer.kind === 'ack') return 'ack';
  const { code, detail } = answer.frame;
  const grant = detail?.['grant'];
  return typeof grant === 'string' ? `${code} ${grant}` : code;
}

/** What somebody is told who is not let in: why they wait, or why they are refused. */
export async function answerAtTheDoor(client: Client): Promise<string> {
  const first = await client.connection.any(
    ({ kind }) => kind === 'welcome' || kind === 'waiting' || kind === 'refused',
    { what: 'an answer to the hello' },
  );
  if (first.kind === 'waiting') return `waiting ${(first.frame as { why: string }).why}`;
  return first.kind === 'refused' ? (first.frame as { code: string }).code : 'welcome';
}

/** Sees what everyone and what the staff are told, and is never present itself. Two of them, who ask in turn: so nobody asks too often. */
export class Watcher {
  readonly #clients: readonly Entered[];
  readonly #seen = { all: 0, staff: 0 };
  #turn = 0;

  private constructor(clients: readonly Entered[]) {
    this.#clients = clients;
    for (const { connection } of clients) this.#take(connection);
  }

  static async in(stage: Stage): Promise<Watcher> {
    const clients = await Promise.all(
      ['watcher', 'second-watcher'].map((who) => stage.enter(who, {}, { role: 'assistant' })),
    );
    return new Watcher(clients);
  }

  /** The types of the events since it was asked last, but for tallies, which have a clock of their own. */
  async news(): Promise<readonly string[]> {
    this.#turn += 1;
    const { connection } = this.#clients[this.#turn % this.#clients.length]!;
    await connection.settled();
    return this.#take(connection)
      .map(({ type }) => type)
      .filter((type) => type !== 'question.tallied');
  }

  /** The event of a type that the news do not go beyond. */
  async event(type: string, from: 'all' | 'staff' = 'all'): Promise<void> {
    const { connection } = this.#clients[0]!;
    const isNew = ({ log, offset }: Frames['event']) => log === from && offset > this.#seen[from];
    await connection.frame('event', { where: (event) => event.type === type && isNew(event), what: type });
    await this.news();
  }

  #take(connection: Connection): Frames['event'][] {
    const isNew = ({ log, offset }: Frames['event']) => log !== 'me' && offset > this.#seen[log];
    const events = connection
      .all('event')
      .map(({ frame }) => frame)
      .filter(isNew);
    for (const { log, offset } of events) if (log !== 'me') this.#seen[log] = offset;
    return events;
  }
}
