import type { ConnectionState, LmsErrorDetail, RoomEvents } from '@lms-live/client';
import type { CallEvents } from '@lms-live/client/media';

/** What each `lms-…` event carries in `detail`. */
export interface LmsEventDetails {
  'lms-joined': RoomEvents['joined'];
  'lms-left': RoomEvents['left'];
  'lms-person-joined': RoomEvents['person-joined'];
  'lms-person-left': RoomEvents['person-left'];
  'lms-message-posted': RoomEvents['message-posted'];
  'lms-question-asked': RoomEvents['question-asked'];
  'lms-question-answered': RoomEvents['question-answered'];
  'lms-hand-raised': RoomEvents['hand-raised'];
  'lms-room-opened': RoomEvents['room-opened'];
  'lms-room-ended': RoomEvents['room-ended'];
  'lms-token-refreshed': RoomEvents['token-refreshed'];
  'lms-muted': RoomEvents['muted'];
  'lms-asked': RoomEvents['asked'];
  'lms-device-lost': CallEvents['device-lost'];
  'lms-share-ended': CallEvents['share-ended'];
  'lms-connection-changed': { readonly state: ConnectionState };
  'lms-error': LmsErrorDetail;
}

export type LmsEventName = keyof LmsEventDetails;
export type LmsEvent<K extends LmsEventName = LmsEventName> = CustomEvent<LmsEventDetails[K]>;

/** A fact, in the past tense: bubbles, leaves shadow roots, and cannot be cancelled. */
export function lmsEvent<K extends LmsEventName>(name: K, detail: LmsEventDetails[K]): LmsEvent<K> {
  return new CustomEvent(name, { detail, bubbles: true, composed: true });
}

declare global {
  interface HTMLElementEventMap {
    'lms-joined': LmsEvent<'lms-joined'>;
    'lms-left': LmsEvent<'lms-left'>;
    'lms-person-joined': LmsEvent<'lms-person-joined'>;
    'lms-person-left': LmsEvent<'lms-person-left'>;
    'lms-message-posted': LmsEvent<'lms-message-posted'>;
    'lms-question-asked': LmsEvent<'lms-question-asked'>;
    'lms-question-answered': LmsEvent<'lms-question-answered'>;
    'lms-hand-raised': LmsEvent<'lms-hand-raised'>;
    'lms-room-opened': LmsEvent<'lms-room-opened'>;
    'lms-room-ended': LmsEvent<'lms-room-ended'>;
    'lms-token-refreshed': LmsEvent<'lms-token-refreshed'>;
    'lms-muted': LmsEvent<'lms-muted'>;
    'lms-asked': LmsEvent<'lms-asked'>;
    'lms-device-lost': LmsEvent<'lms-device-lost'>;
    'lms-share-ended': LmsEvent<'lms-share-ended'>;
    'lms-connection-changed': LmsEvent<'lms-connection-changed'>;
    'lms-error': LmsEvent<'lms-error'>;
  }
}
