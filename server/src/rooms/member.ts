import type { Actor, ErrorCode } from '@lms-live/protocol';
import type { StoredEvent } from '../storage/types.js';

/** One admitted connection, as its room sees it. */
export interface Member {
  /** Unique in this process. */
  readonly id: number;
  readonly participant: string;
  /** The tab: a newer connection of the same tab replaces the older one. */
  readonly clientId: string;
  /** Who this is right now; replaced when rights change. */
  readonly actor: Actor;
  joined: boolean;
  /** Wall clock of the last sign of life. */
  readonly lastSeenAt: number;
  send(text: string): void;
  /** What was sent and waits for the network. */
  unsentBytes(): number;
  /** An event of this person's own log. */
  deliverOwn(event: StoredEvent, frame: string): void;
  /** The role in the room may have changed: look again. */
  refreshRights(): void;
  /** Who is expected here may have changed: look again who this is in this room, and whether they may be in it. */
  enrolAgain(): void;
  /** Ends the connection with the close code of this error. */
  dismiss(code: ErrorCode): void;
}

/** What staff have written to those at the door. */
export interface LobbyMessage {
  readonly text: string;
  /** Milliseconds since 1970. */
  readonly at: number;
  /** Of whoever wrote it. */
  readonly name: string;
}

/** Somebody at the door: told again whenever the room has changed. */
export interface Waiter {
  readonly id: number;
  readonly participant: string;
  /** Who this is, for those who may admit. */
  readonly actor: Actor;
  reconsider(): void;
  /** As of a member. */
  enrolAgain(): void;
  /** A word of the staff to those at the door. */
  hear(message: LobbyMessage): void;
  /** Ends the wait with the close code of this error. */
  dismiss(code: ErrorCode): void;
}

/** The members of one person and one more. Nearly everyone has one connection, and V8 leaves room for 16 more in what is spread. */
export function withMember(members: readonly Member[], member: Member): readonly Member[] {
  return members.length === 0 ? [member] : [...members, member];
}
