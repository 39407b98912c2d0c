import wrtc from '@roamhq/wrtc';
import type { MediaEnvironment } from '../types.js';

const SAMPLE_RATE = 48_000;
/** What one call of the sound source takes. */
const CHUNK_MS = 10;
const CHUNK_FRAMES = (SAMPLE_RATE * CHUNK_MS) / 1_000;
const AMPLITUDE = 4_000;

type DescribeLocally = (description: RTCSessionDescriptionInit) => Promise<void>;

/**
 * Never collected: in @roamhq/wrtc 0.10.0 a receiver that is collected after its track frees it once more, and the process dies
 * (`napi_reference_unref` in `~RTCRtpReceiver`).
 */
const KEPT = new Set<unknown>();

/** Real WebRTC in Node, counted: nothing may be open in the end. */
export class NodeWebRtc {
  readonly #open = new Set<RTCPeerConnection>();
  readonly #timers = new Set<unknown>();
  readonly #stops: (() => void)[] = [];
  readonly #configurations: RTCConfiguration[] = [];

  /** Connections that were not closed. */
  get open(): number {
    return this.#open.size;
  }

  /** Connections that were ever made. */
  get made(): number {
    return this.#configurations.length;
  }

  /** Connections end without a word to whoever made them, as after a crash inside the browser. */
  crash(): void {
    for (const connection of this.#open) connection.close();
  }

  /** With what each was made. */
  get configurations(): readonly RTCConfiguration[] {
    return this.#configurations;
  }

  /** Of the descriptions of this side, one for each open connection: another one after a restart (RFC 8839 §5.4). */
  get userFragments(): readonly string[] {
    return [...this.#open].map(
      ({ localDescription }) => /^a=ice-ufrag:(.*)$/mu.exec(localDescription?.sdp ?? '')?.[1] ?? '',
    );
  }

  get timers(): number {
    return this.#timers.size;
  }

  /** Connections on which a microphone is heard. */
  async heard(): Promise<number> {
    const counts = await Promise.all(
      [...this.#open].map(async (connection) => {
        let packets = 0;
        const report = await connection.getStats();
        report.forEach((entry: { type: string; kind?: string; packetsReceived?: number }) => {
          if (entry.type === 'inbound-rtp' && entry.kind === 'audio') packets += entry.packetsReceived ?? 0;
        });
        return packets;
      }),
    );
    return counts.filter((packets) => packets > 0).length;
  }

  environment(): MediaEnvironment & { changeNetwork(): void } {
    const listeners = new Set<() => void>();
    return {
      hasPeerConnections: true,
      createPeerConnection: (configuration) => this.#create(configuration),
      devices: null,
      isSecure: true,
      queryPermission: async () => null,
      createAudioContext: () => null,
      createStream: (tracks) => new wrtc.MediaStream(tracks),
      onGesture: () => () => undefined,
      onNetworkChange: (callback) => {
        listeners.add(callback);
        return () => void listeners.delete(callback);
      },
      isSavingData: () => false,
      storage: null,
      setTimer: (callback, ms) => {
        const timer = setTimeout(() => {
          this.#timers.delete(timer);
          callback();
        }, ms);
        this.#timers.add(timer);
        return timer;
      },
      clearTimer: (timer) => {
        this.#timers.delete(timer);
        clearTimeout(timer as NodeJS.Timeout);
      },
      monotonicMs: () => performance.now(),
      changeNetwork: () => {
        for (const listener of listeners) listener();
      },
    };
  }

  /** A tone that goes on until `close`. */
  microphone(): MediaStreamTrack {
    const source = new wrtc.nonstandard.RTCAudioSource();
    const track = source.createTrack();
    const samples = Int16Array.from({ length: CHUNK_FRAMES }, (_, at) => Math.sin(at / 8) * AMPLITUDE);
    const timer = setInterval(
      () =>
        source.onData({
          samples,
          sampleRate: SAMPLE_RATE,
          bitsPerSample: 16,
          channelCount: 1,
          numberOfFrames: CHUNK_FRAMES,
        }),
      CHUNK_MS,
    );
    this.#stops.push(() => {
      clearInterval(timer);
      track.stop();
    });
    return track;
  }

  /** A grey picture, a little different each time. */
  camera(width = 320, height = 180): MediaStreamTrack {
    const source = new wrtc.nonstandard.RTCVideoSource();
    const track = source.createTrack();
    const data = new Uint8Array((width * height * 3) / 2);
    let shade = 0;
    const timer = setInterval(() => {
      data.fill((shade += 3) % 255);
      source.onFrame({ width, height, data });
    }, 66);
    this.#stops.push(() => {
      clearInterval(timer);
      track.stop();
    });
    return track;
  }

  close(): void {
    for (const stop of this.#stops) stop();
  }

  #create(configuration: RTCConfiguration): RTCPeerConnection {
    const original: RTCPeerConnection = new wrtc.RTCPeerConnection(configuration);
    this.#configurations.push(configuration);
    const set: unknown = Reflect.get(original, 'setLocalDescription');
    const describe = (set as DescribeLocally).bind(original);
    let described: RTCSessionDescriptionInit | null = null;
    let candidates: readonly string[] = [];
    original.addEventListener('icecandidate', ({ candidate }) => {
      if (candidate) candidates = [...candidates, `a=${candidate.candidate}\r\n`];
    });
    const mended: Record<string, unknown> = {
      close: () => {
        this.#open.delete(connection);
        keep(original);
        original.close();
      },
      // Not without an argument in Node (WebRTC §4.4.1.5).
      setLocalDescription: async (given?: RTCSessionDescriptionInit) => {
        const description = given ?? (await this.#describe(original));
        candidates = [];
        await describe(description);
        described = description;
      },
    };
    const connection = new Proxy(original, {
      get: (target, key) => {
        // Its own is read while another thread writes it (a crash in `SdpSerialize`): it is put together here.
        if (key === 'localDescription')
          return described && { ...described, sdp: withCandidates(described.sdp ?? '', candidates) };
        const value: unknown =
          typeof key === 'string' && key in mended ? mended[key] : Reflect.get(target, key, target);
        return typeof value === 'function' ? (value.bind(target) as unknown) : value;
      },
      set: (target, key, value) => Reflect.set(target, key, value, target),
    });
    this.#open.add(connection);
    return connection;
  }

  #describe(connection: RTCPeerConnection): Promise<RTCSessionDescriptionInit> {
    return connection.signalingState === 'have-remote-offer' ? connection.createAnswer() : connection.createOffer();
  }
}

function keep(connection: RTCPeerConnection): void {
  KEPT.add(connection);
  for (const transceiver of connection.getTransceivers())
    for (const kept of [transceiver, transceiver.sender, transceiver.receiver, transceiver.receiver.track])
      KEPT.add(kept);
}

/** Everything goes one way, so the first section has them all (RFC 9143). */
function withCandidates(sdp: string, candidates: readonly string[]): string {
  const [session = '', first = '', ...rest] = sdp.split(/(?=^m=)/mu);
  return [session, first, ...candidates, ...rest].join('');
}
