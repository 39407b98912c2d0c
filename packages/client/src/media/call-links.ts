import type { MediaWish, RoomClient } from '../types.js';
import type { CaptureSize, LocalTracks, Mesh, MeshOptions } from './mesh-types.js';
import type { CallQuality, LinkQuality, MediaEnvironment, Peer } from './types.js';

export const NO_TRACKS: LocalTracks = Object.freeze({
  microphone: null,
  camera: null,
  screen: null,
  screenSound: null,
});

const NOBODY: readonly Peer[] = Object.freeze([]);
const WISHES = ['live', 'audio', 'video', 'share'] as const;
const TRACKS = ['microphone', 'camera', 'screen', 'screenSound'] as const;

export interface CallLinksOptions {
  readonly room: RoomClient;
  readonly environment: MediaEnvironment;
  readonly createMesh: (options: MeshOptions) => Mesh;
  readonly quality: CallQuality;
  readonly changed: () => void;
}

/** The media session of this tab and the mesh: told what differs from what they were told before. Owns the mesh. */
export class CallLinks {
  readonly #options: CallLinksOptions;
  #mesh: Mesh | null = null;
  #quality: CallQuality;
  #focus: readonly string[] = [];
  #wish: MediaWish | null = null;
  #tracks = NO_TRACKS;

  constructor(options: CallLinksOptions) {
    this.#options = options;
    this.#quality = options.quality;
  }

  get peers(): readonly Peer[] {
    return this.#mesh?.peers ?? NOBODY;
  }

  get ownQuality(): LinkQuality {
    return this.#mesh?.ownQuality ?? null;
  }

  get capture(): CaptureSize | null {
    return this.#mesh?.capture ?? null;
  }

  get quality(): CallQuality {
    return this.#quality;
  }

  /** A media session was asked for. */
  get isWanted(): boolean {
    return this.#wish !== null;
  }

  /** Links can be made at all. */
  get isSupported(): boolean {
    return this.#options.environment.hasPeerConnections;
  }

  /** Makes what *Join* will need. */
  open(): void {
    if (this.#mesh || !this.isSupported) return;
    const { room, environment, createMesh, changed } = this.#options;
    const mesh = createMesh({ room, environment, changed });
    this.#mesh = mesh;
    mesh.setQuality(this.#quality);
    mesh.setFocus(this.#focus);
    mesh.prepare();
  }

  close(): void {
    this.#mesh?.close();
    this.#mesh = null;
    this.#tracks = NO_TRACKS;
  }

  /** @param take takes the session over from another tab, where it is asked for now */
  want(wish: MediaWish | null, take: boolean): void {
    // A session would have the others try to reach it.
    if (!this.isSupported) return;
    const before = this.#wish;
    if (wish === before || (wish && before && WISHES.every((key) => wish[key] === before[key]))) return;
    this.#wish = wish;
    this.#options.room.setMedia(wish && take ? { ...wish, take } : wish);
    if (wish && !before) this.#mesh?.announce();
  }

  send(tracks: LocalTracks): void {
    if (TRACKS.every((key) => tracks[key] === this.#tracks[key])) return;
    this.#tracks = tracks;
    this.#mesh?.setTracks(tracks);
  }

  setQuality(quality: CallQuality): void {
    this.#quality = quality;
    this.#mesh?.setQuality(quality);
  }

  setFocus(sessions: readonly string[]): void {
    this.#focus = sessions;
    this.#mesh?.setFocus(sessions);
  }

  retryPeer(session: string): void {
    this.#mesh?.retryPeer(session);
  }

  levelOf(session: string): number {
    return this.#mesh?.levelOf(session) ?? 0;
  }
}
