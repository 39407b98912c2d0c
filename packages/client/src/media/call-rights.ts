import { isStaff, mediaRights, type MediaSources } from '@lms-live/protocol';
import type { RoomState } from '../types.js';

const ALL: MediaSources = Object.freeze({ audio: true, video: true, share: true });

/** What this person may send: as the server says of the media session, before it by role and policy, and anything before they are known. */
export function sendRights({ media, me, views }: Pick<RoomState, 'media' | 'me' | 'views'>): MediaSources {
  if (media.own) return media.own.may;
  if (!me) return ALL;
  const { room, people } = views.all;
  const blocked = people.get(me.participant)?.media;
  return mediaRights({ grants: me.grants, policy: room.policy, media: blocked, mode: 'video' });
}

/** Whether this person should come in muted: students, where the class says so (`join.muted`); so it is too before the role is known. */
export function startsMuted({ me, views }: Pick<RoomState, 'me' | 'views'>): boolean {
  return views.all.room.policy['join.muted'] && !(me && isStaff(me.grants));
}
