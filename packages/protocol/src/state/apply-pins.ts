import type { LogEvent } from '../tables/events.js';
import type { AllView } from './view.js';

/** The pinned messages through pinning, editing and deleting. A copy is kept of each, since the list of messages need not reach back to it. */
export function applyPins<V extends AllView>(
  view: V,
  event: LogEvent<'chat.deleted' | 'chat.edited' | 'chat.pinned'>,
): V {
  if (!event.body) return view;
  const { id } = event.body;
  switch (event.type) {
    case 'chat.deleted':
      return { ...view, ...withoutPins(view, [id]) };
    case 'chat.edited': {
      const pinned = view.pinned.get(id);
      return pinned
        ? { ...view, pinned: view.pinned.set(id, { ...pinned, text: event.body.text, editedAt: event.at }) }
        : view;
    }
    case 'chat.pinned': {
      const unpinned = withoutPins(view, [id]);
      if (!event.body.pinned) return { ...view, ...unpinned };
      const message = view.messages.get(id) ?? view.pinned.get(id);
      return {
        ...view,
        pins: [...unpinned.pins, id],
        pinned: message ? unpinned.pinned.set(id, message) : unpinned.pinned,
      };
    }
  }
}

export function withoutPins(
  { pins, pinned }: Pick<AllView, 'pins' | 'pinned'>,
  ids: readonly string[],
): Pick<AllView, 'pins' | 'pinned'> {
  return { pins: pins.filter((id) => !ids.includes(id)), pinned: ids.reduce((rest, id) => rest.delete(id), pinned) };
}
