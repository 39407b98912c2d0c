import { clientError, LmsError } from '../errors.js';
import type { Environment, TokenProvider } from '../types.js';

const TIMEOUT_MS = 10_000;
/** Three parts of base64url (RFC 7515 §7.1). The last may be empty: that it is unsigned is for the server to say. */
const COMPACT_JWS = /^[\w-]+\.[\w-]+\.[\w-]*$/u;

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

/** What came, in words for the developer of the host's page; never what was in it. */
class UnusableAnswer extends Error {}

/**
 * Asks the host for a fresh token, once.
 * @throws {LmsError} `token_fetch_failed`, with the reason as `cause`; its `help` says what came instead of a token
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
      reject(
        new UnusableAnswer(signal.aborted ? 'It is not needed any more.' : `No token came within ${TIMEOUT_MS} ms.`),
      );
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
      ? askProvider(tokenProvider, reason)
      : requestToken(tokenUrl ?? '', environment.fetch, abort.signal);
    return await Promise.race([asked, stopped]);
  } catch (cause) {
    const detail = clientError('token_fetch_failed');
    const help = cause instanceof UnusableAnswer ? cause.message : detail.help;
    throw new LmsError({ ...detail, help }, { cause });
  } finally {
    stop();
  }
}

async function askProvider(tokenProvider: TokenProvider, reason: TokenReason): Promise<string> {
  const token = readToken(await tokenProvider({ reason }));
  if (token === null) throw new UnusableAnswer('`tokenProvider` gave no compact JWS (`header.payload.signature`).');
  return token;
}

async function requestToken(url: string, fetch: Environment['fetch'], signal: AbortSignal): Promise<string> {
  const response = await fetch(url, {
    signal,
    credentials: 'same-origin',
    cache: 'no-store',
    headers: { accept: 'application/json, text/plain' },
  });
  const token = response.ok ? readToken(parseAnswer(await response.text())) : null;
  if (token === null) throw new UnusableAnswer(describeAnswer(response));
  return token;
}

/** `{"token": "…"}`, `"…"`, or the bare token. */
function parseAnswer(text: string): unknown {
  try {
    const json: unknown = JSON.parse(text);
    return typeof json === 'object' && json !== null && 'token' in json ? json.token : json;
  } catch {
    return text;
  }
}

/** @returns null where it is none: most often the sign-in page of the host, which answers 200 */
function readToken(answer: unknown): string | null {
  const token = typeof answer === 'string' ? answer.trim() : '';
  return COMPACT_JWS.test(token) ? token : null;
}

function describeAnswer({ status, redirected, headers }: Response): string {
  const type = headers.get('content-type') ?? 'no content type';
  const after = redirected ? ', after a redirect (to a page for signing in?)' : '';
  return `\`token-url\` answered ${status} with ${type}${after}. Expected: 200 with {"token": "…"} or the bare token, a compact JWS (\`header.payload.signature\`).`;
}
