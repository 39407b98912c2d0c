import * as v from 'valibot';
import { parseStrictJson, type JsonObject } from '../auth/strict-json.js';
import type { HttpRequest } from '../transport/types.js';
import type { RouteRow, Schema } from './row.js';
import { HttpError } from './types.js';

/** Of a request whose row names no other limit. */
const MAX_BODY_BYTES = 65_536;
/** Of UTF-8: some clients write it, and it says nothing (RFC 8259 §8.1). */
const BYTE_ORDER_MARK: readonly number[] = [0xef, 0xbb, 0xbf];
/** Names the tenant of a token that does not; any route may have it. */
const ANYWHERE = 'tenant';

/** One wrong field; `path` empty: the whole. */
export interface Fault {
  readonly path: string;
  readonly message: string;
}

/** The query as the row wants it. @throws {HttpError} `body_invalid` with every wrong value */
export function readQuery(row: Pick<RouteRow, 'query'>, query: URLSearchParams): unknown {
  const names = [...query.keys()].filter((name) => name !== ANYWHERE);
  const twice = names.filter((name, index) => names.indexOf(name) !== index);
  if (twice.length > 0) throw refusal(twice.map((path) => ({ path, message: 'given twice' })));
  try {
    return read(row.query, Object.fromEntries(names.map((name) => [name, query.get(name)])));
  } catch (error) {
    if (!(error instanceof HttpError)) throw error;
    const { errors } = error.refusal.detail as { readonly errors: readonly Fault[] };
    // What came as one text is told as one.
    throw refusal(errors.map(({ path, message }) => ({ path: path.split('.')[0] ?? '', message })));
  }
}

/**
 * The body as the row wants it.
 * @throws {HttpError} `media_type_unsupported` · `frame_too_large` · `text_too_long` where that is all · `body_invalid` with every wrong field
 */
export function readBody(row: Pick<RouteRow, 'body' | 'maxBodyBytes'>, request: HttpRequest): unknown {
  const { body, headers } = request;
  if (body.byteLength === 0) return read(row.body, {});
  const type = headers.get('content-type')?.split(';')[0]?.trim().toLowerCase();
  // A merge patch is what a PATCH takes (RFC 7396).
  if (type !== undefined && type !== 'application/json' && type !== 'application/merge-patch+json')
    throw new HttpError('media_type_unsupported', { detail: { expected: 'application/json' } });
  const { maxBodyBytes = MAX_BODY_BYTES } = row;
  if (body.byteLength > maxBodyBytes) throw new HttpError('frame_too_large', { detail: { maxBodyBytes } });
  return read(row.body, parse(body));
}

/** As strictly as a token: a body that two readers could understand differently is refused. */
function parse(body: Uint8Array): JsonObject {
  try {
    return parseStrictJson(BYTE_ORDER_MARK.every((byte, at) => body[at] === byte) ? body.subarray(3) : body);
  } catch (error) {
    throw refusal([{ path: '', message: (error as SyntaxError).message }]);
  }
}

/** A schema of nothing takes nothing, and an empty object for those whose client always sends one. */
const NOTHING = v.strictObject({});

function read(schema: Schema | null, given: unknown): unknown {
  // A list would pass for an object without keys.
  if (Array.isArray(given) || typeof given !== 'object') throw refusal([{ path: '', message: 'expected an object' }]);
  const wanted = schema === null ? NOTHING : oneOf(schema, given as object);
  const unknown = unknownIn(wanted, given as object);
  const parsed = v.safeParse(wanted, given);
  if (parsed.success && unknown.length === 0) return schema === null ? null : parsed.output;
  const issues = (parsed.issues ?? []).filter((issue) => issue.expected !== 'never');
  const faults = [
    ...unknown.map((path) => ({ path, message: 'unknown' })),
    ...issues.map((issue) => ({ path: v.getDotPath(issue) ?? '', message: sentenceOf(issue) })),
  ];
  const isTooLong = faults.length > 0 && unknown.length === 0 && issues.every(isLength);
  if (isTooLong) throw new HttpError('text_too_long', { detail: { errors: faults } });
  throw refusal(faults.length > 0 ? faults : (parsed.issues ?? []).map((issue) => nested(issue)));
}

/** Of schemas of which one is to hold, the first whose required fields are there: so a refusal names what is wrong in it. */
function oneOf(schema: Schema, given: object): Schema {
  if (schema.type !== 'union') return schema;
  const { options } = schema as unknown as { readonly options: readonly Schema[] };
  const required = options.map(requiredOf);
  const chosen = options.find((_, at) => required[at]?.every((name) => Object.hasOwn(given, name)) === true);
  if (chosen) return chosen;
  const ways = required.map((names) => names.join(' and '));
  throw refusal([{ path: ways[0] ?? '', message: ['missing', ...ways.slice(1)].join(', or in its place ') }]);
}

function requiredOf(schema: Schema): readonly string[] {
  const { entries = {} } = schema as { readonly entries?: Readonly<Record<string, Schema>> };
  return Object.keys(entries).filter((name) => entries[name]?.type !== 'optional');
}

/** A record of anything leaves these out without a word. */
const PASSED_OVER = ['__proto__', 'prototype', 'constructor'];

/** Every one of them: the schema itself stops at the first. */
function unknownIn(schema: Schema, given: object): string[] {
  const { entries } = schema as { entries?: object };
  return schema.type === 'strict_object' && entries
    ? Object.keys(given).filter((key) => !Object.hasOwn(entries, key))
    : PASSED_OVER.filter((key) => Object.hasOwn(given, key));
}

function isLength(issue: v.BaseIssue<unknown>): boolean {
  return issue.type === 'max_length' && typeof issue.input === 'string';
}

/** An unknown field of something within. */
function nested(issue: v.BaseIssue<unknown>): Fault {
  return { path: v.getDotPath(issue) ?? '', message: 'unknown' };
}

/** What is wrong, without what was given: that may be a password. */
function sentenceOf(issue: v.BaseIssue<unknown>): string {
  const { requirement } = issue as { requirement?: unknown };
  const most = typeof issue.input === 'string' ? 'characters' : 'entries';
  switch (issue.type) {
    case 'max_length':
      return `at most ${String(requirement)} ${most}`;
    case 'min_length':
      return `at least ${String(requirement)} ${most}`;
    case 'max_value':
      return `at most ${String(requirement)}`;
    case 'min_value':
      return `at least ${String(requirement)}`;
    case 'regex':
      return `of the form ${String(requirement)}`;
    case 'check':
      return issue.message;
    default:
      return issue.received === 'undefined' ? 'missing' : `expected ${issue.expected ?? 'something else'}`;
  }
}

function refusal(errors: readonly Fault[]): HttpError {
  return new HttpError('body_invalid', { detail: { errors } });
}
