import { clientError, LmsError } from './errors.js';
import { MemoryOutbox } from './outbox/memory-outbox.js';
import type { Environment, Outbox, PageEvents, SocketLike } from './types.js';

const ID_BYTES = 16;

/** What the platform gives, under what was passed in. Nothing is touched before it is needed, so that a server can render. */
export function createEnvironment(given: Partial<Environment> = {}): Environment {
  return {
    openSocket,
    fetch: (...request) => globalThis.fetch(...request),
    sha256: platformSha256(),
    randomId,
    random: () => (crypto.getRandomValues(new Uint32Array(1))[0] ?? 0) / 2 ** 32,
    monotonicMs: () => performance.now(),
    nowMs: () => Date.now(),
    setTimer: (callback, ms) => setTimeout(callback, ms),
    clearTimer: (timer) => clearTimeout(timer as number | undefined),
    page: platformPage(),
    createOutbox,
    ...given,
  };
}

/** @throws {LmsError} `attribute_invalid` where the platform has no `WebSocket` (Node before 22) */
function openSocket(url: string, protocol: string): SocketLike {
  if (typeof globalThis.WebSocket !== 'function') {
    throw new LmsError({
      ...clientError('attribute_invalid', { attribute: 'environment.openSocket' }),
      help: 'This platform has no WebSocket (Node has one from version 22): pass `environment.openSocket` to `connect`, for example `(url, protocol) => new WebSocket(url, protocol)` with the `ws` package.',
    });
  }
  // The events of a WebSocket carry what is read here, and more.
  return new WebSocket(url, protocol) as unknown as SocketLike;
}

/** 128 random bits as 22 base64url characters. */
export function randomId(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(ID_BYTES));
  return btoa(String.fromCharCode(...bytes))
    .replaceAll('+', '-')
    .replaceAll('/', '_')
    .replaceAll('=', '');
}

export function platformSha256(): Environment['sha256'] {
  // Missing on a page without TLS.
  const subtle = (globalThis.crypto as Crypto | undefined)?.subtle;
  if (!subtle) return null;
  return async (bytes) => new Uint8Array(await subtle.digest('SHA-256', bytes as Uint8Array<ArrayBuffer>));
}

/** Kept on this device where that is possible and safe: without Web Locks (on a page without TLS) no tab could tell whether another one lives. */
async function createOutbox(...[owner, news]: Parameters<Environment['createOutbox']>): Promise<Outbox> {
  const { indexedDB, navigator, BroadcastChannel } = globalThis as Partial<typeof globalThis>;
  if (!indexedDB || !(navigator as Partial<Navigator> | undefined)?.locks || !BroadcastChannel)
    return new MemoryOutbox();
  const { openKeptOutbox } = await import('./outbox/kept-outbox.js');
  return openKeptOutbox(owner, news);
}

function platformPage(): PageEvents | null {
  if (typeof document === 'undefined' || typeof window === 'undefined') return null;
  return {
    get hidden() {
      return document.visibilityState === 'hidden';
    },
    listen(callback) {
      const back = (): void => callback('back');
      const shown = ({ persisted }: PageTransitionEvent): void => callback(persisted ? 'back' : 'wake');
      const visibility = (): void => callback(document.visibilityState === 'hidden' ? 'hidden' : 'wake');
      const offline = (): void => callback('offline');
      window.addEventListener('online', back);
      window.addEventListener('offline', offline);
      // Back from the cache of the browser, or from being frozen (Page Lifecycle): the socket is gone, with or without a close.
      window.addEventListener('pageshow', shown);
      document.addEventListener('resume', back);
      document.addEventListener('visibilitychange', visibility);
      return () => {
        window.removeEventListener('online', back);
        window.removeEventListener('offline', offline);
        window.removeEventListener('pageshow', shown);
        document.removeEventListener('resume', back);
        document.removeEventListener('visibilitychange', visibility);
      };
    },
  };
}
