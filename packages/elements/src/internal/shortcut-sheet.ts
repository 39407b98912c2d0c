import { html, render } from 'lit';
import X from 'lucide/dist/esm/icons/x.mjs';
import { dialogStyles } from './dialog.styles.js';
import { icon } from './icons.js';
import type { LmsElement } from './lms-element.js';
import { registerEnglish } from './localize.js';
import { adopt } from './overlay.js';
import { shortcutSheetStyles } from './shortcut-sheet.styles.js';
import { SHORTCUT_KEYS, type Shortcut } from './shortcuts.js';
import { shortcutStrings, type ShortcutStrings } from './strings/shortcuts.js';

export interface SheetOptions {
  readonly host: LmsElement;
  /** What has a key here, in this order. `talk` and `escape` stand for the space bar and for Esc. */
  readonly shows: readonly (Shortcut | 'talk' | 'escape')[];
  /** Closes it, at the latest when the element leaves the document. */
  readonly signal: AbortSignal;
}

const TERMS = {
  microphone: 'keyMicrophone',
  talk: 'keyTalk',
  camera: 'keyCamera',
  share: 'keyShare',
  hand: 'keyHand',
  react: 'keyReactions',
  chat: 'keyChat',
  questions: 'keyQuestions',
  people: 'keyPeople',
  fullscreen: 'keyFullscreen',
  layout: 'keyLayout',
  escape: 'keyEscape',
  help: 'keyHelp',
} as const satisfies Record<Shortcut | 'talk' | 'escape', keyof ShortcutStrings>;

/** Shows the keys and what they do, in a modal `<dialog>` in the element’s `.root`; one at a time. */
export function openShortcutSheet({ host, shows, signal }: SheetOptions): void {
  const root = host.shadowRoot;
  const frame = root?.querySelector('.root');
  if (!root || !frame || signal.aborted || frame.querySelector('.keys')) return;
  registerEnglish(shortcutStrings);
  adopt(root, [dialogStyles, shortcutSheetStyles]);
  const { localize } = host;
  const nameOf = (key: (typeof shows)[number]): string =>
    key === 'talk'
      ? localize.term('keySpaceBar')
      : key === 'escape'
        ? localize.term('keyEscapeName')
        : SHORTCUT_KEYS[key];
  const close = localize.term('keysClose');
  const dialog = document.createElement('dialog');
  dialog.className = 'keys';
  dialog.setAttribute('aria-labelledby', 'keys-title');
  dialog.setAttribute('part', 'dialog');
  render(
    html`<div class="title">
        <h3 id="keys-title">${localize.term('keys')}</h3>
        <button class="button icon-only" aria-label=${close} title=${close} @click=${() => dialog.close()}>
          ${icon(X)}
        </button>
      </div>
      <dl>
        ${shows.map(
          (key) =>
            html`<div>
              <dt><kbd>${nameOf(key)}</kbd></dt>
              <dd>${localize.term(TERMS[key])}</dd>
            </div>`,
        )}
      </dl>`,
    dialog,
  );
  frame.append(dialog);
  const done = new AbortController();
  const end = (): void => {
    done.abort();
    dialog.remove();
  };
  dialog.addEventListener('keydown', (event) => event.key === 'Escape' && event.stopPropagation(), {
    signal: done.signal,
  });
  dialog.addEventListener('close', end, { signal: done.signal });
  // A click beside it lands on the dialog itself.
  dialog.addEventListener('click', (event) => event.target === dialog && dialog.close(), { signal: done.signal });
  signal.addEventListener('abort', end, { signal: done.signal });
  dialog.showModal();
}
