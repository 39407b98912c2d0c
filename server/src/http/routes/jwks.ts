import type { HttpResponse } from '../../transport/types.js';
import type { OpenCall } from '../row.js';

/** Hosts may keep the keys for an hour: a new one signs from the next start of the server on. */
const CACHE = 'public, max-age=3600';

/** `GET /v1/jwks.json`: the public keys by which statements are verified. */
export function jwks({ api }: OpenCall): Promise<HttpResponse> {
  return Promise.resolve({
    status: 200,
    headers: { 'content-type': 'application/jwk-set+json', 'cache-control': CACHE },
    body: JSON.stringify(api.signing.jwks),
  });
}
