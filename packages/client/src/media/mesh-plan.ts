import type { MediaSession } from '@lms-live/protocol';

/** One session of each person, the newest, in the order in which they came. An older one of theirs is on its way out. */
export function newestOf(sessions: Iterable<MediaSession>): readonly MediaSession[] {
  const newest = new Map<string, MediaSession>();
  for (const session of sessions) {
    const before = newest.get(session.participant);
    if (!before || before.number < session.number) newest.set(session.participant, session);
  }
  return [...newest.values()].filter(({ mode }) => mode !== 'none').sort((a, b) => a.number - b.number);
}

/** Whether two are linked at all: one of them at least must be able to send. Who has no session yet is taken for somebody who can. */
export function needsLink(session: MediaSession, own: MediaSession | null): boolean {
  return own === null || canSend(own) || canSend(session);
}

function canSend({ may }: MediaSession): boolean {
  return may.audio || may.video || may.share;
}
