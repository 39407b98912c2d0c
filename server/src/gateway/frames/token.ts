import { ERRORS, type ClientFrame } from '@lms-live/protocol';
import { refreshed } from '../../auth/refreshed.js';
import { AuthError } from '../../auth/types.js';
import { AdmissionError, covers } from '../admission.js';
import { refusedFrame } from '../refusal.js';
import type { Session } from '../session.js';

/** A fresh token: the same person of the same tenant, for the same room, with no more rights. A worse one is refused and the old one goes on until it expires. */
export async function onToken(session: Session, { token }: Extract<ClientFrame, { frame: 'token' }>): Promise<void> {
  const { gateway, token: before } = session;
  try {
    const given = await gateway.authenticator.authenticate(token, { tenant: before.tenant.id });
    const fresh = refreshed(before, given);
    const { live } = session;
    const identity = live ? await gateway.enrolment.of(fresh, live.room.id, live) : fresh;
    if (live && !covers(identity, live)) throw new AuthError('room_not_covered', 'another room');
    session.takeIdentity(fresh, identity);
    session.send(JSON.stringify({ frame: 'token', expiresAt: identity.expiresAt }));
    gateway.ice.renew(session);
  } catch (error) {
    if (!(error instanceof AuthError || error instanceof AdmissionError)) throw error;
    // Nobody could be asked: the old one goes on, and the page asks again.
    if (ERRORS[error.code].retryable && error instanceof AdmissionError) {
      const { code, detail, retryAfterMs } = error;
      session.send(refusedFrame({ code, detail, ...(retryAfterMs !== undefined && { retryAfterMs }) }));
      return;
    }
    session.refuse(error.code, error.detail);
  }
}
