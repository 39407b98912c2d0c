import type { RequestHead } from '../transport/types.js';

const METHODS = 'GET, POST, PUT, PATCH, DELETE';
const REQUEST_HEADERS = 'authorization, content-type, idempotency-key, if-match, if-none-match';
const RESPONSE_HEADERS = 'retry-after, location, etag';
const MAX_AGE_S = 600;

/** For what anyone may read. No page may send its cookies with it, and there are none. */
export const ANY_ORIGIN = {
  'access-control-allow-origin': '*',
  'access-control-expose-headers': RESPONSE_HEADERS,
} as const;

/** The headers that let a page of this origin read an answer (Fetch standard, CORS protocol); none for others. */
export function corsHeaders(head: RequestHead, allowed: { has(origin: string): boolean }): Record<string, string> {
  const origin = head.headers.get('origin');
  if (origin === undefined) return {};
  return allowed.has(origin)
    ? { 'access-control-allow-origin': origin, 'access-control-expose-headers': RESPONSE_HEADERS, vary: 'origin' }
    : { vary: 'origin' };
}

/** Answers a preflight: the union of all tenants' origins, since it carries no token. */
export function preflightHeaders(head: RequestHead, allowed: { has(origin: string): boolean }): Record<string, string> {
  const cors = corsHeaders(head, allowed);
  return 'access-control-allow-origin' in cors
    ? {
        ...cors,
        'access-control-allow-methods': METHODS,
        'access-control-allow-headers': REQUEST_HEADERS,
        'access-control-max-age': String(MAX_AGE_S),
      }
    : cors;
}
