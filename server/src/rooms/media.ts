import {
  hasMesh,
  isStaff,
  LIMITS,
  mediaRights,
  MediaSessions,
  requireOver,
  withholdAddresses,
  type Actor,
  type ClientFrame,
  type MediaSource,
  type Refused,
  type RtcBody,
} from '@lms-live/protocol';
import type { Member } from './member.js';
import type { Room } from './room.js';
import { rulesFor } from './room-rules.js';

/** What somebody may send who came in before the class: nobody is there yet to keep an eye on it. */
const NOTHING = { audio: false, video: false, share: false } as const;

export interface RoomMediaOptions {
  readonly room: Room;
  readonly now: () => number;
  /** Present in the class, with whichever tab. */
  readonly isPresent: (participant: string) => boolean;
  /** Tells everyone who was admitted. */
  readonly publish: (text: string) => void;
}

/** Why an `rtc` signal does not go on; the sender sends it again where it is still wanted. */
export type RtcOutcome = 'relayed' | 'no_session' | 'no_target' | 'backlog';

/**
 * The media sessions of one room, told to everyone in it: at once when they have changed, once for all that changed in one turn of the event loop,
 * and with each ping. Signals between two of them pass through here; media never does.
 */
export class RoomMedia {
  readonly #options: RoomMediaOptions;
  readonly #sessions: MediaSessions<Member>;
  /** By session: the timer that closes it unless its tab comes back. */
  readonly #graces = new Map<string, NodeJS.Timeout>();
  #restart: NodeJS.Timeout | null = null;
  #flushing: NodeJS.Immediate | null = null;
  #told: string;
  #isClosed = false;

