/**
 * The shape of a row of the table of routes. From a row come the routing, the check of what is sent, the rights, the OpenAPI document
 * and the reference: there is no second place that says what a route takes or gives.
 */
import type { CommandType, ErrorCode, Grant } from '@lms-live/protocol';
import type * as v from 'valibot';
import type { HttpRequest, HttpResponse } from '../transport/types.js';
import type { Api } from './api.js';
import type { Call, RoomCall } from './types.js';

export type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';

/** Under what heading a route stands in the documents. */
export const TAGS = {
  rooms: 'Classes: made, found, changed, started and ended.',
  policy: 'The settings of a class.',
  roster: 'Who is expected, by the list of the host.',
  people: 'Who is there, and what they may do.',
  chat: 'Messages of a class.',
  questions: 'Questions, votes and answers.',
  reports: 'Attendance and statistics.',
  records: 'What one person left on the server.',
  tokens: 'Tokens that count no more.',
  service: 'About the server itself.',
} as const;
export type Tag = keyof typeof TAGS;

/**
 * Who reaches a route at all. `everyone`: without a token, from a page of any origin · `tenant`: any token · `room`: whoever may see the
 * room · `inside`: whoever the door of the room lets in.
 */
export type Access = 'everyone' | 'tenant' | 'room' | 'inside';

export type Schema = v.GenericSchema;

/** One answer of a route that is no error. */
export interface AnswerRow {
  readonly means: string;
  /** Of a JSON body; absent: there is none, or `type` says that it is no JSON. */
  readonly schema?: Schema;
  /** Default: `application/json`. */
  readonly type?: string;
}

/**
 * How a request with an `Idempotency-Key` is answered again. `command`: by the command of that id, whose answer is kept as long as the
 * room · `request`: as it was answered, for a day · `none`: doing it again changes nothing, and the answer is as things are then.
 */
export type Repeats = 'command' | 'request' | 'none';

interface Described {
  /** `rooms.list`: what OpenAPI calls an operation id. */
  readonly id: string;
  readonly method: Method;
  /** `/v1/rooms/{id}`: each `{name}` takes one segment. */
  readonly path: string;
  readonly tag: Tag;
  /** One line, in the imperative. */
  readonly summary: string;
  /** What is not said by the rest. */
  readonly description?: string;
  readonly answers: Readonly<Record<number, AnswerRow>>;
  /** Codes that it answers beside those that follow from the access, the grant, the query and the body. */
  readonly errors?: readonly ErrorCode[];
  /** Without it: `forbidden`. Absent: the handler, or `decide`, looks closer. */
  readonly grant?: Grant;
  /** Who that is, where the grant does not say it. */
  readonly who?: string;
  /** The command that it runs: what the same person may say on the socket. */
  readonly command?: CommandType;
  /** Of a POST. Default: `command` where it runs one, else `none`. */
  readonly repeats?: Repeats;
  /** What it makes of `If-Match` or `If-None-Match` (RFC 9110 §13). Absent: nothing. */
  readonly conditions?: 'read' | 'write';
  /** Bytes of the largest body. Default: 64 KiB. */
  readonly maxBodyBytes?: number;
}

/** A row as the table has it. */
export interface RouteRow extends Described {
  readonly access: Access;
  /** Of the query, by name; each value as text. null: it has none, and any is refused. */
  readonly query: Schema | null;
  /** null: it has no body, and one that is sent is refused. */
  readonly body: Schema | null;
  readonly run: Handler;
}

/** The handler, by how much is known of the caller when it runs. */
export type Handler =
  | { readonly access: 'everyone'; readonly run: (call: OpenCall) => Promise<HttpResponse> }
  | { readonly access: 'tenant'; readonly run: (call: Call) => Promise<HttpResponse> }
  | { readonly access: 'room' | 'inside'; readonly run: (call: RoomCall) => Promise<HttpResponse> };

/** A request that needs no token. */
export interface OpenCall<Q = unknown> {
  readonly api: Api;
  readonly request: HttpRequest;
  readonly params: Readonly<Record<string, string>>;
  readonly query: Q;
}

type Read<S> = S extends Schema ? v.InferOutput<S> : null;

interface Wanted<Q, B> extends Described {
  readonly query?: Q;
  readonly body?: B;
}

/** A route for anyone, without a token. */
export function forEveryone<Q extends Schema | null = null>(
  row: Omit<Wanted<Q, null>, 'body'> & { readonly run: (call: OpenCall<Read<Q>>) => Promise<HttpResponse> },
): RouteRow {
  return rowOf(row, { access: 'everyone', run: row.run as (call: OpenCall) => Promise<HttpResponse> });
}

/** A route for any token of the tenant. */
export function forTenant<Q extends Schema | null = null, B extends Schema | null = null>(
  row: Wanted<Q, B> & { readonly run: (call: Call<Read<B>, Read<Q>>) => Promise<HttpResponse> },
): RouteRow {
  return rowOf(row, { access: 'tenant', run: row.run as (call: Call) => Promise<HttpResponse> });
}

/** A route about a room, for those who may see it. */
export function ofRoom<Q extends Schema | null = null, B extends Schema | null = null>(
  row: Wanted<Q, B> & { readonly run: (call: RoomCall<Read<B>, Read<Q>>) => Promise<HttpResponse> },
): RouteRow {
  return rowOf(row, { access: 'room', run: row.run as (call: RoomCall) => Promise<HttpResponse> });
}

/** A route within a room, for those whom its door lets in. */
export function inRoom<Q extends Schema | null = null, B extends Schema | null = null>(
  row: Wanted<Q, B> & { readonly run: (call: RoomCall<Read<B>, Read<Q>>) => Promise<HttpResponse> },
): RouteRow {
  return rowOf(row, { access: 'inside', run: row.run as (call: RoomCall) => Promise<HttpResponse> });
}

function rowOf({ run: _run, ...row }: Wanted<Schema | null, Schema | null> & { run: unknown }, run: Handler): RouteRow {
  return { ...row, query: row.query ?? null, body: row.body ?? null, access: run.access, run };
}
