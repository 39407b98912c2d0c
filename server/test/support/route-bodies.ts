import { type ROUTES } from '../../src/http/routes.js';

/** A body that is right in its shape, for every route that takes one, by the name of the operation. */
const BODIES: Readonly<Record<string, object>> = {
  'rooms.create': { kind: 'meeting' },
  'rooms.put': {},
  'rooms.join': {},
  'rooms.change': { description: 'Changed' },
  'policy.change': { 'chat.slowSeconds': 20 },
  'people.role': { role: 'student' },
  'people.media': { audio: false },
  'people.bar': {},
  'people.admit': { admitted: true },
  'roster.put': { people: [] },
  'messages.post': { text: 'Hi' },
  'messages.edit': { text: 'Ho' },
  'questions.ask': { text: 'Why?' },
  'questions.change': { labels: ['x'] },
  'questions.edit': { text: 'How?' },
  'questions.decline': {},
  'questions.answer': { text: 'So.' },
  'revocations.create': { jti: 'a-token' },
};

/** @throws where a route takes a body and none is known here */
export function bodyFor({ id, body }: Pick<(typeof ROUTES)[number], 'id' | 'body'>): object | undefined {
  if (body === null) return undefined;
  const known = BODIES[id];
  if (known === undefined) throw new Error(`Give ${id} a body in route-bodies.ts.`);
  return known;
}

/** A path with everything in braces filled in: the room, and whatever else it names. */
export function pathFor(path: string, { room, other }: { readonly room: string; readonly other: string }): string {
  return path
    .replace('{id}', room)
    .replace('{bar}', 'chat')
    .replace('{kind}', 'jti')
    .replaceAll(/\{\w+\}/gu, other);
}
