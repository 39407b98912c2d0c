import { mediaRights } from '../media/media-rights.js';
import { MediaSessions, type OwnSession } from '../media/media-sessions.js';
import type { MediaFrame } from '../frames.js';
import { DEFAULT_POLICY, type PolicyValues } from '../tables/policy.js';
import { grantsOf, type Role } from '../tables/rights.js';
import type { MediaSources } from '../tables/media.js';

/** One tab of somebody. */
export interface Tab {
  readonly participant: string;
  readonly name: string;
}

/** What somebody is in the class, as the rules would say it. */
export interface Standing {
  role: Role;
  joined: boolean;
  media?: MediaSources;
}

/** A room as far as its calls are concerned: who is present, what they may, and the sessions. */
export class TestCall {
  readonly people = new Map<string, Standing>();
  policy: PolicyValues = { ...DEFAULT_POLICY, 'media.share': 'all' };
  nowMs = 1_800_000_000_000;
  canResume = false;
  /** Who gets a place before the others. */
  readonly teachers = new Set<string>();
  sessions = this.#fresh();

  standing(participant: string): Standing {
    const known = this.people.get(participant) ?? { role: 'student', joined: true };
    this.people.set(participant, known);
    return known;
  }

  wish(tab: Tab, frame: Partial<MediaFrame> = {}): OwnSession {
    this.sessions.wish(
      tab,
      {
        frame: 'media',
        rev: 1,
        open: true,
        take: false,
        live: true,
        audio: false,
        video: false,
        share: false,
        ...frame,
      },
      this,
    );
    return this.sessions.ownOf(tab);
  }

  /** A tab of somebody new, in the call. */
  come(participant: string, frame: Partial<MediaFrame> = {}): Tab {
    const tab = tabOf(participant);
    this.wish(tab, frame);
    return tab;
  }

  /** A new process: it knows nothing. */
  restart(): void {
    this.sessions = this.#fresh();
    this.canResume = true;
  }

  #fresh(): MediaSessions<Tab> {
    return new MediaSessions<Tab>({
      participantOf: ({ participant }) => participant,
      isJoined: ({ participant }) => this.standing(participant).joined,
      goesFirst: ({ participant }) => this.teachers.has(participant),
      mayOf: ({ participant }, mode) => {
        const { role, media } = this.standing(participant);
        return mediaRights({ grants: grantsOf(role), policy: this.policy, media, mode });
      },
    });
  }
}

export function tabOf(participant: string, name = 'tab'): Tab {
  return { participant, name };
}
