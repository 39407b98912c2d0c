import { setTimeout as sleep } from 'node:timers/promises';
import type { LightClient } from '../world/light-client.js';

/** Below the rate of a person. */
const PAUSE_MS = 230;

/** Somebody who chats on a connection of their own and measures from the send to the echo of their message. */
export class Bystander {
  readonly #client: LightClient;
  readonly #sentAt = new Map<string, number>();
  #echoesMs: number[] = [];
  #isOver = false;
  readonly #talking: Promise<void>;

  constructor(client: LightClient) {
    this.#client = client;
    client.onFrame = (frame) => {
      if (frame.frame !== 'event' || frame.type !== 'chat.posted') return;
      const { text = '' } = frame.body as { readonly text?: string };
      const sentAt = this.#sentAt.get(text);
      if (sentAt !== undefined) this.#echoesMs.push(performance.now() - sentAt);
      this.#sentAt.delete(text);
    };
    this.#talking = this.#talk();
  }

  /** The echoes since the last time that they were taken, and how many never came. */
  take(): { readonly echoesMs: readonly number[]; readonly waiting: number } {
    const echoesMs = this.#echoesMs;
    this.#echoesMs = [];
    return { echoesMs, waiting: this.#sentAt.size };
  }

  async stop(): Promise<void> {
    this.#isOver = true;
    await this.#talking;
  }

  async #talk(): Promise<void> {
    let said = 0;
    while (!this.#isOver) {
      said += 1;
      const text = `${this.#client.name} says ${String(said)}`;
      this.#sentAt.set(text, performance.now());
      void this.#client.send('chat.post', { text });
      await sleep(PAUSE_MS);
    }
  }
}
