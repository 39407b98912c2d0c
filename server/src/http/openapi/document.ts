import { VERSION } from '../../version.js';
import { TAGS, type RouteRow } from '../row.js';
import { namedSchemas, type Json } from './json-schema.js';
import { operationOf } from './operation.js';
import { PROBLEM, problemExamples } from './problems.js';

/** The OpenAPI 3.1 document of these routes. */
export function openApiOf(rows: readonly RouteRow[]): Json {
  const paths = new Map<string, Record<string, Json>>();
  for (const row of rows) {
    const operations = paths.get(row.path) ?? {};
    operations[row.method.toLowerCase()] = operationOf(row);
    paths.set(row.path, operations);
  }
  return {
    openapi: '3.1.0',
    jsonSchemaDialect: 'https://json-schema.org/draft/2020-12/schema',
    info: {
      title: 'LMS Live',
      version: VERSION,
      summary: 'Live classes for any LMS.',
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    servers: [{ url: '/', description: 'This server.' }],
    tags: Object.entries(TAGS).map(([name, description]) => ({ name, description })),
    security: [{ token: [] }],
    paths: Object.fromEntries(paths),
    components: {
      securitySchemes: {
        token: {
          type: 'http',
          scheme: 'bearer',
          bearerFormat: 'JWT',
          description: 'Signed by the LMS, for one person or with `"role": "service"` for its back end.',
        },
      },
      schemas: { ...namedSchemas(), Problem: PROBLEM },
      examples: problemExamples(rows),
    },
  };
}
