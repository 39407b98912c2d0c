import { ERRORS, type ErrorCode } from '@lms-live/protocol';
import { problem } from '../problem.js';
import { codesOf } from '../row-errors.js';
import type { RouteRow } from '../row.js';
import type { Json } from './json-schema.js';

/** RFC 9457, with the members that every error has here; single codes have more. */
export const PROBLEM: Json = {
  type: 'object',
  required: ['type', 'title', 'status', 'detail', 'code', 'retryable'],
  properties: {
    type: { type: 'string', format: 'uri', description: 'The URI of the code: a name, not an address.' },
    title: { type: 'string', description: 'For people.' },
    status: { type: 'integer' },
    detail: { type: 'string', description: 'For developers.' },
    code: { type: 'string', description: 'For programs; the same on the socket.' },
    retryable: { type: 'boolean', description: 'Whether asking again may help.' },
    retryAfterMs: { type: 'integer', description: 'How long to wait before.' },
    errors: {
      type: 'array',
      description: 'Of `body_invalid` and `text_too_long`: every wrong field.',
      items: {
        type: 'object',
        required: ['path', 'message'],
        properties: { path: { type: 'string' }, message: { type: 'string' } },
      },
    },
    grant: { type: 'string', description: 'Of `forbidden`: what is missing.' },
  },
};

/** The errors of a route, by status. */
export function problemResponses(row: RouteRow): Json {
  const byStatus = new Map<number, ErrorCode[]>();
  for (const code of codesOf(row)) {
    const { status } = ERRORS[code];
    byStatus.set(status, [...(byStatus.get(status) ?? []), code]);
  }
  return Object.fromEntries([...byStatus].map(([status, codes]) => [String(status), responseOf(status, codes)]));
}

function responseOf(status: number, codes: readonly ErrorCode[]): Json {
  return {
    description: codes.map((code) => `\`${code}\`: ${ERRORS[code].message}`).join('\n\n'),
    ...(status === 429 || status === 503
      ? { headers: { 'Retry-After': { schema: { type: 'integer' }, description: 'Seconds.' } } }
      : {}),
    content: {
      'application/problem+json': {
        schema: { allOf: [{ $ref: '#/components/schemas/Problem' }, { properties: { code: { enum: codes } } }] },
        examples: Object.fromEntries(codes.map((code) => [code, { $ref: `#/components/examples/${code}` }])),
      },
    },
  };
}

/** One of each code that any route answers. */
export function problemExamples(rows: readonly RouteRow[]): Json {
  const codes = [...new Set(rows.flatMap(codesOf))].sort();
  return Object.fromEntries(
    codes.map((code) => [
      code,
      { summary: ERRORS[code].message, value: JSON.parse(String(problem({ code }).body)) as unknown },
    ]),
  );
}
