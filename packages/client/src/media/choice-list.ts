import type { DeviceChoice, DeviceChoices, MediaEnvironment } from './types.js';

/** A dock that is plugged in brings many devices, one after another. */
const DEBOUNCE_MS = 200;

const NONE: DeviceChoices = Object.freeze({
  microphones: Object.freeze([]),
  cameras: Object.freeze([]),
  speakers: Object.freeze([]),
});

const KINDS = ['microphones', 'cameras', 'speakers'] as const;

export interface ChoiceListOptions {
  readonly environment: Pick<MediaEnvironment, 'devices' | 'setTimer' | 'clearTimer'>;
  readonly changed: () => void;
}

/** The devices that may be chosen, as they come and go while it is watched. */
export class ChoiceList {
  readonly #options: ChoiceListOptions;
  #choices = NONE;
  #isWatching = false;
  #timer: unknown = null;
  /** Of two readings the later one counts. */
  #readings = 0;

  constructor(options: ChoiceListOptions) {
    this.#options = options;
  }

  get choices(): DeviceChoices {
    return this.#choices;
  }

  watch(): void {
    if (this.#isWatching) return;
    this.#isWatching = true;
    this.#options.environment.devices?.addEventListener('devicechange', this.#changed);
  }

  stop(): void {
    this.#isWatching = false;
    this.#readings += 1;
    const { devices, clearTimer } = this.#options.environment;
    devices?.removeEventListener('devicechange', this.#changed);
    if (this.#timer !== null) clearTimer(this.#timer);
    this.#timer = null;
  }

  /** Reads the list now: after a permission the names are known. Never rejects. */
  async refresh(): Promise<void> {
    const reading = (this.#readings += 1);
    const { devices } = this.#options.environment;
    const list = await devices?.enumerateDevices().catch(() => []);
    if (!list || reading !== this.#readings) return;
    const before = this.#choices;
    const next = {
      microphones: kept(before.microphones, ofKind(list, 'audioinput')),
      cameras: kept(before.cameras, ofKind(list, 'videoinput')),
      speakers: kept(before.speakers, ofKind(list, 'audiooutput')),
    };
    if (KINDS.every((kind) => next[kind] === before[kind])) return;
    this.#choices = Object.freeze(next);
    this.#options.changed();
  }

  readonly #changed = (): void => {
    this.#timer ??= this.#options.environment.setTimer(() => {
      this.#timer = null;
      void this.refresh();
    }, DEBOUNCE_MS);
  };
}

function ofKind(list: readonly MediaDeviceInfo[], wanted: MediaDeviceKind): readonly DeviceChoice[] {
  const choices = list
    // Without a permission there is one of each kind, without an id. Windows names one device a second time, for calls.
    .filter(({ kind, deviceId }) => kind === wanted && deviceId !== '' && deviceId !== 'communications')
    .map(({ deviceId, label }) => Object.freeze({ deviceId, label }));
  return Object.freeze(choices);
}

function kept(before: readonly DeviceChoice[], after: readonly DeviceChoice[]): readonly DeviceChoice[] {
  return JSON.stringify(before) === JSON.stringify(after) ? before : after;
}
