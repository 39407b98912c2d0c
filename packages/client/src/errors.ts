import { CLIENT_ERRORS } from '@lms-live/protocol';
import type { LmsErrorDetail } from './types.js';

/** A coded failure: of the world, never of a wrong call (that is a `TypeError`). */
export class LmsError extends Error implements LmsErrorDetail {
  override readonly name = 'LmsError';
  readonly code: string;
  readonly retryable: boolean;
  readonly help: string;
  declare readonly retryAfterMs?: number;
  declare readonly detail?: Readonly<Record<string, unknown>>;

  constructor({ message, ...fields }: LmsErrorDetail, options?: ErrorOptions) {
    super(message, options);
    this.code = fields.code;
    this.retryable = fields.retryable;
    this.help = fields.help;
    Object.assign(this, fields);
  }
}

/** The plain fields of a failure, whatever was thrown. */
export function toErrorDetail(error: unknown): LmsErrorDetail {
  if (error instanceof LmsError) {
    const { code, message, retryable, help, retryAfterMs, detail } = error;
    return {
      code,
      message,
      retryable,
      help,
      ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
      ...(detail === undefined ? {} : { detail }),
    };
  }
  const message = error instanceof Error ? error.message : String(error);
  return { code: 'internal', message, retryable: false, help: 'This is not a failure that LMS Live knows.' };
}

export type ClientErrorCode = keyof typeof CLIENT_ERRORS;

/** A failure that the client tells by itself, with its sentences from the protocol. */
export function clientError(code: ClientErrorCode, detail?: Readonly<Record<string, unknown>>): LmsErrorDetail {
  const { message, help, retryable } = CLIENT_ERRORS[code];
  return { code, message, help, retryable, ...(detail === undefined ? {} : { detail }) };
}

/** What a server says when it refuses: in a `refused` frame, or as `application/problem+json`. */
export function refusalDetail(refusal: {
  readonly code: string;
  readonly message: string;
  readonly retryable: boolean;
  readonly help?: string | undefined;
  readonly retryAfterMs?: number | undefined;
  readonly detail?: Readonly<Record<string, unknown>> | undefined;
}): LmsErrorDetail {
  const { code, message, retryable, help, retryAfterMs, detail } = refusal;
  return {
    code,
    message,
    retryable,
    help: help ?? '',
    ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
    ...(detail === undefined ? {} : { detail }),
  };
}
