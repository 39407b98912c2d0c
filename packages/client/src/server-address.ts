import { SOCKET_PATH } from '@lms-live/protocol';

export interface ServerAddress {
  /** Without a slash at the end; what `/v1/…` is appended to. */
  readonly http: string;
  readonly socket: string;
}

const SCHEMES = new Map([
  ['https:', 'wss:'],
  ['http:', 'ws:'],
  ['wss:', 'wss:'],
  ['ws:', 'ws:'],
]);

/** Reads the address of a live server; a path is one of this page's own host. @returns null where it is none */
export function readServerAddress(server: unknown): ServerAddress | null {
  if (typeof server !== 'string') return null;
  try {
    const base = server.startsWith('/') ? (globalThis.location as Location | undefined)?.href : undefined;
    const url = new URL(server.trim(), base);
    const socketScheme = SCHEMES.get(url.protocol);
    if (socketScheme === undefined || url.host === '') return null;
    const place = `//${url.host}${url.pathname.replace(/\/+$/u, '')}`;
    return {
      http: `${socketScheme === 'wss:' ? 'https:' : 'http:'}${place}`,
      socket: `${socketScheme}${place}${SOCKET_PATH}`,
    };
  } catch {
    return null;
  }
}
