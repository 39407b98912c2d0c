import * as v from 'valibot';
import { forEveryone, type RouteRow } from './row.js';
import { openApi } from './routes/openapi.js';
import { PEOPLE_ROWS } from './rows/people.js';
import { REPORT_ROWS } from './rows/reports.js';
import { REVOCATION_ROWS } from './rows/revocations.js';
import { ROOM_ROWS } from './rows/rooms.js';
import { TALK_ROWS } from './rows/talk.js';

const openApiRow: RouteRow = forEveryone({
  id: 'service.openapi',
  method: 'GET',
  path: '/v1/openapi.json',
  tag: 'service',
  summary: 'Read this document.',
  answers: {
    200: { means: 'OpenAPI 3.1', schema: v.looseObject({ openapi: v.string() }) },
    304: { means: 'as before' },
  },
  conditions: 'read',
  run: ({ request }) => openApi(ROUTES, request.headers.get('if-none-match')),
});

/** Every route below `/v1`. */
export const ROUTES: readonly RouteRow[] = [
  openApiRow,
  ...ROOM_ROWS,
  ...PEOPLE_ROWS,
  ...TALK_ROWS,
  ...REVOCATION_ROWS,
  ...REPORT_ROWS,
];
