import type { ServerFrameOf } from '@lms-live/protocol';
import { clientError } from '../errors.js';
import type { Store } from '../store.js';
import { isNamed, readClaims } from '../token/claims.js';
import type { ConnectOptions, Environment, LmsErrorDetail, OutboxOwner } from '../types.js';
import type { DeferredOutbox } from './deferred-outbox.js';
import type { Sender } from './sender.js';

/** Whether a class allows anything to be stored is known when its log has been read; what is said before does not wait longer than this. */
const PATIENCE_MS = 3_000;

export interface CustodyOptions {
  readonly environment: Pick<Environment, 'setTimer' | 'clearTimer' | 'createOutbox'>;
  readonly store: Store;
  readonly outbox: DeferredOutbox;
  readonly sender: Sender;
  readonly server: string;
  /** What the host wants. */
  readonly clientStorage: NonNullable<ConnectOptions['clientStorage']>;
  /** Somebody else is here now, and what the one before had not sent is neither sent nor shown. */
  readonly abandoned: (error: LmsErrorDetail) => void;
}

/**
 * Whose outbox is in use, and whether it may be kept. The owner is the participant, as the server says: a token that this page cannot read, or that has no
 * `sub`, tells two people who share a browser not apart.
 */
export class Custody {
  readonly #options: CustodyOptions;
  #storage: NonNullable<ConnectOptions['clientStorage']>;
  #owner: Omit<OutboxOwner, 'storage'> | null = null;
  #isOpen = false;
  #timer: unknown = null;

  constructor(options: CustodyOptions) {
    this.#storage = options.clientStorage;
    this.#options = options;
  }

  /** The server has said who this is. */
  welcomed({ tenant, participant, room }: ServerFrameOf<'welcome'>, token: string | null): void {
    const { environment, outbox, server } = this.#options;
    const before = this.#owner;
    const owner = { server, tenant, room: room.id, participant, person: personOf(token) };
    this.#owner = owner;
    if (before?.participant === participant && before.room === room.id && before.tenant === tenant) return;
    if (before) {
      // A server that was set back to an older copy knows the same person by another name: what they have said is still theirs.
      if (!isSamePerson(before, owner)) this.#abandon();
      this.#keeps(false);
      void outbox.change().catch(() => undefined);
      this.#isOpen = false;
    }
    this.#clearTimer();
    this.#timer = environment.setTimer(() => this.#open(), PATIENCE_MS);
  }

  /** The state has changed. */
  published(): void {
    const { connection, views } = this.#options.store.state;
    if (!this.#owner) return;
    const { clientStorage } = views.all.room.policy;
    if (clientStorage === 'memory' && (this.#isOpen || connection.synced)) this.forbid();
    if (connection.synced) this.#open();
  }

  /** Nothing is kept any more, until the page is loaded anew. */
  forbid(): void {
    if (this.#storage === 'memory') return;
    this.#storage = 'memory';
    this.#keeps(false);
    if (this.#isOpen) this.#options.outbox.wipe().catch(() => undefined);
  }

  close(): void {
    this.#clearTimer();
    this.#owner = null;
    this.#keeps(false);
  }

  #open(): void {
    this.#clearTimer();
    const owner = this.#owner;
    if (this.#isOpen || !owner) return;
    this.#isOpen = true;
    const { environment, outbox, sender } = this.#options;
    const isMine = (): boolean => this.#owner?.participant === owner.participant;
    outbox.open(() =>
      environment.createOutbox(
        { ...owner, storage: this.#storage },
        {
          adopted: (items) => isMine() && sender.adopt(items),
          keeps: (isKept) => isMine() && this.#keeps(isKept && this.#storage === 'indexeddb'),
        },
      ),
    );
    void sender.restore();
  }

  /** Somebody else has signed in on this page: nothing of the one before is sent for them, or shown to them. */
  #abandon(): void {
    const error = clientError('token_person_changed');
    const left = this.#options.sender.abandon(error);
    if (left > 0) this.#options.abandoned({ ...error, detail: { left } });
  }

  #keeps(isKept: boolean): void {
    this.#options.store.updateConnection({ outbox: isKept ? 'kept' : 'memory' });
  }

  #clearTimer(): void {
    if (this.#timer !== null) this.#options.environment.clearTimer(this.#timer);
    this.#timer = null;
  }
}

function isSamePerson(before: Omit<OutboxOwner, 'storage'>, now: Omit<OutboxOwner, 'storage'>): boolean {
  return (
    before.tenant === now.tenant && before.room === now.room && before.person === now.person && isNamed(now.person)
  );
}

/** The person of a token, as far as it can be read. */
function personOf(token: string | null): string | null {
  if (token === null) return null;
  const { person } = readClaims(token);
  return person === token ? null : person;
}
