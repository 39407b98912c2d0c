import { ERRORS, LIMITS, type ErrorCode } from '@lms-live/protocol';
import { readFakeToken } from './fake-token.js';
import type { Room } from './room.js';

/** The part of the HTTP API that the client uses beside the socket: older messages. */
export async function answerHttp(url: string, authorization: string | null, room: Room): Promise<Response> {
  const { pathname, searchParams } = new URL(url);
  if (!readFakeToken(authorization?.replace(/^Bearer /u, '') ?? '')) return problem('token_missing');
  if (!/^\/v1\/rooms\/[^/]+\/messages$/u.test(pathname)) return problem('not_found');
  const before = Number(searchParams.get('before') ?? Infinity);
  const limit = Math.min(Number(searchParams.get('limit') ?? LIMITS.pageMessages), LIMITS.maxPageMessages);
  const items = room.messagesBefore(before, limit);
  const first = items[0]?.offset;
  const next = first !== undefined && room.messagesBefore(first, 1).length > 0 ? first : null;
  return Response.json({ items, next });
}

function problem(code: ErrorCode): Response {
  const { status, message, help, retryable } = ERRORS[code];
  return Response.json(
    { type: `about:blank`, status, code, title: message, detail: message, help, retryable },
    { status, headers: { 'content-type': 'application/problem+json' } },
  );
}
