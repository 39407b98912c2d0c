import type { ReactiveController, ReactiveControllerHost } from 'lit';

/** The key of each thing that one does in a class. Letters are those of the Latin keyboard, wherever other scripts are written. */
export const SHORTCUT_KEYS = {
  microphone: 'M',
  camera: 'V',
  share: 'S',
  hand: 'H',
  react: 'R',
  chat: 'C',
  questions: 'Q',
  people: 'P',
  fullscreen: 'F',
  layout: 'L',
  help: '?',
} as const;

/** What one does by a single key. */
export type Shortcut = keyof typeof SHORTCUT_KEYS;

export function isShortcut(name: string): name is Shortcut {
  return Object.hasOwn(SHORTCUT_KEYS, name);
}

/** An element that takes keys. */
export interface ShortcutHost extends ReactiveControllerHost, HTMLElement {
  /** Turned off by the page (WCAG 2.2, 2.1.4). */
  readonly noShortcuts: boolean;
}

/** What an element does by keys. */
export interface ShortcutActions {
  /** What each key does right now; what is left out is not for this element, and the key goes on to others. Asked at each key. */
  readonly actions: () => Partial<Record<Shortcut, () => void>>;
  /** Talking for as long as the space bar is held. */
  readonly talk?: {
    /** @returns whether it has begun: this person is muted, and may speak */
    readonly start: () => boolean;
    readonly stop: () => void;
  };
}

/** In these a key is written, chooses by first letters, or moves. */
const TYPING = 'input:not([type=button], [type=checkbox], [type=radio]), textarea, select, [contenteditable]';
/** While one of these is open the keys are its own. */
const OVERLAYS = 'dialog, [role=menu], [role=dialog]';
/** On these the space bar means something: it presses, or scrolls. What has the focus without being reached by Tab, the stage, is none of them. */
const PRESSABLE = 'button, a, input, summary, video, [tabindex="0"]';
const LATIN_LETTER = /^[a-z]$/iu;

/**
 * Single keys for an element and everything in it. They act while the focus is in it, or nowhere on the page; never while somebody types,
 * never in a menu or dialog, and never together with Ctrl, Alt or Meta, which belong to the browser. A stage within an `<lms-classroom>` takes
 * the keys of the whole classroom. Whoever takes a key prevents its default: of several on a page one acts.
 */
export class Shortcuts implements ReactiveController {
  readonly #host: ShortcutHost;
  readonly #given: ShortcutActions;
  #isTalking = false;
  #listening: AbortController | null = null;

  constructor(host: ShortcutHost, given: ShortcutActions) {
    this.#host = host;
    this.#given = given;
    host.addController(this);
  }

  hostConnected(): void {
    this.#listening?.abort();
    this.#listening = new AbortController();
    const { signal } = this.#listening;
    document.addEventListener('keydown', (event) => this.#pressed(event), { signal });
    document.addEventListener('keyup', (event) => event.key === ' ' && this.#stopTalking(), { signal });
    // A key that comes up in another window is not heard here.
    window.addEventListener('blur', () => this.#stopTalking(), { signal });
    document.addEventListener('visibilitychange', () => this.#stopTalking(), { signal });
  }

  hostDisconnected(): void {
    this.#stopTalking();
    this.#listening?.abort();
    this.#listening = null;
  }

  #pressed(event: KeyboardEvent): void {
    if (event.defaultPrevented || event.isComposing || event.ctrlKey || event.altKey || event.metaKey) return;
    if (this.#host.noShortcuts || !this.#hasFocus()) return;
    const within = event.composedPath().filter((node) => node instanceof Element);
    if (within[0]?.matches(TYPING) || within.some((element) => element.matches(OVERLAYS))) return;
    if (event.key === ' ') {
      if (within[0]?.matches(PRESSABLE) || !this.#startTalking(event.repeat)) return;
    } else {
      const shortcut = event.repeat ? null : shortcutOf(event);
      const act = shortcut && this.#given.actions()[shortcut];
      if (!act) return;
      act();
    }
    event.preventDefault();
  }

  /** @returns whether the space bar is taken: its repeats too, or the page would scroll */
  #startTalking(isRepeat: boolean): boolean {
    if (!isRepeat && !this.#isTalking) this.#isTalking = this.#given.talk?.start() ?? false;
    return this.#isTalking;
  }

  #stopTalking(): void {
    if (!this.#isTalking) return;
    this.#isTalking = false;
    this.#given.talk?.stop();
  }

  #hasFocus(): boolean {
    const { activeElement, body, documentElement } = document;
    return !activeElement || activeElement === body || activeElement === documentElement || this.#isFocusWithin();
  }

  #isFocusWithin(): boolean {
    const root = this.#host.getRootNode();
    const around = root instanceof ShadowRoot && root.host.localName === 'lms-classroom' ? root.host : this.#host;
    return around.matches(':focus-within');
  }
}

function shortcutOf({ key, code, shiftKey }: KeyboardEvent): Shortcut | null {
  if (key === '?' || key === '؟') return 'help';
  if (shiftKey) return null;
  const letter = LATIN_LETTER.test(key) ? key : /^Key([A-Z])$/u.exec(code)?.[1];
  const wanted = letter?.toUpperCase();
  return (Object.keys(SHORTCUT_KEYS) as Shortcut[]).find((name) => SHORTCUT_KEYS[name] === wanted) ?? null;
}
