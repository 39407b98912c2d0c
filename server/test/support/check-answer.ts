/** Whether an answer over HTTP is one that its row of the table describes. */
import { ERRORS, isErrorCode } from '@lms-live/protocol';
import * as v from 'valibot';
import { match } from '../../src/http/router.js';
import { codesOf } from '../../src/http/row-errors.js';
import { ROUTES } from '../../src/http/routes.js';

interface Answered {
  readonly method: string;
  /** With the query. */
  readonly path: string;
  readonly status: number;
  readonly type: string | null;
  readonly text: string;
}

/** @throws where a route answers what it does not say that it does: in the OpenAPI document it would be missing, or wrong */
export function checkAnswer({ method, path, status, type, text }: Answered): void {
  const parts = (path.split('?')[0] ?? '').slice(1).split('/');
  // What cannot be decoded has no row: the transport refuses it.
  if (parts.some((part) => /%(?![0-9a-f]{2})|%[89a-f]/iu.test(part))) return;
  const segments = parts.map(decodeURIComponent);
  const found = match(ROUTES, { method, segments });
  if (found.kind !== 'found') return;
  const { row } = found;
  const told = `${method} ${path} → ${String(status)}`;
  const answer = row.answers[status];
  if (answer) {
    if (answer.schema && method !== 'HEAD') {
      if (!type?.startsWith(answer.type ?? 'application/json')) throw new Error(`${told}: of type ${String(type)}`);
      const { issues } = v.safeParse(answer.schema, JSON.parse(text));
      const faults = issues?.map((issue) => `${v.getDotPath(issue) ?? ''}: ${issue.message}`);
      if (faults) throw new Error(`${told} does not fit ${row.id}: ${faults.join('; ')}`);
    } else if (!answer.schema && !answer.type && text !== '') throw new Error(`${told} has a body: ${text}`);
    return;
  }
  if (method === 'HEAD') return;
  if (type !== 'application/problem+json') throw new Error(`${told} is neither described nor a problem: ${text}`);
  const { code, title, status: inBody } = JSON.parse(text) as { code: unknown; title: unknown; status: unknown };
  if (!isErrorCode(code)) throw new Error(`${told}: no code of the table: ${text}`);
  if (!codesOf(row).includes(code)) throw new Error(`${told}: ${row.id} does not say that it answers ${code}`);
  if (ERRORS[code].status !== status || inBody !== status || ERRORS[code].message !== title)
    throw new Error(`${told}: not as ${code} is in the table: ${text}`);
}
