import { selectName, type RoomState } from '@lms-live/client';
import type { CallState, LinkQuality, LinkState } from '@lms-live/client/media';
import type { Role } from '@lms-live/protocol';
import { roleOf } from '../internal/people-of.js';

/** One picture on the stage: somebody, or a screen that somebody shares. */
export interface Tile {
  /** Stays the same as long as it is the same picture. */
  readonly key: string;
  readonly kind: 'camera' | 'screen';
  readonly isOwn: boolean;
  /** null for one's own. */
  readonly session: string | null;
  readonly participant: string;
  /** null where it is not known. */
  readonly name: string | null;
  readonly picture: string | null;
  readonly role: Role;
  /** null: nothing to be seen, only who it is. */
  readonly track: MediaStreamTrack | null;
  readonly isHeard: boolean;
  /** In the queue of raised hands, from 1; null: not up. */
  readonly handPlace: number | null;
  /** null for one's own. */
  readonly link: LinkState | null;
  readonly quality: LinkQuality;
}

export const OWN_KEY = 'own';

/** What stands on the stage: the others in the order in which they came, each with a screen where there is one, and oneself last. */
export function listTiles(state: RoomState, call: CallState): Tile[] {
  const me = state.me?.participant ?? '';
  const about = (participant: string): Pick<Tile, 'participant' | 'name' | 'picture' | 'role' | 'handPlace'> => {
    const place = state.views.all.hands.findIndex((hand) => hand.participant === participant) + 1;
    return {
      participant,
      name: selectName(state, participant),
      picture: state.views.all.people.get(participant)?.picture ?? null,
      role: state.presence.people.get(participant)?.role ?? roleOf(state, participant),
      handPlace: place === 0 ? null : place,
    };
  };
  const tiles: Tile[] = [];
  for (const peer of call.peers) {
    const { session, participant, link, quality } = peer;
    // Somebody on the pre-join is connected already, and not in the class.
    if (participant === me || state.media.sessions.get(session)?.live === false) continue;
    const shared = { session, isOwn: false, link, quality, isHeard: peer.audio, ...about(participant) } as const;
    if (peer.share && peer.screenTrack)
      tiles.push({ ...shared, key: `${session} screen`, kind: 'screen', track: peer.screenTrack });
    tiles.push({ ...shared, key: session, kind: 'camera', track: peer.video ? peer.cameraTrack : null });
  }
  if (call.may.audio || call.may.video || call.camera.track)
    tiles.push({
      key: OWN_KEY,
      kind: 'camera',
      isOwn: true,
      session: null,
      link: null,
      quality: call.ownQuality,
      track: call.camera.phase === 'on' ? call.camera.track : null,
      isHeard: call.microphone.isHeard,
      ...about(me),
    });
  return tiles;
}
