/**
 * What both sides of LMS Live say and mean: the tables, the frames, the chain, the folds and `decide`.
 * Pure: no I/O, clock, DOM or Node.
 */
export { CLOSE_CODES, afterClose, type AfterClose, type CloseCode } from './tables/close-codes.js';
export { CLIENT_ERRORS } from './tables/client-errors.js';
export { ERRORS, isErrorCode, type ErrorCode, type ErrorRow } from './tables/errors.js';
export {
  BARS,
  BAR_REASONS,
  EVENTS,
  EVENT_TYPES,
  QUESTION_STATES,
  RESERVED_FAMILIES,
  isEventType,
  readEvent,
  type Bar,
  type BarReason,
  type EventBody,
  type EventRow,
  type EventType,
  type LogEvent,
  type QuestionState,
  type UnknownEvent,
} from './tables/events.js';
export {
  COMMANDS,
  COMMAND_TYPES,
  isCommandType,
  type Command,
  type CommandBody,
  type CommandInput,
  type CommandRow,
  type CommandType,
  type SystemCommand,
} from './tables/commands.js';
export { LIMITS, type LimitName } from './tables/limits.js';
export {
  DEFAULT_POLICY,
  POLICY,
  POLICY_KEYS,
  POLICY_MEANS,
  isPolicyKey,
  isPolicyValue,
  type PolicyKey,
  type PolicyPatch,
  type PolicyRow,
  type PolicyValues,
} from './tables/policy.js';
export {
  GRANTS,
  RIGHTS,
  ROLES,
  grantsOf,
  isGrant,
  isRole,
  isStaff,
  isStaffRole,
  type Grant,
  type Role,
} from './tables/rights.js';
export {
  SIGNALS,
  isSignalKind,
  type Presence,
  type SignalBody,
  type SignalKind,
  type SignalRow,
} from './tables/signals.js';
export {
  MEDIA_MODES,
  MEDIA_SOURCES,
  NO_SESSION_REASONS,
  type LobbyPerson,
  type MediaMode,
  type MediaSession,
  type MediaSource,
  type MediaSources,
  type NoSessionReason,
  type RtcBody,
  type RtcMessage,
} from './tables/media.js';
export { hasMesh } from './media/has-mesh.js';
export { mediaRights, type MediaStanding } from './media/media-rights.js';
export { MediaSessions, type MediaHost, type OwnSession } from './media/media-sessions.js';
export { withholdAddresses } from './media/withhold-addresses.js';
export {
  ENGINES,
  HELD_REASONS,
  ROOM_KINDS,
  ROOM_STATES,
  TRANSITIONS,
  VISIBILITIES,
  mayBecome,
  type Engine,
  type HeldReason,
  type RoomKind,
  type RoomState,
  type Visibility,
} from './tables/states.js';
export { LOGS, type LogName, type Position, type Positions } from './fields.js';
export {
  SOCKET_PATH,
  SUBPROTOCOL,
  clientFrame,
  serverFrame,
  type ClientFrame,
  type ClientFrameInput,
  type CommandFrame,
  type EventFrame,
  type Head,
  type HelloFrame,
  type IceServer,
  type KnockFrame,
  type MediaFrame,
  type ResetReason,
  type ServerFrame,
  type ServerFrameOf,
  type WaitingReason,
  type WelcomeFrame,
} from './frames.js';
export {
  bodyTextOf,
  decodeClientFrame,
  decodeServerFrame,
  encodeClientFrame,
  encodeEventFrame,
  encodeServerFrame,
  readCommand,
  readSignal,
  type Decoded,
  type Signal,
} from './codec.js';
export {
  bodyDigest,
  bodyDigestInput,
  canonical,
  genesisHash,
  genesisInput,
  linkHash,
  linkInput,
  toChainHash,
  toHex,
  type ChainedEvent,
  type LogIdentity,
  type Sha256,
  type Sha256Sync,
} from './chain.js';
export { IdMap } from './state/id-map.js';
export { MessageList, type Listed } from './state/message-list.js';
export {
  EMPTY_ALL,
  EMPTY_ME,
  EMPTY_ROOM,
  EMPTY_STAFF,
  EMPTY_VIEWS,
  readSnapshot,
  type AllView,
  type Attended,
  type Audit,
  type BarView,
  type MeView,
  type Message,
  type Person,
  type Question,
  type RoomView,
  type Snapshot,
  type StaffView,
  type Views,
} from './state/view.js';
export { applyAllView, applyMeView, applyStaffView, applyView } from './state/apply-view.js';
export {
  EMPTY_ALL_RULES,
  EMPTY_ME_RULES,
  EMPTY_RULES,
  EMPTY_STAFF_RULES,
  readRules,
  type AllRules,
  type MeRules,
  type MessageRule,
  type PersonRule,
  type QuestionRule,
  type Rules,
  type StaffRules,
  type TraceRule,
} from './state/rules.js';
export { applyAllRules, applyMeRules, applyRules, applyStaffRules, nameKey } from './state/apply-rules.js';
export { decide } from './decide/decide.js';
export { cleanText, isBarred, isEarlyEntry, requireOver, roleInRoom } from './decide/common.js';
export type { Accepted, Actor, Decision, DraftEvent, Moment, Refused, Row } from './decide/types.js';
export {
  AttendanceFold,
  type AttendanceOfPerson,
  type AttendanceReport,
  type Presence as PresenceInClass,
  type Stay,
} from './reports/attendance.js';
export { ClassTimes, type ClassSession } from './reports/class-times.js';
export type { Interval } from './reports/intervals.js';
export type { ReportEvent } from './reports/report-event.js';
export {
  StatisticsFold,
  type Engagement,
  type EngagementOfPerson,
  type StatisticsReport,
  type Vote,
} from './reports/statistics.js';
