import type { MediaEnvironment } from './types.js';

const KEY = 'lms-live.devices';

export type PreferenceName = 'microphone' | 'camera' | 'speaker';

/** The devices that were chosen: kept between visits of this browser, or in memory where it stores nothing. */
export class Preference {
  readonly #storage: MediaEnvironment['storage'];
  #chosen: Readonly<Partial<Record<PreferenceName, string>>>;

  constructor(storage: MediaEnvironment['storage']) {
    this.#storage = storage;
    this.#chosen = read(storage);
  }

  get(name: PreferenceName): string | null {
    return this.#chosen[name] ?? null;
  }

  set(name: PreferenceName, deviceId: string): void {
    this.#chosen = { ...this.#chosen, [name]: deviceId };
    try {
      this.#storage?.setItem(KEY, JSON.stringify(this.#chosen));
    } catch {
      // Full, or refused: it holds for this visit.
    }
  }
}

function read(storage: MediaEnvironment['storage']): Partial<Record<PreferenceName, string>> {
  try {
    const stored: unknown = JSON.parse(storage?.getItem(KEY) ?? '{}');
    if (typeof stored !== 'object' || stored === null) return {};
    return Object.fromEntries(Object.entries(stored).filter(([, deviceId]) => typeof deviceId === 'string'));
  } catch {
    return {};
  }
}
