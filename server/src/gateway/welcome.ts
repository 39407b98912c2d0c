import { isStaff, LIMITS } from '@lms-live/protocol';
import { seesLobby, type LiveRoom } from '../rooms/live-room.js';
import type { Feeds } from './feed.js';
import type { Session } from './session.js';

/** The limits that a page has to know beforehand. */
const TOLD_LIMITS = {
  maxFrameBytes: LIMITS.maxFrameBytes,
  maxMessageChars: LIMITS.maxMessageChars,
  maxQuestionChars: LIMITS.maxQuestionChars,
  maxUnacked: LIMITS.maxUnacked,
} as const;

/** Tells an admitted connection who it is and where the logs stand, and shows it who is present. */
export function welcome(session: Session, live: LiveRoom, feeds: Feeds): void {
  const { gateway, socket, participant, actor, identity } = session;
  const { room } = live;
  socket.send(
    JSON.stringify({
      frame: 'welcome',
      participant,
      tenant: room.tenant,
      role: actor.role,
      grants: [...actor.grants],
      room: { id: room.id, kind: room.rules.all.room.kind },
      positions: feeds.heads(actor),
      serverTime: gateway.now(),
      expiresAt: identity.expiresAt,
      ice: gateway.ice.start(session),
      limits: TOLD_LIMITS,
    }),
  );
  socket.subscribe(live.topics.now);
  socket.send(live.presence.full());
  gateway.checkRelay(session, live);
  socket.send(live.media.frame());
  if (seesLobby(session)) socket.send(live.lobby.frame());
  if (isStaff(actor.grants)) session.showRoster(live);
}
