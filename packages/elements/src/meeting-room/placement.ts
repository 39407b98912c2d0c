import { boxesOf, type Plan } from './arrange.js';
import type { Corner } from './corner.js';
import type { Box, Space } from './layout.js';
import type { MeetingHost } from './meeting-host.js';
import { resume } from './playing.js';

/** Less of a difference is rounding. */
const RESIZED_PX = 0.5;
/** Under this a tile shows only what matters most. */
const SMALL_TILE_PX = 170;

/** Puts the tiles where they belong, whenever the stage has another size or another plan. */
export class Placement {
  readonly #host: MeetingHost;
  readonly #corner: Corner;
  readonly #observer = new ResizeObserver(() => this.#measure());
  #space: Space = { width: 0, height: 0 };
  #element: Element | null = null;
  #controls: Element | null = null;
  #plan: Plan | null = null;

  constructor(host: MeetingHost, corner: Corner) {
    this.#host = host;
    this.#corner = corner;
  }

  /** Width of the stage, CSS pixels. */
  get widthPx(): number {
    return this.#space.width;
  }

  /** Whether there is a stage. */
  get isShown(): boolean {
    return this.#element !== null;
  }

  /** After each render. @returns whether the stage has just come */
  settle(plan: Plan | null): boolean {
    const element = this.#host.shadowRoot?.querySelector('[data-tiles]') ?? null;
    const isNew = element !== null && element !== this.#element;
    if (element !== this.#element) this.#observer.disconnect();
    this.#element = element;
    this.#controls = element?.parentElement?.querySelector('.controls') ?? null;
    this.#plan = plan;
    if (!element) return false;
    if (isNew) this.#observer.observe(element);
    for (const video of element.querySelectorAll('video')) resume(video);
    this.#measure();
    return isNew;
  }

  release(): void {
    this.#observer.disconnect();
    this.#element = null;
  }

  elementOf(key: string): HTMLElement | null {
    return this.#element?.querySelector(`.tile[data-key="${CSS.escape(key)}"]`) ?? null;
  }

  /** Sizes are set through the CSSOM: a policy against inline styles lets that through, and nothing is rendered anew. */
  place(): void {
    const plan = this.#plan;
    if (!plan || !this.#element) return;
    const { width = 0, height = 0 } = this.#controls?.getBoundingClientRect() ?? {};
    const boxes = boxesOf(plan, this.#space, { corner: this.#corner.at, controls: { width, height } });
    const isRtl = this.#host.localize.dir() === 'rtl';
    plan.order.forEach(({ key }, index) => {
      const element = this.elementOf(key);
      if (!element) return;
      const box = boxes[index] ?? null;
      element.classList.toggle('no-place', box === null);
      if (!box) return;
      this.#put(element, box, isRtl);
      element.style.setProperty('inline-size', `${box.width}px`);
      element.style.setProperty('block-size', `${box.height}px`);
      element.classList.toggle('small', box.width < SMALL_TILE_PX);
    });
    this.#placeMore(boxes, isRtl);
  }

  /** How many have no place, on the last that has one. */
  #placeMore(boxes: readonly (Box | null)[], isRtl: boolean): void {
    const badge = this.#element?.querySelector<HTMLElement>('[data-more]');
    const last = boxes.filter((box) => box !== null).at(-1);
    const hidden = boxes.filter((box) => box === null).length;
    if (!badge) return;
    badge.hidden = hidden === 0;
    if (!last || hidden === 0) return;
    const { localize } = this.#host;
    const count = hidden.toLocaleString(localize.lang());
    const [shown, said] = badge.children;
    if (shown) shown.textContent = `+${count}`;
    if (said) said.textContent = localize.term('someMore', count);
    this.#put(badge, last, isRtl);
  }

  #put(element: HTMLElement, { x, y, width }: Box, isRtl: boolean): void {
    element.style.setProperty('--x', `${isRtl ? this.#space.width - x - width : x}px`);
    element.style.setProperty('--y', `${y}px`);
  }

  #measure(): void {
    const box = this.#element?.getBoundingClientRect();
    if (!box) return;
    const { width, height } = box;
    const isWider = Math.abs(width - this.#space.width) > RESIZED_PX;
    this.#space = { width, height };
    this.place();
    // How many controls fit.
    if (isWider) this.#host.timers.frame('resized', () => this.#host.requestUpdate());
  }
}
