import { LIMITS } from '@lms-live/protocol';
import { type JsonObject, member, parseStrictJson } from './strict-json.js';
import { AuthError } from './types.js';

/** A token taken apart and not yet verified: nothing in it is true until its signature holds. */
export interface UnverifiedToken {
  readonly compact: string;
  readonly algorithm: string;
  readonly kid: string | null;
  readonly payload: JsonObject;
}

/** An empty signature passes here, so that an unsigned token is told what is wrong with it. */
const COMPACT = /^([\w-]+)\.([\w-]+)\.([\w-]*)$/;

/** `kid` names a key of ours and is nothing else: no path, no address, no control character. */
const KID = /^[\x20-\x7e]{1,128}$/;

/** Session tokens say nothing, `JWT`, or `at+jwt` (RFC 9068); tokens for other purposes say another type (RFC 8725 §3.11). */
const TYPES: ReadonlySet<string> = new Set(['jwt', 'at+jwt']);

/** Header parameters that bring their own key, change what is signed, or belong to encryption. */
const REFUSED_PARAMETERS = [
  ...['jku', 'jwk', 'x5u', 'x5c'],
  ...['crit', 'b64'],
  ...['enc', 'zip', 'epk', 'apu', 'apv', 'iv', 'tag', 'p2s', 'p2c'],
];

type Header = Pick<UnverifiedToken, 'algorithm' | 'kid'>;

/** A host writes the same header before all of its tokens: what it says is remembered by its spelling, for the few and short ones. */
const headers = new Map<string, Header>();
const MAX_HEADERS = 64;
const MAX_REMEMBERED_CHARS = 512;

/**
 * Takes a compact JWS (RFC 7515 §7.1) apart, strictly: at most `LIMITS.maxTokenBytes`, canonical base64url, strict JSON.
 * A token therefore has one spelling only.
 *
 * @throws {AuthError} `token_missing`, `token_malformed`, or `token_algorithm` where it is unsigned
 */
export function readCompactJws(token: string): UnverifiedToken {
  checkLength(token);
  const parts = COMPACT.exec(token);
  if (parts === null) throw malformed('is not three base64url parts', { parts: token.split('.').length });
  const [, header = '', payload = '', signature = ''] = parts;
  decode(signature, 'signature');
  const { algorithm, kid } = headers.get(header) ?? rememberHeader(header);
  return { compact: token, algorithm, kid, payload: parse(payload, 'payload') };
}

/** What is too long is not looked at. @throws {AuthError} `token_missing`, `token_malformed` */
export function checkLength(token: string): void {
  if (typeof token !== 'string' || token === '') throw new AuthError('token_missing', 'There is no token.');
  if (token.length > LIMITS.maxTokenBytes) {
    throw malformed(`is larger than ${LIMITS.maxTokenBytes} bytes`, { length: token.length });
  }
}

function rememberHeader(spelling: string): Header {
  const header = readHeader(parse(spelling, 'header'));
  if (spelling.length <= MAX_REMEMBERED_CHARS) {
    if (headers.size >= MAX_HEADERS) headers.clear();
    // A copy: what is cut out of a text keeps all of that text, and a token is not kept.
    headers.set(Buffer.from(spelling, 'latin1').toString('latin1'), header);
  }
  return header;
}

function readHeader(header: JsonObject): Header {
  const algorithm = member(header, 'alg');
  if (typeof algorithm !== 'string' || algorithm === '' || algorithm.toLowerCase() === 'none') {
    throw new AuthError('token_algorithm', 'The token is not signed.', { detail: { alg: shown(algorithm) } });
  }
  for (const parameter of REFUSED_PARAMETERS) {
    if (Object.hasOwn(header, parameter)) {
      throw malformed(`has the header parameter \`${parameter}\``, { parameter });
    }
  }
  const type = member(header, 'typ');
  if (type !== undefined && !(typeof type === 'string' && TYPES.has(type.toLowerCase().replace('application/', '')))) {
    throw malformed('is of a type for another purpose: `typ` is `JWT`, `at+jwt` or absent', { typ: shown(type) });
  }
  if (member(header, 'cty') !== undefined) throw malformed('holds another token', { parameter: 'cty' });
  const kid = member(header, 'kid');
  if (kid === undefined) return { algorithm, kid: null };
  if (typeof kid !== 'string' || !KID.test(kid)) {
    throw malformed('has a `kid` that is not 1 to 128 printable ASCII characters', { parameter: 'kid' });
  }
  return { algorithm, kid };
}

function decode(part: string, name: string): Buffer {
  const bytes = Buffer.from(part, 'base64url');
  if (bytes.toString('base64url') !== part)
    throw malformed(`has a ${name} that is not canonical base64url`, { part: name });
  return bytes;
}

function parse(part: string, name: string): JsonObject {
  const bytes = decode(part, name);
  try {
    return parseStrictJson(bytes);
  } catch (cause) {
    const what = cause instanceof SyntaxError ? cause.message : 'is not JSON';
    throw new AuthError('token_malformed', `The ${name} of the token ${what}.`, { cause, detail: { part: name } });
  }
}

function malformed(what: string, detail: Readonly<Record<string, unknown>>): AuthError {
  return new AuthError('token_malformed', `The token ${what}.`, { detail });
}

/** A value of the header as it may stand in a log: short, and only where it is text. */
export function shown(value: unknown): string {
  return typeof value === 'string' ? value.slice(0, 40) : typeof value;
}
