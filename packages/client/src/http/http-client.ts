import { LmsError } from '../errors.js';
import { readServerAddress } from '../server-address.js';
import { readClaims } from '../token/claims.js';
import type { TokenProvider } from '../types.js';
import type { HttpRequest } from './request.js';
import type { HttpClient, WriteOptions } from './types.js';

export interface HttpClientOptions {
  /** Address of the live server, e.g. `https://live.school.example`. */
  readonly server: string;
  /** Without a token only `rooms.status` answers. */
  readonly token?: string;
  /** Asked for a token before the first request, when the last one has expired, and once when one was refused. */
  readonly tokenProvider?: TokenProvider;
  /** Default the platform's. */
  readonly fetch?: typeof globalThis.fetch;
}

type Query = Readonly<Record<string, string | number | readonly string[] | undefined>>;
type Call = Pick<HttpRequest, 'method' | 'path' | 'body'> & WriteOptions & { readonly query?: Query };

/**
 * The HTTP API of the live server, typed: for pages that list and schedule rooms, and for back ends in Node.
 * @throws {TypeError} where `server` is no address
 */
export function createHttpClient(options: HttpClientOptions): HttpClient {
  const address = readServerAddress(options.server);
  if (!address)
    throw new TypeError('`server` must be the address of the live server, e.g. https://live.school.example');
  const tokens = new Tokens(options);
  const fetch = options.fetch ?? ((...given: Parameters<typeof globalThis.fetch>) => globalThis.fetch(...given));

  const call = async <T>({ path, query, method, body, ...more }: Call): Promise<T> => {
    // Shared with what an element loads later, and so loaded later itself.
    const { request } = await import('./request.js');
    const send = (token: string | null): Promise<unknown> =>
      request(address.http, fetch, { method, path: path + queryText(query), body, token, ...more });
    const token = await tokens.get();
    try {
      return (await send(token)) as T;
    } catch (error) {
      const fresh = await tokens.afterRefusal(error);
      if (fresh === null) throw error;
      return (await send(fresh)) as T;
    }
  };
  const at = (...parts: readonly string[]): string => `/v1/${parts.map(encodeURIComponent).join('/')}`;

  return {
    rooms: {
      put: (id, room, more) => call({ method: 'PUT', path: at('rooms', id), body: room, ...more }),
      create: (room, more) => call({ method: 'POST', path: at('rooms'), body: room, ...more }),
      list: ({ signal, status, kind, after, limit } = {}) => {
        const query = { status: typeof status === 'string' ? [status] : status, kind, after, limit };
        return call({ method: 'GET', path: at('rooms'), query, ...(signal && { signal }) });
      },
      get: (id, more) => call({ method: 'GET', path: at('rooms', id), ...more }),
      change: (id, settings, more) => call({ method: 'PATCH', path: at('rooms', id), body: settings, ...more }),
      delete: async (id, more) => {
        await call({ method: 'DELETE', path: at('rooms', id), ...more });
      },
      status: (id, { tenant, ...more } = {}) =>
        call({ method: 'GET', path: at('rooms', id, 'status'), query: { tenant }, ...more }),
      start: (id, more) => call({ method: 'POST', path: at('rooms', id, 'start'), ...more }),
      stop: (id, more) => call({ method: 'POST', path: at('rooms', id, 'stop'), ...more }),
      join: (id, more) => call({ method: 'POST', path: at('rooms', id, 'join'), ...more }),
      leave: async (id, more) => {
        await call({ method: 'POST', path: at('rooms', id, 'leave'), ...more });
      },
    },
    messages: {
      list: (room, { signal, before, limit } = {}) =>
        call({
          method: 'GET',
          path: at('rooms', room, 'messages'),
          query: { before, limit },
          ...(signal && { signal }),
        }),
      post: (room, message, more) =>
        call({ method: 'POST', path: at('rooms', room, 'messages'), body: message, ...more }),
    },
    questions: {
      list: (room, more) => call({ method: 'GET', path: at('rooms', room, 'questions'), ...more }),
      ask: (room, question, more) =>
        call({ method: 'POST', path: at('rooms', room, 'questions'), body: question, ...more }),
      vote: (room, id, more) => call({ method: 'PUT', path: at('rooms', room, 'questions', id, 'vote'), ...more }),
      unvote: (room, id, more) => call({ method: 'DELETE', path: at('rooms', room, 'questions', id, 'vote'), ...more }),
      answer: (room, id, { text, ...more }) =>
        call({ method: 'PUT', path: at('rooms', room, 'questions', id, 'answer'), body: { text }, ...more }),
    },
  };
}

/** The token of the moment, and one more try where it was refused. */
class Tokens {
  readonly #provider: TokenProvider | undefined;
  #token: string | null;

  constructor({ token, tokenProvider }: HttpClientOptions) {
    this.#token = token ?? null;
    this.#provider = tokenProvider;
  }

  async get(): Promise<string | null> {
    if (!this.#provider) return this.#token;
    if (this.#token === null) this.#token = await this.#provider({ reason: 'start' });
    else if ((readClaims(this.#token).expiresAt ?? Infinity) <= Date.now())
      this.#token = await this.#provider({ reason: 'expiring' });
    return this.#token;
  }

  /** @returns another token, where the failure is that of the one that was sent */
  async afterRefusal(error: unknown): Promise<string | null> {
    const wasToken =
      error instanceof LmsError && error.code.startsWith('token_') && error.code !== 'token_keys_unavailable';
    if (!wasToken || !this.#provider) return null;
    const refused = this.#token;
    this.#token = await this.#provider({ reason: 'refused' });
    return this.#token === refused ? null : this.#token;
  }
}

function queryText(query: Query = {}): string {
  const params = new URLSearchParams();
  for (const [key, value] of Object.entries(query)) {
    if (value === undefined) continue;
    params.set(key, typeof value === 'object' ? value.join(',') : String(value));
  }
  const text = params.toString();
  return text === '' ? '' : `?${text}`;
}
