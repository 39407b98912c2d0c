import { ERRORS } from '@lms-live/protocol';
import { clientError, LmsError, refusalDetail } from '../errors.js';

/** A refusal of the server as a client throws it. */
export function refusedError(code: keyof typeof ERRORS, detail?: Readonly<Record<string, unknown>>): LmsError {
  const row = ERRORS[code] as (typeof ERRORS)[typeof code] | undefined;
  if (!row) return new LmsError(clientError('closed'));
  return new LmsError(refusalDetail({ code, message: row.message, help: row.help, retryable: row.retryable, detail }));
}
