import type { IceServer } from '@lms-live/protocol';
import { ConnectionNumbers } from './connection-numbers.js';
import type { IceClient, IceService } from './ice-service.js';

/** Renewed after this part of its life, so that a slow link or a sleeping tab still has a valid one. */
const RENEW_AFTER = 0.8;

/** A connection that was told ICE servers. */
export interface IceReceiver {
  iceClient(): IceClient;
  /** Sends an `ice` frame. */
  send(text: string): void;
}

/** Sends fresh TURN credentials to each connection before its last ones expire. */
export class IceRenewals {
  readonly #service: IceService;
  readonly #now: () => number;
  /** null: the credentials end with the token, and only a fresh token makes longer ones. */
  readonly #timers = new Map<IceReceiver, NodeJS.Timeout | null>();
  readonly #numbers = new ConnectionNumbers<IceReceiver>();

  constructor({ service, now }: { readonly service: IceService; readonly now: () => number }) {
    this.#service = service;
    this.#now = now;
  }

  /** ICE servers for the `welcome` of a connection; from now on it is kept supplied, until `stop`. */
  start(receiver: IceReceiver): readonly IceServer[] {
    const client = receiver.iceClient();
    const number = this.#numbers.of(receiver, `${client.tenant}.${client.participant}`);
    const { ice, expiresAt } = this.#service.issue(client, String(number));
    this.#stopTimer(receiver);
    if (expiresAt === null) this.#numbers.giveBack(receiver);
    else this.#timers.set(receiver, expiresAt < client.tokenExpiresAt ? this.#renewBefore(receiver, expiresAt) : null);
    return ice;
  }

  /** There is a fresh token, so that credentials may live longer. Nothing for a connection that was not started. */
  renew(receiver: IceReceiver): void {
    if (this.#timers.has(receiver)) this.#send(receiver);
  }

  stop(receiver: IceReceiver): void {
    this.#stopTimer(receiver);
    this.#numbers.giveBack(receiver);
  }

  #stopTimer(receiver: IceReceiver): void {
    clearTimeout(this.#timers.get(receiver) ?? undefined);
    this.#timers.delete(receiver);
  }

  #send(receiver: IceReceiver): void {
    receiver.send(JSON.stringify({ frame: 'ice', ice: this.start(receiver) }));
  }

  #renewBefore(receiver: IceReceiver, expiresAt: number): NodeJS.Timeout {
    const timer = setTimeout(
      () => {
        this.#send(receiver);
      },
      (expiresAt - this.#now()) * RENEW_AFTER,
    );
    return timer.unref();
  }
}
