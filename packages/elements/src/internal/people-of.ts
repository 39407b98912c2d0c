import type { RoomState } from '@lms-live/client';
import type { Role } from '@lms-live/protocol';
import type { Localize } from './localize.js';

/** Reads of a state that all elements share. */

export function isStaffMember(state: RoomState): boolean {
  return state.me?.grants.has('staff.read') ?? false;
}

/** The live role of a person: teachers and assistants wear a badge. */
export function roleOf(state: RoomState, participant: string | null): Role {
  const known = participant === null ? undefined : state.views.all.people.get(participant);
  return known?.role ?? 'student';
}

/** The badge of a role, or null for those who are the class. */
export function roleLabel(role: Role, localize: Localize): string | null {
  return role === 'instructor' || role === 'assistant' ? localize.term(role) : null;
}
