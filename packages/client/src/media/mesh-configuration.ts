import type { RoomState } from '../types.js';

/** Media goes through TURN only in this class, so that nobody learns the address of another. */
export function isRelayOnly({ views }: RoomState): boolean {
  return views.all.room.policy.relayOnly;
}

/**
 * What a connection of this class is made with (WebRTC §4.2.1), right now: credentials of TURN servers are renewed.
 * @param isRelay through TURN alone, where there is any
 */
export function configurationOf(state: RoomState, isRelay: boolean): RTCConfiguration {
  const hasTurn = state.ice.some(({ urls }) => [urls].flat().some((url) => /^turns?:/iu.test(url)));
  return {
    // The same but for keys that are absent here and may be undefined there.
    iceServers: state.ice as RTCIceServer[],
    iceTransportPolicy: isRelayOnly(state) || (isRelay && hasTurn) ? 'relay' : 'all',
    // One way for everything: four tracks need no four sets of candidates.
    bundlePolicy: 'max-bundle',
  };
}
