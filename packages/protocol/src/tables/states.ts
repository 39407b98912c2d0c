/** Everyone speaks in a meeting; in a livestream one does. */
export const ROOM_KINDS = ['meeting', 'livestream'] as const;
/** The kind of a room; it never changes. */
export type RoomKind = (typeof ROOM_KINDS)[number];

/** From waiting to over; see `TRANSITIONS`. */
export const ROOM_STATES = ['scheduled', 'open', 'live', 'held', 'ended'] as const;
/** The state of a room. */
export type RoomState = (typeof ROOM_STATES)[number];

/** Why a room is held: the last member of staff dropped, or the source of a livestream did. */
export const HELD_REASONS = ['staff', 'source'] as const;
/** Why a room is held. */
export type HeldReason = (typeof HELD_REASONS)[number];

/** Who may come in: whoever the token or the roster names for the room, or anyone of the tenant. */
export const VISIBILITIES = ['enrolled', 'public'] as const;
/** Who may come in. */
export type Visibility = (typeof VISIBILITIES)[number];

/** What carries the media; `auto` leaves it to the size of the class. */
export const ENGINES = ['auto', 'mesh', 'jitsi', 'whep', 'hls'] as const;
/** What carries the media. */
export type Engine = (typeof ENGINES)[number];

/** From each state, where it may go. `ended` is not for good: staff may start the room again on the same logs. */
export const TRANSITIONS: Readonly<Record<RoomState, readonly RoomState[]>> = {
  scheduled: ['open', 'live', 'ended'],
  open: ['live', 'ended', 'scheduled'],
  live: ['held', 'ended'],
  held: ['live', 'ended'],
  ended: ['live'],
};

/** Whether a room may go from one state to the other. */
export function mayBecome(from: RoomState, to: RoomState): boolean {
  return TRANSITIONS[from].includes(to);
}
