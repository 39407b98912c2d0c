import { COMMANDS, type Command, type CommandType, type SystemCommand } from '../tables/commands.js';
import type { Rules } from '../state/rules.js';
import * as chat from './chat.js';
import { erase } from './erase.js';
import { isBarred, requireGrant } from './common.js';
import * as people from './people.js';
import * as questions from './questions.js';
import * as room from './room.js';
import { refuse, type Actor, type Decision, type Handler, type Moment, type SystemHandler } from './types.js';

const HANDLERS: { readonly [T in CommandType]: Handler<T> } = {
  'room.create': room.create,
  'room.change': room.change,
  'room.start': room.start,
  'room.end': room.end,
  'person.join': people.join,
  'person.leave': people.leave,
  'person.role': people.setRole,
  'person.media': people.setMedia,
  'person.remove': people.removePerson,
  'person.bar': people.bar,
  'person.admit': people.admit,
  'person.admitAll': people.admitAll,
  'chat.post': chat.post,
  'chat.edit': chat.edit,
  'chat.delete': chat.remove,
  'chat.pin': chat.pin,
  'question.ask': questions.ask,
  'question.edit': questions.edit,
  'question.publish': questions.publish,
  'question.decline': questions.decline,
  'question.change': questions.update,
  'question.answer': questions.answer,
  'question.remove': questions.remove,
  'vote.set': questions.vote,
  'hand.raise': people.raiseHand,
  'hand.lower': people.lowerHand,
  'person.erase': erase,
};

const SYSTEM_HANDLERS: { readonly [T in SystemCommand['type']]: SystemHandler<T> } = {
  'system.open': room.systemOpen,
  'system.live': room.systemLive,
  'system.hold': room.systemHold,
  'system.resume': room.systemResume,
  'system.end': room.systemEnd,
  'system.leave': people.systemLeave,
  'system.record': room.systemRecord,
  'system.tally': room.systemTally,
};

/**
 * Turns a command into events, or refuses it with a code. Pure: the same arguments give the same decision, nothing is changed.
 * The caller serialises decisions of one room and folds the events of each before the next.
 *
 * @param rules what is known of the room, with the actor's own `me` slice
 * @param command one with a validated body (`readCommand`), or one of the system's
 * @param actor who says it; null for the system
 * @param moment the time, fresh ids, and the text that commands with `reads: 'text'` are about
 */
export function decide(rules: Rules, command: Command | SystemCommand, actor: Actor | null, moment: Moment): Decision {
  if (isSystem(command)) {
    const handler = SYSTEM_HANDLERS[command.type] as SystemHandler<SystemCommand['type']>;
    return actor === null ? handler({ rules, command, moment }) : refuse('forbidden', { detail: { grant: 'system' } });
  }
  if (actor === null) return refuse('forbidden', { detail: { grant: 'person' } });
  const { grant } = COMMANDS[command.type];
  const refused = grant === null ? null : requireGrant(actor, grant);
  if (refused) return refused;
  if (command.type !== 'room.create' && rules.all.room.id === '') return refuse('room_unknown');
  if (actor.participant !== null && isBarred(rules, actor.participant, 'room', moment.now))
    return refuse('person_banned');
  const handler = HANDLERS[command.type] as Handler<CommandType>;
  return handler({ rules, body: command.body, cmid: command.cmid, actor, moment });
}

function isSystem(command: Command | SystemCommand): command is SystemCommand {
  return command.type.startsWith('system.');
}
