import { beforeEach, describe, expect, test } from 'vitest';
import { FakeClock } from '../testing/fake-clock.js';
import { LevelMeter } from './level-meter.js';
import { FakeTrack } from './testing/fake-devices.js';
import type { MediaEnvironment } from './types.js';

/** A sound card: what it hears, and what is open of it. */
class FakeAudio {
  loudness = 0.25;
  state: AudioContextState = 'suspended';
  contexts = 0;
  sources = 0;
  /** The tracks that are listened to. */
  readonly heard: FakeTrack[] = [];
  readonly gestures = new Set<() => void>();

  readonly environment: Pick<MediaEnvironment, 'createAudioContext' | 'createStream' | 'onGesture'> = {
    createAudioContext: () => {
      this.contexts += 1;
      return this.#context() as unknown as AudioContext;
    },
    createStream: (tracks) => tracks as unknown as MediaStream,
    onGesture: (callback) => {
      this.gestures.add(callback);
      return () => void this.gestures.delete(callback);
    },
  };

  #context(): object {
    const state = (): AudioContextState => this.state;
    return {
      get state() {
        return state();
      },
      resume: async () => {
        if (this.gestures.size > 0 && this.isClicked) this.state = 'running';
      },
      close: async () => void (this.contexts -= 1),
      createMediaStreamSource: ([track]: FakeTrack[]) => {
        this.sources += 1;
        this.heard.push(track!);
        return { connect: () => undefined, disconnect: () => void (this.sources -= 1) };
      },
      createAnalyser: () => ({
        fftSize: 0,
        getFloatTimeDomainData: (samples: Float32Array) =>
          samples.fill(this.heard.at(-1)?.enabled && this.state === 'running' ? this.loudness : 0),
      }),
    };
  }
  isClicked = false;

  click(): void {
    this.isClicked = true;
    for (const callback of [...this.gestures]) callback();
  }
}

let clock: FakeClock;
let audio: FakeAudio;
let hints: number;
beforeEach(() => {
  clock = new FakeClock();
  audio = new FakeAudio();
  hints = 0;
});

function create(environment: Partial<MediaEnvironment> = {}): LevelMeter {
  const { setTimer, clearTimer, monotonicMs } = clock;
  return new LevelMeter({
    environment: { setTimer, clearTimer, monotonicMs, ...audio.environment, ...environment },
    spokeMuted: () => void (hints += 1),
  });
}

const track = () => new FakeTrack('audio', 'Microphone');
const measured = (of: FakeTrack | null, isMuted = false) => ({ track: of as unknown as MediaStreamTrack, isMuted });

describe('the loudness of the microphone', () => {
  test('is told ten times a second, after the first click where the browser wants one', async () => {
    const meter = create();
    const levels: number[] = [];
    const stop = meter.listen((level) => levels.push(level));
    meter.measure(measured(track()));
    await clock.advance(200);
    expect(levels).toEqual([0, 0, 0]);
    audio.click();
    await clock.advance(1_000);
    expect(levels.slice(3)).toEqual(Array(10).fill(0.25));
    stop();
  });

  test('nothing is open while nobody listens, or there is no microphone', async () => {
    const meter = create();
    meter.measure(measured(track()));
    const open = (): unknown[] => [audio.contexts, audio.sources, clock.timers, audio.gestures.size];
    expect(open()).toEqual([0, 0, 0, 0]);
    const [stop, stopToo] = [meter.listen(() => undefined), meter.listen(() => undefined)];
    expect(open()).toEqual([1, 1, 1, 1]);
    meter.measure(measured(null));
    expect(open()).toEqual([1, 0, 0, 1]);
    meter.measure(measured(track()));
    stop();
    stop();
    expect(open()).toEqual([1, 1, 1, 1]);
    stopToo();
    expect(open()).toEqual([0, 0, 0, 0]);
  });

  test('of a muted microphone is nothing', async () => {
    audio.state = 'running';
    const meter = create();
    const levels: number[] = [];
    meter.listen((level) => levels.push(level));
    const own = track();
    meter.measure(measured(own));
    await clock.advance(100);
    own.enabled = false;
    meter.measure(measured(own, true));
    await clock.advance(500);
    expect(levels).toEqual([0, 0.25, 0]);
    meter.close();
    expect([audio.contexts, audio.sources, clock.timers]).toEqual([0, 0, 0]);
  });

  test('a page without Web Audio has none', async () => {
    const meter = create({ createAudioContext: () => null });
    const levels: number[] = [];
    meter.listen((level) => levels.push(level));
    meter.measure(measured(track()));
    await clock.advance(500);
    expect(levels).toEqual([0]);
    expect(clock.timers).toBe(0);
  });

  test('a microphone that Web Audio does not take leaves nothing behind', async () => {
    const meter = create({
      createStream: () => {
        throw new TypeError('no');
      },
    });
    const own = track();
    meter.watchMuted();
    meter.measure(measured(own, true));
    expect(own.clones.map(({ readyState }) => readyState)).toEqual(['ended']);
    expect(clock.timers).toBe(0);
    meter.close();
    expect(audio.contexts).toBe(0);
  });
});

describe('speech into a muted microphone', () => {
  beforeEach(() => {
    audio.state = 'running';
  });

  function muted(): { meter: LevelMeter; own: FakeTrack; stop: () => void } {
    const meter = create();
    const own = track();
    own.enabled = false;
    meter.measure(measured(own, true));
    return { meter, own, stop: meter.watchMuted() };
  }

  test('is noticed by a clone, and told once in a while', async () => {
    const { own, stop } = muted();
    await clock.advance(300);
    expect(hints).toBe(0);
    await clock.advance(200);
    expect(hints).toBe(1);
    await clock.advance(14_000);
    expect(hints).toBe(1);
    await clock.advance(2_000);
    expect(hints).toBe(2);
    expect(own.enabled).toBe(false);
    stop();
    expect(own.clones.map(({ readyState }) => readyState)).toEqual(['ended']);
    expect([audio.contexts, audio.sources, clock.timers]).toEqual([0, 0, 0]);
  });

  test('a cough, and the noise of a room, are none', async () => {
    const { stop } = muted();
    await clock.advance(200);
    audio.loudness = 0.005;
    await clock.advance(5_000);
    expect(hints).toBe(0);
    stop();
  });

  test('ends its listening with the mute', async () => {
    const { meter, own } = muted();
    own.enabled = true;
    meter.measure(measured(own));
    expect(own.clones.map(({ readyState }) => readyState)).toEqual(['ended']);
    await clock.advance(2_000);
    expect(hints).toBe(0);
    meter.close();
  });
});
