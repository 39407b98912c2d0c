/** Runs a handler and makes sure that what goes out is an answer. */
import type { Log } from '../observe/types.js';
import { problem } from './problems.js';
import type { HttpRequest, HttpResponse, TransportHandlers } from './types.js';

/** An answer whose every part has been checked: a driver can write it without looking. */
export interface Answer {
  readonly status: number;
  readonly headers: readonly (readonly [name: string, value: string])[];
  /** null: the status has no body, or there is none to send. */
  readonly body: string | Uint8Array | null;
  readonly bodyBytes: number;
}

/** The transport alone says where a message ends and whether the connection stays. */
const OF_THE_TRANSPORT = new Set([
  'connection',
  'content-length',
  'date',
  'keep-alive',
  'transfer-encoding',
  'upgrade',
]);
const NAME = /^[!#$%&'*+.^_`|~0-9a-z-]+$/i;
/** RFC 9110 §5.5; a line break here would begin another header. */
const VALUE = /^[\t\x20-\x7e\x80-\xff]*$/;

/** Never rejects: an exception becomes a 500 that says nothing about itself. */
export async function answerTo(handlers: TransportHandlers, request: HttpRequest, log: Log): Promise<Answer> {
  try {
    return checkedAnswer(await handlers.handle(request));
  } catch (error) {
    log.error('A request handler failed.', { method: request.method, error });
    return checkedAnswer(problem('internal'));
  }
}

/** @throws {TypeError} on a status, header or body that cannot be written */
export function checkedAnswer(response: HttpResponse): Answer {
  const { status, headers = {}, body = null } = response;
  if (!Number.isInteger(status) || status < 200 || status > 599)
    throw new TypeError('An answer has a status from 200 to 599.');
  const checked: (readonly [string, string])[] = [];
  for (const [name, value] of Object.entries(headers)) {
    if (!NAME.test(name) || !VALUE.test(value))
      throw new TypeError(`The header ${JSON.stringify(name)} cannot be written.`);
    if (!OF_THE_TRANSPORT.has(name.toLowerCase())) checked.push([name.toLowerCase(), value]);
  }
  const bare = status === 204 || status === 304 || body === null;
  return { status, headers: checked, body: bare ? null : body, bodyBytes: bare ? 0 : byteLength(body) };
}

function byteLength(body: string | Uint8Array): number {
  return typeof body === 'string' ? Buffer.byteLength(body) : body.byteLength;
}
