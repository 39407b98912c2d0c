import { setTimeout as sleep } from 'node:timers/promises';
import WebSocket from 'ws';

interface Frame {
  readonly frame: string;
  readonly cmid?: string;
}

const SUBPROTOCOL = 'lms-live.v1';
const AGAIN_MS = 150;
let pages = 0;

/** One tab of a person: comes in present, and comes back whenever its connection ends, until it is told to stay away. */
export class Page {
  readonly #url: string;
  readonly #token: string;
  readonly #id: string;
  #socket: WebSocket | null = null;
  #isWanted = false;
  #coming: Promise<void> | null = null;

  constructor({ port, token }: { readonly port: number; readonly token: string }) {
    this.#url = `ws://127.0.0.1:${String(port)}/v1/socket`;
    this.#token = token;
    this.#id = `page-${String((pages += 1))}`;
  }

  /** Settles when it is in. @returns when that was, milliseconds since 1970 */
  async come(): Promise<number> {
    this.#isWanted = true;
    this.#coming ??= this.#keepTrying().finally(() => {
      this.#coming = null;
    });
    await this.#coming;
    return Date.now();
  }

  /** Leaves as a page does that is closed. */
  close(): number {
    this.#isWanted = false;
    this.#socket?.close();
    this.#socket = null;
    return Date.now();
  }

  /** Leaves as one does whose machine says good-bye to nobody: no more frames are sent, and none is read. */
  freeze(): number {
    this.#isWanted = false;
    this.#socket?.pause();
    this.#socket = null;
    return Date.now();
  }

  /** Does not come back when its connection ends. */
  stayAway(): void {
    this.#isWanted = false;
  }

  /** Sends one command; settles with its answer. */
  async command(type: string): Promise<void> {
    const socket = this.#socket;
    if (!socket) throw new Error('there is no connection');
    const cmid = `${this.#id}-${type}`.padEnd(22, '-').replace('.', '-');
    const answered = new Promise<void>((resolve, reject) => {
      socket.on('message', (data) => {
        const frame = JSON.parse((data as Buffer).toString('utf8')) as Frame;
        if (frame.cmid !== cmid) return;
        if (frame.frame === 'ack') resolve();
        else reject(new Error(JSON.stringify(frame)));
      });
    });
    socket.send(JSON.stringify({ frame: 'command', cmid, seq: 1, type, body: {} }));
    await answered;
  }

  async #keepTrying(): Promise<void> {
    while (this.#isWanted) {
      if (await this.#tryOnce()) return;
      await sleep(AGAIN_MS);
    }
  }

  #tryOnce(): Promise<boolean> {
    return new Promise((resolve) => {
      const socket = new WebSocket(this.#url, SUBPROTOCOL);
      socket.on('error', () => undefined);
      socket.on('open', () => {
        socket.send(
          JSON.stringify({ frame: 'hello', token: this.#token, kind: 'meeting', join: true, client: { id: this.#id } }),
        );
      });
      socket.on('message', (data) => {
        if ((JSON.parse((data as Buffer).toString('utf8')) as Frame).frame !== 'welcome') return;
        this.#socket = socket;
        resolve(true);
      });
      socket.on('close', () => {
        resolve(false);
        if (this.#socket !== socket) return;
        this.#socket = null;
        if (this.#isWanted) void this.come();
      });
    });
  }
}
