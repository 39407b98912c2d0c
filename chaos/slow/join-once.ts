import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { WebSocket } from 'ws';
import type { Random } from '../lib/random.js';

/** How long a person who comes to class tries. */
const GIVE_UP_MS = 15_000;
/** As pages do: at once, and then within a second each time. */
const FIRST_RETRY_MS = 250;
const RETRY_MS = 1_000;

/** How somebody came into class. */
export interface Join {
  /** From the first connection to the welcome, milliseconds; infinite: nobody was let in. */
  readonly ms: number;
  /** How often they were turned away before. */
  readonly retries: number;
}

/** Comes into a class as a page does, again where it is turned away, and leaves. */
export async function joinOnce({
  url,
  token,
  random,
}: {
  readonly url: string;
  readonly token: string;
  readonly random: Random;
}): Promise<Join> {
  const startedMs = performance.now();
  for (let retries = 0; performance.now() - startedMs < GIVE_UP_MS; retries += 1) {
    if (await isWelcomed(url, token)) return { ms: performance.now() - startedMs, retries };
    await sleep(random.integer(0, retries === 0 ? FIRST_RETRY_MS : RETRY_MS));
  }
  return { ms: Number.POSITIVE_INFINITY, retries: 0 };
}

async function isWelcomed(url: string, token: string): Promise<boolean> {
  const socket = new WebSocket(url, 'lms-live.v1', { perMessageDeflate: false });
  socket.on('error', () => undefined);
  socket.on('open', () =>
    socket.send(JSON.stringify({ frame: 'hello', token, client: { id: randomUUID(), name: 'canary' } })),
  );
  const welcomed = await new Promise<boolean>((resolve) => {
    const timer = setTimeout(() => resolve(false), GIVE_UP_MS);
    socket.on('message', (data) => {
      const { frame } = JSON.parse((data as Buffer).toString()) as { frame: string };
      if (frame === 'welcome') resolve(true);
    });
    socket.on('close', () => {
      clearTimeout(timer);
      resolve(false);
    });
  });
  socket.terminate();
  return welcomed;
}
