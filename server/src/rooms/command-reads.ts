import { COMMANDS, type Command, type Moment, type SystemCommand } from '@lms-live/protocol';
import type { RoomKey, Store } from '../storage/types.js';
import { textOf } from './load.js';

/** What a command is about, beside the rules: see `reads` of its row. */
export type CommandReads = Pick<Moment, 'text' | 'waiting'>;

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
  }: { readonly store: Store; readonly key: RoomKey; readonly waiting?: (() => readonly string[]) | undefined },
): Promise<CommandReads> {
  if (readsText(command)) return { text: await textOf(store, key, command) };
  return readsOf(command) === 'lobby' ? { waiting: waiting?.() ?? [] } : {};
}
