import { COMMANDS, type Command, type Moment, type SystemCommand } from '@lms-live/protocol';
import type { RoomKey } from '../storage/types.js';
import { textOf } from './load.js';
import type { RoomOptions } from './room-options.js';

/** What a command is about, beside the rules: see `reads` of its row. */
export type CommandReads = Pick<Moment, 'text' | 'waiting' | 'lastSeenAt'>;

/** Commands about a text need it as it stands, with everything before them committed. */
export function readsText(command: Command | SystemCommand): command is Command {
  return readsOf(command) === 'text';
}

function readsOf(command: Command | SystemCommand): 'text' | 'lobby' | null {
  return 'cmid' in command ? (COMMANDS[command.type].reads ?? null) : null;
}

/** What `decide` has to be given for a command. */
export async function readFor(
  command: Command | SystemCommand,
  {
    store,
    key,
    waiting,
    lastSeenAt,
  }: Pick<RoomOptions, 'store' | 'waiting' | 'lastSeenAt'> & { readonly key: RoomKey },
): Promise<CommandReads> {
  const seen = lastSeenAt ? { lastSeenAt } : {};
  if (readsText(command)) return { ...seen, text: await textOf(store, key, command) };
  return readsOf(command) === 'lobby' ? { ...seen, waiting: waiting?.() ?? [] } : seen;
}
