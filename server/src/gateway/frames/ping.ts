import type { Session } from '../session.js';

/** The answer carries the head of this person's own log, which no shared ping can. */
export function onPing(session: Session): void {
  const { admitted } = session;
  const heads = admitted ? [{ log: 'me', position: admitted.live.room.head('me', session.participant) }] : [];
  session.send(JSON.stringify({ frame: 'pong', serverTime: session.gateway.now(), heads }));
}
