import type { AllView, MeView, StaffView } from '@lms-live/protocol';
import type { LiveRoom } from '../rooms/live-room.js';

/** The room as everyone who may see it sees it. */
export async function viewOf({ room }: LiveRoom): Promise<AllView> {
  return (await room.snapshot('all').at(room.head('all'))).view as AllView;
}

/** What the staff alone see. */
export async function staffViewOf({ room }: LiveRoom): Promise<StaffView> {
  return (await room.snapshot('staff').at(room.head('staff'))).view as StaffView;
}

/** What one person alone sees. */
export async function ownViewOf({ room }: LiveRoom, participant: string): Promise<MeView> {
  return (await room.snapshot('me', participant).at(room.head('me', participant))).view as MeView;
}
