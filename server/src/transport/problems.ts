/** The few answers that the transport gives by itself, as RFC 9457 problems. */
import { ERRORS, type ErrorCode } from '@lms-live/protocol';
import type { HttpResponse } from './types.js';

/** The URI of a problem type: a name, not an address. */
export function problemType(code: ErrorCode): string {
  return `urn:lms-live:error:${code}`;
}

/** @param status where it is not that of the code's row */
export function problem(code: ErrorCode, detail?: string, status: number = ERRORS[code].status): HttpResponse {
  const { message, help, retryable } = ERRORS[code];
  return {
    status,
    headers: { 'content-type': 'application/problem+json', 'cache-control': 'no-store' },
    body: JSON.stringify({ type: problemType(code), title: message, status, code, detail: detail ?? help, retryable }),
  };
}
