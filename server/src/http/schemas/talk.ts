/** Messages and questions as answers show them. */
import { QUESTION_STATES } from '@lms-live/protocol';
import * as v from 'valibot';
import { count, id, positions, time } from './fields.js';

/** What was deleted leaves its place: `id` and `text` null. */
export const message = v.strictObject({
  offset: count,
  id: v.nullable(id),
  at: time,
  by: v.nullable(id),
  text: v.nullable(v.string()),
  replyTo: v.nullable(id),
  thread: v.nullable(id),
  editedAt: v.nullable(time),
});

export const question = v.strictObject({
  id,
  offset: count,
  askedAt: time,
  by: v.nullable(id),
  alias: v.nullable(v.string()),
  text: v.string(),
  state: v.picklist(QUESTION_STATES),
  labels: v.array(v.string()),
  handledBy: v.nullable(id),
  answer: v.nullable(v.strictObject({ text: v.string(), by: v.nullable(id), at: time })),
  votes: count,
  reason: v.nullable(v.string()),
});

export const asked = v.strictObject({ id, state: v.picklist(QUESTION_STATES), positions });
export const voted = v.strictObject({ id, votes: count });
