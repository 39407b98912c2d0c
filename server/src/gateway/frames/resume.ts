import { isStaff, type ClientFrame, type LogName } from '@lms-live/protocol';
import type { Session } from '../session.js';

/** Something is missing on the page: each log that it names is sent again from there. */
export async function onResume(
  session: Session,
  { positions }: Extract<ClientFrame, { frame: 'resume' }>,
): Promise<void> {
  const { admitted, actor } = session;
  if (!admitted) return;
  const logs: LogName[] = ['all', 'me', ...(isStaff(actor.grants) ? (['staff'] as const) : [])];
  for (const log of logs) if (positions[log]) await admitted.feeds.bringUpOne(log, positions[log], 'new', actor);
  session.send(admitted.live.presence.full());
}
