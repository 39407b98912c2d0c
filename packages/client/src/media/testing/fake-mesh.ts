import type { LocalTracks, Mesh, MeshOptions } from '../mesh-types.js';
import type { Peer } from '../types.js';

/** A mesh that connects nobody, and keeps what it was told. */
export class FakeMesh implements Mesh {
  peers: readonly Peer[] = [];
  ownQuality = null;
  capture = { width: 1_280, height: 720, framesPerSecond: 30 };
  tracks: LocalTracks | null = null;
  isClosed = false;
  /** What it was told, in order. */
  readonly told: string[] = [];

  constructor(readonly options: MeshOptions) {
    // As the real one may: it finds the sessions that are there.
    options.changed();
  }

  prepare = (): void => {
    this.told.push('prepare');
    this.options.changed();
  };
  announce = (): void => void this.told.push('announce');
  setTracks = (tracks: LocalTracks): void => {
    this.told.push('setTracks');
    this.tracks = tracks;
  };
  setQuality = (quality: string): void => void this.told.push(`quality ${quality}`);
  setFocus = (sessions: readonly string[]): void => void this.told.push(`focus ${sessions.join(' ')}`);
  retryPeer = (session: string): void => void this.told.push(`retry ${session}`);
  levelOf = (): number => 0.5;
  close = (): void => {
    this.isClosed = true;
  };
}
