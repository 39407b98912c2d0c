import { permission, type Permission, type RoomState } from '@lms-live/client';
import type { Localize } from '../internal/localize.js';

/** Whether and how this person may write now. */
export interface Writing {
  readonly isOpen: boolean;
  /** Only the teachers can be written to: not a choice then. */
  readonly isForcedToStaff: boolean;
  readonly notice: string | null;
  /** Slow mode: milliseconds until the next message; 0 otherwise. */
  readonly waitMs: number;
}

type NoticeKey = 'chatOff' | 'chatFrozen' | 'chatMuted' | 'chatNotRunning' | 'chatReadOnly';

const NOTICES: Readonly<Record<string, NoticeKey>> = {
  chat_disabled: 'chatOff',
  chat_frozen: 'chatFrozen',
  chat_muted: 'chatMuted',
  room_not_started: 'chatNotRunning',
  forbidden: 'chatReadOnly',
};

export function writingOf(localize: Localize, state: RoomState, nowMs: number): Writing {
  const toAll = permission(state, 'post', nowMs);
  const toStaff = permission(state, 'postToStaff', nowMs);
  const waitMs = waitOf(toAll, nowMs);
  if (waitMs > 0) {
    const notice = localize.term('slowWait', Math.ceil(waitMs / 1_000));
    return { isOpen: true, isForcedToStaff: false, notice, waitMs };
  }
  if (toAll.allowed) return { isOpen: true, isForcedToStaff: false, notice: null, waitMs: 0 };
  if (toStaff.allowed) {
    const notice = localize.term(toAll.code === 'chat_questions_only' ? 'chatQuestionsOnly' : 'chatToStaff');
    return { isOpen: true, isForcedToStaff: true, notice, waitMs: 0 };
  }
  const key = NOTICES[toAll.code ?? ''];
  return {
    isOpen: false,
    isForcedToStaff: false,
    notice: key ? (localize.term as (key: NoticeKey) => string).call(localize, key) : null,
    waitMs: 0,
  };
}

function waitOf({ code, until }: Permission, nowMs: number): number {
  return code === 'slow_mode' && until !== null ? Math.max(0, until - nowMs) : 0;
}

/** The modes of the chat, as the staff choose them. */
export const MODE_NAMES = {
  open: 'modeOpen',
  slow: 'modeSlow',
  toStaff: 'modeToStaff',
  questionsOnly: 'modeQuestionsOnly',
  frozen: 'modeFrozen',
} as const;
