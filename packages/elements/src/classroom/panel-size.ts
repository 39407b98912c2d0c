import type { ReactiveController, ReactiveControllerHost } from 'lit';
import { formOf, type Form } from './form.js';
import { keep, readKept } from './kept.js';

/** Of the panel beside the stage. */
const WIDTH = { min: 280, start: 360, maxRatio: 0.5, stepPx: 24 } as const;
/** Of the sheet below the stage, of the whole height. */
const HEIGHT = { min: 0.3, start: 0.55, max: 0.8, step: 0.05 } as const;
/** A sheet that is drawn below this closes. */
const CLOSES_BELOW = 0.2;
/** A tap moves no further than this. */
const TAP_PX = 4;

interface Host extends ReactiveControllerHost, HTMLElement {
  readonly renderRoot: HTMLElement | DocumentFragment;
}

interface Options {
  /** The sheet was drawn to the bottom. */
  readonly close: () => void;
}

/** The room that the element has, and how much of it the panel takes: by pointer, by keys, and kept for the next visit. */
export class PanelSize implements ReactiveController {
  /** null until the element has been laid out. */
  form: Form | null = null;
  readonly #host: Host;
  readonly #options: Options;
  #observer: ResizeObserver | null = null;
  #width = 0;
  #height = 0;
  #widthPx: number;
  #heightRatio: number;

  constructor(host: Host, options: Options) {
    this.#host = host;
    this.#options = options;
    this.#widthPx = WIDTH.start;
    this.#heightRatio = HEIGHT.start;
    host.addController(this);
  }

  hostConnected(): void {
    const { widthPx = WIDTH.start, heightRatio = HEIGHT.start } = readKept();
    this.#widthPx = widthPx;
    this.#heightRatio = heightRatio;
    this.#observer = new ResizeObserver(([entry]) => {
      if (!entry) return;
      const { width, height } = entry.contentRect;
      // Out of sight it has no size, and keeps its form.
      if (width === 0 || height === 0) return;
      this.#width = width;
      this.#height = height;
      this.form = formOf({ width, height });
      this.#host.requestUpdate();
    });
    this.#observer.observe(this.#host);
  }

  hostDisconnected(): void {
    this.#observer?.disconnect();
    this.#observer = null;
  }

  /** Dynamic sizes go through the object model: a strict policy forbids the attribute. */
  hostUpdated(): void {
    const root = this.#host.renderRoot.querySelector<HTMLElement>('.root');
    root?.style.setProperty('--_panel-width', `${Math.round(this.#shownWidthPx)}px`);
    root?.style.setProperty('--_panel-height', `${Math.round(this.#shownRatio * this.#height)}px`);
  }

  get isSheet(): boolean {
    return this.form === 'narrow';
  }

  /** For the separator: the share of the whole that the panel has, in percent. */
  get value(): { readonly now: number; readonly min: number; readonly max: number } {
    if (this.isSheet) return { now: percent(this.#shownRatio), min: percent(HEIGHT.min), max: percent(HEIGHT.max) };
    const whole = this.#width || 1;
    return {
      now: percent(this.#shownWidthPx / whole),
      min: percent(WIDTH.min / whole),
      max: percent(WIDTH.maxRatio),
    };
  }

  readonly onKey = (event: KeyboardEvent): void => {
    const back = this.#isRtl ? 'ArrowLeft' : 'ArrowRight';
    const steps: Record<string, number> = this.isSheet
      ? { ArrowUp: 1, ArrowDown: -1, Home: -Infinity, End: Infinity }
      : {
          [back]: -1,
          [this.#isRtl ? 'ArrowRight' : 'ArrowLeft']: 1,
          Home: -Infinity,
          End: Infinity,
        };
    const step = steps[event.key];
    if (step === undefined) return;
    event.preventDefault();
    if (this.isSheet) this.#heightRatio = this.#shownRatio + step * HEIGHT.step;
    else this.#widthPx = this.#shownWidthPx + step * WIDTH.stepPx;
    this.#settle();
  };

  readonly onPointerDown = (event: PointerEvent): void => {
    if (event.button !== 0) return;
    const handle = event.currentTarget as HTMLElement;
    const from = { x: event.clientX, y: event.clientY, width: this.#shownWidthPx, ratio: this.#shownRatio };
    const dragging = new AbortController();
    const { signal } = dragging;
    let hasMoved = false;
    handle.setPointerCapture(event.pointerId);
    const move = ({ clientX, clientY }: PointerEvent): void => {
      hasMoved ||= Math.hypot(clientX - from.x, clientY - from.y) > TAP_PX;
      if (this.isSheet) this.#heightRatio = from.ratio + (from.y - clientY) / (this.#height || 1);
      else this.#widthPx = from.width + (from.x - clientX) * (this.#isRtl ? -1 : 1);
      this.#host.requestUpdate();
    };
    const end = (): void => {
      dragging.abort();
      if (!hasMoved) return;
      if (this.isSheet && this.#heightRatio < CLOSES_BELOW) {
        this.#heightRatio = from.ratio;
        this.#options.close();
      } else this.#settle();
    };
    handle.addEventListener('pointermove', move, { signal });
    handle.addEventListener('lostpointercapture', end, { signal });
  };

  #settle(): void {
    this.#widthPx = this.#shownWidthPx;
    this.#heightRatio = this.#shownRatio;
    keep(this.isSheet ? { heightRatio: this.#heightRatio } : { widthPx: this.#widthPx });
    this.#host.requestUpdate();
  }

  /** What is kept may be of a larger window. */
  get #shownWidthPx(): number {
    const most = Math.max(WIDTH.min, this.#width * WIDTH.maxRatio);
    return Math.min(Math.max(this.#widthPx, WIDTH.min), most);
  }

  get #shownRatio(): number {
    return Math.min(Math.max(this.#heightRatio, HEIGHT.min), HEIGHT.max);
  }

  get #isRtl(): boolean {
    const root = this.#host.renderRoot.querySelector('.root');
    return root !== null && getComputedStyle(root).direction === 'rtl';
  }
}

function percent(ratio: number): number {
  return Math.round(ratio * 100);
}
