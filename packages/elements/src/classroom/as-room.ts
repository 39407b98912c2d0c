import type { ConnectionController, LmsRoomLike } from '../internal/connection.js';
import type { LmsElement } from '../internal/lms-element.js';

/** A classroom as its parts see it: a room that hands on the language and the theme of the room around it. */
export class AsRoom implements LmsRoomLike {
  readonly #element: LmsElement;

  constructor(element: LmsElement) {
    this.#element = element;
  }

  get connection(): ConnectionController {
    return this.#element.connection;
  }

  get locale(): string {
    return this.#element.locale || (this.connection.room?.locale ?? '');
  }

  get theme(): string {
    return this.#element.theme || (this.connection.room?.theme ?? '');
  }
}
