import type { RouteRow } from './router.js';
import * as ice from './routes/ice.js';
import * as messages from './routes/messages.js';
import * as questions from './routes/questions.js';
import * as rooms from './routes/rooms.js';
import type { Route, RoomRoute } from './types.js';

export type AnyRoute =
  | 'status'
  | { readonly needsRoom: false; readonly run: Route }
  | { readonly needsRoom: true; readonly inside: boolean; readonly run: RoomRoute };

const open = (run: Route): AnyRoute => ({ needsRoom: false, run });
/** About a room, for those who may see it. */
const ofRoom = (run: RoomRoute): AnyRoute => ({ needsRoom: true, inside: false, run });
/** Within it, for those whom the door lets in. */
const inRoom = (run: RoomRoute): AnyRoute => ({ needsRoom: true, inside: true, run });

/** Every route below `/v1`. All but the public status want a token. */
export const ROUTES: readonly RouteRow<AnyRoute>[] = [
  { method: 'GET', pattern: '/v1/rooms', route: open(rooms.list) },
  { method: 'POST', pattern: '/v1/rooms', route: open(rooms.post) },
  { method: 'PUT', pattern: '/v1/rooms/{id}', route: open(rooms.put) },
  { method: 'GET', pattern: '/v1/rooms/{id}', route: ofRoom(rooms.get) },
  { method: 'PATCH', pattern: '/v1/rooms/{id}', route: ofRoom(rooms.patch) },
  { method: 'DELETE', pattern: '/v1/rooms/{id}', route: ofRoom(rooms.remove) },
  { method: 'GET', pattern: '/v1/rooms/{id}/status', route: 'status' },
  { method: 'POST', pattern: '/v1/rooms/{id}/start', route: ofRoom(rooms.start) },
  { method: 'POST', pattern: '/v1/rooms/{id}/stop', route: ofRoom(rooms.stop) },
  { method: 'POST', pattern: '/v1/rooms/{id}/join', route: inRoom(rooms.join) },
  { method: 'POST', pattern: '/v1/rooms/{id}/leave', route: ofRoom(rooms.leave) },
  { method: 'GET', pattern: '/v1/rooms/{id}/ice', route: inRoom(ice.get) },
  { method: 'GET', pattern: '/v1/rooms/{id}/messages', route: inRoom(messages.list) },
  { method: 'POST', pattern: '/v1/rooms/{id}/messages', route: inRoom(messages.post) },
  { method: 'GET', pattern: '/v1/rooms/{id}/questions', route: inRoom(questions.list) },
  { method: 'POST', pattern: '/v1/rooms/{id}/questions', route: inRoom(questions.post) },
  { method: 'PUT', pattern: '/v1/rooms/{id}/questions/{qid}/vote', route: inRoom(questions.vote) },
  { method: 'DELETE', pattern: '/v1/rooms/{id}/questions/{qid}/vote', route: inRoom(questions.unvote) },
  { method: 'PUT', pattern: '/v1/rooms/{id}/questions/{qid}/answer', route: inRoom(questions.answer) },
];
