import type { Actor, ErrorCode } from '@lms-live/protocol';
import type { Identity } from '../auth/types.js';
import type { LiveRoom } from '../rooms/live-room.js';
import type { RoomRefusal } from '../rooms/submission.js';
import type { HttpRequest, HttpResponse } from '../transport/types.js';
import type { Api } from './api.js';

/** A refusal on its way to `problem+json`. */
export class HttpError extends Error {
  override readonly name = 'HttpError';
  readonly refusal: Omit<RoomRefusal, 'ok'>;
  readonly headers: Readonly<Record<string, string>>;
  constructor(
    code: ErrorCode,
    more: Omit<RoomRefusal, 'ok' | 'code'> & { readonly headers?: Readonly<Record<string, string>> } = {},
  ) {
    super(code);
    const { headers, ...rest } = more;
    this.refusal = { code, ...rest };
    this.headers = headers ?? {};
  }
}

/** A request whose token was verified; `body` and `query` as the schemas of its row have read them. */
export interface Call<B = unknown, Q = unknown> {
  readonly api: Api;
  readonly request: HttpRequest;
  readonly params: Readonly<Record<string, string>>;
  readonly identity: Identity;
  readonly body: B;
  readonly query: Q;
}

/** A call about a room that exists and that this person may see. */
export interface RoomCall<B = unknown, Q = unknown> extends Call<B, Q> {
  readonly live: LiveRoom;
  readonly actor: Actor;
}

export type Route<B = unknown, Q = unknown> = (call: Call<B, Q>) => Promise<HttpResponse>;
export type RoomRoute<B = unknown, Q = unknown> = (call: RoomCall<B, Q>) => Promise<HttpResponse>;

export function json(status: number, body: unknown, headers: Readonly<Record<string, string>> = {}): HttpResponse {
  return {
    status,
    headers: { 'content-type': 'application/json; charset=utf-8', ...headers },
    body: JSON.stringify(body),
  };
}

/** One field of a request is wrong. */
export function invalid(path: string, message: string): HttpError {
  return new HttpError('body_invalid', { detail: { errors: [{ path, message }] } });
}
