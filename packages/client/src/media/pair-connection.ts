import type { RtcMessage } from '@lms-live/protocol';
import type { GatherGate } from './gather.js';
import { PairSender } from './pair-sender.js';
import type { MediaEnvironment } from './types.js';

/** What is sent on a link, in the order of its transceivers. */
export const LANES = ['microphone', 'camera', 'screen', 'screenSound'] as const;
/** A transceiver of a link, each way. */
export type Lane = (typeof LANES)[number];

const KINDS: Readonly<Record<Lane, 'audio' | 'video'>> = {
  microphone: 'audio',
  camera: 'video',
  screen: 'video',
  screenSound: 'audio',
};

type Described = Extract<RtcMessage, { sdp: string }>;

export interface PairConnectionOptions {
  readonly environment: Pick<MediaEnvironment, 'createPeerConnection' | 'createStream'>;
  readonly configuration: RTCConfiguration;
  readonly gate: GatherGate;
  /** Makes the transceivers and all offers; otherwise answers. */
  readonly isOffering: boolean;
  /** The first offer is made, and waits for `release`. */
  readonly isHeld: boolean;
  readonly send: (message: RtcMessage) => void;
  /** The transceivers of the other side are there: tracks may be set. Called before the answer is made. */
  readonly opened: () => void;
  readonly changed: () => void;
}

/** One `RTCPeerConnection` and its negotiations: one in flight, made by one side only (JSEP RFC 9429; trickle ICE RFC 8838). */
export class PairConnection {
  readonly #options: PairConnectionOptions;
  readonly #pc: RTCPeerConnection;
  readonly #leaveGate: () => void;
  #transceivers: readonly RTCRtpTransceiver[] = [];
  #senders: readonly PairSender[] = [];
  /** Descriptions and candidates are taken in one after the other. */
  #queue = Promise.resolve();
  #negotiation = 0;
  #isAwaitingAnswer = false;
  /** This side's description of the negotiation has been sent; the candidates before are part of it. */
  #isTold = false;
  #isHeld: boolean;
  #isAgreed = false;
  #isBroken = false;
  #isClosed = false;
  /** The network has changed since the offer was made. */
  #isRestartDue = false;

  constructor(options: PairConnectionOptions) {
    const { environment, configuration, isOffering } = options;
    this.#options = options;
    this.#isHeld = options.isHeld;
    this.#pc = environment.createPeerConnection(configuration);
    this.#pc.onicecandidate = ({ candidate }) => this.#found(candidate);
    this.#pc.onicegatheringstatechange = () => {
      if (this.#pc.iceGatheringState === 'complete') this.#leaveGate();
    };
    this.#pc.onconnectionstatechange = () => options.changed();
    if (isOffering) {
      const streams = this.#streams();
      for (const lane of LANES)
        this.#pc.addTransceiver(KINDS[lane], { direction: 'sendrecv', streams: [streams[lane]] });
      this.#open();
    }
    this.#leaveGate = isOffering ? options.gate.enter(() => this.#offer()) : () => undefined;
  }

  get state(): RTCPeerConnectionState {
    return this.#pc.connectionState;
  }

  /** Offer and answer have been exchanged once. */
  get isAgreed(): boolean {
    return this.#isAgreed;
  }

  /** A description was refused, or the browser has closed it: nothing will come of this connection. */
  get isBroken(): boolean {
    return this.#isBroken || this.#pc.connectionState === 'closed';
  }

  receiver(lane: Lane): RTCRtpReceiver | null {
    return this.#transceivers[LANES.indexOf(lane)]?.receiver ?? null;
  }

  sender(lane: Lane): PairSender | null {
    return this.#senders[LANES.indexOf(lane)] ?? null;
  }

  getStats(): Promise<RTCStatsReport> {
    return this.#pc.getStats();
  }

