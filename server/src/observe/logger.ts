/** The log, one JSON object a line on standard output. The only module that imports pino. */
import { pino, stdTimeFunctions, type DestinationStream, type Logger } from 'pino';
import { loggedError, scrub } from './scrub.js';
import type { Log, LogFields } from './types.js';

export type LogLevel = 'debug' | 'info' | 'warn' | 'error' | 'silent';

/** Everything in `LogFields`; what is not here is not written, whatever a cast let through. */
const FIELDS = {
  tenant: true,
  room: true,
  participant: true,
  connection: true,
  code: true,
  method: true,
  route: true,
  status: true,
  durationMs: true,
  count: true,
  bytes: true,
  host: true,
  port: true,
  transport: true,
  version: true,
  signal: true,
  instance: true,
  folder: true,
  error: true,
} satisfies Record<keyof LogFields, true>;

/** @param destination standard output unless a test reads along */
export function createLogger(level: LogLevel, destination?: DestinationStream): Log {
  const settings = {
    level,
    base: null,
    messageKey: 'message',
    timestamp: stdTimeFunctions.isoTime,
    formatters: { level: (label: string) => ({ level: label }) },
  };
  return new PinoLog(destination === undefined ? pino(settings) : pino(settings, destination));
}

class PinoLog implements Log {
  readonly #logger: Logger;

  constructor(logger: Logger) {
    this.#logger = logger;
  }

  error(sentence: string, fields?: LogFields): void {
    this.#logger.error(writable(fields), scrub(sentence));
  }

  warn(sentence: string, fields?: LogFields): void {
    this.#logger.warn(writable(fields), scrub(sentence));
  }

  info(sentence: string, fields?: LogFields): void {
    this.#logger.info(writable(fields), scrub(sentence));
  }

  debug(sentence: string, fields?: LogFields): void {
    if (this.#logger.isLevelEnabled('debug')) this.#logger.debug(writable(fields), scrub(sentence));
  }

  child(fields: LogFields): Log {
    return new PinoLog(this.#logger.child(writable(fields)));
  }
}

function writable(fields: LogFields = {}): Record<string, unknown> {
  const written: Record<string, unknown> = {};
  for (const name of Object.keys(FIELDS) as (keyof LogFields)[]) {
    const value = fields[name];
    if (value === undefined) continue;
    if (name === 'error') written[name] = loggedError(value);
    else if (typeof value === 'string') written[name] = scrub(value);
    else if (typeof value === 'number') written[name] = value;
  }
  return written;
}
