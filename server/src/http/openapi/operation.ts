import { codesOf } from '../row-errors.js';
import type { AnswerRow, RouteRow, Schema } from '../row.js';
import { EXAMPLES } from './examples.js';
import { jsonSchemaOf, type Json } from './json-schema.js';
import { problemResponses } from './problems.js';

/** What a `{name}` of a path stands for. */
const PARAMS: Readonly<Record<string, string>> = {
  id: 'The room, as the host calls it.',
  mid: 'The message.',
  qid: 'The question.',
  participant: 'A person of this room; `people` lists them.',
  bar: '`chat` or `room`.',
  sub: 'The person, as the host calls them; percent-encoded.',
};

/** One route, as OpenAPI has it. */
export function operationOf(row: RouteRow): Json {
  const { id, tag, summary, description, access, grant, who, command, body } = row;
  const isOpen = access === 'everyone';
  return {
    operationId: id,
    tags: [tag],
    summary,
    description: [description, sentenceOnRights(row)].filter(Boolean).join('\n\n'),
    ...(isOpen ? { security: [] } : {}),
    parameters: [...pathParameters(row), ...queryParameters(row), ...headerParameters(row)],
    ...(body === null ? {} : { requestBody: requestOf(row, body) }),
    responses: {
      ...Object.fromEntries(
        Object.entries(row.answers).map(([status, answer]) => [status, answerOf(row, status, answer)]),
      ),
      ...problemResponses(row),
    },
    'x-access': access,
    ...(grant === undefined ? {} : { 'x-grant': grant }),
    ...(who === undefined ? {} : { 'x-who': who }),
    ...(command === undefined ? {} : { 'x-command': command }),
  };
}

const BY_ACCESS = {
  everyone: 'Anyone, without a token.',
  tenant: 'Any token of the tenant.',
  room: 'Whoever may see the room.',
  inside: 'Whoever the door of the room lets in.',
} as const;

/** Who may, in a sentence. */
export function sentenceOnRights({ access, grant, who }: RouteRow): string {
  const right = who ?? (grant === undefined ? null : `\`${grant}\``);
  return right === null
    ? `For: ${lower(BY_ACCESS[access])}`
    : `For: ${lower(BY_ACCESS[access]).slice(0, -1)}, with ${right}.`;
}

function lower(text: string): string {
  return text.charAt(0).toLowerCase() + text.slice(1);
}

function pathParameters({ path }: RouteRow): Json[] {
  return [...path.matchAll(/\{(\w+)\}/gu)].map(([, name = '']) => ({
    name,
    in: 'path',
    required: true,
    description: PARAMS[name] ?? 'By its id.',
    schema: { type: 'string', minLength: 1, maxLength: 128 },
  }));
}

function queryParameters({ query, access }: RouteRow): Json[] {
  const { entries = {} } = (query ?? {}) as { readonly entries?: Readonly<Record<string, Schema>> };
  const own = Object.entries(entries).map(([name, schema]) => {
    const { wrapped = schema, default: fallback } = schema as { readonly wrapped?: Schema; readonly default?: unknown };
    const json = jsonSchemaOf(wrapped);
    return {
      name,
      in: 'query',
      required: schema.type !== 'optional',
      schema: fallback === undefined ? json : { ...json, default: isNumeric(json) ? Number(fallback) : fallback },
      // Several with commas between them.
      ...(json['type'] === 'array' ? { style: 'form', explode: false } : {}),
    };
  });
  const tenant = {
    name: 'tenant',
    in: 'query',
    required: false,
    description:
      access === 'everyone'
        ? 'The tenant; not needed where the server has one.'
        : 'The tenant, where its tokens have no `iss`.',
    schema: { type: 'string' },
  };
  return [...own, tenant];
}

function isNumeric(json: Json): boolean {
  return json['type'] === 'integer';
}

function headerParameters(row: RouteRow): Json[] {
  const header = (name: string, description: string): Json => ({
    name,
    in: 'header',
    required: false,
    description,
    schema: { type: 'string' },
  });
  return [
    ...(codesOf(row).includes('cmid_conflict')
      ? [header('Idempotency-Key', '16 to 64 letters, digits, `_` or `-`: sent again with it, it acts once.')]
      : []),
    ...(row.conditions === 'write'
      ? [
          header(
            'If-Match',
            'The `ETag` that the change is meant for: refused as `precondition_failed` where it is another.',
          ),
        ]
      : []),
    ...(row.conditions === 'read' ? [header('If-None-Match', 'The `ETag` that one has: 304 while it stands.')] : []),
  ];
}

function requestOf({ id }: RouteRow, body: Schema): Json {
  const example = EXAMPLES[id]?.request;
  return {
    required: requiresSomething(body),
    content: {
      'application/json': { schema: jsonSchemaOf(body), ...(example === undefined ? {} : { example }) },
    },
  };
}

function requiresSomething(body: Schema): boolean {
  const { entries = {} } = body as { readonly entries?: Readonly<Record<string, Schema>> };
  return Object.values(entries).some(({ type }) => type !== 'optional');
}

function answerOf(row: RouteRow, status: string, { means, schema, type }: AnswerRow): Json {
  const example = EXAMPLES[row.id]?.answer;
  const isTagged = row.conditions !== undefined && status !== '204';
  const headers = {
    ...(isTagged ? { ETag: { schema: { type: 'string' }, description: 'Names what it is now.' } } : {}),
    ...(status === '201' && row.tag === 'rooms'
      ? { Location: { schema: { type: 'string' }, description: 'The path of the room.' } }
      : {}),
  };
  return {
    description: means,
    ...(Object.keys(headers).length === 0 ? {} : { headers }),
    ...(schema
      ? {
          content: {
            'application/json': { schema: jsonSchemaOf(schema), ...(example === undefined ? {} : { example }) },
          },
        }
      : type === undefined
        ? {}
        : { content: { [type]: { schema: { type: 'string' } } } }),
  };
}
