import type { HttpResponse } from '../../transport/types.js';
import type { RouteRow } from '../row.js';
import { tagged } from '../etag.js';
import { json } from '../types.js';

let document: Promise<string> | null = null;

/** `GET /v1/openapi.json`: made from the rows when it is first asked for, and then kept. */
export async function openApi(rows: readonly RouteRow[], ifNoneMatch: string | undefined): Promise<HttpResponse> {
  // A server that is never asked does not load what writes it.
  document ??= import('../openapi/document.js').then(({ openApiOf }) => JSON.stringify(openApiOf(rows)));
  const body = await document;
  return tagged({ ...json(200, null, { 'cache-control': 'public, max-age=300' }), body }, ifNoneMatch);
}
