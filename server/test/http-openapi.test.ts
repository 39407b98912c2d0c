import { Validator } from '@seriousme/openapi-schema-validator';
import { ERRORS, GRANTS, isErrorCode } from '@lms-live/protocol';
import * as v from 'valibot';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { EXAMPLES } from '../src/http/openapi/examples.js';
import { codesOf } from '../src/http/row-errors.js';
import { ROUTES } from '../src/http/routes.js';
import { startRig, type Rig } from './support/rig.js';

type Operation = Record<string, unknown> & {
  readonly operationId: string;
  readonly parameters: readonly { readonly name: string; readonly in: string }[];
  readonly responses: Record<string, Record<string, unknown>>;
};
interface Document {
  readonly paths: Record<string, Record<string, Operation>>;
  readonly components: Record<string, Record<string, unknown>>;
}

let rig: Rig;
let document: Document;
beforeAll(async () => {
  rig = await startRig();
  document = (await rig.http('GET', '/v1/openapi.json', { claims: null })).body as unknown as Document;
});
afterAll(() => rig.stop());

describe('the OpenAPI document', () => {
  it('is valid, by the schema of OpenAPI 3.1', async () => {
    const validator = new Validator();
    const { valid, errors } = await validator.validate(structuredClone(document) as unknown as Record<string, unknown>);
    expect({ valid, errors }).toEqual({ valid: true, errors: undefined });
    expect(validator.version).toBe('3.1');
  });

  it('would not be, with a mistake in it', async () => {
    const broken = structuredClone(document) as unknown as { paths: Record<string, object> };
    broken.paths['/v1/rooms'] = { get: { responses: { ok: {} } } };
    expect((await new Validator().validate(broken)).valid).toBe(false);
  });

  it('has every route, once, with what it answers and every code of it', () => {
    const operations = Object.entries(document.paths).flatMap(([path, methods]) =>
      Object.entries(methods).map(([method, operation]) => [`${method.toUpperCase()} ${path}`, operation] as const),
    );
    expect(operations.map(([name]) => name).sort()).toEqual(
      ROUTES.map(({ method, path }) => `${method} ${path}`).sort(),
    );
    expect(new Set(ROUTES.map(({ id }) => id)).size).toBe(ROUTES.length);
    for (const row of ROUTES) {
      const operation = document.paths[row.path]?.[row.method.toLowerCase()];
      const statuses = [...Object.keys(row.answers), ...codesOf(row).map((code) => String(ERRORS[code].status))];
      expect({ id: row.id, statuses: Object.keys(operation?.responses ?? {}).sort() }).toEqual({
        id: row.id,
        statuses: [...new Set(statuses)].sort(),
      });
      const inPath = operation?.parameters
        .filter((parameter) => parameter.in === 'path')
        .map(({ name }) => `{${name}}`);
      expect(inPath).toEqual(row.path.match(/\{\w+\}/gu) ?? []);
      if (row.grant) expect(GRANTS).toContain(operation?.['x-grant']);
    }
  });

  it('refers to nothing that it does not have', () => {
    const refs = [...JSON.stringify(document).matchAll(/"#\/components\/(\w+)\/(\w+)"/gu)];
    expect(refs.length).toBeGreaterThan(100);
    for (const [ref, kind = '', name = ''] of refs)
      expect({ ref, there: name in (document.components[kind] ?? {}) }).toEqual({ ref, there: true });
  });

  it('shows examples that the routes would take and give', () => {
    for (const [id, { request, answer }] of Object.entries(EXAMPLES)) {
      const row = ROUTES.find((candidate) => candidate.id === id);
      if (!row) throw new Error(`no route ${id}`);
      if (request !== undefined && row.body) expect(v.safeParse(row.body, request).issues).toBeUndefined();
      const schema = Object.values(row.answers)[0]?.schema;
      if (answer !== undefined && schema) expect(v.safeParse(schema, answer).issues).toBeUndefined();
    }
    // Whoever reads the document sees what to send.
    const withBody = ROUTES.filter(({ body, tag }) => body && tag !== 'tokens').map(({ id }) => id);
    expect(withBody.filter((id) => EXAMPLES[id]?.request === undefined)).toEqual([]);
  });

  it('shows a problem of every code, as the server writes it', () => {
    for (const [code, example] of Object.entries(document.components['examples'] ?? {})) {
      expect(isErrorCode(code)).toBe(true);
      expect(example).toMatchObject({ value: { code, type: `urn:lms-live:error:${code}` } });
    }
  });

  it('is read by anyone, from any page, and again without its body', async () => {
    const headers = { origin: 'https://anywhere.test' };
    const first = await rig.http('GET', '/v1/openapi.json', { claims: null, headers });
    expect(first.headers.get('access-control-allow-origin')).toBe('*');
    const again = await rig.http('GET', '/v1/openapi.json', {
      claims: null,
      headers: { ...headers, 'if-none-match': first.headers.get('etag') ?? '' },
    });
    expect(again.status).toBe(304);
  });
});
