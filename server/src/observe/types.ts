/**
 * What a log line may say beside its sentence. The list is closed on purpose: there is no field for a token,
 * a session description or the body of a message, so none can be logged by mistake.
 */
export interface LogFields {
  readonly tenant?: string | undefined;
  readonly room?: string | undefined;
  readonly participant?: string | undefined;
  /** `Socket.id`. */
  readonly connection?: number | undefined;
  /** An error, close or event code. */
  readonly code?: string | number | undefined;
  readonly method?: string | undefined;
  /** The pattern, never the path: `/v1/people/{sub}`. */
  readonly route?: string | undefined;
  readonly status?: number | undefined;
  readonly durationMs?: number | undefined;
  readonly count?: number | undefined;
  readonly bytes?: number | undefined;
  readonly host?: string | undefined;
  readonly port?: number | undefined;
  readonly transport?: string | undefined;
  readonly version?: string | undefined;
  readonly signal?: string | undefined;
  /** Ties a log line to the `instance` of a problem. */
  readonly instance?: string | undefined;
  /** Written as name, code, message and frames; anything in the message that looks like a secret is taken out. */
  readonly error?: unknown;
  /** The data folder. */
  readonly folder?: string | undefined;
}

/**
 * `error`: a person must act · `warn`: degraded but serving · `info`: one line per lifecycle change · `debug`: the rest.
 * The sentence is constant; what varies goes into the fields.
 */
export interface Log {
  error(sentence: string, fields?: LogFields): void;
  warn(sentence: string, fields?: LogFields): void;
  info(sentence: string, fields?: LogFields): void;
  debug(sentence: string, fields?: LogFields): void;
  /** Adds the fields to every line. */
  child(fields: LogFields): Log;
}
