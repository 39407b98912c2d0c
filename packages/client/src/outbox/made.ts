import type { LogEvent, MessageList, Message, IdMap, Question } from '@lms-live/protocol';

/** Something in the class that a command of this person may have made. */
export interface Made {
  readonly type: 'chat.post' | 'question.ask';
  readonly id: string;
  readonly text: string;
  readonly replyTo: string | null;
  /** Not to everyone, or without a name. */
  readonly isAside: boolean;
}

interface Talk {
  readonly messages: MessageList<Message>;
  readonly questions: IdMap<Question>;
}

export function madeByEvent(event: LogEvent, participant: string): Made | null {
  const { by, body } = event;
  if (!body || (by !== participant && by !== null)) return null;
  switch (event.type) {
    case 'chat.posted': {
      if (by === null) return null;
      const { id, text, replyTo = null, thread } = body as NonNullable<(typeof event)['body']>;
      return { type: 'chat.post', id, text, replyTo, isAside: thread !== undefined };
    }
    case 'question.asked': {
      const { id, text } = body as NonNullable<(typeof event)['body']>;
      return { type: 'question.ask', id, text, replyTo: null, isAside: by === null };
    }
    default:
      return null;
  }
}

/** The same, out of a snapshot: what is behind an offset. */
export function madeBehind(offset: number, { messages, questions }: Talk, participant: string): Made[] {
  const made: Made[] = [];
  for (const message of messages) {
    const { id, text, by, replyTo, thread } = message;
    if (message.offset > offset && by === participant && id !== null && text !== null)
      made.push({ type: 'chat.post', id, text, replyTo, isAside: thread !== null });
  }
  for (const question of questions.values()) {
    const { id, text, by } = question;
    if (question.offset > offset && (by === participant || by === null))
      made.push({ type: 'question.ask', id, text, replyTo: null, isAside: by === null });
  }
  return made;
}
