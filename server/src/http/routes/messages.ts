import { applyAllView, EMPTY_ALL, isStaff, type CommandInput } from '@lms-live/protocol';
import { toLogEvent } from '../../rooms/events.js';
import { runCommand } from '../run-command.js';
import { json, type RoomCall, type RoomRoute } from '../types.js';

/** `GET …/messages?before=&limit=`: a page of the class's messages as they stand, ascending by offset. */
export const list: RoomRoute<unknown, { readonly before?: number | undefined; readonly limit: number }> = async (
  call,
) => {
  const { live, actor, query } = call;
  const { before = Number.MAX_SAFE_INTEGER, limit } = query;
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

export const post: RoomRoute<CommandInput<'chat.post'>> = async (call) => {
  const { positions, result } = await runCommand(call, { type: 'chat.post', body: call.body });
  return json(201, { ...result, positions });
};

export const edit: RoomRoute<{ readonly text: string }> = async (call) => {
  const id = messageOf(call);
  const { positions } = await runCommand(call, { type: 'chat.edit', body: { id, text: call.body.text } });
  return json(200, { id, positions });
};

export const remove: RoomRoute = async (call) => {
  const id = messageOf(call);
  const { positions } = await runCommand(call, { type: 'chat.delete', body: { id } });
  return json(200, { id, positions });
};

export const pin: RoomRoute = (call) => setPin(call, true);
export const unpin: RoomRoute = (call) => setPin(call, false);

async function setPin(call: RoomCall, pinned: boolean): ReturnType<RoomRoute> {
  const id = messageOf(call);
  const { positions } = await runCommand(call, { type: 'chat.pin', body: { id, pinned } });
  return json(200, { id, positions });
}

function messageOf({ params }: RoomCall): string {
  return params['mid'] ?? '';
}
