/** What all pages have in common: a button, a camera, and a watch that runs from the click until the faces are there. */
import { Faces } from './faces.js';

/** One way to make a call. */
export interface Approach {
  /** All that the page does before the click. Settles when the button may be pressed. */
  prepare(page: Page): Promise<void>;
  /** What the click does. */
  join(page: Page): void | Promise<void>;
}

/** How the measurement sees a page. */
export interface Bench {
  /** Settles when the button may be pressed. */
  readonly ready: Promise<void>;
  /** Settles when that many faces have been seen to move; milliseconds from the click until the first frame of each. */
  faces(count: number): Promise<readonly number[]>;
}

export class Page {
  readonly #parameters = new URLSearchParams(location.search);
  readonly faces = new Faces(document.getElementById('faces') ?? document.body);
  #stream: Promise<MediaStream> | null = null;

  /** @throws {Error} where the address does not have it */
  parameter(name: string): string {
    const value = this.#parameters.get(name);
    if (value === null) throw new Error(`The address has no ${name}.`);
    return value;
  }

  /** How many are in the room already. */
  get others(): number {
    return Number(this.parameter('others'));
  }

  /** Camera and microphone, asked for once. */
  capture(): Promise<MediaStream> {
    this.#stream ??= navigator.mediaDevices.getUserMedia({
      audio: true,
      video: {
        width: Number(this.parameter('width')),
        height: Number(this.parameter('height')),
        frameRate: Number(this.parameter('framesPerSecond')),
      },
    });
    return this.#stream;
  }
}

/** Runs a page: `window.bench` is what the measurement holds on to. */
export function run(approach: Approach): void {
  const page = new Page();
  document.getElementById('join')?.addEventListener(
    'click',
    () => {
      page.faces.start();
      void approach.join(page);
    },
    { once: true },
  );
  const bench: Bench = {
    ready: approach.prepare(page),
    faces: (count) => page.faces.moving(count),
  };
  Object.assign(window, { bench });
}
