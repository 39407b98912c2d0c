import type { CallQuality, LinkQuality, MediaEnvironment, Peer } from './types.js';
import type { RoomClient } from '../types.js';

/** What is sent to everyone who may have it; null where nothing is. A muted microphone is a track that is not `enabled`. */
export interface LocalTracks {
  readonly microphone: MediaStreamTrack | null;
  readonly camera: MediaStreamTrack | null;
  readonly screen: MediaStreamTrack | null;
  readonly screenSound: MediaStreamTrack | null;
}

/** How large a camera need be captured at most: the largest that any link of the mesh is sent. */
export interface CaptureSize {
  readonly width: number;
  readonly height: number;
  readonly framesPerSecond: number;
}

export interface MeshOptions {
  /** Its media sessions, its `rtc` signals, its ICE servers and its policy `relayOnly` are what the mesh is made of. */
  readonly room: RoomClient;
  readonly environment: MediaEnvironment;
  /** Peers, or what is known of their links, have changed; the list is a new one where something in it has. */
  readonly changed: () => void;
}

/**
 * Links to every other media session of the room, made and mended: one peer connection for each pair. Of two sessions the one with the
 * higher number makes the connection, its four transceivers (microphone, camera, screen, sound of the screen, in this order) and all offers;
 * the other adopts them in order. Tracks come and go by `replaceTrack`, without negotiation. Nothing is sent to a session that is not live,
 * nor by one; what a peer may not send, or has off, is neither played nor shown.
 */
export interface Mesh {
  readonly peers: readonly Peer[];
  /** The worst of the links; null without any. */
  readonly ownQuality: LinkQuality;
  /**
   * Makes connections before anybody asks: one for each session that is known, with its offer built. Called while this tab has no session yet,
   * so that *Join* is one round trip shorter.
   */
  prepare(): void;
  /**
   * The first wish for a media session was just told by `room.setMedia`: offers may follow it, in the same turn. The server takes frames in
   * order, so it knows the session when they come, and its answer need not be waited for.
   */
  announce(): void;
  /** A recommendation for `getUserMedia` or `applyConstraints`; changes with the number of peers, the network and the machine. */
  readonly capture: CaptureSize;
  setTracks(tracks: LocalTracks): void;
  setQuality(quality: CallQuality): void;
  setFocus(sessions: readonly string[]): void;
  retryPeer(session: string): void;
  /** 0 to 1. */
  levelOf(session: string): number;
  /** Closes every connection. */
  close(): void;
}
