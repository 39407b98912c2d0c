import type { RoomState } from '@lms-live/client';
import type { Message, MessageList } from '@lms-live/protocol';

/** A message and a key that stays with it, also when it becomes a tombstone. */
export interface Line {
  readonly key: string;
  readonly message: Message;
}

/** The messages that a person reads, in the order in which they were said. Unchanged input gives the same object. */
export interface Timeline {
  readonly length: number;
  slice(start: number, end: number): readonly Line[];
  /** @returns the index, or -1 */
  indexOf(id: string): number;
}

/** Merges the messages to everyone with those between students and staff; without such messages nothing is copied. */
export function createTimelines(): (state: RoomState) => Timeline {
  let all: MessageList<Message> | null = null;
  let aside: MessageList<Message> | null = null;
  let timeline: Timeline = of([]);
  return ({ views, me }) => {
    const threads = me?.grants.has('staff.read') ? views.staff.messages : views.me.messages;
    const { messages } = views.all;
    if (messages !== all || threads !== aside) {
      all = messages;
      aside = threads;
      timeline = threads.length === 0 ? plain(messages) : of(merge(messages, threads));
    }
    return timeline;
  };
}

const toLine =
  (log: string) =>
  (message: Message): Line => ({ key: `${log}${message.offset}`, message });

function plain(list: MessageList<Message>): Timeline {
  return {
    length: list.length,
    slice: (start, end) => list.slice(start, end).map(toLine('a')),
    indexOf(id) {
      if (!list.get(id)) return -1;
      let index = 0;
      for (const message of list) {
        if (message.id === id) return index;
        index += 1;
      }
      return -1;
    },
  };
}

function of(lines: readonly Line[]): Timeline {
  return {
    length: lines.length,
    slice: (start, end) => lines.slice(start, end),
    indexOf: (id) => lines.findIndex(({ message }) => message.id === id),
  };
}

function merge(all: MessageList<Message>, threads: MessageList<Message>): Line[] {
  const lines: Line[] = [];
  const aside = [...threads];
  let next = 0;
  for (const message of all) {
    for (let other = aside[next]; other && other.at < message.at; other = aside[(next += 1)])
      lines.push(toLine('t')(other));
    lines.push(toLine('a')(message));
  }
  return [...lines, ...aside.slice(next).map(toLine('t'))];
}
