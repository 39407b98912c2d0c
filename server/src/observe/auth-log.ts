import type { AuthLog } from '../auth/types.js';
import type { Log, LogFields } from './types.js';

/** What the authenticator reports, in the closed list of fields. */
export function authLogOf(log: Log): AuthLog {
  const fieldsOf = ({ tenant, code, error }: Readonly<Record<string, unknown>>): LogFields => ({
    ...(typeof tenant === 'string' && { tenant }),
    ...(typeof code === 'string' && { code }),
    ...(error === undefined ? {} : { error }),
  });
  return {
    warn: (fields, message) => {
      log.warn(message, fieldsOf(fields));
    },
    debug: (fields, message) => {
      log.debug(message, fieldsOf(fields));
    },
  };
}
