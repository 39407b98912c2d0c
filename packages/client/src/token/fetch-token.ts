import { clientError, LmsError } from '../errors.js';
import type { Environment, TokenProvider } from '../types.js';

const TIMEOUT_MS = 10_000;

export type TokenReason = Parameters<TokenProvider>[0]['reason'];

export interface TokenSource {
  readonly tokenUrl?: string | undefined;
  readonly tokenProvider?: TokenProvider | undefined;
}

export interface FetchOptions {
  readonly environment: Pick<Environment, 'fetch' | 'setTimer' | 'clearTimer'>;
  /** Nobody waits for it any more. */
  readonly signal: AbortSignal;
}

/**
 * Asks the host for a fresh token, once.
 * @throws {LmsError} `token_fetch_failed`, with the reason as `cause`
 */
export async function fetchToken(
  { tokenUrl, tokenProvider }: TokenSource,
  reason: TokenReason,
  { environment, signal }: FetchOptions,
): Promise<string> {
  const abort = new AbortController();
  let stop = (): void => undefined;
  const stopped = new Promise<never>((_resolve, reject) => {
    const giveUp = (): void => {
      abort.abort();
      reject(new Error(signal.aborted ? 'It is not needed any more.' : `No token came within ${TIMEOUT_MS} ms.`));
    };
    const timer = environment.setTimer(giveUp, TIMEOUT_MS);
    signal.addEventListener('abort', giveUp);
    stop = () => {
      environment.clearTimer(timer);
      signal.removeEventListener('abort', giveUp);
    };
  });
  try {
    const asked = tokenProvider
      ? Promise.resolve(tokenProvider({ reason }))
      : requestToken(tokenUrl ?? '', environment.fetch, abort.signal);
    const token: unknown = await Promise.race([asked, stopped]);
    if (typeof token !== 'string' || token.trim() === '') throw new Error('What came is not a token.');
    return token.trim();
  } catch (cause) {
    throw new LmsError(clientError('token_fetch_failed'), { cause });
  } finally {
    stop();
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
