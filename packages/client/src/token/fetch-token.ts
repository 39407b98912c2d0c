import { clientError, LmsError } from '../errors.js';
import type { Environment, TokenProvider } from '../types.js';

const TIMEOUT_MS = 10_000;

export type TokenReason = Parameters<TokenProvider>[0]['reason'];

export interface TokenSource {
  readonly tokenUrl?: string | undefined;
  readonly tokenProvider?: TokenProvider | undefined;
}

/**
 * Asks the host for a fresh token, once.
 * @throws {LmsError} `token_fetch_failed`, with the reason as `cause`
 */
export async function fetchToken(
  { tokenUrl, tokenProvider }: TokenSource,
  reason: TokenReason,
  environment: Pick<Environment, 'fetch' | 'setTimer' | 'clearTimer'>,
): Promise<string> {
  const abort = new AbortController();
  let timer: unknown;
  const timeout = new Promise<never>((_resolve, reject) => {
    timer = environment.setTimer(() => {
      abort.abort();
      reject(new Error(`No token came within ${TIMEOUT_MS} ms.`));
    }, TIMEOUT_MS);
  });
  try {
    const asked = tokenProvider
      ? Promise.resolve(tokenProvider({ reason }))
      : requestToken(tokenUrl ?? '', environment.fetch, abort.signal);
    const token: unknown = await Promise.race([asked, timeout]);
    if (typeof token !== 'string' || token.trim() === '') throw new Error('What came is not a token.');
    return token.trim();
  } catch (cause) {
    throw new LmsError(clientError('token_fetch_failed'), { cause });
  } finally {
    environment.clearTimer(timer);
  }
}

async function requestToken(url: string, fetch: Environment['fetch'], signal: AbortSignal): Promise<unknown> {
  const response = await fetch(url, {
    signal,
    credentials: 'same-origin',
    cache: 'no-store',
    headers: { accept: 'application/json, text/plain' },
  });
  if (!response.ok) throw new Error(`The token URL answered ${response.status}.`);
  const text = (await response.text()).trim();
  if (!text.startsWith('{') && !text.startsWith('"')) return text;
  const json: unknown = JSON.parse(text);
  return typeof json === 'object' && json !== null && 'token' in json ? json.token : json;
}
