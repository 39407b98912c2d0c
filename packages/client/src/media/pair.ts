import type { RtcBody, RtcMessage } from '@lms-live/protocol';
import type { GatherGate } from './gather.js';
import type { View } from './budget.js';
import type { LocalTracks } from './mesh-types.js';
import { LANES, PairConnection, type Lane } from './pair-connection.js';
import type { Encoding } from './pair-sender.js';
import { PairStream } from './pair-stream.js';
import { HELD_UP_MS, Recovery } from './recovery.js';
import { linkStats, qualityOf, sampleOf, type LinkSample } from './stats.js';
import type { LinkQuality, LinkState, LinkStats, MediaEnvironment } from './types.js';

/** Connections that the other side may have made here: one in this time. */
const RENEW_SPACING_MS = 1_000;

/** What goes to one peer. */
export interface Outgoing {
  readonly tracks: LocalTracks;
  readonly encodings: Readonly<Partial<Record<Lane, Encoding>>>;
}

export interface PairOptions {
  readonly environment: MediaEnvironment;
  readonly gate: GatherGate;
  /** Has the higher number: makes the connections and the offers. */
  readonly isOffering: boolean;
  /** Nothing is said before `release`. */
  readonly isHeld: boolean;
  readonly send: (body: RtcBody) => void;
  /** As it is now; `isRelay` asks for TURN alone, where there is any. */
  readonly configuration: (isRelay: boolean) => RTCConfiguration;
  /** The link, its tracks or its figures. */
  readonly changed: () => void;
  /** The other side looks at the camera of this one in another way. */
  readonly viewed: () => void;
}

/** What is known around a link when it is looked at. */
export interface PairPoll {
  /** Both sides can be reached over the room. */
  readonly isSignalling: boolean;
  /** Media packets should be coming. */
  readonly isExpected: boolean;
  /** It is time for new figures. */
  readonly isFull: boolean;
}

const NOTHING: Outgoing = {
  tracks: { microphone: null, camera: null, screen: null, screenSound: null },
  encodings: {},
};

/** The link between two media sessions: made, watched and mended, with as many connections one after the other as it takes. */
export class Pair {
  readonly #options: PairOptions;
  #isOffering: boolean;
  #isHeld: boolean;
  #isRelay = false;
  #isClosed = false;
  #recovery: Recovery;
  #stream: PairStream;
  #connection: PairConnection;
  /** Carries the media until the connection that replaces it does. */
  #previous: PairConnection | null = null;
  #outgoing = NOTHING;
  #view: View = 'small';
  #saidView: View = 'small';
  #peerView: View = 'small';
  #poll: PairPoll = { isSignalling: true, isExpected: false, isFull: false };
  #polledMs: number;
  #renewedMs = -Infinity;
  /** The last media packet, and the last packet of any kind. */
  #heardMs: number;
  #pathMs: number;
  #played = '';
  #sample: LinkSample | null = null;
  #figures: LinkSample | null = null;
  #isAsking = false;
  #stats: LinkStats | null = null;

  constructor(options: PairOptions) {
    this.#options = options;
    this.#isOffering = options.isOffering;
    this.#isHeld = options.isHeld;
    this.#polledMs = this.#heardMs = this.#pathMs = options.environment.monotonicMs();
    this.#recovery = new Recovery(options);
    this.#stream = this.#openStream(1);
    this.#connection = this.#connect();
  }

  get link(): LinkState {
    return this.#recovery.link;
  }

  get stats(): LinkStats | null {
    return this.#stats;
  }

