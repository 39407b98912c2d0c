import type { Environment } from '@lms-live/client';
import type { ReactiveController, ReactiveControllerHost } from 'lit';

interface Host extends ReactiveControllerHost {
  readonly environment: Partial<Environment> | undefined;
}

/** The timers of an element, by name: none outlives it, and the clock comes in from the environment. */
export class Timers implements ReactiveController {
  readonly #running = new Map<string, () => void>();
  /** Of those that run: what waits for a picture. */
  readonly #frames = new Set<string>();

  constructor(private readonly host: Host) {
    host.addController(this);
  }

  hostDisconnected(): void {
    for (const stop of this.#running.values()) stop();
    this.#running.clear();
    this.#frames.clear();
  }

  now(): number {
    return this.host.environment?.nowMs?.() ?? Date.now();
  }

  isRunning(name: string): boolean {
    return this.#running.has(name);
  }

  /** Calls back once; one that is running under this name stays as it is. */
  once(name: string, ms: number, callback: () => void): void {
    if (this.#running.has(name)) return;
    const fire = (): void => {
      this.#running.delete(name);
      callback();
    };
    const { setTimer, clearTimer } = this.host.environment ?? {};
    if (setTimer && clearTimer) {
      const timer = setTimer(fire, ms);
      this.#running.set(name, () => clearTimer(timer));
    } else {
      const timer = setTimeout(fire, ms);
      this.#running.set(name, () => clearTimeout(timer));
    }
  }

  /** Before the next picture; in a hidden tab, where there is none, a little later. */
  frame(name: string, callback: () => void): void {
    if (document.hidden) {
      // What was asked for while the tab was shown would wait until it is shown again, and everything after it.
      if (this.#frames.has(name)) this.stop(name);
      this.once(name, HIDDEN_FRAME_MS, callback);
      return;
    }
    if (this.#running.has(name)) return;
    this.#frames.add(name);
    const frame = requestAnimationFrame(() => {
      this.#frames.delete(name);
      this.#running.delete(name);
      callback();
    });
    this.#running.set(name, () => cancelAnimationFrame(frame));
  }

  stop(name: string): void {
    this.#running.get(name)?.();
    this.#running.delete(name);
    this.#frames.delete(name);
  }
}

const HIDDEN_FRAME_MS = 250;
