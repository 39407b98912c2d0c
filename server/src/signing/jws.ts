import { sign, verify, type KeyObject } from 'node:crypto';

/** Signs a payload as compact JWS (RFC 7515 §7.1) with Ed25519 (RFC 8037). */
export function signJws({
  header,
  payload,
  key,
}: {
  readonly header: Readonly<Record<string, unknown>>;
  readonly payload: unknown;
  readonly key: KeyObject;
}): string {
  const content = [{ alg: 'EdDSA', ...header }, payload].map(encode).join('.');
  return `${content}.${sign(null, Buffer.from(content), key).toString('base64url')}`;
}

/** What a compact JWS says, before anybody has looked at its signature; null: it is none. */
export function readJws(jws: string): { readonly header: JwsHeader; readonly payload: unknown } | null {
  const parts = jws.trim().split('.');
  if (parts.length !== 3 || parts.some((part) => !/^[\w-]+$/u.test(part))) return null;
  try {
    const [header, payload] = parts.slice(0, 2).map((part) => decode(part)) as [unknown, unknown];
    if (typeof header !== 'object' || header === null) return null;
    const { alg, kid, typ } = header as Record<string, unknown>;
    const textOf = (value: unknown): string => (typeof value === 'string' ? value : '');
    return { header: { alg: textOf(alg), kid: textOf(kid), typ: textOf(typ) }, payload };
  } catch {
    return null;
  }
}

/** Whether the signature of a compact JWS is that of an Ed25519 key. */
export function isSignedBy(jws: string, key: KeyObject): boolean {
  const [header = '', payload = '', signature = ''] = jws.trim().split('.');
  const bytes = Buffer.from(signature, 'base64url');
  // One spelling alone: other last characters would decode to the same bytes.
  if (bytes.toString('base64url') !== signature) return false;
  return verify(null, Buffer.from(`${header}.${payload}`), key, bytes);
}

export interface JwsHeader {
  readonly alg: string;
  readonly kid: string;
  readonly typ: string;
}

function encode(part: unknown): string {
  return Buffer.from(JSON.stringify(part)).toString('base64url');
}

function decode(part: string): unknown {
  return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(Buffer.from(part, 'base64url')));
}
