import type { Loose } from '../lib/frames.js';
import { fresh, type Things } from './acts.js';

/** What a route is about: the room, and things in it. */
export interface RouteThings {
  readonly room: string;
  readonly theirs: Things['theirs'];
  readonly victims: Things['victims'];
  /** `sub` of somebody who was here. */
  readonly sub: string;
}

/**
 * Who reaches a route at all: `everyone` without a token · `tenant` with any · `whole`: one that is not for some rooms alone · `new`: one that covers the room that is made · `room`: whom the token, or the room, lets see it ·
 * `inside`: whom its door lets in.
 */
type Access = 'everyone' | 'tenant' | 'whole' | 'new' | 'room' | 'inside';

/** One route, as the reference has it. */
export interface RouteRule {
  readonly access: Access;
  /** Initials of the roles that may: i instructor, a assistant, s student, o observer, v service. */
  readonly may: string;
  /** Only owners of the room, where it has any. */
  readonly isOwners?: boolean;
  /** What comes of it where it is allowed, other than that it is done. */
  readonly result?: string;
  /** What a service is answered that is nobody in the class, other than `forbidden`. */
  readonly nobody?: string;
  /** In the place of the names in the path. */
  readonly names?: (things: RouteThings) => Readonly<Record<string, string>>;
  readonly query?: string;
  readonly body?: (things: RouteThings) => Loose;
}

const EVERYBODY = 'iasov';
const PEOPLE = 'iaso';
const STAFF = 'iav';
const WRITERS = 'ias';
const HOSTS = 'iv';

const message =
  (name: keyof Things['theirs']) =>
  ({ theirs }: RouteThings) => ({ mid: theirs[name] });
const question =
  (name: keyof Things['theirs']) =>
  ({ theirs }: RouteThings) => ({ qid: theirs[name] });
const person =
  (name: keyof Things['victims']) =>
  ({ victims }: RouteThings) => ({ participant: victims[name], bar: 'chat' });
const sub = ({ sub: somebody }: RouteThings) => ({ sub: somebody });
const rule = (access: Access, may: string, more: Omit<RouteRule, 'access' | 'may'> = {}): RouteRule => ({
  ...{ access, may },
  ...more,
});

/** Every route, by the name of the operation, in an order in which none spoils the next. */
export const ROUTE_RULES: Readonly<Record<string, RouteRule>> = {
  'service.openapi': rule('everyone', EVERYBODY),
  'service.jwks': rule('everyone', EVERYBODY),
  'rooms.status': rule('everyone', EVERYBODY),
  'rooms.list': rule('tenant', EVERYBODY),
  'rooms.create': rule('new', HOSTS, {
    body: ({ room }) => ({ kind: 'meeting', id: fresh(room).replace(' ', '-') }),
  }),
  'rooms.put': rule('room', HOSTS, { isOwners: true, body: () => ({ description: 'Put' }) }),
  'rooms.get': rule('room', EVERYBODY),
  'rooms.change': rule('room', HOSTS, { isOwners: true, body: () => ({ description: 'Changed' }) }),
  'rooms.start': rule('room', STAFF),
  'rooms.leave': rule('room', EVERYBODY),
  'rooms.join': rule('inside', EVERYBODY, { body: () => ({}) }),
  'rooms.ice': rule('inside', PEOPLE),
  'policy.get': rule('room', EVERYBODY),
  'policy.change': rule('room', STAFF, { body: () => ({ 'chat.slowSeconds': 20 }) }),
  'roster.get': rule('room', STAFF),
  'messages.list': rule('inside', EVERYBODY),
  'messages.post': rule('inside', WRITERS, { body: () => ({ text: 'Hello' }) }),
  // Nobody changes what another wrote, whatever they may.
  'messages.edit': rule('inside', '', { names: message('edited'), body: () => ({ text: 'Changed' }) }),
  'messages.pin': rule('inside', STAFF, { names: message('pinned') }),
  'messages.unpin': rule('inside', STAFF, { names: message('pinned') }),
  'messages.delete': rule('inside', STAFF, { names: message('deleted') }),
  'questions.list': rule('inside', EVERYBODY),
  'questions.ask': rule('inside', WRITERS, { body: () => ({ text: 'Why?' }) }),
  'questions.change': rule('inside', STAFF, { names: question('changed'), body: () => ({ labels: ['week 5'] }) }),
  'questions.edit': rule('inside', STAFF, { names: question('rewritten'), body: () => ({ text: 'How?' }) }),
  'questions.publish': rule('inside', STAFF, { names: question('published') }),
  'questions.decline': rule('inside', STAFF, { names: question('declined'), body: () => ({}) }),
  'questions.answer': rule('inside', STAFF, { names: question('answered'), body: () => ({ text: 'Because.' }) }),
  'questions.vote': rule('inside', WRITERS, { names: question('voted') }),
  'questions.unvote': rule('inside', WRITERS, { names: question('voted') }),
  'questions.delete': rule('inside', STAFF, { names: question('removed') }),
  'hands.list': rule('inside', EVERYBODY),
  'hands.raise': rule('inside', WRITERS),
  'hands.lower': rule('inside', PEOPLE, { nobody: '404 person_unknown' }),
  'hands.lowerOther': rule('inside', STAFF, { names: ({ theirs }) => ({ participant: theirs.author }) }),
  'people.list': rule('inside', EVERYBODY),
  'people.get': rule('inside', EVERYBODY, { names: person('silenced') }),
  'lobby.list': rule('inside', STAFF),
  'lobby.admitAll': rule('inside', STAFF),
  'people.admit': rule('inside', STAFF, { names: person('admitted'), body: () => ({ admitted: true }) }),
  'people.role': rule('inside', HOSTS, { names: person('promoted'), body: () => ({ role: 'observer' }) }),
  'people.media': rule('inside', STAFF, { names: person('silenced'), body: () => ({ audio: false }) }),
  'people.bar': rule('inside', STAFF, { names: person('muted'), body: () => ({}) }),
  'people.unbar': rule('inside', STAFF, { names: person('muted') }),
  'people.remove': rule('inside', STAFF, { names: person('removed') }),
  'people.erase': rule('room', 'v', { names: person('erased') }),
  'reports.attendance': rule('room', EVERYBODY),
  'reports.stats': rule('room', EVERYBODY),
  'reports.attendanceCsv': rule('room', STAFF),
  'reports.events': rule('room', STAFF, { query: '?log=all' }),
  'statements.list': rule('room', STAFF),
  'statements.get': rule('room', STAFF, { names: () => ({ statement: 'latest' }), result: '404 statement_unknown' }),
  'records.get': rule('tenant', 'v', { names: sub }),
  'records.calls': rule('tenant', 'v', { names: sub }),
  'revocations.list': rule('whole', 'v'),
  'revocations.create': rule('whole', 'v', { body: () => ({ jti: 'a-token-of-nobody' }) }),
  'revocations.remove': rule('whole', 'v', { names: () => ({ kind: 'jti', value: 'a-token-of-nobody' }) }),
  'roster.put': rule('room', HOSTS, { isOwners: true, body: () => ({ people: [] }) }),
  'roster.delete': rule('room', HOSTS, { isOwners: true }),
  'records.erase': rule('tenant', 'v', { names: sub }),
  'rooms.stop': rule('room', HOSTS),
  'rooms.delete': rule('room', HOSTS, { isOwners: true }),
};
