import { createHash } from 'node:crypto';
import type { HttpResponse } from '../transport/types.js';

/** Base64url characters of 132 bits. */
const TAG_CHARS = 22;

/** A strong validator (RFC 9110 §8.8.3): of the bytes of the answer, so that it is another one for whoever reads more. */
export function etagOf(body: string): string {
  return `"${createHash('sha256').update(body).digest('base64url').slice(0, TAG_CHARS)}"`;
}

/** Whether a list of tags (`If-Match`, `If-None-Match`) names this one. Weak ones count where the caller says so (RFC 9110 §8.8.3.2). */
export function names(header: string, etag: string, { weak }: { readonly weak: boolean }): boolean {
  return header
    .split(',')
    .map((tag) => tag.trim())
    .some((tag) => tag === '*' || tag === etag || (weak && tag === `W/${etag}`));
}

/** The answer with its tag, or 304 where the caller has it (RFC 9110 §13.1.2). */
export function tagged(response: HttpResponse, ifNoneMatch?: string): HttpResponse {
  const etag = etagOf(String(response.body));
  const headers = { ...response.headers, etag };
  return ifNoneMatch !== undefined && names(ifNoneMatch, etag, { weak: true })
    ? { status: 304, headers: { etag }, body: null }
    : { ...response, headers };
}
