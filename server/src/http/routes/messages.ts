import { applyAllView, EMPTY_ALL, isStaff, LIMITS } from '@lms-live/protocol';
import { toLogEvent } from '../../rooms/events.js';
import { invalid, json, type RoomRoute } from '../types.js';

/** `GET …/messages?before=&limit=`: a page of the class's messages as they stand, ascending by offset. */
export const list: RoomRoute = async ({ live, actor, request }) => {
  const before = numberOf(request.query.get('before'), 'before') ?? Number.MAX_SAFE_INTEGER;
  const limit = Math.min(numberOf(request.query.get('limit'), 'limit') ?? LIMITS.pageMessages, LIMITS.maxPageMessages);
  if (!live.room.rules.all.room.policy['chat.history'] && !isStaff(actor.grants))
    return json(200, { items: [], next: null });
  const items = await live.room.readMessages({ before, limit });
  const view = items.reduce((folded, stored) => {
    const event = toLogEvent(stored);
    return event ? applyAllView(folded, event) : folded;
  }, EMPTY_ALL);
  const messages = [...view.messages];
  const first = messages[0];
  return json(200, { items: messages, next: first && messages.length === limit ? first.offset : null });
};

export const post: RoomRoute = async (call) => {
  const { positions, result } = await call.api.run(call, 'chat.post', call.json() ?? {});
  return json(201, { ...result, positions });
};

function numberOf(text: string | null, path: string): number | undefined {
  if (text === null) return undefined;
  const value = Number(text);
  if (!Number.isSafeInteger(value) || value < 1) throw invalid(path, 'a whole number above 0');
  return value;
}
