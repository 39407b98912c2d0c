import { readdirSync, readFileSync } from 'node:fs';

/** What a process has at one moment. */
export interface Sample {
  /** Since the watch began. */
  readonly atMs: number;
  readonly rssBytes: number;
  readonly fds: number;
}

const PAGE_BYTES = 4_096;

/** Looks at a process from the outside, every so often (`/proc`, Linux). */
export class ServerWatch {
  readonly samples: Sample[] = [];
  readonly #pid: number;
  readonly #startedMs = performance.now();
  readonly #timer: NodeJS.Timeout;

  constructor(pid: number, everyMs: number) {
    this.#pid = pid;
    this.#timer = setInterval(() => this.look(), everyMs);
  }

  /** @returns null where the process is gone */
  look(): Sample | null {
    try {
      const [, pages] = readFileSync(`/proc/${String(this.#pid)}/statm`, 'utf8').split(' ');
      const fds = readdirSync(`/proc/${String(this.#pid)}/fd`).length;
      const sample = { atMs: performance.now() - this.#startedMs, rssBytes: Number(pages) * PAGE_BYTES, fds };
      this.samples.push(sample);
      return sample;
    } catch {
      return null;
    }
  }

  close(): void {
    clearInterval(this.#timer);
  }
}

/** By least squares: how much a value grows in each millisecond. */
export function slopeOf(points: readonly { readonly x: number; readonly y: number }[]): number {
  const meanX = points.reduce((sum, { x }) => sum + x, 0) / points.length;
  const meanY = points.reduce((sum, { y }) => sum + y, 0) / points.length;
  const above = points.reduce((sum, { x, y }) => sum + (x - meanX) * (y - meanY), 0);
  const below = points.reduce((sum, { x }) => sum + (x - meanX) ** 2, 0);
  return below === 0 ? 0 : above / below;
}
