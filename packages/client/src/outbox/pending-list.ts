import { cleanText, type Positions, type Views } from '@lms-live/protocol';
import type { LmsErrorDetail, OutboxItem, Pending } from '../types.js';
import type { Made } from './made.js';

interface Row {
  shown: Pending;
  /** What the server has confirmed; the row stays until what it made is in the views. */
  confirmed: { readonly positions: Positions; readonly id: string | null } | null;
  /** What seems to have come of this very command, seen before the confirmation: the row is not shown beside it. */
  double: string | null;
}

/**
 * What this page has said and the class does not show yet. The rule: nothing is shown twice, and nothing disappears in between.
 * After a lost socket the server may replay one's own message before it confirms the command again; such a pair is told by its content.
 */
export class PendingList {
  #rows: Row[] = [];
  #shown: readonly Pending[] = Object.freeze([]);

  /** The same list as long as nothing of it has changed. */
  get shown(): readonly Pending[] {
    return this.#shown;
  }

  add({ cmid, type, body, at, refused }: OutboxItem): void {
    this.#rows.push({
      shown: Object.freeze({ cmid, type, body, at, error: refused ?? null, waits: !refused }),
      confirmed: null,
      double: null,
    });
    this.#publish();
  }

  /** @param error null: it goes its way again @param given `waits`: goes out by itself all the same */
  fail(cmid: string, error: LmsErrorDetail | null, { waits = error === null } = {}): void {
    const row = this.#find(cmid);
    if (!row || (row.shown.error === error && row.shown.waits === waits)) return;
    row.shown = Object.freeze({ ...row.shown, error, waits });
    row.double = null;
    this.#publish();
  }

  remove(cmid: string): void {
    this.#rows = this.#rows.filter(({ shown }) => shown.cmid !== cmid);
    this.#publish();
  }

  clear(): void {
    this.#rows = [];
    this.#publish();
  }

  confirm(cmid: string, positions: Positions, result: Readonly<Record<string, unknown>>): void {
    const row = this.#find(cmid);
    if (!row) return;
    const id = typeof result['id'] === 'string' ? result['id'] : null;
    row.confirmed = { positions, id };
    if (row.double !== id) row.double = null;
    this.#publish();
  }

  /** Hides what the class already shows of this person. */
  seen(made: Made): void {
    if (this.#rows.some(({ confirmed }) => confirmed?.id === made.id)) return;
    const row = this.#rows.find(
      (candidate) => !candidate.confirmed && !candidate.double && isSame(candidate.shown, made),
    );
    if (!row) return;
    row.double = made.id;
    this.#publish();
  }

  /** Lets go of what is in the views. @param isAt whether the logs have come to these positions */
  settle(views: Views, isAt: (positions: Positions) => boolean): void {
    const rest = this.#rows.filter(
      ({ confirmed }) => !confirmed || !(isIn(views, confirmed.id) || isAt(confirmed.positions)),
    );
    if (rest.length === this.#rows.length) return;
    this.#rows = rest;
    this.#publish();
  }

  find(cmid: string): Pending | undefined {
    return this.#find(cmid)?.shown;
  }

  #find(cmid: string): Row | undefined {
    return this.#rows.find(({ shown }) => shown.cmid === cmid);
  }

  #publish(): void {
    this.#shown = Object.freeze(this.#rows.filter(({ double }) => double === null).map(({ shown }) => shown));
  }
}

function isSame({ type, body }: Pending, made: Made): boolean {
  if (type !== made.type || typeof body['text'] !== 'string' || cleanText(body['text']) !== made.text) return false;
  return type === 'chat.post'
    ? (body['replyTo'] ?? null) === made.replyTo && (body['to'] !== undefined) === made.isAside
    : (body['anonymous'] === true) === made.isAside;
}

function isIn({ all, me, staff }: Views, id: string | null): boolean {
  if (id === null) return false;
  return [all, me, staff].some(({ messages, questions }) => messages.get(id) !== undefined || questions.has(id));
}
