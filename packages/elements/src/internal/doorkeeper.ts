import type { RoomState } from '@lms-live/client';
import { nothing, type TemplateResult } from 'lit';
import { Announcer } from './announcer.js';
import type { DoorkeeperView } from './doorkeeper-view.js';
import type { LmsPanel, Perform } from './lms-panel.js';
import { registerEnglish } from './localize.js';
import { moderationStrings } from './strings/moderation.js';

/** When the list could not be loaded, it is tried again after this. */
const LOAD_AGAIN_MS = 2_000;

/** `list`: whole, in the list of people · `banner`: the first few, over the stage. */
export type DoorkeeperForm = 'list' | 'banner';

/**
 * Those at the door, as staff see and answer them; tells politely when somebody new waits. What is shown is loaded when somebody waits for the first
 * time: most classes have no door.
 */
export class Doorkeeper {
  readonly #host: LmsPanel;
  readonly #perform: Perform;
  readonly #form: DoorkeeperForm;
  readonly #announcer: Announcer;
  #known: ReadonlySet<string> = new Set();
  #view: DoorkeeperView | null = null;
  #isLoading = false;

  constructor(host: LmsPanel, { perform, form }: { readonly perform: Perform; readonly form: DoorkeeperForm }) {
    registerEnglish(moderationStrings);
    this.#host = host;
    this.#perform = perform;
    this.#form = form;
    this.#announcer = new Announcer(host, (count) => host.localize.term('lobbyWaitMany', count), 'announce-lobby');
  }

  /**
   * Before each render. Who waits already when one comes in is told as well: nobody else lets them in.
   * @param isTold somebody else on the page says so
   */
  prepare({ lobby, me }: RoomState, isTold = false): void {
    const isMine = me?.grants.has('people.moderate') ?? false;
    if (isMine && !isTold)
      for (const { participant, name } of lobby.people)
        if (!this.#known.has(participant)) this.#announcer.say(this.#host.localize.term('lobbyWaits', name));
    this.#known = new Set(lobby.people.map(({ participant }) => participant));
    if (isMine && lobby.count > 0 && !this.#view) void this.#load();
    this.#view?.prepare(lobby.people);
  }

  render(state: RoomState): TemplateResult | typeof nothing {
    return (state.me?.grants.has('people.moderate') && this.#view?.render(state)) || nothing;
  }

  /** The live region. */
  renderAlways(): TemplateResult {
    return this.#announcer.render();
  }

  async #load(): Promise<void> {
    if (this.#isLoading) return;
    this.#isLoading = true;
    try {
      const { DoorkeeperView } = await import('./doorkeeper-view.js');
      this.#view ??= new DoorkeeperView(this.#host, { perform: this.#perform, form: this.#form });
      this.#host.requestUpdate();
    } catch {
      if (this.#host.isConnected) this.#host.timers.once('doorkeeper', LOAD_AGAIN_MS, () => this.#host.requestUpdate());
    } finally {
      this.#isLoading = false;
    }
  }
}
