import type { LiveRoom } from './live-room.js';
import { clockCommand, isOutdated } from './schedule.js';

/** Does what the clock says of a room, where it is time. `upMs`: since the start of the server. @returns `outdated` where it is to be deleted */
export async function lookAtClock(
  live: LiveRoom,
  { now, upMs }: { readonly now: number; readonly upMs: number },
): Promise<'outdated' | null> {
  const { room, presence } = live;
  const scheduled = { room: room.rules.all.room, createdAt: room.row.createdAt };
  const type = clockCommand(scheduled, { now, upMs, isStaffHere: presence.staffCount > 0 });
  if (type) await room.submit({ command: { type }, actor: null });
  // Whoever reads in it right now is not interrupted.
  return live.isEmpty && isOutdated(scheduled, now) ? 'outdated' : null;
}
