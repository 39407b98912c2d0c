/** What a page really plays, captures and keeps connected: seen from below, whatever its controls say. Runs in the page. */

/** A picture that is on the page, by where it stands. */
export interface SeenPicture {
  /** The tile that it stands in, by its name; nothing where it stands in none. */
  readonly tile: string;
  /** That of the track which is played. */
  readonly track: string;
  /** Put on the screen since the witness first saw it. */
  readonly frames: number;
  /** How often they differed from the one that was looked at before. */
  readonly changes: number;
  readonly width: number;
  readonly height: number;
  /** The longest that one frame stood, since `forgetGaps`. */
  readonly longestGapMs: number;
  /** It has a size, and nothing hides it. */
  readonly isVisible: boolean;
}

export interface SeenSound {
  /** Who speaks, by the name of the tile that their camera was seen in; nothing where it was in none. */
  readonly of: string;
  readonly kind: 'microphone' | 'screen';
  /** The loudest of the last two thirds of a second, 0 to 1; 0 where the element is paused or muted. */
  readonly peak: number;
}

export interface SeenConnection {
  /** Which one of those that the page has made, in order. */
  readonly index: number;
  readonly state: RTCPeerConnectionState;
}

export type Captured = 'microphone' | 'camera' | 'screen' | 'screen sound';

export interface Witness {
  /** Everything that can be read in the shadow roots of the elements of a name, in one line. */
  text(element: string): string;
  /** The tiles on the stage: the name of each, and what it says beside it. */
  tiles(): [string, string][];
  /** What the first of these says where it is pointed at. */
  title(css: string): string;
  /** Whether the first of these is not faded out. */
  isOpaque(css: string): boolean;
  pictures(): SeenPicture[];
  sounds(): SeenSound[];
  connections(): SeenConnection[];
  /** What is captured at this moment, each once: where the camera is among it, its light is on. */
  captured(): Captured[];
  /** Ends what is captured of a screen, as the bar of the browser does it. */
  endScreen(): number;
  /** As pulling it out does: what it gives ends, and it is no longer among the devices. @returns the name of one that is left */
  pullCameraOut(): Promise<string>;
  /** Waits until the stage says something. @returns how long after the end of what a device gave, milliseconds */
  saidAfterMs(text: string): Promise<number>;
  /** The longest that the whole page drew nothing, since `forgetGaps`: a busy machine, and no fault of a call. */
  standstillMs(): number;
  forgetGaps(): void;
  /** Turns on what is captured, past every control: as a page would that does not obey. */
  disobey(): void;
}

export type Witnessed = typeof globalThis & { readonly witness: Witness };

