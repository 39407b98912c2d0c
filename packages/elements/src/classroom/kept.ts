/** What a person has chosen in the classroom, kept in this browser: nothing of it says who or which class. */
export interface Kept {
  readonly panel?: string;
  /** Of the panel beside the stage. */
  readonly widthPx?: number;
  /** Of the sheet below the stage, of the whole height. */
  readonly heightRatio?: number;
}

const KEY = 'lms-live:classroom';

/** Storage may be refused (private windows, frames without rights, full): then nothing is kept. */
export function readKept(): Kept {
  try {
    const value: unknown = JSON.parse(localStorage.getItem(KEY) ?? '{}');
    if (typeof value !== 'object' || value === null) return {};
    const { panel, widthPx, heightRatio } = value as Record<string, unknown>;
    return {
      ...(typeof panel === 'string' ? { panel } : {}),
      ...(typeof widthPx === 'number' && Number.isFinite(widthPx) ? { widthPx } : {}),
      ...(typeof heightRatio === 'number' && Number.isFinite(heightRatio) ? { heightRatio } : {}),
    };
  } catch {
    return {};
  }
}

/** Adds to what is kept. */
export function keep(changes: Kept): void {
  try {
    localStorage.setItem(KEY, JSON.stringify({ ...readKept(), ...changes }));
  } catch {
    // It is chosen again next time.
  }
}

/** What lasts as long as this tab of the browser; null where it is refused. */
export function tabStorage(): Pick<Storage, 'getItem' | 'setItem'> | null {
  try {
    return sessionStorage;
  } catch {
    return null;
  }
}
