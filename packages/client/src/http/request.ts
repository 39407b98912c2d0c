import { clientError, LmsError, refusalDetail } from '../errors.js';
import type { LmsErrorDetail } from '../types.js';

export interface HttpRequest {
  readonly method: 'GET' | 'PUT' | 'POST' | 'PATCH' | 'DELETE';
  /** Below the address of the server, with the query. */
  readonly path: string;
  readonly token: string | null;
  readonly body?: unknown;
  /** Sent twice with one key, it acts once. */
  readonly idempotencyKey?: string | undefined;
  readonly signal?: AbortSignal | undefined;
}

/**
 * One request to the API.
 * @returns the JSON of the answer, or null where it has none
 * @throws {LmsError} with the code of the `application/problem+json` (RFC 9457), or `server_unreachable`
 */
export async function request(
  server: string,
  fetch: typeof globalThis.fetch,
  { method, path, token, body, idempotencyKey, signal }: HttpRequest,
): Promise<unknown> {
  const headers: Record<string, string> = { accept: 'application/json, application/problem+json' };
  if (token !== null) headers['authorization'] = `Bearer ${token}`;
  if (body !== undefined) headers['content-type'] = 'application/json';
  if (idempotencyKey !== undefined) headers['idempotency-key'] = idempotencyKey;
  let response: Response;
  try {
    response = await fetch(server + path, {
      method,
      headers,
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      ...(signal === undefined ? {} : { signal }),
      // The token says who it is; no cookie goes along.
      credentials: 'omit',
      cache: 'no-store',
    });
  } catch (cause) {
    throw new LmsError(clientError('server_unreachable'), { cause });
  }
  const json = (await response.json().catch(() => null)) as unknown;
  if (!response.ok) throw new LmsError(problemDetail(json, response));
  return json;
}

function problemDetail(json: unknown, { status, headers }: Response): LmsErrorDetail {
  const problem = (typeof json === 'object' && json !== null ? json : {}) as Record<string, unknown>;
  const text = (key: string): string | undefined => (typeof problem[key] === 'string' ? problem[key] : undefined);
  const code = text('code');
  if (code === undefined) {
    const unreachable = clientError('server_unreachable', { status });
    return { ...unreachable, retryable: status >= 500 };
  }
  const retryAfterMs = problem['retryAfterMs'];
  const retryAfterS = Number(headers.get('retry-after') ?? Number.NaN);
  return refusalDetail({
    code,
    message: text('title') ?? code,
    help: text('detail'),
    retryable: problem['retryable'] === true,
    retryAfterMs: typeof retryAfterMs === 'number' ? retryAfterMs : secondsToMs(retryAfterS),
    detail: problem,
  });
}

function secondsToMs(seconds: number): number | undefined {
  return Number.isFinite(seconds) ? seconds * 1_000 : undefined;
}