/** Places the witness; runs in the page, before its own scripts. */
export function placeWitness(): void {
  /** Looked at is a small copy of every so-and-so-many frames. */
  const EVERY = 3;
  const WIDTH_PX = 32;
  const HEIGHT_PX = 24;
  /** Samples of a sound: 0.68 s at 48 kHz, longer than the pause between two beeps of a fake microphone. */
  const SAMPLES = 32_768;
  /** A receiver that has had nothing for so long hears nothing. */
  const STALE_MS = 700;

  const STEP_MS = 20;
  const MOST_MS = 10_000;

  interface Watched {
    frames: number;
    changes: number;
    picture: string;
    shownAt: number;
    longestGapMs: number;
  }

  const connections: RTCPeerConnection[] = [];
  /** Copies as well: each holds the device. */
  const captured = new Map<MediaStreamTrack, Captured>();
  const watched = new WeakMap<HTMLVideoElement, Watched>();
  const heard = new WeakMap<MediaStreamTrack, AnalyserNode>();
  /** Everything that was ever to be played; players of sound stand in no page. */
  const players = new Set<HTMLMediaElement>();
  const names = new Map<RTCPeerConnection, string>();
  let audio: AudioContext | null = null;
  let standstillMs = 0;
  let endedAt = 0;

  function keep(track: MediaStreamTrack, source: Captured): void {
    captured.set(track, source);
    track.addEventListener('ended', () => (endedAt = performance.now()));
  }

  let drawnAt = performance.now();
  const onDraw = (now: number): void => {
    standstillMs = Math.max(standstillMs, now - drawnAt);
    drawnAt = now;
    requestAnimationFrame(onDraw);
  };
  requestAnimationFrame(onDraw);

  const play = HTMLMediaElement.prototype.play;
  HTMLMediaElement.prototype.play = function (this: HTMLMediaElement) {
    players.add(this);
    return play.call(this);
  };

  globalThis.RTCPeerConnection = class extends RTCPeerConnection {
    constructor(...given: ConstructorParameters<typeof RTCPeerConnection>) {
      super(...given);
      connections.push(this);
    }
  };

  const clone = MediaStreamTrack.prototype.clone;
  MediaStreamTrack.prototype.clone = function (this: MediaStreamTrack) {
    const copy = clone.call(this);
    const source = captured.get(this);
    if (source) captured.set(copy, source);
    return copy;
  };

  // Absent where the page has no TLS.
  const devices = (navigator as { mediaDevices?: MediaDevices }).mediaDevices;
  if (devices) {
    const ask = devices.getUserMedia.bind(devices);
    devices.getUserMedia = async (constraints) => {
      const stream = await ask(constraints);
      for (const track of stream.getTracks()) keep(track, track.kind === 'audio' ? 'microphone' : 'camera');
      return stream;
    };
    const askScreen = devices.getDisplayMedia.bind(devices);
    devices.getDisplayMedia = async (constraints) => {
      const stream = await askScreen(constraints);
      for (const track of stream.getTracks()) keep(track, track.kind === 'audio' ? 'screen sound' : 'screen');
      return stream;
    };
  }

  /** Everything of a kind, within elements too. */
  function* all<E extends Element>(css: string, root: ParentNode = document): Generator<E> {
    yield* root.querySelectorAll<E>(css);
    for (const { shadowRoot } of root.querySelectorAll('*')) if (shadowRoot) yield* all<E>(css, shadowRoot);
  }

  function nameOf(tile: Element | null): string {
    return tile?.querySelector('[part~="plate"] bdi')?.textContent.trim() ?? '';
  }

  function tileOf(element: Element): string {
    return nameOf(element.closest('[part~="tile"]'));
  }

  function watch(video: HTMLVideoElement): Watched {
    const before = watched.get(video);
    if (before) return before;
    const seen: Watched = { frames: 0, changes: 0, picture: '', shownAt: 0, longestGapMs: 0 };
    watched.set(video, seen);
    const canvas = new OffscreenCanvas(WIDTH_PX, HEIGHT_PX).getContext('2d', { willReadFrequently: true });
    const onFrame = (now: number): void => {
      seen.frames += 1;
      if (seen.shownAt > 0) seen.longestGapMs = Math.max(seen.longestGapMs, now - seen.shownAt);
      seen.shownAt = now;
      if (canvas && seen.frames % EVERY === 0) {
        canvas.drawImage(video, 0, 0, WIDTH_PX, HEIGHT_PX);
        const picture = canvas.getImageData(0, 0, WIDTH_PX, HEIGHT_PX).data.join();
        if (seen.picture !== '' && picture !== seen.picture) seen.changes += 1;
        seen.picture = picture;
      }
      video.requestVideoFrameCallback(onFrame);
    };
    video.requestVideoFrameCallback(onFrame);
    return seen;
  }

  function listen(track: MediaStreamTrack): AnalyserNode {
    const before = heard.get(track);
    if (before) return before;
    audio ??= new AudioContext();
    const analyser = audio.createAnalyser();
    analyser.fftSize = SAMPLES;
    audio.createMediaStreamSource(new MediaStream([track])).connect(analyser);
    heard.set(track, analyser);
    return analyser;
  }

  function peakOf(element: HTMLMediaElement, track: MediaStreamTrack): number {
    const samples = new Float32Array(SAMPLES);
    const analyser = listen(track);
    analyser.getFloatTimeDomainData(samples);
    if (element.paused || element.muted) return 0;
    const peak =
      analyser.context.state === 'running'
        ? samples.reduce((most, sample) => Math.max(most, Math.abs(sample)), 0)
        : levelOf(track);
    return peak * element.volume;
  }

  interface Way {
    readonly connection: RTCPeerConnection;
    readonly transceiver: RTCRtpTransceiver;
    /** Among those of its kind. */
    readonly place: number;
  }

  /** By which connection a track comes; none for one's own. */
  function wayOf(track: MediaStreamTrack): Way | null {
    for (const connection of connections) {
      const alike = connection.getTransceivers().filter(({ receiver }) => receiver.track.kind === track.kind);
      const place = alike.findIndex(({ receiver }) => receiver.track === track);
      const transceiver = alike[place];
      if (transceiver) return { connection, transceiver, place };
    }
    return null;
  }

  /** Remembers whose connection is whose, by the cameras that can be seen. */
  function learnNames(): void {
    for (const video of all<HTMLVideoElement>('video'))
      for (const track of tracksOf(video, 'video')) {
        const way = wayOf(track);
        if (way?.place === 0 && tileOf(video) !== '') names.set(way.connection, tileOf(video));
      }
  }

  /** Firefox runs no audio context on a machine without a sound card; what its receivers say is next to it. */
  function levelOf(track: MediaStreamTrack): number {
    if (!track.enabled) return 0;
    const [source] = wayOf(track)?.transceiver.receiver.getSynchronizationSources() ?? [];
    return source !== undefined && Date.now() - source.timestamp < STALE_MS ? (source.audioLevel ?? 0) : 0;
  }

  const tracksOf = (element: HTMLMediaElement, kind: 'audio' | 'video'): MediaStreamTrack[] =>
    element.srcObject instanceof MediaStream
      ? element.srcObject.getTracks().filter((track) => track.kind === kind && track.readyState === 'live')
      : [];

  const live = (): [MediaStreamTrack, Captured][] => [...captured].filter(([{ readyState }]) => readyState === 'live');

  /** From outside: a page that stops a track by itself is not told that it has ended. */
  function end(track: MediaStreamTrack): void {
    track.stop();
    track.dispatchEvent(new Event('ended'));
  }

  const witness: Witness = {
    text: (element) =>
      [...all(element)]
        .flatMap(({ shadowRoot }) => [...(shadowRoot?.children ?? [])])
        .map((child) => (child instanceof HTMLElement ? child.innerText : ''))
        .join(' ')
        .replace(/\s+/gu, ' ')
        .trim(),
    tiles: () =>
      [...all('[part~="tile"]')]
        .filter((tile) => tile.checkVisibility({ visibilityProperty: true }))
        .map((tile) => {
          const name = nameOf(tile);
          return [name, (tile.getAttribute('aria-label') ?? '').slice(name.length).replace(/^, /u, '')];
        }),
    title: (css) => [...all(css)].map((found) => found.getAttribute('title') ?? '')[0] ?? '',
    isOpaque: (css) => {
      const [found] = all(css);
      return found !== undefined && Number(getComputedStyle(found).opacity) > 0.5;
    },
    pictures: () =>
      [...all<HTMLVideoElement>('video')].flatMap((video) =>
        tracksOf(video, 'video').map((track) => {
          const { frames, changes, longestGapMs, shownAt } = watch(video);
          return {
            tile: tileOf(video),
            track: track.id,
            frames,
            changes,
            width: video.videoWidth,
            height: video.videoHeight,
            longestGapMs: Math.max(longestGapMs, shownAt > 0 ? performance.now() - shownAt : 0),
            isVisible:
              video.clientWidth > 0 && video.checkVisibility({ visibilityProperty: true, opacityProperty: true }),
          };
        }),
      ),
    sounds: () => {
      learnNames();
      return [...players].flatMap((element) =>
        tracksOf(element, 'audio').flatMap((track): SeenSound[] => {
          const way = wayOf(track);
          if (!way) return [];
          const kind = way.place === 0 ? 'microphone' : 'screen';
          return [{ of: names.get(way.connection) ?? '', kind, peak: peakOf(element, track) }];
        }),
      );
    },
    connections: () => connections.map(({ connectionState }, index) => ({ index, state: connectionState })),
    captured: () => [...new Set(live().map(([, source]) => source))],
    endScreen: () => {
      const ending = live().filter(([, source]) => source.startsWith('screen'));
      for (const [track] of ending) end(track);
      return ending.length;
    },
    pullCameraOut: async () => {
      if (!devices) return '';
      const [track] = live().find(([, source]) => source === 'camera') ?? [];
      const lost = track?.getSettings().deviceId;
      const list = devices.enumerateDevices.bind(devices);
      devices.enumerateDevices = async () => (await list()).filter(({ deviceId }) => deviceId !== lost);
      const left = (await devices.enumerateDevices()).filter(({ kind }) => kind === 'videoinput').at(-1);
      const give = devices.getUserMedia.bind(devices);
      // Whoever asks for a camera gets the one that is left.
      devices.getUserMedia = async (wish) => {
        const video = typeof wish?.video === 'object' ? wish.video : {};
        return give(wish?.video ? { ...wish, video: { ...video, deviceId: { exact: left?.deviceId ?? '' } } } : wish);
      };
      if (track) end(track);
      devices.dispatchEvent(new Event('devicechange'));
      return left?.label ?? '';
    },
    standstillMs: () => standstillMs,
    saidAfterMs: async (text) => {
      const from = performance.now();
      while (!witness.text('lms-meeting-room').includes(text) && performance.now() - from < MOST_MS)
        await new Promise((resolve) => setTimeout(resolve, STEP_MS));
      return performance.now() - endedAt;
    },
    forgetGaps: () => {
      standstillMs = 0;
      for (const video of all<HTMLVideoElement>('video')) Object.assign(watch(video), { longestGapMs: 0 });
    },
    disobey: () => {
      for (const [track] of live()) track.enabled = true;
    },
  };
  Object.assign(globalThis, { witness });
}
