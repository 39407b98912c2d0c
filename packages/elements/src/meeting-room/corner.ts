import { CORNERS, type Corner as Place } from './layout.js';

/** Less than this is a click, not a drag. */
const DRAG_FROM_PX = 4;

/** The corner in which one's own picture stands in a call: it is dragged there, or put there by a button. */
export class Corner {
  at: Place = 'bottom-end';
  readonly #changed: () => void;

  constructor(changed: () => void) {
    this.#changed = changed;
  }

  /** Goes on to the next corner: what a drag does, without one. */
  next(): void {
    this.at = CORNERS[(CORNERS.indexOf(this.at) + 1) % CORNERS.length] as Place;
    this.#changed();
  }

  /** On the element that holds the tiles. */
  readonly begin = (event: PointerEvent): void => {
    const target = event.target as Element;
    const tile = target.closest<HTMLElement>('.tile.corner');
    const space = tile?.parentElement;
    if (!tile || !space || event.button !== 0 || target.closest('button')) return;
    const dragging = new AbortController();
    const listening = { signal: dragging.signal };
    tile.setPointerCapture(event.pointerId);
    const move = ({ clientX, clientY }: PointerEvent): void => {
      const [x, y] = [clientX - event.clientX, clientY - event.clientY];
      if (Math.hypot(x, y) < DRAG_FROM_PX && !tile.classList.contains('dragged')) return;
      tile.classList.add('dragged');
      tile.style.setProperty('--dx', `${x}px`);
      tile.style.setProperty('--dy', `${y}px`);
    };
    const end = (): void => {
      dragging.abort();
      if (!tile.classList.contains('dragged')) return;
      this.at = nearest(tile.getBoundingClientRect(), space);
      tile.classList.remove('dragged');
      tile.style.removeProperty('--dx');
      tile.style.removeProperty('--dy');
      this.#changed();
    };
    tile.addEventListener('pointermove', move, listening);
    tile.addEventListener('pointerup', end, listening);
    tile.addEventListener('pointercancel', end, listening);
  };
}

function nearest(tile: DOMRect, space: HTMLElement): Place {
  const around = space.getBoundingClientRect();
  const isLeft = tile.x + tile.width / 2 < around.x + around.width / 2;
  const isTop = tile.y + tile.height / 2 < around.y + around.height / 2;
  const isStart = isLeft === (getComputedStyle(space).direction === 'ltr');
  return `${isTop ? 'top' : 'bottom'}-${isStart ? 'start' : 'end'}`;
}
