import { clientError } from './errors.js';
import { readServerAddress } from './server-address.js';
import type { ConnectOptions, LmsErrorDetail } from './types.js';

const ID = /^[\w.~-]{1,128}$/u;

/** What makes it useless to connect: an option that is missing or malformed, or no way to a token. null where there is nothing. */
export function findMistake(options: ConnectOptions): LmsErrorDetail | null {
  const { server, token, tokenUrl, tokenProvider, tenant, room, password, clientStorage } = options as {
    [K in keyof ConnectOptions]: unknown;
  };
  const isAbsentOr = (value: unknown, type: 'string' | 'function'): boolean =>
    value === undefined || value === null || typeof value === type;
  const wrong = [
    readServerAddress(server) ? null : 'server',
    isAbsentOr(tenant, 'string') && ID.test((tenant as string | undefined) ?? '-') ? null : 'tenant',
    isAbsentOr(room, 'string') && ID.test((room as string | undefined) ?? '-') ? null : 'room',
    isAbsentOr(token, 'string') ? null : 'token',
    isAbsentOr(tokenUrl, 'string') ? null : 'token-url',
    isAbsentOr(tokenProvider, 'function') ? null : 'tokenProvider',
    isAbsentOr(password, 'string') ? null : 'password',
    // A mistake here would store what must not be stored.
    [undefined, null, 'indexeddb', 'memory'].includes(clientStorage as string | null | undefined)
      ? null
      : 'client-storage',
  ].find((attribute) => attribute !== null);
  if (wrong !== undefined) return clientError('attribute_invalid', { attribute: wrong });
  return token || tokenUrl || tokenProvider ? null : clientError('token_missing');
}
