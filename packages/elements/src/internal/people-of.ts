import type { RoomState } from '@lms-live/client';
import type { MediaSession, Role } from '@lms-live/protocol';
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

/** The media session that a person is in the class with; null for who takes no part in the call, or still looks at the pre-join. */
export function liveSessionOf({ media }: RoomState, participant: string): MediaSession | null {
  for (const session of media.sessions.values())
    if (session.participant === participant && session.live) return session;
  return null;
}
