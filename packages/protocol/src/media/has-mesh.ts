import type { Engine, RoomKind } from '../tables/states.js';

/** Whether the calls of a room are made by its own pages, and so have media sessions. */
export function hasMesh({ kind, engine }: { readonly kind: RoomKind; readonly engine: Engine }): boolean {
  return kind === 'meeting' && (engine === 'auto' || engine === 'mesh');
}
