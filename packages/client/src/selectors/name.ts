import type { RoomState } from '../types.js';

/** What somebody is called; for staff the real name also where the class sees an alias. null where it is not known or was erased. */
export function selectName({ views: { all, staff } }: RoomState, participant: string): string | null {
  return staff.names.get(participant) ?? all.people.get(participant)?.name ?? null;
}