  /** The first offer may go. */
  release(): void {
    if (!this.#isHeld) return;
    this.#isHeld = false;
    if (this.#pc.localDescription) this.#tell('offer');
  }

  receive(message: RtcMessage): void {
    const { isOffering } = this.#options;
    switch (message.type) {
      case 'offer':
        if (!isOffering) this.#do(() => this.#answer(message));
        return;
      case 'answer':
        if (isOffering) this.#do(() => this.#accept(message));
        return;
      case 'candidate':
        this.#do(() => this.#add(message));
        return;
      case 'restart':
        // Whoever asks while an offer is on the way to them has yet to answer it, with all the addresses that they have then.
        if (isOffering && !this.#isAwaitingAnswer) this.restart();
        return;
      default:
    }
  }

  /** Looks for other ways to the same peer, by the same connection (WebRTC §4.4.2 `restartIce`). */
  restart(configuration?: RTCConfiguration): void {
    if (this.#isClosed) return;
    if (configuration) this.#configure(configuration);
    if (!this.#options.isOffering) this.#options.send({ type: 'restart' });
    else if (this.#isAwaitingAnswer) this.#isRestartDue = true;
    else if (this.#negotiation > 0) {
      this.#pc.restartIce();
      this.#offer();
    }
  }

  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#pc.onicecandidate = null;
    this.#pc.onicegatheringstatechange = null;
    this.#pc.onconnectionstatechange = null;
    this.#leaveGate();
    this.#pc.close();
  }

  #streams(): Readonly<Record<Lane, MediaStream>> {
    const { createStream } = this.#options.environment;
    // Sound and picture of one stream are played in step (Media Capture §4.2).
    const person = createStream([]);
    const screen = createStream([]);
    return { microphone: person, camera: person, screen, screenSound: screen };
  }

  #open(): void {
    this.#transceivers = this.#pc.getTransceivers().slice(0, LANES.length);
    this.#senders = this.#transceivers.map(({ sender }) => new PairSender(sender));
  }

  #offer(): void {
    this.#negotiation += 1;
    this.#isAwaitingAnswer = true;
    this.#isTold = false;
    this.#do(async () => {
      await this.#pc.setLocalDescription();
      if (!this.#isHeld && !this.#isTold) this.#tell('offer');
    });
  }

  async #accept(message: Described): Promise<void> {
    if (message.negotiation !== this.#negotiation || !this.#isAwaitingAnswer) return;
    await this.#pc.setRemoteDescription({ type: 'answer', sdp: message.sdp });
    this.#isAwaitingAnswer = false;
    this.#agreed();
    this.#leaveGate();
    if (!this.#isRestartDue) return;
    this.#isRestartDue = false;
    this.restart();
  }

  async #answer({ negotiation, sdp }: Described): Promise<void> {
    if (negotiation <= this.#negotiation) return;
    this.#negotiation = negotiation;
    this.#isTold = false;
    await this.#pc.setRemoteDescription({ type: 'offer', sdp });
    if (this.#hasClosed()) return;
    if (this.#senders.length === 0) this.#adopt();
    await this.#pc.setLocalDescription();
    this.#tell('answer');
    this.#agreed();
  }

  #adopt(): void {
    const transceivers = this.#pc.getTransceivers();
    const fits = LANES.every((lane, index) => transceivers[index]?.receiver.track.kind === KINDS[lane]);
    if (!fits) throw new TypeError('Not the four transceivers of a link');
    const streams = this.#streams();
    LANES.forEach((lane, index) => {
      const transceiver = transceivers[index];
      if (!transceiver) return;
      transceiver.direction = 'sendrecv';
      // Absent in Firefox before 113 and in Node.
      (transceiver.sender as Partial<RTCRtpSender>).setStreams?.call(transceiver.sender, streams[lane]);
    });
    this.#open();
    this.#options.opened();
  }

  async #add({ negotiation, candidate }: Extract<RtcMessage, { type: 'candidate' }>): Promise<void> {
    // A candidate follows its description: what is of another negotiation is late.
    if (negotiation !== this.#negotiation || !this.#pc.remoteDescription) return;
    // One that cannot be used, or an end that a browser does not take, harms nothing.
    await this.#pc.addIceCandidate(candidate as RTCIceCandidateInit | null).catch(() => undefined);
  }

  #found(candidate: RTCIceCandidate | null): void {
    if (!this.#isTold) return;
    // Firefox ends a generation with an empty candidate, and all of them with null, as everyone does.
    if (candidate?.candidate === '') return;
    this.#options.send({
      type: 'candidate',
      negotiation: this.#negotiation,
      candidate: candidate && {
        candidate: candidate.candidate,
        sdpMid: candidate.sdpMid,
        sdpMLineIndex: candidate.sdpMLineIndex,
        usernameFragment: candidate.usernameFragment,
      },
    });
  }

  #tell(type: 'offer' | 'answer'): void {
    if (this.#hasClosed()) return;
    this.#isTold = true;
    // With the candidates that have been found until now.
    this.#options.send({ type, negotiation: this.#negotiation, sdp: this.#pc.localDescription?.sdp ?? '' });
    if (this.#pc.iceGatheringState === 'complete') this.#found(null);
  }

  #agreed(): void {
    this.#isAgreed = true;
    this.#options.changed();
  }

  #configure(configuration: RTCConfiguration): void {
    try {
      this.#pc.setConfiguration(configuration);
    } catch {
      // Servers that the browser does not understand: it keeps the ones that it has.
    }
  }

  #do(step: () => Promise<void>): void {
    this.#queue = this.#queue.then(async () => {
      if (this.#isClosed) return;
      try {
        await step();
      } catch {
        if (this.#hasClosed()) return;
        this.#isBroken = true;
        this.#options.changed();
      }
    });
  }

  /** Asked anew after each wait. */
  #hasClosed(): boolean {
    return this.#isClosed;
  }
}
