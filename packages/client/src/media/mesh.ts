import type { MediaSession, RtcBody } from '@lms-live/protocol';
import type { RoomState } from '../types.js';
import { shareBudget, STEPS, type Budget, type View } from './budget.js';
import { EncodeStrain } from './budget-strain.js';
import { GatherGate } from './gather.js';
import type { CaptureSize, LocalTracks, Mesh, MeshOptions } from './mesh-types.js';
import { configurationOf, isRelayOnly } from './mesh-configuration.js';
import { MeshMailbox } from './mesh-mailbox.js';
import { newestOf, needsLink } from './mesh-plan.js';
import { Pair } from './pair.js';
import { peerOf, playedOf, sentTo } from './remote-peer.js';
import type { LinkSample } from './stats.js';
import type { CallQuality, LinkQuality, Peer } from './types.js';

/** All links are looked at together. */
const POLL_MS = 500;
/** New figures with each so many looks. */
const POLLS_PER_FIGURES = 4;
/** Between the restarts of two links: not all of them gather at once. */
const STAGGER_MS = 250;

const NO_TRACKS: LocalTracks = Object.freeze({ microphone: null, camera: null, screen: null, screenSound: null });

/** @returns a mesh that follows the room until it is closed */
export function createMesh(options: MeshOptions): Mesh {
  return new RoomMesh(options);
}

class RoomMesh implements Mesh {
  readonly #options: MeshOptions;
  readonly #gate = new GatherGate();
  readonly #mailbox = new MeshMailbox();
  readonly #strain = new EncodeStrain();
  readonly #pairs = new Map<string, Pair>();
  readonly #unlisten: readonly (() => void)[];
  readonly #staggered = new Set<unknown>();
  #sessions: readonly MediaSession[] = [];
  #own: MediaSession | null = null;
  #state: RoomState | null = null;
  /** Connections are made although there is no session yet. */
  #isPreparing = false;
  /** The server was told of this session; its answer may be on the way. */
  #isAnnounced = false;
  #isClosed = false;
  #tracks = NO_TRACKS;
  #quality: CallQuality = 'auto';
  #focus: ReadonlySet<string> = new Set();
  #budget: Budget;
  #samples = new Map<string, LinkSample>();
  #peers: readonly Peer[] = Object.freeze([]);
  #timer: unknown = null;
  #polls = 0;

