import type { Bar, BarReason, EventBody, QuestionState } from '../tables/events.js';
import { LIMITS } from '../tables/limits.js';
import { DEFAULT_POLICY, type PolicyValues } from '../tables/policy.js';
import type { Role } from '../tables/rights.js';
import { IdMap } from './id-map.js';
import { MessageList } from './message-list.js';
import { restore } from './restore.js';

type RoomChanges = Omit<EventBody<'room.changed'>, 'policy' | 'fixed'>;
// `Required` would leave the `undefined` that an optional key of a schema may hold.
type PublicRoom = { readonly [K in keyof RoomChanges]-?: Exclude<RoomChanges[K], undefined> };

/** The room as everyone may see it. */
export interface RoomView extends PublicRoom {
  readonly policy: PolicyValues;
  /** Settings that the teacher may not change. */
  readonly fixed: readonly string[];
}

/** A message; where it was deleted or erased a tombstone is left: its place, time and author, with `id` and `text` null. */
export interface Message {
  readonly offset: number;
  readonly id: string | null;
  readonly at: number;
  readonly by: string | null;
  readonly text: string | null;
  readonly replyTo: string | null;
  /** The student whose thread with the staff this belongs to; null: to everyone. */
  readonly thread: string | null;
  readonly editedAt: number | null;
}

/** A question as it is shown. */
export interface Question {
  readonly id: string;
  readonly offset: number;
  readonly askedAt: number;
  /** The asker; null where the question is anonymous. */
  readonly by: string | null;
  readonly alias: string | null;
  readonly text: string;
  readonly state: QuestionState;
  readonly labels: readonly string[];
  readonly handledBy: string | null;
  readonly answer: { readonly text: string; readonly by: string | null; readonly at: number } | null;
  readonly votes: number;
  /** Why it was declined. */
  readonly reason: string | null;
}

/** A person whom the class has seen, present or not. */
export interface Person {
  readonly participant: string;
  /** null where it was erased. */
  readonly name: string | null;
  readonly picture: string | null;
  readonly role: Role;
  readonly media: { readonly audio: boolean; readonly video: boolean; readonly share: boolean };
}

/** A bar that was set; whether it stands still is a question of `until` and the time. */
export interface BarView {
  readonly until: number | null;
  readonly reason: BarReason;
}

/** One stay; `closedAt` null: not over. Both are when the person was seen, not when it was noticed. */
export interface Attended {
  readonly openedAt: number;
  readonly closedAt: number | null;
}

/** What a member of staff did; where its text was erased, `action` is `erased`, and only the place, the time and who did it are left. */
export interface Audit {
  readonly offset: number;
  readonly at: number;
  readonly by: string | null;
  readonly action: string;
  readonly about: string | null;
  readonly text: string | null;
  readonly note: string | null;
}

/** What a person reads from the log `all`. */
export interface AllView {
  readonly room: RoomView;
  readonly people: IdMap<Person>;
  readonly messages: MessageList<Message>;
  /** Pinned messages, the newest last. */
  readonly pins: readonly string[];
  /** The pinned messages as they stand, so that they can be read however far back they are. */
  readonly pinned: IdMap<Message>;
  readonly questions: IdMap<Question>;
  /** Raised hands, the first to be raised first. */
  readonly hands: readonly { readonly participant: string; readonly at: number }[];
}

/** What a person reads from their own log. */
export interface MeView {
  readonly name: string | null;
  readonly messages: MessageList<Message>;
  /** Own questions that are pending or declined; a published one stands in `all`. */
  readonly questions: IdMap<Question>;
  /** Questions this person asked without a name, by id: the `cmid` of the command that asked. */
  readonly asked: IdMap<string>;
  /** Questions this person votes for. */
  readonly votes: IdMap<true>;
  readonly bars: { readonly [K in Bar]?: BarView };
  readonly admitted: boolean | null;
  readonly attended: readonly Attended[];
}

/** What staff read from the log `staff`. */
export interface StaffView {
  readonly names: IdMap<string>;
  readonly messages: MessageList<Message>;
  /** Questions that are pending or declined; a published one stands in `all`. */
  readonly questions: IdMap<Question>;
  /** Who asked an anonymous question. */
  readonly authors: IdMap<string>;
  readonly bars: IdMap<{ readonly [K in Bar]?: BarView }>;
  readonly admitted: IdMap<boolean>;
  readonly attended: IdMap<readonly Attended[]>;
  /** The newest 500. */
  readonly audits: readonly Audit[];
}

/** What somebody reads: everyone’s log, their own, and the staff’s (empty for who is not staff). */
export interface Views {
  readonly all: AllView;
  readonly me: MeView;
  readonly staff: StaffView;
}

/** A room of which nothing is known yet. */
export const EMPTY_ROOM: RoomView = Object.freeze<RoomView>({
  id: '',
  kind: 'meeting',
  title: '',
  description: '',
  visibility: 'enrolled',
  listed: true,
  state: 'scheduled',
  why: null,
  startsAt: null,
  endsAt: null,
  openMinutesBefore: LIMITS.openMinutesBefore,
  heldMinutes: LIMITS.heldMinutes,
  createdAt: 0,
  liveSince: null,
  endedAt: null,
  engine: 'auto',
  capacity: null,
  locked: false,
  hasPassword: false,
  policy: DEFAULT_POLICY,
  fixed: [],
});

/** The view before the first event of `all`. */
export const EMPTY_ALL: AllView = Object.freeze<AllView>({
  room: EMPTY_ROOM,
  people: IdMap.empty(),
  messages: MessageList.empty(),
  pins: [],
  pinned: IdMap.empty(),
  questions: IdMap.empty(),
  hands: [],
});

/** The view before the first event of one’s own log. */
export const EMPTY_ME: MeView = Object.freeze<MeView>({
  name: null,
  messages: MessageList.empty(),
  questions: IdMap.empty(),
  asked: IdMap.empty(),
  votes: IdMap.empty(),
  bars: {},
  admitted: null,
  attended: [],
});

/** The view before the first event of `staff`; also that of who is not staff. */
export const EMPTY_STAFF: StaffView = Object.freeze<StaffView>({
  names: IdMap.empty(),
  messages: MessageList.empty(),
  questions: IdMap.empty(),
  authors: IdMap.empty(),
  bars: IdMap.empty(),
  admitted: IdMap.empty(),
  attended: IdMap.empty(),
  audits: [],
});

/** The views before the first event. */
export const EMPTY_VIEWS: Views = Object.freeze<Views>({ all: EMPTY_ALL, me: EMPTY_ME, staff: EMPTY_STAFF });

type Json<T> =
  T extends IdMap<infer V> ? readonly (readonly [string, V])[] : T extends MessageList<infer M> ? readonly M[] : T;
/** A view as it crosses the wire. */
export type Snapshot<V> = { readonly [K in keyof V]: Json<V[K]> };

/** Reads a snapshot of a view; what is missing or of another shape stays empty, so that an older client reads a newer one. */
export function readSnapshot<V extends AllView | MeView | StaffView>(empty: V, snapshot: unknown): V {
  return restore(empty, snapshot);
}
