import type { ClientFrame } from '@lms-live/protocol';
import { refusedFrame } from '../refusal.js';
import type { Session } from '../session.js';

/** What a tab wants of its media session. Answered by `session` in any case, so that no page asks for ever. */
export function onMedia(session: Session, frame: Extract<ClientFrame, { frame: 'media' }>): void {
  const { admitted } = session;
  if (!admitted) {
    // Nobody who waits at the door is in the call, nor warmed.
    session.send(refusedFrame({ code: 'room_not_started' }));
    return;
  }
  const refused = admitted.live.media.wish(session, frame);
  if (refused) session.refuse(refused.code, refused.detail);
}
