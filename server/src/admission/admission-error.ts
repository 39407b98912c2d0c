import type { ErrorCode } from '@lms-live/protocol';

/** Admission was refused; the code says why, to people too. */
export class AdmissionError extends Error {
  override readonly name = 'AdmissionError';
  constructor(
    readonly code: ErrorCode,
    readonly detail: Readonly<Record<string, unknown>> = {},
    readonly retryAfterMs?: number,
  ) {
    super(code);
  }
}
