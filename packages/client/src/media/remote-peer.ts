import type { MediaSession } from '@lms-live/protocol';
import type { View } from './budget.js';
import type { LocalTracks } from './mesh-types.js';
import { LANES, type Lane } from './pair-connection.js';
import type { Pair } from './pair.js';
import type { Peer } from './types.js';

/** What of a session is to be played here: on, allowed, in the class, and for a camera with a place among those with cameras. */
export function playedOf(session: MediaSession, own: MediaSession | null, view: View): Readonly<Record<Lane, boolean>> {
  const isIn = session.live && own?.live === true;
  const share = isIn && session.share && session.may.share;
  return {
    microphone: isIn && session.audio && session.may.audio,
    camera:
      isIn && session.video && session.may.video && session.mode === 'video' && own.mode === 'video' && view !== 'none',
    screen: share,
    screenSound: share,
  };
}

/** What goes to a session of what this tab has. */
export function sentTo(session: MediaSession, own: MediaSession | null, tracks: LocalTracks): LocalTracks {
  if (!session.live) return { microphone: null, camera: null, screen: null, screenSound: null };
  // Before the server has answered: as it most likely will.
  const hasCameras = session.mode === 'video' && (own?.mode ?? 'video') === 'video';
  return hasCameras ? tracks : { ...tracks, camera: null };
}

/** The peer as it is now. What is not to be played is silenced at its source as well, whoever may hold the track. */
export function peerOf(
  session: MediaSession,
  { own, view, pair }: { readonly own: MediaSession | null; readonly view: View; readonly pair: Pair | null },
): Peer {
  const played = playedOf(session, own, view);
  const tracks = Object.fromEntries(
    LANES.map((lane) => {
      const track = pair?.track(lane) ?? null;
      if (track) track.enabled = played[lane];
      return [`${lane}Track`, played[lane] ? track : null];
    }),
  ) as unknown as Pick<Peer, `${Lane}Track`>;
  const { audio, video, share, may, mode } = session;
  return {
    session: session.session,
    participant: session.participant,
    mode,
    // Two who may only look and listen have nothing to say to each other.
    link: pair?.link ?? 'connected',
    quality: pair?.quality ?? null,
    stats: pair?.stats ?? null,
    audio: audio && may.audio,
    video: video && may.video && mode === 'video',
    share: share && may.share,
    ...tracks,
  };
}
