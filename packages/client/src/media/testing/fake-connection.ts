import type { MediaEnvironment } from '../types.js';
import { FakeClock } from '../../testing/fake-clock.js';

/** A connection that does what a test says: negotiates without a network, and connects when it is told to. */
export class FakeConnection {
  readonly configurations: RTCConfiguration[];
  readonly transceivers: ReturnType<typeof fakeTransceiver>[] = [];
  readonly candidates: unknown[] = [];
  localDescription: RTCSessionDescriptionInit | null = null;
  remoteDescription: RTCSessionDescriptionInit | null = null;
  connectionState: RTCPeerConnectionState = 'new';
  iceGatheringState = 'new';
  restarts = 0;
  /** Media packets that have come in, and bytes of any kind. */
  packets = 0;
  bytes = 0;
  onicecandidate: unknown = null;
  onicegatheringstatechange: unknown = null;
  onconnectionstatechange: (() => void) | null = null;

  constructor(configuration: RTCConfiguration) {
    this.configurations = [configuration];
  }

  addTransceiver(kind: string): void {
    this.transceivers.push(fakeTransceiver(kind, 'sendrecv'));
  }

  getTransceivers(): unknown[] {
    return this.transceivers;
  }

  setConfiguration(configuration: RTCConfiguration): void {
    this.configurations.push(configuration);
  }

  restartIce(): void {
    this.restarts += 1;
  }

  async setLocalDescription(): Promise<void> {
    const isAnswer = this.remoteDescription?.type === 'offer';
    this.localDescription = { type: isAnswer ? 'answer' : 'offer', sdp: 'sdp' };
  }

  async setRemoteDescription(description: RTCSessionDescriptionInit): Promise<void> {
    if (description.sdp === 'broken') throw new TypeError('Not a description');
    this.remoteDescription = description;
    if (this.transceivers.length > 0) return;
    for (const kind of ['audio', 'video', 'video', 'audio']) this.transceivers.push(fakeTransceiver(kind, 'recvonly'));
  }

  async addIceCandidate(candidate: unknown): Promise<void> {
    this.candidates.push(candidate);
  }

  async getStats(): Promise<unknown> {
    return new Map([
      ['P', { id: 'P', type: 'candidate-pair', state: 'succeeded', nominated: true, bytesReceived: this.bytes }],
      ['A', { id: 'A', type: 'inbound-rtp', kind: 'audio', packetsReceived: this.packets }],
    ]);
  }

  become(state: RTCPeerConnectionState): void {
    this.connectionState = state;
    this.onconnectionstatechange?.();
  }

  close(): void {
    this.connectionState = 'closed';
  }
}

/** Fake connections under a fake clock. */
export class FakeMedia {
  readonly clock = new FakeClock();
  readonly connections: FakeConnection[] = [];

  get open(): number {
    return this.connections.filter(({ connectionState }) => connectionState !== 'closed').length;
  }

  environment(): MediaEnvironment {
    const { setTimer, clearTimer, monotonicMs } = this.clock;
    const parts: Partial<MediaEnvironment> = {
      hasPeerConnections: true,
      createPeerConnection: (configuration) => {
        const connection = new FakeConnection(configuration);
        this.connections.push(connection);
        return connection as unknown as RTCPeerConnection;
      },
      createStream: () => ({}) as MediaStream,
      setTimer,
      clearTimer,
      monotonicMs,
    };
    return parts as MediaEnvironment;
  }
}

function fakeTransceiver(
  kind: string,
  direction: string,
): {
  direction: string;
  sender: { track: unknown; replaceTrack: (track: unknown) => Promise<void>; parameters: RTCRtpEncodingParameters };
  receiver: { track: { kind: string; enabled: boolean }; getSynchronizationSources: () => unknown[] };
} {
  const parameters: RTCRtpEncodingParameters = {};
  const sender = {
    track: null as unknown,
    parameters,
    replaceTrack: async (track: unknown) => void (sender.track = track),
    getParameters: () => ({ encodings: [{ ...parameters }] }),
    setParameters: async ({ encodings }: { encodings: RTCRtpEncodingParameters[] }) =>
      void Object.assign(parameters, encodings[0]),
  };
  return { direction, sender, receiver: { track: { kind, enabled: true }, getSynchronizationSources: () => [] } };
}
