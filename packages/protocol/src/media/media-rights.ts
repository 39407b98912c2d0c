import type { PolicyValues } from '../tables/policy.js';
import { isStaff, type Grant } from '../tables/rights.js';
import type { MediaMode, MediaSources } from '../tables/media.js';

export interface MediaStanding {
  readonly grants: ReadonlySet<Grant>;
  readonly policy: Pick<PolicyValues, 'media.students' | 'media.share'>;
  /** What staff allow this person (`person.media`); absent for somebody whom the class has never seen. */
  readonly media?: MediaSources | undefined;
  readonly mode: MediaMode;
}

/** What a person may send: by role and token (`media.*`), the policy for students, what staff have blocked, and the room left in the mesh. */
export function mediaRights({ grants, policy, media, mode }: MediaStanding): MediaSources {
  const staff = isStaff(grants);
  const students = staff ? 'video' : policy['media.students'];
  const isIn = mode !== 'none';
  return {
    audio: isIn && grants.has('media.audio') && students !== 'none' && media?.audio !== false,
    video: mode === 'video' && grants.has('media.video') && students === 'video' && media?.video !== false,
    share: isIn && grants.has('media.share') && (staff || policy['media.share'] === 'all') && media?.share !== false,
  };
}
