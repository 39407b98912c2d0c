import type { LmsRoomLike } from './connection.js';

const REQUEST = 'lms-room-request';

/** Asked upwards by an element without a connection of its own; the nearest `<lms-room>` answers and nothing else hears it. */
class RoomRequest extends Event {
  constructor(readonly answer: (room: LmsRoomLike) => void) {
    super(REQUEST, { bubbles: true, composed: true });
  }
}

/** @returns the `<lms-room>` around an element, or null */
export function findRoom(element: HTMLElement): LmsRoomLike | null {
  let found: LmsRoomLike | null = null;
  element.dispatchEvent(new RoomRequest((room) => (found = room)));
  return found;
}

/** Whether an `<lms-room>` is around that was not defined yet: it will answer later. */
export function hasUndefinedRoom(element: HTMLElement): boolean {
  if (customElements.get('lms-room')) return false;
  for (let node: Node | null = element; node; node = parentOf(node))
    if (node instanceof Element && node.localName === 'lms-room') return true;
  return false;
}

/** Elements with a stage: whoever comes looks at it first and joins by a click. */
const STAGES = 'lms-meeting-room, lms-classroom';

/** Whether there is a stage in an element, which asks before this person is present in the class. */
export function hasStage(element: HTMLElement): boolean {
  return element.querySelector(STAGES) !== null;
}

/** Answers the elements in an element, in its shadow root too. */
export function answerRoomRequests(element: HTMLElement, room: LmsRoomLike): void {
  element.addEventListener(REQUEST, (event) => {
    // One's own request goes on to the room further up.
    if (event.composedPath()[0] === element || !(event instanceof RoomRequest)) return;
    event.stopImmediatePropagation();
    event.answer(room);
  });
}

function parentOf(node: Node): Node | null {
  if (node instanceof Element && node.assignedSlot) return node.assignedSlot;
  return node instanceof ShadowRoot ? node.host : node.parentNode;
}
