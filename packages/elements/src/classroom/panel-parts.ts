import { html, type TemplateResult } from 'lit';
import type { LmsElement } from '../internal/lms-element.js';
import { exportedParts } from './parts.js';
import type { PanelName } from './tabs.js';

/** When a part could not be loaded, it is tried again after this. */
const LOAD_AGAIN_MS = 3_000;

/** Each part with its own code, registered when it is first opened. */
const LOADERS: Readonly<Record<Exclude<PanelName, 'extra'>, () => Promise<unknown>>> = {
  chat: () => import('../define/chat.js'),
  questions: () => import('../define/qa-panel.js'),
  people: () => import('../define/people.js'),
};

/** What the panel of a class shows. A part is made when it is first opened and stays: what is half written is there when one comes back. */
export class PanelParts {
  readonly #host: LmsElement;
  readonly #opened = new Set<PanelName>();
  readonly #loaded = new Set<PanelName>();

  constructor(host: LmsElement) {
    this.#host = host;
  }

  isOpened(name: PanelName): boolean {
    return this.#opened.has(name);
  }

  isLoaded(name: PanelName): boolean {
    return name === 'extra' || this.#loaded.has(name);
  }

  open(name: PanelName): void {
    this.#opened.add(name);
    if (!this.isLoaded(name)) void this.load(name);
  }

  /** Fetches the code of a part, so that it is there when it is opened. */
  async load(name: PanelName): Promise<void> {
    if (name === 'extra') return;
    try {
      await LOADERS[name]();
      this.#loaded.add(name);
      this.#host.requestUpdate();
    } catch {
      if (this.#host.isConnected) this.#host.timers.once(`load ${name}`, LOAD_AGAIN_MS, () => void this.load(name));
    }
  }

  /** All that were ever opened, one of them in sight. */
  render(shown: PanelName | null): TemplateResult[] {
    return (['chat', 'questions', 'people', 'extra'] as const)
      .filter((name) => this.#opened.has(name))
      .map(
        (name) =>
          html`<div
            class="place"
            id="panel-${name}"
            role="tabpanel"
            aria-labelledby="tab-${name}"
            aria-busy=${this.isLoaded(name) ? 'false' : 'true'}
            tabindex="-1"
            ?hidden=${name !== shown}
          >
            ${this.#renderPart(name)}
          </div>`,
      );
  }

  #renderPart(name: PanelName): TemplateResult {
    switch (name) {
      case 'chat':
        return html`<lms-chat exportparts=${exportedParts('chat')}></lms-chat>`;
      case 'questions':
        return html`<lms-qa-panel exportparts=${exportedParts('questions')}></lms-qa-panel>`;
      case 'people':
        return html`<lms-people exportparts=${exportedParts('people')}></lms-people>`;
      case 'extra':
        return html`<div class="own"><slot name="extra"></slot></div>`;
    }
  }
}
