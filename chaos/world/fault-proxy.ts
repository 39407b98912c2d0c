import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';

/** What happens on one connection. */
export interface Faults {
  /** Each way; in order. */
  readonly delayMs?: number;
  /** Both sides are cut after so many bytes of the server. */
  readonly cutAfterBytes?: number;
  /** Cut with a reset (RST) instead of an end. */
  readonly resets?: boolean;
  /** From this time on nothing is passed on, either way, and nobody is told: a black hole. */
  readonly blackHoleAfterMs?: number;
}

interface Pair {
  readonly near: Socket;
  readonly far: Socket;
  faults: Faults;
  isHole: boolean;
  passedBytes: number;
  timer: NodeJS.Timeout | null;
}

/** A way to the server that can be made to fail, one connection at a time or all at once. TCP on loopback: what is passed on is in order. */
export class FaultProxy {
  readonly #server: Server;
  readonly #targetPort: number;
  readonly #draw: () => Faults;
  readonly #pairs = new Set<Pair>();

  private constructor(targetPort: number, draw: () => Faults) {
    this.#targetPort = targetPort;
    this.#draw = draw;
    this.#server = createServer((near) => {
      this.#accept(near);
    });
  }

  /** @param draw the faults of each new connection; default none */
  static async open({
    targetPort,
    draw = () => ({}),
  }: {
    readonly targetPort: number;
    readonly draw?: () => Faults;
  }): Promise<FaultProxy> {
    const proxy = new FaultProxy(targetPort, draw);
    // Hundreds come at once.
    proxy.#server.listen({ port: 0, host: '127.0.0.1', backlog: 4_096 });
    await once(proxy.#server, 'listening');
    return proxy;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  get connections(): number {
    return this.#pairs.size;
  }

  /** Cuts every connection now. */
  cutAll({ resets = false }: { readonly resets?: boolean } = {}): void {
    for (const pair of [...this.#pairs]) this.#cut(pair, resets);
  }

  /** Cuts the nth of the connections, counted around. */
  cutOne(index: number, { resets = false }: { readonly resets?: boolean } = {}): void {
    const pair = [...this.#pairs][index % Math.max(1, this.#pairs.size)];
    if (pair) this.#cut(pair, resets);
  }

  /** From now on the nth of the connections passes on nothing. */
  swallowOne(index: number): void {
    const pair = [...this.#pairs][index % Math.max(1, this.#pairs.size)];
    if (pair) pair.isHole = true;
  }

  async close(): Promise<void> {
    this.cutAll();
    this.#server.close();
    await once(this.#server, 'close');
  }

  #accept(near: Socket): void {
    const far = connect({ host: '127.0.0.1', port: this.#targetPort });
    const pair: Pair = { near, far, faults: this.#draw(), isHole: false, passedBytes: 0, timer: null };
    this.#pairs.add(pair);
    const { blackHoleAfterMs } = pair.faults;
    if (blackHoleAfterMs !== undefined) pair.timer = setTimeout(() => (pair.isHole = true), blackHoleAfterMs);
    for (const [from, to] of [
      [near, far],
      [far, near],
    ] as const) {
      from.setNoDelay(true);
      from.on('data', (chunk) => {
        this.#pass(pair, to, chunk);
      });
      // Who is in a black hole is told nothing, not even an end.
      from.on('end', () => {
        if (!pair.isHole) this.#later(pair, () => to.end());
      });
      from.on('error', () => {
        this.#cut(pair, !pair.isHole);
      });
      from.on('close', () => {
        this.#forget(pair);
        this.#later(pair, () => to.destroy());
      });
    }
  }

  #pass(pair: Pair, to: Socket, chunk: Buffer): void {
    if (pair.isHole) return;
    const { cutAfterBytes, resets = false } = pair.faults;
    if (to === pair.near && cutAfterBytes !== undefined) {
      const left = cutAfterBytes - pair.passedBytes;
      pair.passedBytes += chunk.length;
      if (chunk.length >= left) {
        // In the middle of a frame, as likely as not.
        this.#later(pair, () => {
          if (to.writable && left > 0) to.write(chunk.subarray(0, left));
          this.#cut(pair, resets);
        });
        return;
      }
    }
    this.#later(pair, () => {
      if (!to.writable || pair.isHole || to.write(chunk)) return;
      // Who does not read holds back who writes, as without us.
      const from = to === pair.near ? pair.far : pair.near;
      from.pause();
      to.once('drain', () => from.resume());
    });
  }

  /** Timers of one length fire in the order in which they were set. */
  #later({ faults: { delayMs = 0 } }: Pair, act: () => void): void {
    if (delayMs === 0) act();
    else setTimeout(act, delayMs);
  }

  #cut(pair: Pair, resets: boolean): void {
    this.#forget(pair);
    for (const socket of [pair.near, pair.far]) {
      if (socket.destroyed) continue;
      if (resets) socket.resetAndDestroy();
      else socket.destroy();
    }
  }

  #forget(pair: Pair): void {
    if (pair.timer) clearTimeout(pair.timer);
    this.#pairs.delete(pair);
  }
}
