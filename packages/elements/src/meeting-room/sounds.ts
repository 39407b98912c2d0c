import type { Peer } from '@lms-live/client/media';
import { streamOf } from './playing.js';

/** Safari, and older Firefox, play through the system's speaker alone. */
type Player = Omit<HTMLAudioElement, 'sinkId' | 'setSinkId'> & Partial<Pick<HTMLAudioElement, 'sinkId' | 'setSinkId'>>;

/** Plays what the others say and what their screens sound like: one player for each, none of them in the page, so that no layout stops one. */
export class Sounds {
  readonly #players = new Map<string, HTMLAudioElement>();
  readonly #changed: () => void;
  #speakerId = '';
  /** The browser wants a click first. */
  isBlocked = false;

  constructor(changed: () => void) {
    this.#changed = changed;
  }

  /** @param speakerId null: the system's */
  update(peers: readonly Peer[], speakerId: string | null): void {
    this.#speakerId = speakerId ?? '';
    const wanted = new Map<string, MediaStreamTrack>();
    for (const { session, microphoneTrack, screenSoundTrack } of peers) {
      if (microphoneTrack) wanted.set(session, microphoneTrack);
      if (screenSoundTrack) wanted.set(`${session} screen`, screenSoundTrack);
    }
    for (const [key, player] of this.#players) {
      if (wanted.has(key)) continue;
      player.srcObject = null;
      this.#players.delete(key);
    }
    for (const [key, track] of wanted) {
      const player = this.#players.get(key) ?? new Audio();
      this.#players.set(key, player);
      this.#aim(player);
      const stream = streamOf(track);
      if (player.srcObject === stream) continue;
      player.srcObject = stream;
      this.#play(player);
    }
    if (this.#players.size === 0) this.isBlocked = false;
  }

  /** In a click, after the browser has refused. */
  unblock(): void {
    this.isBlocked = false;
    for (const player of this.#players.values()) this.#play(player);
    this.#changed();
  }

  #play(player: HTMLAudioElement): void {
    player.play().catch((error: unknown) => {
      if (!(error instanceof DOMException && error.name === 'NotAllowedError') || this.isBlocked) return;
      this.isBlocked = true;
      this.#changed();
    });
  }

  #aim(player: Player): void {
    if (!player.setSinkId || player.sinkId === this.#speakerId) return;
    // One that was pulled out: the system's own is heard.
    player.setSinkId(this.#speakerId).catch(() => undefined);
  }
}
