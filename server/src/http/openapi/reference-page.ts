import { ERRORS } from '@lms-live/protocol';
import { codesOf } from '../row-errors.js';
import { TAGS, type RouteRow, type Schema, type Tag } from '../row.js';
import { EXAMPLES } from './examples.js';
import { jsonSchemaOf, namedSchemas, type Json } from './json-schema.js';
import { sentenceOnRights } from './operation.js';

const INTRO = [
  '# HTTP routes',
  '<!-- Written by scripts/http-docs.mjs from the table of the routes, of which the server makes its OpenAPI document too. -->',
  'Every route of the HTTP API, what it takes and what it answers. The same as OpenAPI 3.1: `GET /v1/openapi.json`, or `npx lms-live openapi` without a server. How the parts fit together, tokens, errors, paging, tags and repeated requests: [HTTP API](/server/http-api).',
  'Times are milliseconds since 1970. A field with `?` may be left out. Any route takes `?tenant=` where the tokens of a tenant have no `iss`.',
];

/** The routes as a page in Markdown. */
export function referencePage(rows: readonly RouteRow[]): string {
  const sections = (Object.keys(TAGS) as Tag[]).flatMap((tag) => {
    const own = rows.filter((row) => row.tag === tag);
    return own.length === 0 ? [] : [`## ${titleOf(tag)}`, TAGS[tag], ...own.flatMap(routeSection)];
  });
  return `${[...INTRO, overview(rows), ...sections, ...shapes()].join('\n\n')}\n`;
}

/** What the routes call by name. */
function shapes(): string[] {
  const named = Object.entries(namedSchemas()).filter(([name]) => !(name in ELSEWHERE));
  return [
    '## Shapes',
    'What the routes above call by name.',
    ...named.flatMap(([name, json]) => [`### ${name} {#${shapeAnchor(name)}}`, `${shapeOf(json)}.`]),
  ];
}

const ELSEWHERE: Readonly<Record<string, string>> = {
  PolicyValues: '[settings](/reference/policy)',
  PolicyPatch: '[settings](/reference/policy), each as its value or as `{value, teacherEditable}`',
};

function shapeAnchor(name: string): string {
  return `shape-${name.toLowerCase()}`;
}

function overview(rows: readonly RouteRow[]): string {
  const lines = rows.map(
    ({ method, path, summary, grant, who, access }) =>
      `| [\`${method} ${path}\`](#${anchorOf({ method, path })}) | ${right({ grant, who, access })} | ${cell(summary)} |`,
  );
  return ['| route | who | what |', '| --- | --- | --- |', ...lines].join('\n');
}

function right({ grant, who, access }: Pick<RouteRow, 'access'> & { grant: unknown; who: string | undefined }): string {
  if (access === 'everyone') return '**everyone**';
  return cell(who ?? (typeof grant === 'string' ? `\`${grant}\`` : ON_ACCESS[access]));
}

const ON_ACCESS = { tenant: 'any token', room: 'whoever may see it', inside: 'whoever may come in' } as const;

function routeSection(row: RouteRow): string[] {
  const { method, path, summary, description, query, body, answers, id } = row;
  const example = EXAMPLES[id]?.request;
  return [
    `### ${method} ${path} {#${anchorOf(row)}}`,
    [summary, description, sentenceOnRights(row)]
      .filter(Boolean)
      .map((text) => prose(String(text)))
      .join(' '),
    ...(query ? [`Query: ${fieldsOf(query)}.`] : []),
    ...(body ? [`Body: ${fieldsOf(body)}.`] : []),
    ...(example === undefined ? [] : [`\`\`\`json\n${JSON.stringify(example, null, 2)}\n\`\`\``]),
    ...Object.entries(answers).map(
      ([status, { means, schema, type }]) =>
        `**${status}** ${prose(means)}${schema ? `: ${fieldsOf(schema)}` : type ? `, as \`${type}\`` : ''}.`,
    ),
    `Errors: ${codesOf(row)
      .filter((code) => !EVERYWHERE.has(code))
      .map((code) => `\`${code}\` (${String(ERRORS[code].status)})`)
      .join(', ')}.`,
  ].filter((block) => block !== 'Errors: .');
}

/** Said once, in the guide. */
const EVERYWHERE: ReadonlySet<string> = new Set(
  codesOf({ access: 'tenant', method: 'POST', answers: {}, body: null } as unknown as RouteRow),
);

function anchorOf({ method, path }: Pick<RouteRow, 'method' | 'path'>): string {
  return `${method} ${path.replace('/v1/', '')}`
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/gu, '-')
    .replace(/-$/u, '');
}

function titleOf(tag: Tag): string {
  return tag.charAt(0).toUpperCase() + tag.slice(1);
}

function fieldsOf(schema: Schema): string {
  return shapeOf(jsonSchemaOf(schema));
}

/** A JSON Schema in a line. */
function shapeOf(json: Json): string {
  const {
    $ref,
    type,
    properties,
    required = [],
    items,
    anyOf,
    enum: options,
    additionalProperties,
  } = json as {
    readonly $ref?: string;
    readonly type?: string;
    readonly properties?: Readonly<Record<string, Json>>;
    readonly required?: readonly string[];
    readonly items?: Json;
    readonly anyOf?: readonly Json[];
    readonly enum?: readonly unknown[];
    readonly additionalProperties?: unknown;
  };
  if ($ref) {
    const name = $ref.replace(/^.*\//u, '');
    return ELSEWHERE[name] ?? `[${name}](#${shapeAnchor(name)})`;
  }
  if (anyOf) return anyOf.map(shapeOf).join(' or ');
  if (options) return options.map((option) => `\`${String(option)}\``).join(' ');
  if (type === 'array') return `list of ${shapeOf(items ?? {})}`;
  if (properties)
    return Object.entries(properties)
      .map(([name, field]) => `\`${required.includes(name) ? name : `${name}?`}\` (${shapeOf(field)})`)
      .join(', ');
  if (type === 'object' && typeof additionalProperties === 'object')
    return `object of ${shapeOf((additionalProperties ?? {}) as Json)}`;
  return type ?? 'anything';
}

/** Text that is read as Markdown, where `{{` would be code of the page. */
function prose(text: string): string {
  return text.replaceAll('<', '&lt;').replaceAll('{{', '&#123;&#123;');
}

function cell(text: string): string {
  return prose(text).replaceAll('|', String.raw`\|`);
}
