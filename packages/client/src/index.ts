/** @packageDocumentation Headless SDK of LMS Live. */
export { connect } from './connect.js';
export { LmsError, toErrorDetail } from './errors.js';
export { forget, type ForgetOptions } from './forget.js';
export { createHttpClient, type HttpClientOptions } from './http/http-client.js';
export type {
  Admission,
  AnswerText,
  Asked,
  HttpClient,
  ListedRoom,
  MessageListQuery,
  NewRoom,
  Page,
  Posted,
  ReadOptions,
  RoomListQuery,
  RoomSettings,
  RoomStatus,
  WriteOptions,
} from './http/types.js';
export {
  permission,
  selectMessages,
  selectName,
  selectPendingMessages,
  selectPeople,
  selectQuestions,
  type Action,
  type PersonItem,
  type QuestionLists,
} from './selectors.js';
export type {
  Connection,
  ConnectionState,
  ConnectOptions,
  Environment,
  LmsErrorDetail,
  Me,
  MediaState,
  MediaWish,
  Outbox,
  OutboxItem,
  OutboxNews,
  OutboxOwner,
  PageEvents,
  Pending,
  Permission,
  PolicyKey,
  PresentPerson,
  QuestionItem,
  RoomClient,
  RoomEvents,
  RoomState,
  RtcSignal,
  SocketLike,
  TokenProvider,
} from './types.js';
