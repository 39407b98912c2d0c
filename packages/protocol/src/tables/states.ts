export const ROOM_KINDS = ['meeting', 'livestream'] as const;
export type RoomKind = (typeof ROOM_KINDS)[number];

export const ROOM_STATES = ['scheduled', 'open', 'live', 'held', 'ended'] as const;
export type RoomState = (typeof ROOM_STATES)[number];

/** Why a room is held: the last member of staff dropped, or the source of a livestream did. */
export const HELD_REASONS = ['staff', 'source'] as const;
export type HeldReason = (typeof HELD_REASONS)[number];

export const VISIBILITIES = ['enrolled', 'public'] as const;
export type Visibility = (typeof VISIBILITIES)[number];

export const ENGINES = ['auto', 'mesh', 'jitsi', 'whep', 'hls'] as const;
export type Engine = (typeof ENGINES)[number];

/** From each state, where it may go. `ended` is not for good: staff may start the room again on the same logs. */
export const TRANSITIONS: Readonly<Record<RoomState, readonly RoomState[]>> = {
  scheduled: ['open', 'live', 'ended'],
  open: ['live', 'ended', 'scheduled'],
  live: ['held', 'ended'],
  held: ['live', 'ended'],
  ended: ['live'],
};

export function mayBecome(from: RoomState, to: RoomState): boolean {
  return TRANSITIONS[from].includes(to);
}
