/** @packageDocumentation The element classes. Importing this registers nothing. */
export { LmsChat } from './chat/chat.js';
export { LmsClassroom } from './classroom/classroom.js';
export type { LmsEvent, LmsEventDetails, LmsEventName } from './events.js';
export type { LmsElement } from './internal/lms-element.js';
export type { LmsPanel } from './internal/lms-panel.js';
export {
  registerStrings,
  type CustomStrings,
  type ErrorStrings,
  type Strings,
  type Translation,
} from './internal/localize.js';
export { LmsMeetingRoom } from './meeting-room/meeting-room.js';
export { LmsPeople } from './people/people.js';
export { LmsQaPanel } from './qa-panel/qa-panel.js';
export { LmsRoom } from './room/room.js';
