import { ERRORS } from '@lms-live/protocol';
import type { RoomRefusal } from '../rooms/submission.js';
import { problemType } from '../transport/problems.js';
import type { HttpResponse } from '../transport/types.js';

/** An error as RFC 9457 has it, with the codes of the socket. */
export function problem(
  { code, retryAfterMs, detail }: Omit<RoomRefusal, 'ok'>,
  headers: Readonly<Record<string, string>> = {},
): HttpResponse {
  const { status, message, help, retryable } = ERRORS[code];
  return {
    status,
    headers: {
      'content-type': 'application/problem+json',
      'cache-control': 'no-store',
      ...(retryAfterMs === undefined ? {} : { 'retry-after': String(Math.ceil(retryAfterMs / 1_000)) }),
      ...(status === 401 ? { 'www-authenticate': 'Bearer' } : {}),
      ...headers,
    },
    body: JSON.stringify({
      ...detail,
      type: problemType(code),
      title: message,
      status,
      detail: help,
      code,
      retryable,
      ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
    }),
  };
}
