import { COMMANDS, type Command, type CommandRow, type Moment, type SystemCommand } from '@lms-live/protocol';
import type { RoomKey } from '../storage/types.js';
import { textOf } from './load.js';
import type { RoomOptions } from './room-options.js';

type Asked = Pick<RoomOptions, 'store' | 'waiting' | 'lastSeenAt'> & { readonly key: RoomKey };

/** What a command is about, beside the rules: see `reads` of its row. */
export type CommandReads = Pick<Moment, 'text' | 'waiting' | 'isSomebody' | 'lastSeenAt'>;

/** Commands about a text need it as it stands, with everything before them committed. */
export function readsText(command: Command | SystemCommand): command is Command {
  return readsOf(command) === 'text';
}

function readsOf(command: Command | SystemCommand): CommandRow['reads'] {
  return 'cmid' in command ? COMMANDS[command.type].reads : undefined;
}

/** What `decide` has to be given for a command. */
export async function readFor(command: Command | SystemCommand, asked: Asked): Promise<CommandReads> {
  const { store, key, waiting, lastSeenAt } = asked;
  const seen = lastSeenAt ? { lastSeenAt } : {};
  if (readsText(command)) return { ...seen, text: await textOf(store, key, command) };
  switch (readsOf(command)) {
    case 'lobby':
      return { ...seen, waiting: waiting?.() ?? [] };
    case 'person':
      return { ...seen, isSomebody: await isSomebody(command, asked) };
    default:
      return seen;
  }
}

/** Everyone who has come to the door, or is on a list that was shown to the staff, has an id. */
async function isSomebody(command: Command | SystemCommand, { store, key, waiting }: Asked): Promise<boolean> {
  if (!('body' in command) || !('participant' in command.body)) return false;
  const { participant } = command.body;
  if (participant === undefined) return false;
  if (waiting?.().includes(participant) === true) return true;
  return (await store.participants(key)).some((known) => known.participant === participant);
}
