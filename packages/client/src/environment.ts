import { clientError, LmsError } from './errors.js';
import { MemoryOutbox } from './outbox/memory-outbox.js';
import type { Environment, PageEvents, SocketLike } from './types.js';

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
    createOutbox: () => new MemoryOutbox(),
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

function platformPage(): PageEvents | null {
  if (typeof document === 'undefined' || typeof window === 'undefined') return null;
  return {
    get hidden() {
      return document.visibilityState === 'hidden';
    },
    listen(callback) {
      const wake = (): void => callback('wake');
      const visibility = (): void => callback(document.visibilityState === 'hidden' ? 'hidden' : 'wake');
      window.addEventListener('online', wake);
      // Back from the cache of the browser, or from being frozen (Page Lifecycle): the socket may be gone without a close.
      window.addEventListener('pageshow', wake);
      document.addEventListener('resume', wake);
      document.addEventListener('visibilitychange', visibility);
      return () => {
        window.removeEventListener('online', wake);
        window.removeEventListener('pageshow', wake);
        document.removeEventListener('resume', wake);
        document.removeEventListener('visibilitychange', visibility);
      };
    },
  };
}
