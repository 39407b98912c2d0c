import { ERRORS } from '@lms-live/protocol';
import { AuthError } from '../auth/types.js';
import { StoreUnavailable } from '../storage/types.js';
import { AdmissionError } from './admission.js';
import { closeWith } from './close.js';
import { refusedFrame } from './refusal.js';
import type { Session } from './session.js';

/** Ends a connection by what has failed, and says why. */
export function endBy(session: Session, error: unknown): void {
  const { socket, gateway } = session;
  if (error instanceof AdmissionError || error instanceof AuthError) {
    session.refuse(error.code, error.detail, error instanceof AdmissionError ? error.retryAfterMs : undefined);
    // Whoever is not let in is sent away, also by a code that ends no conversation: else their page would wait for an answer.
    const { close, retryable } = ERRORS[error.code];
    if (close === undefined) closeWith(socket, retryable ? 4003 : 4501, error.code);
    return;
  }
  if (error instanceof StoreUnavailable) {
    socket.send(refusedFrame({ code: 'store_unavailable', retryAfterMs: 1_000 }));
    closeWith(socket, 4003, 'store_unavailable');
    return;
  }
  gateway.onError(error);
  socket.send(refusedFrame({ code: 'internal' }));
  closeWith(socket, 4003, 'internal');
}
