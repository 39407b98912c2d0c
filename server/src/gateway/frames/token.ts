import type { ClientFrame } from '@lms-live/protocol';
import { AuthError } from '../../auth/types.js';
import { AdmissionError, roomOf } from '../admission.js';
import type { Session } from '../session.js';

/** A fresh token: the same person of the same tenant, for the same room. A worse one is refused and the old one goes on until it expires. */
export async function onToken(session: Session, { token }: Extract<ClientFrame, { frame: 'token' }>): Promise<void> {
  const before = session.identity;
  try {
    const identity = await session.gateway.authenticator.authenticate(token, { tenant: before.tenant.id });
    if (identity.tenant.id !== before.tenant.id || identity.sub !== before.sub)
      throw new AuthError('token_person_changed', 'another person');
    const room = session.admitted?.live.room;
    const covered =
      room === undefined || roomOf(identity, room.id).how !== 'none' || room.rules.all.room.visibility === 'public';
    if (!covered) throw new AuthError('room_not_covered', 'another room');
    session.takeIdentity(identity);
    session.send(JSON.stringify({ frame: 'token', expiresAt: identity.expiresAt }));
    session.gateway.ice.renew(session);
  } catch (error) {
    if (!(error instanceof AuthError || error instanceof AdmissionError)) throw error;
    session.refuse(error.code, error.detail);
  }
}