  get quality(): LinkQuality {
    return qualityOf(this.link, this.#stats);
  }

  /** The counters of the last look; null before the first. */
  get sample(): LinkSample | null {
    return this.#figures;
  }

  /** How the camera of this side is looked at over there. */
  get peerView(): View {
    return this.#peerView;
  }

  track(lane: Lane): MediaStreamTrack | null {
    return this.#shown.receiver(lane)?.track ?? null;
  }

  /** 0 to 1, as it is played. */
  get level(): number {
    const [source] = this.#shown.receiver('microphone')?.getSynchronizationSources() ?? [];
    return source?.audioLevel ?? 0;
  }

  /** The numbers of both sessions are known now, and the server knows this one: what was held back may go. */
  release(isOffering = this.#isOffering): void {
    this.#isHeld = false;
    this.#sayView();
    if (isOffering === this.#isOffering) this.#connection.release();
    else {
      this.#isOffering = isOffering;
      this.#recovery = new Recovery({ isOffering });
      this.#reconnect();
      // The number was not as expected, and an offer may have gone by.
      if (!isOffering) this.#rebuild();
    }
  }

  receive(body: RtcBody): void {
    const { epoch } = this.#stream;
    if (body.epoch < epoch) {
      // Whoever makes the offers and has forgotten how many there were learns it from this.
      if (!this.#isOffering) this.#stream.acknowledge();
      return;
    }
    if (body.epoch > epoch) {
      const nowMs = this.#nowMs;
      if (nowMs - this.#renewedMs < RENEW_SPACING_MS) return;
      this.#renew(this.#isOffering ? body.epoch + 1 : body.epoch);
      if (this.#isOffering) return;
    }
    this.#stream.receive(body);
  }

  /** The room can be reached again. */
  online(): void {
    this.#stream.resend();
  }

  /** Other addresses, or other servers: looks for other ways. */
  restart(): void {
    if (this.#isHeld) this.#reconnect();
    else {
      this.#recovery.restarted(this.#nowMs);
      this.#connection.restart(this.#options.configuration(this.#isRelay));
    }
  }

  /**
   * The way that is used may not be used any more: this connection ends now, before there is another. A restart of ICE would not do,
   * since a browser keeps to a way that works.
   */
  replace(): void {
    this.#connection.close();
    this.#previous?.close();
    this.#previous = null;
    if (this.#isHeld) this.#reconnect();
    else if (this.#isOffering) this.#renew(this.#stream.epoch + 1);
    else this.#stream.send({ type: 'rebuild' });
  }

  retry(): void {
    this.#recovery.retry();
    this.#step();
  }

  set(outgoing: Outgoing): void {
    this.#outgoing = outgoing;
    this.#apply(this.#connection);
    if (this.#previous) this.#apply(this.#previous);
  }

  /** How the camera of the other side is looked at here. */
  look(view: View): void {
    this.#view = view;
    this.#sayView();
  }

  poll(poll: PairPoll): void {
    const nowMs = this.#nowMs;
    const isHeldUp = nowMs - this.#polledMs > HELD_UP_MS;
    this.#poll = poll;
    this.#polledMs = nowMs;
    // What came while nobody looked was not counted.
    if (isHeldUp || !poll.isExpected || this.#hasPlayed()) this.#heard();
    const isAskedNow =
      this.#connection.state === 'connected' && (poll.isFull || this.#heardMs !== nowMs) && !this.#isAsking;
    // What the answer says is looked at with the answer.
    if (isAskedNow) void this.#ask(poll.isFull);
    else {
      this.#settlePrevious();
      this.#step();
    }
  }

  close(): void {
    this.#isClosed = true;
    this.#stream.close();
    this.#connection.close();
    this.#previous?.close();
  }

  get #nowMs(): number {
    return this.#options.environment.monotonicMs();
  }

  get #shown(): PairConnection {
    return this.#previous ?? this.#connection;
  }

  #openStream(epoch: number): PairStream {
    const { environment, send } = this.#options;
    return new PairStream({ environment, send, epoch, deliver: (message) => this.#take(message) });
  }

  #connect(): PairConnection {
    const { environment, gate, configuration, changed } = this.#options;
    const connection: PairConnection = new PairConnection({
      environment,
      gate,
      configuration: configuration(this.#isRelay),
      isOffering: this.#isOffering,
      isHeld: this.#isHeld,
      send: (message) => {
        if (connection === this.#connection) this.#stream.send(message);
      },
      opened: () => {
        this.#apply(connection);
        changed();
      },
      changed: () => this.#step(),
    });
    if (this.#isOffering) this.#apply(connection);
    return connection;
  }

  /** The same epoch, for a connection of which nothing was said yet. */
  #reconnect(): void {
    this.#connection.close();
    this.#connection = this.#connect();
  }

  #take(message: RtcMessage): void {
    if (message.type === 'view') {
      this.#peerView = message.camera;
      this.#options.viewed();
    } else if (message.type !== 'rebuild') this.#connection.receive(message);
    else if (this.#isOffering && this.#nowMs - this.#renewedMs >= RENEW_SPACING_MS) this.#rebuild();
  }

  #sayView(): void {
    if (this.#isHeld || this.#view === this.#saidView) return;
    this.#saidView = this.#view;
    this.#stream.send({ type: 'view', camera: this.#view });
  }

  #rebuild(): void {
    if (!this.#isOffering) {
      this.#stream.send({ type: 'rebuild' });
      return;
    }
    // Relayed first, since the straight way did not work; then again whatever works.
    this.#isRelay = !this.#isRelay;
    this.#renew(this.#stream.epoch + 1);
  }

  #renew(epoch: number): void {
    this.#renewedMs = this.#nowMs;
    this.#stream.close();
    this.#stream = this.#openStream(epoch);
    // What was not acknowledged in the old stream is said once more.
    this.#saidView = 'small';
    this.#peerView = 'small';
    this.#sayView();
    if (!this.#previous && this.#connection.state === 'connected') this.#previous = this.#connection;
    else this.#connection.close();
    this.#recovery.rebuilt(this.#nowMs);
    this.#sample = this.#figures = null;
    this.#connection = this.#connect();
    this.#options.changed();
  }

  /** The old connection goes when the new one carries what it should, or when it carries nothing any more itself. */
  #settlePrevious(): void {
    if (!this.#previous) return;
    const isFlowing = !this.#poll.isExpected || (this.#sample?.packets ?? 0) > 0;
    const isReplaced = this.#connection.state === 'connected' && isFlowing;
    if (!isReplaced && this.#previous.state === 'connected') return;
    this.#previous.close();
    this.#previous = null;
    this.#options.changed();
  }

  #apply(connection: PairConnection): void {
    for (const lane of LANES)
      connection.sender(lane)?.set(this.#outgoing.tracks[lane], this.#outgoing.encodings[lane] ?? null);
  }

  #heard(): void {
    this.#heardMs = this.#pathMs = this.#nowMs;
  }

  /** Cheaper than statistics: when each track last gave something to play. */
  #hasPlayed(): boolean {
    const times = (['microphone', 'camera'] as const).map(
      (lane) => this.#connection.receiver(lane)?.getSynchronizationSources()[0]?.timestamp ?? 0,
    );
    const played = times.join();
    const hasPlayed = played !== this.#played;
    this.#played = played;
    return hasPlayed;
  }

  async #ask(isFull: boolean): Promise<void> {
    this.#isAsking = true;
    const connection = this.#connection;
    try {
      const sample = sampleOf(await connection.getStats(), this.#nowMs);
      if (this.#isClosed || connection !== this.#connection) return;
      const before = this.#sample;
      this.#sample = sample;
      if (before && sample.packets > before.packets) this.#heard();
      else if (before && sample.pathBytes > before.pathBytes) this.#pathMs = sample.atMs;
      if (isFull) {
        if (this.#figures) this.#stats = linkStats(sample, this.#figures);
        this.#figures = sample;
        this.#options.changed();
      }
      this.#settlePrevious();
      this.#step();
    } catch {
      // Closed while it was asked.
    } finally {
      this.#isAsking = false;
    }
  }

  #step(): void {
    if (this.#isClosed || this.#isHeld) return;
    const { isSignalling, isExpected } = this.#poll;
    const nowMs = this.#nowMs;
    const { link } = this;
    // Nothing can come yet: the silence begins with the connection.
    if (this.#connection.state !== 'connected') this.#heard();
    const mending = this.#recovery.step({
      nowMs,
      isSignalling,
      state: this.#connection.state,
      isAgreed: this.#connection.isAgreed,
      isBroken: this.#connection.isBroken,
      silentMs: isExpected ? nowMs - this.#heardMs : 0,
      deafMs: isExpected ? nowMs - this.#pathMs : 0,
    });
    if (mending === 'restart') this.#connection.restart(this.#options.configuration(this.#isRelay));
    if (mending === 'rebuild') this.#rebuild();
    if (link !== this.link) this.#options.changed();
  }
}