  constructor(options: MeshOptions) {
    const { room, environment } = options;
    this.#options = options;
    this.#budget = this.#share();
    this.#unlisten = [
      room.subscribe(() => this.#follow()),
      room.on('rtc', ({ session, body }) => this.#receive(session, body)),
      room.on('connection-changed', ({ state }) => this.#connectionChanged(state === 'online')),
      environment.onNetworkChange(() => this.#restartAll()),
    ];
    this.#follow();
  }

  get peers(): readonly Peer[] {
    return this.#peers;
  }

  get ownQuality(): LinkQuality {
    const known = this.#peers.flatMap(({ quality }) => (quality === null ? [] : [quality]));
    return known.length > 0 ? (Math.min(...known) as LinkQuality) : null;
  }

  get capture(): CaptureSize {
    return this.#budget.capture;
  }

  prepare(): void {
    if (this.#isClosed || this.#own) return;
    this.#isPreparing = true;
    this.#follow(true);
  }

  announce(): void {
    if (this.#isClosed || this.#own) return;
    this.prepare();
    this.#isAnnounced = true;
    for (const pair of this.#pairs.values()) pair.release();
  }

  setTracks(tracks: LocalTracks): void {
    this.#tracks = tracks;
    this.#send();
  }

  setQuality(quality: CallQuality): void {
    this.#quality = quality;
    this.#send();
  }

  setFocus(sessions: readonly string[]): void {
    this.#focus = new Set(sessions);
    this.#send();
  }

  retryPeer(session: string): void {
    this.#pairs.get(session)?.retry();
  }

  levelOf(session: string): number {
    return this.#pairs.get(session)?.level ?? 0;
  }

  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    for (const unlisten of this.#unlisten) unlisten();
    this.#closeAll();
    this.#mailbox.clear();
  }

  #connectionChanged(isOnline: boolean): void {
    if (isOnline) {
      for (const pair of this.#pairs.values()) pair.online();
    } else if (this.#isAnnounced && !this.#own) {
      // What was said by a session that this tab never came to know cannot be gone on with: it will have another one.
      this.#closeAll();
      this.#isAnnounced = false;
      this.#follow(true);
    }
  }

  /** Makes the links that the list asks for, and ends those whose session is gone. */
  #follow(isForced = false): void {
    if (this.#isClosed) return;
    const state = this.#options.room.getState();
    const before = this.#state;
    const isSame = before?.media === state.media && before.me === state.me;
    this.#state = state;
    if (before && isRelayOnly(before) !== isRelayOnly(state)) {
      if (isRelayOnly(state)) for (const pair of this.#pairs.values()) pair.replace();
      else this.#restartAll();
    }
    if (isSame && !isForced) return;
    this.#settleOwn(state.media.own, state.media.settled && state.media.why !== null);
    const participant = state.me?.participant;
    const newest = newestOf(state.media.sessions.values());
    this.#sessions = newest.filter((session) => session.participant !== participant);
    const isIn = this.#own ? this.#own.mode !== 'none' : this.#isPreparing;
    for (const [id] of this.#pairs) if (!isIn || !this.#sessions.some(({ session }) => session === id)) this.#end(id);
    if (isIn) for (const session of this.#sessions) this.#ensure(session);
    this.#send();
  }

  #settleOwn(own: MediaSession | null, isRefused: boolean): void {
    const before = this.#own;
    this.#own = own;
    if (own) {
      if (before && before.session !== own.session) this.#closeAll();
      if (!before) for (const [id, pair] of this.#pairs) pair.release(own.number > this.#numberOf(id));
    } else if (before ?? isRefused) this.#closeAll();
    if (own ?? before ?? isRefused) this.#isPreparing = this.#isAnnounced = false;
  }

  #numberOf(id: string): number {
    return this.#options.room.getState().media.sessions.get(id)?.number ?? 0;
  }

  #ensure(session: MediaSession): void {
    if (this.#pairs.has(session.session) || !needsLink(session, this.#own)) return;
    // Whoever comes now may be newer than this tab: who of the two makes the offers shows when the server has answered.
    if (this.#own === null && this.#isAnnounced) return;
    const pair = new Pair({
      environment: this.#options.environment,
      gate: this.#gate,
      isOffering: this.#own === null || this.#own.number > session.number,
      isHeld: this.#own === null,
      send: (body) => void this.#options.room.sendRtc(session.session, body),
      configuration: (isRelay) => configurationOf(this.#options.room.getState(), isRelay),
      changed: () => this.#refresh(),
      viewed: () => this.#send(),
    });
    this.#pairs.set(session.session, pair);
    for (const body of this.#mailbox.take(session.session)) pair.receive(body);
    this.#timer ??= this.#options.environment.setTimer(() => this.#poll(), POLL_MS);
  }

  #receive(session: string, body: RtcBody): void {
    // A state is told in a task of its own; a signal may be faster.
    this.#follow();
    const pair = this.#pairs.get(session);
    if (pair) pair.receive(body);
    else this.#mailbox.put(session, body);
  }

  #end(id: string): void {
    this.#pairs.get(id)?.close();
    this.#pairs.delete(id);
    this.#samples.delete(id);
    if (this.#pairs.size > 0) return;
    this.#stopTimer();
    this.#stopStaggered();
  }

  #closeAll(): void {
    for (const id of [...this.#pairs.keys()]) this.#end(id);
  }

  #stopTimer(): void {
    if (this.#timer !== null) this.#options.environment.clearTimer(this.#timer);
    this.#timer = null;
  }

  #stopStaggered(): void {
    for (const timer of this.#staggered) this.#options.environment.clearTimer(timer);
    this.#staggered.clear();
  }

  #restartAll(): void {
    const { environment } = this.#options;
    this.#stopStaggered();
    [...this.#pairs.values()].forEach((pair, index) => {
      if (index === 0) {
        pair.restart();
        return;
      }
      const timer = environment.setTimer(() => {
        this.#staggered.delete(timer);
        // It may have been ended since.
        if ([...this.#pairs.values()].includes(pair)) pair.restart();
      }, index * STAGGER_MS);
      this.#staggered.add(timer);
    });
  }

  #poll(): void {
    this.#timer = this.#options.environment.setTimer(() => this.#poll(), POLL_MS);
    const state = this.#options.room.getState();
    const isFull = this.#polls % POLLS_PER_FIGURES === 0;
    this.#polls += 1;
    for (const session of this.#sessions) {
      const { microphone, camera } = playedOf(session, this.#own, this.#viewOf(session.session));
      this.#pairs.get(session.session)?.poll({
        isSignalling: state.connection.state === 'online' && session.away !== true,
        // A screen that stands still sends next to nothing.
        isExpected: microphone || camera,
        isFull,
      });
    }
    if (isFull) {
      this.#lookAtWork();
      this.#send();
    }
  }

  /** What encoding has cost since the last look. */
  #lookAtWork(): void {
    let encodeMs = 0;
    let frames = 0;
    for (const [id, pair] of this.#pairs) {
      const { sample } = pair;
      const before = this.#samples.get(id);
      if (!sample) continue;
      this.#samples.set(id, sample);
      if (!before || before === sample) continue;
      encodeMs += Math.max(0, sample.encodeMs - before.encodeMs);
      frames += Math.max(0, sample.framesEncoded - before.framesEncoded);
    }
    const due = [...this.#budget.steps.values()].map((index) => STEPS[index]?.framesPerSecond ?? 0);
    this.#strain.look({ encodeMs, frames, dueFramesPerSecond: due.reduce((sum, each) => sum + each, 0) });
  }

  #share(): Budget {
    const { width, height } = this.#tracks.camera?.getSettings() ?? {};
    const live = this.#sessions.filter((session) => session.live);
    // Also while the camera is off: what it is to capture is known before it is on.
    const links = live.filter(({ mode }) => mode === 'video');
    return shareBudget(
      {
        links: links.map(({ session }) => {
          const pair = this.#pairs.get(session);
          return {
            session,
            view: pair?.peerView ?? 'small',
            isTried: (pair?.sample?.framesEncoded ?? 0) > 0,
            availableBps: pair?.sample?.availableBps ?? null,
          };
        }),
        isLone: links.length <= 1,
        screens: this.#tracks.screen ? live.length : 0,
        quality: this.#quality,
        isSaving: this.#options.environment.isSavingData(),
        strain: this.#strain.degrees,
        camera: width !== undefined && height !== undefined ? { width, height } : null,
      },
      this.#budget,
    );
  }

  /** How this tab looks at the camera of a session. */
  #viewOf(session: string): View {
    return this.#quality === 'audio' ? 'none' : this.#focus.has(session) ? 'large' : 'small';
  }

  /** Gives every link what goes to it, in the size that is left for it. */
  #send(): void {
    if (this.#isClosed) return;
    const before = this.#budget.capture;
    this.#budget = this.#share();
    for (const session of this.#sessions) {
      const camera = this.#budget.cameras.get(session.session);
      const tracks = sentTo(session, this.#own, this.#tracks);
      const pair = this.#pairs.get(session.session);
      pair?.look(this.#viewOf(session.session));
      pair?.set({
        tracks: camera ? tracks : { ...tracks, camera: null },
        encodings: { ...(camera ? { camera } : {}), screen: this.#budget.screen },
      });
    }
    const { width, framesPerSecond } = this.#budget.capture;
    this.#refresh(before.width !== width || before.framesPerSecond !== framesPerSecond);
  }

  #refresh(isChanged = false): void {
    if (this.#isClosed) return;
    const known = new Map(this.#peers.map((peer) => [peer.session, peer]));
    const next = this.#sessions
      .filter(({ live }) => live)
      .map((session) => {
        const peer = peerOf(session, {
          own: this.#own,
          view: this.#viewOf(session.session),
          pair: this.#pairs.get(session.session) ?? null,
        });
        const before = known.get(session.session);
        return before && isSame(before, peer) ? before : Object.freeze(peer);
      });
    const isList = next.length !== this.#peers.length || next.some((peer, index) => peer !== this.#peers[index]);
    if (isList) this.#peers = Object.freeze(next);
    if (isList || isChanged) this.#options.changed();
  }
}

function isSame(one: Peer, other: Peer): boolean {
  return (Object.keys(other) as (keyof Peer)[]).every((key) => one[key] === other[key]);
}
