import type { Environment, RoomClient, TokenProvider } from '@lms-live/client';
import { LitElement, type PropertyValues } from 'lit';
import { property } from 'lit/decorators.js';
import { ConnectionController, type ConnectionHost, type Fact } from './connection.js';
import { Localize, registerEnglish } from './localize.js';
import { commonStrings } from './strings/common.js';
import { Timers } from './timers.js';

/** What every element of LMS Live has: the attributes of the connection, a language, a theme. */
export abstract class LmsElement extends LitElement implements ConnectionHost {
  readonly #internals = this.attachInternals();
  #shownState = '';

  /** @ignore */
  readonly timers: Timers = new Timers(this);
  /** @ignore */
  readonly localize: Localize = new Localize(this);
  /** @ignore */
  readonly connection: ConnectionController = new ConnectionController(this);
  /** @ignore */
  readonly tells: readonly Fact[] = [];
  /** @ignore */
  get joinsByItself(): boolean {
    return true;
  }

  /** Address of the live server, such as `https://live.school.example`. */
  @property() server = '';

  /** A token of the LMS for the person who is logged in. */
  @property() token = '';

  /** Same-origin address of the LMS that answers a fresh token, as `{"token": "…"}` or bare. */
  @property({ attribute: 'token-url' }) tokenUrl = '';

  /** Gives a token instead of `token` and `token-url`: asked at the start, near expiry and when the server wants a fresh one. */
  @property({ attribute: false }) tokenProvider: TokenProvider | undefined;

  /** The tenant, only where the token does not say. */
  @property() tenant = '';

  /** The id of the class, only where the token covers several. */
  @property() room = '';

  /** `meeting` or `livestream`: the kind of class to make where it does not exist and this person may create it. Default `meeting`. */
  @property() kind: 'meeting' | 'livestream' | '' = '';

  /**
   * `memory`: messages that are not sent yet live as long as the page, and nothing of them is stored on the device. Default `indexeddb`: they outlive it,
   * unless the class says otherwise.
   */
  @property({ attribute: 'client-storage' }) clientStorage: 'indexeddb' | 'memory' | '' = '';

  /** Language as a BCP 47 tag. Default: that of the `<lms-room>`, else the nearest `lang`, else the browser's. */
  @property() locale = '';

  /** `auto` takes the `color-scheme` of the page. Default: that of the `<lms-room>`, else `auto`. */
  @property({ reflect: true }) theme: 'auto' | 'light' | 'dark' | '' = '';

  /** What the connection is made of: sockets, clock, storage. For tests and for the server in the page; not for use in production. */
  @property({ attribute: false }) environment: Partial<Environment> | undefined;

  constructor() {
    super();
    registerEnglish(commonStrings);
  }

  /** The connection, for everything that the elements do not show; null until the attributes are complete. */
  get client(): RoomClient | null {
    return this.connection.client;
  }

  /** Tries again at once after a failure. */
  retry(): void {
    this.client?.retry();
  }

  protected override willUpdate(_changed: PropertyValues): void {
    this.connection.refresh();
  }

  protected override updated(_changed: PropertyValues): void {
    this.#showState(this.connection.problem ? 'failed' : (this.connection.state?.connection.state ?? 'idle'));
  }

  #showState(state: string): void {
    if (state === this.#shownState) return;
    // Chromium before 125 takes only names with dashes, and throws.
    try {
      this.#internals.states.delete(this.#shownState);
      this.#internals.states.add(state);
    } catch {
      // Without `:state()` the looks of the element are complete all the same.
    }
    this.#shownState = state;
  }
}
