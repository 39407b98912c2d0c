import { css, html, type PropertyValues, type TemplateResult } from 'lit';
import { answerRoomRequests, hasStage } from '../internal/context.js';
import type { LmsRoomLike } from '../internal/connection.js';
import { LmsElement } from '../internal/lms-element.js';

/**
 * @summary Gives the elements in it one connection to a class, and a language and a theme; it has no looks of its own.
 *
 * @customElement lms-room
 *
 * @slot - The page: elements of LMS Live at any depth, and anything else.
 *
 * @fires {CustomEvent<{ readonly participant: string }>} lms-joined - This person is in the class.
 * @fires {CustomEvent<{ readonly participant: string }>} lms-left - This person is no longer in the class.
 * @fires {CustomEvent<{ readonly room: string }>} lms-room-opened - The class has begun.
 * @fires {CustomEvent<{ readonly room: string }>} lms-room-ended - The class is over.
 * @fires {CustomEvent<Record<string, never>>} lms-token-refreshed - A fresh token is in use.
 * @fires {CustomEvent<{ readonly state: string }>} lms-connection-changed - The connection is in another state.
 * @fires {CustomEvent<LmsErrorDetail>} lms-error - Something went wrong; `code` says what, `retryable` whether trying again may help.
 *
 * @cssState idle - Not started.
 * @cssState connecting - For the first time.
 * @cssState waiting - At the door.
 * @cssState online - In the class.
 * @cssState reconnecting - Comes back by itself.
 * @cssState ended - The class is over.
 * @cssState failed - Does not come back by itself, or the attributes are not complete.
 * @cssState closed - Left.
 */
export class LmsRoom extends LmsElement implements LmsRoomLike {
  static override styles = css`
    :host {
      display: contents;
    }
    :host([hidden]) {
      display: none;
    }
  `;

  constructor() {
    super();
    answerRoomRequests(this, this);
  }

  /** @ignore */
  override get joinsByItself(): boolean {
    return !hasStage(this);
  }

  protected override updated(changed: PropertyValues): void {
    super.updated(changed);
    if (changed.has('locale') || changed.has('theme')) this.connection.changed();
  }

  protected override render(): TemplateResult {
    return html`<slot></slot>`;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'lms-room': LmsRoom;
  }
}
