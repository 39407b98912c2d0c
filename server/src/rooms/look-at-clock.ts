import type { LiveRoom } from './live-room.js';
import { clockCommand } from './schedule.js';

/** Does what the clock says of a room, where it is time. `upMs`: since the start of the server. */
export async function lookAtClock(
  { room, presence }: LiveRoom,
  { now, upMs }: { readonly now: number; readonly upMs: number },
): Promise<void> {
  const scheduled = { room: room.rules.all.room, createdAt: room.row.createdAt };
  const type = clockCommand(scheduled, { now, upMs, isStaffHere: presence.staffCount > 0 });
  if (type) await room.submit({ command: { type }, actor: null });
}
