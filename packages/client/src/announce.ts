import type { LogEvent, RoomState as RoomPhase, Views } from '@lms-live/protocol';
import type { Emitter } from './emitter.js';
import type { Me } from './types.js';

export interface Announced {
  readonly event: LogEvent;
  readonly before: Views;
  readonly me: Me;
}

/** Tells the page what has just happened; each thing once, though it stands in more than one log. */
export function announce(emitter: Emitter, { event, before, me }: Announced): void {
  switch (event.type) {
    case 'chat.posted': {
      if (!event.body || !isFirst(event, me)) return;
      const { id } = event.body;
      emitter.emit('message-posted', { id, by: event.by, own: event.by === me.participant });
      return;
    }
    case 'question.asked': {
      if (!event.body || !isFirst(event, me)) return;
      const { id } = event.body;
      // Published now, but known to this person before.
      if (before.me.questions.has(id) || before.staff.questions.has(id)) return;
      emitter.emit('question-asked', { id, own: event.by === me.participant || before.me.asked.has(id) });
      return;
    }
    case 'question.answered':
      if (event.body) emitter.emit('question-answered', { id: event.body.id });
      return;
    case 'hand.raised':
      if (event.body) emitter.emit('hand-raised', { participant: event.body.participant });
      return;
    case 'room.changed': {
      const from = before.all.room.state;
      const to = event.body?.state ?? from;
      const room = before.all.room.id;
      if (to === 'live' && isBefore(from)) emitter.emit('room-opened', { room });
      if (to === 'ended' && from !== 'ended') emitter.emit('room-ended', { room });
      return;
    }
    default:
  }
}

/** A message between a student and the staff stands in two logs; staff may read both. */
function isFirst({ log }: LogEvent, { grants }: Me): boolean {
  return log !== 'me' || !grants.has('staff.read');
}

function isBefore(state: RoomPhase): boolean {
  return state === 'scheduled' || state === 'open' || state === 'ended';
}
