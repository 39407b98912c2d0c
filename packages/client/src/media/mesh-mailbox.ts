import type { RtcBody } from '@lms-live/protocol';

const MAX_SESSIONS = 16;
const MAX_BODIES = 64;

/** Keeps what sessions say before this tab has heard of them: a signal may be faster than the list. What is dropped is sent again. */
export class MeshMailbox {
  readonly #bodies = new Map<string, RtcBody[]>();

  put(session: string, body: RtcBody): void {
    const bodies = this.#bodies.get(session) ?? [];
    if (bodies.length < MAX_BODIES) bodies.push(body);
    this.#bodies.set(session, bodies);
    const [oldest] = this.#bodies.keys();
    if (this.#bodies.size > MAX_SESSIONS && oldest !== undefined) this.#bodies.delete(oldest);
  }

  take(session: string): readonly RtcBody[] {
    const bodies = this.#bodies.get(session) ?? [];
    this.#bodies.delete(session);
    return bodies;
  }

  clear(): void {
    this.#bodies.clear();
  }
}
