import type { Timeline } from './timeline.js';

/** Rows in the document while the newest are followed. */
export const TAIL_ROWS = 120;
/** Rows that come in at once at either end … */
const PAGE_ROWS = 60;
/** … and the most there are. */
export const MAX_ROWS = 200;
/** This close to an end the next page is put in. */
const NEAR_PX = 500;
/** This close to the bottom is at the bottom. */
const BOTTOM_PX = 32;

/**
 * The part of a long conversation that is in the document. It keeps to the newest messages until someone scrolls up,
 * and keeps the message that is being read in its place when rows come or go around it.
 */
export class MessageWindow {
  start = 0;
  end = 0;
  /** At the bottom, and staying there. */
  following = true;
  /** Everything before this index has been on the screen. */
  seen = 0;

  #length = 0;
  #firstKey = '';
  #timeline: Timeline | null = null;
  #anchor: { readonly key: string; readonly top: number } | null = null;
  /** Where the list was put when the newest were last followed. */
  #followedTo = 0;

  /** Takes the conversation as it is now. @returns how many messages have come in at its end */
  take(timeline: Timeline): number {
    const firstKey = timeline.slice(0, 1)[0]?.key ?? '';
    const shift = this.#firstKey === '' || firstKey === this.#firstKey ? 0 : this.#shiftTo(timeline, firstKey);
    const isNew = this.#firstKey === '' || shift === null;
    const before = isNew ? timeline.length : this.#length + shift;
    if (isNew) {
      this.following = true;
      this.#followedTo = 0;
      this.seen = timeline.length;
    } else {
      this.start = Math.max(0, this.start + shift);
      this.end = Math.max(0, this.end + shift);
      this.seen = Math.max(0, this.seen + shift);
    }
    this.#firstKey = firstKey;
    this.#timeline = timeline;
    this.#length = timeline.length;
    if (this.following) {
      this.end = this.#length;
      this.start = Math.max(0, this.end - TAIL_ROWS);
      this.seen = this.#length;
    } else {
      // What comes in while someone reads a little further up appears below, as long as there is room.
      const isAtEnd = this.end >= before;
      this.end = Math.min(isAtEnd ? this.start + MAX_ROWS : this.end, this.#length);
    }
    return Math.max(0, timeline.length - before);
  }

  /** After a scroll. @returns `changed` when other rows are wanted, `older` when the beginning of what is known is near */
  scrolled(scroller: HTMLElement): { changed: boolean; older: boolean } {
    const { scrollTop, scrollHeight, clientHeight } = scroller;
    const below = scrollHeight - scrollTop - clientHeight;
    const before = [this.start, this.end, this.following].join();
    this.following = below <= BOTTOM_PX && this.end === this.#length;
    if (this.following) this.seen = this.#length;
    if (!this.following && scrollTop < NEAR_PX && this.start > 0) {
      this.start = Math.max(0, this.start - PAGE_ROWS);
      this.end = Math.min(this.end, this.start + MAX_ROWS);
    } else if (below < NEAR_PX && this.end < this.#length) {
      this.end = Math.min(this.#length, this.end + PAGE_ROWS);
      this.start = Math.max(this.start, this.end - MAX_ROWS);
    }
    return {
      changed: before !== [this.start, this.end, this.following].join(),
      older: scrollTop < NEAR_PX && this.start === 0,
    };
  }

  /** Puts a message in the middle. */
  show(index: number): void {
    this.following = false;
    this.start = Math.max(0, index - PAGE_ROWS);
    this.end = Math.min(this.#length, index + PAGE_ROWS);
  }

  follow(): void {
    this.following = true;
    this.#followedTo = 0;
    this.end = this.seen = this.#length;
    this.start = Math.max(0, this.end - TAIL_ROWS);
  }

  /** Whoever has scrolled up is not taken back down, also where rows change before the scroll event has come. */
  notice(scroller: HTMLElement): void {
    const { scrollTop, scrollHeight, clientHeight } = scroller;
    if (scrollTop < this.#followedTo - 1 && scrollHeight - scrollTop - clientHeight > BOTTOM_PX) this.following = false;
  }

  /** How far what was there has moved: down where older messages came before it, up where a snapshot has cut them off. null where nothing of it is left. */
  #shiftTo(timeline: Timeline, firstKey: string): number | null {
    const down = indexOfKey(timeline, this.#firstKey);
    if (down >= 0) return down;
    const up = this.#timeline && firstKey !== '' ? indexOfKey(this.#timeline, firstKey) : -1;
    return up >= 0 ? -up : null;
  }

  /** Before rows change: remembers what is at the top of the screen. */
  hold(scroller: HTMLElement): void {
    this.#anchor = null;
    this.notice(scroller);
    if (this.following) return;
    const top = scroller.getBoundingClientRect().top;
    for (const row of rowsOf(scroller)) {
      const rect = row.getBoundingClientRect();
      if (rect.bottom <= top) continue;
      this.#anchor = { key: row.dataset['key'] ?? '', top: rect.top };
      return;
    }
  }

  stayAtEnd(scroller: HTMLElement): void {
    scroller.scrollTop = scroller.scrollHeight;
    this.#followedTo = scroller.scrollTop;
  }

  /** After rows have changed: the newest in sight, or what was read where it was. */
  settle(scroller: HTMLElement): void {
    if (this.following) {
      this.stayAtEnd(scroller);
    } else if (this.#anchor) {
      const { key, top } = this.#anchor;
      const row = [...rowsOf(scroller)].find((other) => other.dataset['key'] === key);
      const moved = row ? row.getBoundingClientRect().top - top : 0;
      if (Math.abs(moved) >= 1) scroller.scrollTop += moved;
    }
    this.#anchor = null;
  }
}

function rowsOf(scroller: HTMLElement): NodeListOf<HTMLElement> {
  return scroller.querySelectorAll<HTMLElement>('[data-key]');
}

function indexOfKey(timeline: Timeline, key: string): number {
  return timeline.slice(0, timeline.length).findIndex((line) => line.key === key);
}
