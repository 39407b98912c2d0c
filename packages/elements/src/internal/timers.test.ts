import { expect } from '@open-wc/testing';
import type { ReactiveControllerHost } from 'lit';
import { Timers } from './timers.js';

/** A tab that is hidden as said, and has no pictures but those that are painted by hand. */
function createTab(): {
  hide: () => void;
  paint: () => void;
  timeouts: (() => void)[];
  timers: Timers;
  end: () => void;
} {
  const frames = new Map<number, FrameRequestCallback>();
  const timeouts: (() => void)[] = [];
  const { requestAnimationFrame, cancelAnimationFrame } = window;
  let next = 0;
  window.requestAnimationFrame = (callback) => {
    frames.set((next += 1), callback);
    return next;
  };
  window.cancelAnimationFrame = (frame) => void frames.delete(frame);
  const host = {
    addController: () => undefined,
    environment: { setTimer: (callback: () => void) => timeouts.push(callback), clearTimer: () => undefined },
  } as unknown as ReactiveControllerHost & { environment: undefined };
  return {
    hide: () => Object.defineProperty(document, 'hidden', { configurable: true, value: true }),
    paint: () => {
      const asked = [...frames.values()];
      frames.clear();
      for (const callback of asked) callback(0);
    },
    timeouts,
    timers: new Timers(host),
    end: () => {
      Reflect.deleteProperty(document, 'hidden');
      Object.assign(window, { requestAnimationFrame, cancelAnimationFrame });
    },
  };
}

describe('timers', () => {
  it('what waited for a picture when the tab was hidden holds up nothing that comes later', () => {
    const tab = createTab();
    try {
      const told: string[] = [];
      tab.timers.frame('state', () => told.push('shown'));
      tab.hide();
      tab.timers.frame('state', () => told.push('hidden'));
      tab.timers.frame('state', () => told.push('once more'));
      expect(tab.timeouts).to.have.lengthOf(1);
      tab.timeouts[0]?.();
      expect(told).to.deep.equal(['hidden']);
      tab.paint();
      expect(told).to.deep.equal(['hidden']);
    } finally {
      tab.end();
    }
  });
});
