/** What the store and its engine say to each other; all of it can be cloned. */
import type { StoreFault } from '../store-fault.js';
import { CommandConflict, NoSuchRoom, RoomMoved, StoreUnavailable } from '../types.js';
import type { Operations } from './operations.js';
import { SqlError } from './sql-error.js';

export type Operation = keyof Operations;
export type Arguments<M extends Operation> = Parameters<Operations[M]>;
export type Result<M extends Operation> = ReturnType<Operations[M]>;

/** What changes the file. */
export const WRITES: ReadonlySet<Operation> = new Set<Operation>([
  ...(['createRoom', 'deleteRoom', 'participantOf', 'commit', 'saveCheckpoint'] as const),
  ...(['touchLeases', 'addSetting', 'check'] as const),
  ...(['changeRecord', 'setRoster', 'dropFromRosters', 'addRevocation', 'removeRevocation'] as const),
  // Looking for an answered request forgets the old ones.
  ...(['saveStatement', 'saveRequest', 'findRequest'] as const),
]);

export interface Request<M extends Operation = Operation> {
  readonly id: number;
  readonly operation: M;
  readonly args: Arguments<M>;
}

export type Failure =
  | { readonly kind: 'conflict'; readonly actor: string; readonly cmid: string }
  | { readonly kind: 'no_room'; readonly key: number }
  | { readonly kind: 'moved'; readonly key: number; readonly revision: number }
  | {
      readonly kind: 'unavailable';
      readonly fault: StoreFault;
      readonly isUnknown: boolean;
      readonly message: string;
    }
  | { readonly kind: 'other'; readonly message: string };

export type Reply =
  | { readonly id: number; readonly ok: true; readonly value: unknown }
  | { readonly id: number; readonly ok: false; readonly failure: Failure };

/** What the worker is told; `close` is the last. */
export type FromStore = Request | 'close';

/** What the worker says. Its first word is `ready` or `failed`. */
export type FromWorker =
  | { readonly kind: 'ready' }
  | { readonly kind: 'failed'; readonly failure: Failure }
  | { readonly kind: 'replies'; readonly replies: readonly Reply[] };

export function failureOf(error: unknown): Failure {
  if (error instanceof CommandConflict) return { kind: 'conflict', actor: error.actor, cmid: error.cmid };
  if (error instanceof NoSuchRoom) return { kind: 'no_room', key: error.key };
  if (error instanceof RoomMoved) return { kind: 'moved', key: error.key, revision: error.revision };
  const message = error instanceof Error ? error.message : String(error);
  const isUnavailable = error instanceof StoreUnavailable;
  const fault = isUnavailable || error instanceof SqlError ? error.fault : null;
  if (fault === null) return { kind: 'other', message };
  return { kind: 'unavailable', fault, isUnknown: isUnavailable && error.isUnknown, message };
}

export function errorOf(failure: Failure): Error {
  switch (failure.kind) {
    case 'conflict':
      return new CommandConflict(failure.actor, failure.cmid);
    case 'no_room':
      return new NoSuchRoom(failure.key);
    case 'moved':
      return new RoomMoved(failure.key, failure.revision);
    case 'unavailable':
      return new StoreUnavailable(failure.message, { fault: failure.fault, isUnknown: failure.isUnknown });
    case 'other':
      return new Error(failure.message);
  }
}