  constructor(options: RoomMediaOptions) {
    this.#options = options;
    this.#sessions = new MediaSessions<Member>({
      participantOf: ({ participant }) => participant,
      goesFirst: ({ actor: { grants } }) => isStaff(grants),
      isJoined: ({ participant }) => options.isPresent(participant),
      mayOf: ({ participant, actor: { grants } }, mode) => {
        const { room, people } = options.room.rules.all;
        const isBefore = room.state === 'scheduled' || room.state === 'open';
        const media = isBefore && !isStaff(grants) ? NOTHING : people.get(participant)?.media;
        return mediaRights({ grants, policy: room.policy, media, mode });
      },
    });
    this.#told = this.frame();
  }

  /** How many there are, with those in the mode `none`. */
  get size(): number {
    return this.#sessions.size;
  }

  /** The whole list, as everyone is told. */
  frame(): string {
    const { isComplete: complete } = this;
    return JSON.stringify({ frame: 'media', complete, sessions: this.#sessions.list() });
  }

  /** Everybody who is here is in the list. */
  get isComplete(): boolean {
    return this.#restart === null;
  }

  /** The last process had people here: for a while whoever is missing may be on the way back, and comes back to the same session. */
  expectReturns(graceMs: number): void {
    if (this.#restart) return;
    this.#restart = setTimeout(() => {
      this.#restart = null;
      this.#flush();
    }, graceMs);
    this.#told = this.frame();
  }

  /** What a tab wants; it is answered at once. @returns why it can have none here, by a code that closes nothing */
  wish(member: Member, frame: Extract<ClientFrame, { frame: 'media' }>): Omit<Refused, 'ok'> | null {
    const { room } = this.#options.room.rules.all;
    const { kind, engine, state } = room;
    const isMesh = hasMesh(room);
    if (frame.open && (!isMesh || state === 'ended')) this.#sessions.deny(member, frame, isMesh ? 'ended' : null);
    else this.#sessions.wish(member, frame, { nowMs: this.#options.now(), canResume: !this.isComplete });
    this.#stopGrace(this.#sessions.sessionOf(member)?.session);
    this.#changed();
    return frame.open && !isMesh ? { code: 'not_supported', detail: { kind, engine } } : null;
  }

  /** Hands a message on to the one tab that it is for, with whom it comes from. */
  relay(member: Member, to: string, body: RtcBody): RtcOutcome {
    const own = this.#sessions.sessionOf(member);
    if (!own || own.mode === 'none') return 'no_session';
    const target = this.#sessions.tabOf(to);
    if (!target || target === member || this.#sessions.get(to)?.mode === 'none') return 'no_target';
    // Whoever reads slowly, or is written to by many, loses these and not the socket: the rest of the class comes over it.
    if (target.unsentBytes() > LIMITS.rtcBacklogBytes) return 'backlog';
    // Nobody hears from a session that they have not been told of.
    this.#flush();
    const { relayOnly } = this.#options.room.rules.all.room.policy;
    target.send(
      JSON.stringify({
        frame: 'signal',
        kind: 'rtc',
        from: member.participant,
        session: own.session,
        body: relayOnly ? withholdAddresses(body) : body,
      }),
    );
    return 'relayed';
  }

  /** Turns off what one person sends, or everyone but staff; only they are told who did it. @returns why not */
  mute(
    actor: Actor,
    body: { readonly participant?: string | undefined; readonly source: MediaSource },
  ): Omit<Refused, 'ok'> | null {
    const { participant, source } = body;
    const { rules } = this.#options.room;
    const refused =
      participant === undefined ? null : requireOver(rulesFor(rules, actor.participant), actor, participant);
    if (refused) return refused;
    const muted = this.#sessions.mute(source, (tab, whose) =>
      participant === undefined ? !isStaff(tab.actor.grants) : whose === participant,
    );
    const text = JSON.stringify({ frame: 'signal', kind: 'mute', from: actor.participant, body });
    for (const tab of muted) tab.send(text);
    this.#changed();
    return null;
  }

  /** Asks somebody to turn something on, in the tab that has their media. */
  ask(actor: Actor, body: { readonly participant: string; readonly source: 'audio' | 'video' }): void {
    const text = JSON.stringify({ frame: 'signal', kind: 'ask', from: actor.participant, body });
    for (const tab of this.#sessions.tabsOf(body.participant)) tab.send(text);
  }

  /** A socket is gone. Its session waits a while: the media may go on without it. */
  lose(member: Member): void {
    const session = this.#sessions.lose(member);
    if (session !== null) {
      this.#stopGrace(session);
      this.#graces.set(
        session,
        setTimeout(() => {
          this.#graces.delete(session);
          this.#sessions.expire(session);
          this.#changed();
        }, LIMITS.mediaGraceMs),
      );
    }
    this.#changed();
  }

  /** Somebody has left on purpose, or was sent away. */
  leave(participant: string): void {
    this.#sessions.closeOf(participant);
    this.#changed();
  }

  /** The class is over. */
  end(): void {
    this.#sessions.closeAll();
    this.#changed();
  }

  /** Rights, policy or presence have changed. */
  refresh(): void {
    this.#sessions.refresh();
    this.#changed();
  }

  /** Tells the list again: whoever has missed it learns it now. */
  ping(): void {
    if (this.#sessions.size > 0) this.#options.publish(this.frame());
  }

  close(): void {
    if (this.#restart) clearTimeout(this.#restart);
    this.#restart = null;
    if (this.#flushing) clearImmediate(this.#flushing);
    this.#flushing = null;
    for (const timer of this.#graces.values()) clearTimeout(timer);
    this.#graces.clear();
    // Sockets that close after the room leave nothing to wait for.
    this.#sessions.closeAll();
    this.#isClosed = true;
  }

  #stopGrace(session: string | undefined): void {
    if (session === undefined) return;
    clearTimeout(this.#graces.get(session));
    this.#graces.delete(session);
  }

  /** Tabs learn of their own session at once; the list follows when this turn of the event loop is over. */
  #changed(): void {
    if (this.#isClosed) return;
    for (const member of this.#sessions.takeChanged()) {
      const { rev, session, why } = this.#sessions.ownOf(member);
      member.send(JSON.stringify({ frame: 'session', rev, session, why }));
    }
    this.#flushing ??= setImmediate(() => {
      this.#flush();
    });
  }

  #flush(): void {
    if (this.#flushing) clearImmediate(this.#flushing);
    this.#flushing = null;
    const text = this.frame();
    if (text === this.#told) return;
    this.#told = text;
    this.#options.publish(text);
  }
}
