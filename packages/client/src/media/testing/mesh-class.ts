import { createMesh } from '../mesh.js';
import type { LocalTracks, Mesh } from '../mesh-types.js';
import { MeshRoom, type MeshClient, type MeshRoomOptions } from './mesh-room.js';
import { NodeWebRtc } from './node-webrtc.js';

const LOOK_MS = 20;

/** One tab of a class under test. */
export interface MeshTab {
  readonly client: MeshClient;
  readonly mesh: Mesh;
  readonly webRtc: NodeWebRtc;
  readonly environment: ReturnType<NodeWebRtc['environment']>;
}

/** A class of real connections in one process, over frames whose fate a test decides. */
export class MeshClass {
  readonly room: MeshRoom;
  readonly #tabs: MeshTab[] = [];

  constructor(options: MeshRoomOptions = {}) {
    this.room = new MeshRoom(options);
  }

  get tabs(): readonly MeshTab[] {
    return this.#tabs;
  }

  /** Loads the page: a room, and a mesh that asks for nothing yet. */
  open(person: string): MeshTab {
    const webRtc = new NodeWebRtc();
    const client = this.room.connect(person);
    const environment = webRtc.environment();
    const mesh = createMesh({ room: client.asRoom, environment, changed: () => undefined });
    const tab = { client, mesh, webRtc, environment };
    this.#tabs.push(tab);
    return tab;
  }

  /** As a call does: the wish, the tracks and the offers in one turn. */
  join(tab: MeshTab, tracks: Partial<LocalTracks> = {}): void {
    const sent = { microphone: tab.webRtc.microphone(), camera: null, screen: null, screenSound: null, ...tracks };
    tab.client.setMedia({ live: true, audio: true, video: sent.camera !== null, share: sent.screen !== null });
    tab.mesh.setTracks(sent);
    tab.mesh.announce();
  }

  /** Warmed: connected, on the pre-join. */
  warm(tab: MeshTab): void {
    tab.client.setMedia({ live: false, audio: false, video: false, share: false });
    tab.mesh.announce();
  }

  async enter(...people: string[]): Promise<readonly MeshTab[]> {
    const tabs = people.map((person) => this.open(person));
    for (const tab of tabs) this.join(tab);
    await this.full();
    return tabs;
  }

  leave(tab: MeshTab): void {
    tab.mesh.close();
    tab.client.setMedia(null);
    tab.webRtc.close();
    this.#tabs.splice(this.#tabs.indexOf(tab), 1);
  }

  /**
   * Waits until everybody is linked with everybody and hears them.
   * @returns milliseconds that it took
   * @throws {Error} with what is missing
   */
  async full(withinMs = 8_000): Promise<number> {
    const startMs = performance.now();
    for (;;) {
      const missing = await this.#missing();
      const tookMs = performance.now() - startMs;
      if (missing.length === 0) return tookMs;
      if (tookMs > withinMs) throw new Error(`No full mesh after ${withinMs} ms: ${missing.join(', ')}`);
      await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
    }
  }

  /** Ends everything. @returns what was left behind */
  end(): { readonly connections: number; readonly timers: number } {
    for (const { mesh, webRtc } of this.#tabs) {
      mesh.close();
      webRtc.close();
    }
    this.room.close();
    const count = (key: 'open' | 'timers'): number => this.#tabs.reduce((sum, { webRtc }) => sum + webRtc[key], 0);
    return { connections: count('open'), timers: count('timers') };
  }

  async #missing(): Promise<string[]> {
    const missing: string[] = [];
    for (const { client, mesh, webRtc } of this.#tabs) {
      const { peers } = mesh;
      if (peers.length < this.#tabs.length - 1) missing.push(`${client.person} knows ${peers.length}`);
      for (const { participant, link, microphoneTrack } of peers)
        if (link !== 'connected' || !microphoneTrack) missing.push(`${client.person}-${participant} ${link}`);
      if (missing.length > 0) continue;
      const heard = await webRtc.heard();
      if (heard < peers.length) missing.push(`${client.person} hears ${heard}`);
    }
    return missing;
  }
}
