import type { MediaState, RoomState } from './types.js';

/** Before the server has told of any media session. */
export const NO_MEDIA: MediaState = Object.freeze<MediaState>({
  own: null,
  why: null,
  settled: true,
  sessions: new Map(),
  complete: false,
});

/** Before the server has told who waits, and for everyone whom it does not tell. */
export const NOBODY_WAITS: RoomState['lobby'] = Object.freeze({ count: 0, people: Object.freeze([]) });

/** Nothing was said at the door. */
export const NOTHING_SAID: RoomState['door'] = Object.freeze({
  isWrong: false,
  retryAt: null,
  message: null,
  note: null,
});
