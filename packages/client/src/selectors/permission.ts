import { LIMITS, isStaff, type Grant, type IdMap, type Question } from '@lms-live/protocol';
import type { Me, Permission, RoomState } from '../types.js';

/** What a person does, beside single grants. */
export type Action = 'post' | 'postToStaff' | 'ask' | 'askAnonymously' | 'vote' | 'raiseHand' | 'react';

const ALLOWED: Permission = Object.freeze({ allowed: true, code: null, until: null });
const NOT_IN_YET: Permission = Object.freeze({ allowed: false, code: null, until: null });

interface Case {
  readonly state: RoomState;
  readonly me: Me;
  /** Server time. */
  readonly now: number;
}

/**
 * Whether this person may do something now, by the same rules in the same order as the server's `decide`, with the code of its refusal.
 * `code` is null while the person has not been admitted. For enabling controls: what counts is what the server says.
 *
 * @param what an action, or a grant (`chat.moderate`)
 * @param nowMs wall clock of the page
 */
export function permission(state: RoomState, what: Action | Grant, nowMs: number = Date.now()): Permission {
  const { me } = state;
  if (!me) return NOT_IN_YET;
  const given = { state, me, now: nowMs + state.clockOffsetMs };
  switch (what) {
    case 'post':
      return mayPost(given, 'all');
    case 'postToStaff':
      return mayPost(given, 'staff');
    case 'ask':
      return mayAsk(given, false);
    case 'askAnonymously':
      return mayAsk(given, true);
    case 'vote':
      return (
        enter(given, 'vote') ?? running(given) ?? policy(given, 'questions.enabled', 'questions_disabled') ?? ALLOWED
      );
    case 'raiseHand':
      return (
        enter(given, 'hand.raise') ?? running(given) ?? policy(given, 'hands.enabled', 'hands_disabled') ?? ALLOWED
      );
    case 'react':
      return (
        enter(given, 'react') ?? running(given) ?? policy(given, 'reactions.enabled', 'reactions_disabled') ?? ALLOWED
      );
    default:
      return enter(given, what) ?? ALLOWED;
  }
}

function mayPost(given: Case, to: 'all' | 'staff'): Permission {
  const refused =
    enter(given, 'chat.post') ??
    running(given) ??
    policy(given, 'chat.enabled', 'chat_disabled') ??
    barred(given, 'chat', 'chat_muted');
  if (refused) return refused;
  if (given.me.grants.has('chat.moderate')) return ALLOWED;
  const { policy: settings } = given.state.views.all.room;
  switch (settings['chat.mode']) {
    case 'open':
      return ALLOWED;
    case 'frozen':
      return refuse('chat_frozen');
    case 'questionsOnly':
      return to === 'all' ? refuse('chat_questions_only') : ALLOWED;
    case 'toStaff':
      return to === 'all' ? refuse('chat_to_staff_only') : ALLOWED;
    case 'slow': {
      const freeAt = lastPostAt(given) + settings['chat.slowSeconds'] * 1_000;
      return freeAt > given.now ? refuse('slow_mode', freeAt - given.state.clockOffsetMs) : ALLOWED;
    }
  }
}

function mayAsk(given: Case, isAnonymous: boolean): Permission {
  const refused =
    enter(given, 'question.ask') ??
    running(given) ??
    policy(given, 'questions.enabled', 'questions_disabled') ??
    barred(given, 'chat', 'chat_muted') ??
    (isAnonymous ? policy(given, 'questions.anonymous', 'anonymous_not_allowed') : null);
  if (refused) return refused;
  return openQuestions(given) >= LIMITS.maxOpenQuestionsPerPerson ? refuse('questions_full') : ALLOWED;
}

function refuse(code: string, until: number | null = null): Permission {
  return { allowed: false, code, until };
}

/** The grant, and not being banned. */
function enter(given: Case, grant: Grant): Permission | null {
  return given.me.grants.has(grant) ? barred(given, 'room', 'person_banned') : refuse('forbidden');
}

function running({ state, me }: Case): Permission | null {
  const { state: roomState } = state.views.all.room;
  if (roomState === 'ended') return refuse('room_ended');
  return isStaff(me.grants) || roomState === 'live' || roomState === 'held' ? null : refuse('room_not_started');
}

type Switch = 'chat.enabled' | 'questions.enabled' | 'questions.anonymous' | 'hands.enabled' | 'reactions.enabled';

function policy({ state }: Case, key: Switch, code: string): Permission | null {
  return state.views.all.room.policy[key] ? null : refuse(code);
}

function barred({ state, now }: Case, bar: 'chat' | 'room', code: string): Permission | null {
  const stands = state.views.me.bars[bar];
  if (!stands || (stands.until !== null && stands.until <= now)) return null;
  return refuse(code, stands.until === null ? null : stands.until - state.clockOffsetMs);
}

/** When this person last wrote, server time; what is on its way counts. */
function lastPostAt({ state: { views, pending, clockOffsetMs }, me }: Case): number {
  let last = 0;
  for (const { type, at, error } of pending)
    if (type === 'chat.post' && !error) last = Math.max(last, at + clockOffsetMs);
  for (const list of [views.all.messages, views.me.messages]) {
    for (const { by, at } of list.tail(RECENT)) if (by === me.participant) last = Math.max(last, at);
  }
  return last;
}

/** Looking further back than this for one's own last message would cost more than the server's refusal does. */
const RECENT = 256;

function openQuestions({ state: { views }, me }: Case): number {
  const own = (questions: IdMap<Question>, state: Question['state']): number => {
    let count = 0;
    for (const question of questions.values())
      if (question.state === state && (question.by === me.participant || views.me.asked.has(question.id))) count += 1;
    return count;
  };
  return own(views.all.questions, 'open') + own(views.me.questions, 'pending');
}
