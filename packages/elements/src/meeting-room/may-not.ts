import type { RoomState } from '@lms-live/client';
import type { CallState } from '@lms-live/client/media';
import type { MediaSource } from '@lms-live/protocol';
import { isStaffMember } from '../internal/people-of.js';

/** Why somebody may not send something, as a key of the sentences. */
export type MayNot =
  'noWebRtc' | 'mayNotNone' | 'mayNotYet' | 'mayNotMode' | 'mayNotBlocked' | 'mayNotRole' | 'mayNotPolicy';

const GRANTS = { audio: 'media.audio', video: 'media.video', share: 'media.share' } as const;

/** @returns null where it is allowed */
export function whyNot(state: RoomState, { may, mode, isSupported }: CallState, source: MediaSource): MayNot | null {
  if (may[source]) return null;
  if (!isSupported) return 'noWebRtc';
  if (mode === 'none') return 'mayNotNone';
  const { me, views } = state;
  if (me && views.all.people.get(me.participant)?.media[source] === false) return 'mayNotBlocked';
  if (me && !me.grants.has(GRANTS[source])) return 'mayNotRole';
  const { state: is } = views.all.room;
  if ((is === 'open' || is === 'scheduled') && !isStaffMember(state)) return 'mayNotYet';
  return mode === 'audio' && source === 'video' ? 'mayNotMode' : 'mayNotPolicy';
}
