/** Reads what came before the body, the same for every driver. */
import type { TrustedProxies } from './addresses.js';
import { problem } from './problems.js';
import type { HttpResponse, RequestHead } from './types.js';

/** As the wire had it; copied, since a driver may forget it at the first `await`. */
export interface RawHead {
  readonly method: string;
  /** Without the query. */
  readonly rawPath: string;
  readonly rawQuery: string;
  readonly headers: Iterable<readonly [name: string, value: string]>;
  readonly peer: string;
}

/** Two of these contradict each other, or let two readers see two requests (RFC 9112 §6.3, §11.2). */
const SINGLE = new Set([
  'authorization',
  'content-length',
  'content-type',
  'host',
  'origin',
  'sec-websocket-key',
  'sec-websocket-version',
  'transfer-encoding',
]);

const CONTROL = /[\0-\x1f\x7f\\]/;

/** The head, or the answer to a request that has none. */
export function readHead(
  raw: RawHead,
  proxies: TrustedProxies,
): { readonly head: RequestHead } | { readonly refusal: HttpResponse } {
  const headers = new Map<string, string>();
  for (const [name, value] of raw.headers) {
    const key = name.toLowerCase();
    const earlier = headers.get(key);
    if (earlier !== undefined && SINGLE.has(key)) return refusal(`The header \`${key}\` came twice.`);
    headers.set(key, earlier === undefined ? value : `${earlier}, ${value}`);
  }
  if (headers.has('content-length') && headers.has('transfer-encoding')) {
    return refusal('A body has either `content-length` or `transfer-encoding`.');
  }
  const segments = readSegments(raw.rawPath);
  if (segments === null) return refusal('The path is not a well-formed, normalised path.');
  return {
    head: {
      method: raw.method.toUpperCase(),
      path: `/${segments.map((segment) => segment.replaceAll('/', '%2F')).join('/')}`,
      segments,
      query: new URLSearchParams(raw.rawQuery),
      headers,
      remoteAddress: proxies.clientOf(raw.peer, headers.get('x-forwarded-for')),
    },
  };
}

/** Why this is no WebSocket handshake that we answer (RFC 6455 §4.2.1); null: it is one. */
export function handshakeRefusal(head: RequestHead, subprotocol: string): HttpResponse | null {
  if (head.headers.get('upgrade')?.toLowerCase() !== 'websocket') {
    return problem('frame_malformed', 'Send `Upgrade: websocket`.');
  }
  if (head.headers.get('sec-websocket-version') !== '13') {
    const refused = problem('protocol_unsupported', 'Send `Sec-WebSocket-Version: 13`.', 426);
    return { ...refused, headers: { ...refused.headers, 'sec-websocket-version': '13' } };
  }
  if (!/^[A-Za-z0-9+/]{22}==$/.test(head.headers.get('sec-websocket-key') ?? '')) {
    return problem('frame_malformed', '`Sec-WebSocket-Key` is not 16 bytes in base64.');
  }
  const offered = (head.headers.get('sec-websocket-protocol') ?? '').split(',').map((name) => name.trim());
  return offered.includes(subprotocol) ? null : problem('protocol_unsupported');
}

function readSegments(rawPath: string): readonly string[] | null {
  if (!rawPath.startsWith('/')) return null;
  const segments: string[] = [];
  for (const part of rawPath.slice(1).split('/')) {
    let segment: string;
    try {
      segment = decodeURIComponent(part);
    } catch {
      return null;
    }
    if (segment === '.' || segment === '..' || CONTROL.test(segment)) return null;
    segments.push(segment);
  }
  return segments;
}

function refusal(detail: string): { readonly refusal: HttpResponse } {
  return { refusal: problem('frame_malformed', detail) };
}
