import type { Bar, QuestionState } from '../tables/events.js';
import { LIMITS } from '../tables/limits.js';
import { DEFAULT_POLICY, type PolicyValues } from '../tables/policy.js';
import type { Role } from '../tables/rights.js';
import type { Engine, HeldReason, RoomKind, RoomState, Visibility } from '../tables/states.js';
import { IdMap } from './id-map.js';
import { restore } from './restore.js';

/** What `decide` knows of a message: who wrote it and where it stands. Deleted and erased ones are forgotten. */
export interface MessageRule {
  readonly by: string | null;
  readonly thread: string | null;
  readonly replyTo: string | null;
}

/** What `decide` knows of a question; removed and erased ones are forgotten. */
export interface QuestionRule {
  readonly by: string | null;
  readonly alias: string | null;
  readonly state: QuestionState;
  readonly labels: readonly string[];
  readonly askedAt: number;
  /** Who is handling it. */
  readonly handledBy: string | null;
  /** Everyone whose answer is stored; the last answer is the one that is shown. */
  readonly answeredBy: readonly string[];
  /** The offset, in the log that it is in, at which staff last changed it; 0: never. */
  readonly changedAt: number;
}

/** What `decide` knows of a person whom the class has seen. */
export interface PersonRule {
  /** Name and picture as they were last announced, to notice a change; null where erased. */
  readonly named: string | null;
  /** The number of this person's alias, kept also while their real name is shown; null where there is none. */
  readonly alias: number | null;
  readonly role: Role;
  /** The role was given in class, and stands over the one of the token. */
  readonly promoted: boolean;
  readonly media: { readonly audio: boolean; readonly video: boolean; readonly share: boolean };
  readonly removed: boolean;
  /** When this person last wrote to all, an edit included, for slow mode. */
  readonly postedAt: number;
}

/** Of whom an older text is kept in the traces of the staff. */
export interface TraceRule {
  readonly kind: 'message' | 'question';
  readonly of: readonly string[];
}

/** The rules of the log `all`. */
export interface AllRules {
  readonly room: {
    /** Empty until the room was created. */
    readonly id: string;
    readonly kind: RoomKind;
    readonly title: string;
    readonly state: RoomState;
    readonly why: HeldReason | null;
    readonly visibility: Visibility;
    readonly listed: boolean;
    readonly liveSince: number | null;
    /** Since when it is held; null where it is not. */
    readonly heldAt: number | null;
    readonly endedAt: number | null;
    readonly startsAt: number | null;
    readonly endsAt: number | null;
    readonly openMinutesBefore: number;
    readonly heldMinutes: number;
    readonly engine: Engine;
    readonly locked: boolean;
    readonly hasPassword: boolean;
    readonly capacity: number | null;
    readonly policy: PolicyValues;
    readonly fixed: readonly string[];
  };
  readonly people: IdMap<PersonRule>;
  /** How often somebody was named: the next alias is one more, and no two are the same. */
  readonly namings: number;
  readonly messages: IdMap<MessageRule>;
  readonly pins: readonly string[];
  readonly questions: IdMap<QuestionRule>;
  readonly tallies: IdMap<number>;
  /** The offset at which what staff set was last changed, by `room.title`, `policy.chat.mode`, `role.<participant>`, `media.<participant>`. */
  readonly changedAt: IdMap<number>;
  readonly hands: readonly string[];
}

/** The rules of one person's own log. */
export interface MeRules {
  readonly votes: IdMap<true>;
}

/** The rules of the log `staff`. */
export interface StaffRules {
  /** As in `PersonRule`: the real name, where students see an alias. */
  readonly named: IdMap<string>;
  readonly messages: IdMap<MessageRule>;
  readonly questions: IdMap<QuestionRule>;
  /** Who asked an anonymous question. */
  readonly authors: IdMap<string>;
  /** Messages and questions of which older texts are kept for the staff, and whose they are. */
  readonly traces: IdMap<TraceRule>;
  readonly bars: IdMap<{ readonly [K in Bar]?: { readonly until: number | null } }>;
  readonly admitted: IdMap<boolean>;
  /** Open attendance: when it was opened. */
  readonly present: IdMap<number>;
  /** When a person last wrote to the staff, for slow mode. */
  readonly postedAt: IdMap<number>;
}

/** What `decide` reads: the two shared slices, and the actor's own. */
export interface Rules {
  readonly all: AllRules;
  readonly me: MeRules;
  readonly staff: StaffRules;
}

/** Before the first event of `all`: a room that was not created yet. */
export const EMPTY_ALL_RULES: AllRules = Object.freeze<AllRules>({
  room: {
    id: '',
    kind: 'meeting',
    title: '',
    state: 'scheduled',
    why: null,
    visibility: 'enrolled',
    listed: true,
    liveSince: null,
    heldAt: null,
    endedAt: null,
    startsAt: null,
    endsAt: null,
    openMinutesBefore: LIMITS.openMinutesBefore,
    heldMinutes: LIMITS.heldMinutes,
    engine: 'auto',
    locked: false,
    hasPassword: false,
    capacity: null,
    policy: DEFAULT_POLICY,
    fixed: [],
  },
  people: IdMap.empty(),
  namings: 0,
  messages: IdMap.empty(),
  pins: [],
  questions: IdMap.empty(),
  tallies: IdMap.empty(),
  changedAt: IdMap.empty(),
  hands: [],
});

/** Before the first event of somebody’s own log. */
export const EMPTY_ME_RULES: MeRules = Object.freeze<MeRules>({ votes: IdMap.empty() });

/** Before the first event of `staff`. */
export const EMPTY_STAFF_RULES: StaffRules = Object.freeze<StaffRules>({
  named: IdMap.empty(),
  messages: IdMap.empty(),
  questions: IdMap.empty(),
  authors: IdMap.empty(),
  traces: IdMap.empty(),
  bars: IdMap.empty(),
  admitted: IdMap.empty(),
  present: IdMap.empty(),
  postedAt: IdMap.empty(),
});

/** Before the first event of any log. */
export const EMPTY_RULES: Rules = Object.freeze<Rules>({
  all: EMPTY_ALL_RULES,
  me: EMPTY_ME_RULES,
  staff: EMPTY_STAFF_RULES,
});

/** Reads a checkpoint: what `JSON.stringify` made of a slice of rules. What is missing or of another shape stays empty. */
export function readRules<R extends AllRules | MeRules | StaffRules>(empty: R, checkpoint: unknown): R {
  return restore(empty, checkpoint);
}
