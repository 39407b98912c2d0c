import {
  encodeServerFrame,
  hasMesh,
  isStaff,
  mediaRights,
  MediaSessions,
  requireOver,
  withholdAddresses,
  type Actor,
  type MediaFrame,
  type Refused,
  type RtcBody,
  type ServerFrameOf,
  type SignalBody,
} from '@lms-live/protocol';
import type { Room } from './room.js';
import type { LoopbackOptions } from './types.js';

/** Who may have a media session: a connection, or somebody played by a script. */
export interface MediaGuest {
  readonly participant: string;
  readonly actor: Actor;
  send(frame: ServerFrameOf<'session'> | ServerFrameOf<'signal'>): void;
}

export interface MediaDeskOptions extends Required<
  Pick<LoopbackOptions, 'now' | 'setTimer' | 'clearTimer' | 'mediaGraceMs' | 'restartGraceMs'>
> {
  readonly room: () => Room;
  readonly isPresent: (participant: string) => boolean;
  /** Tells everyone who was let in. */
  readonly tell: (text: string) => void;
}

/** The media sessions of the class, and the signals between them: as on the real server, but each change is told by itself. */
export class MediaDesk {
  readonly #options: MediaDeskOptions;
  #sessions: MediaSessions<MediaGuest>;
  readonly #graces = new Map<string, unknown>();
  #restart: unknown = null;
  #told = '';

  constructor(options: MediaDeskOptions) {
    this.#options = options;
    this.#sessions = this.#none();
    this.#told = this.frame();
  }

  frame(): string {
    return encodeServerFrame({ frame: 'media', complete: this.#isComplete, sessions: [...this.#sessions.list()] });
  }

  get #isComplete(): boolean {
    return this.#restart === null;
  }

  /** Nothing is known any more, as in a new process; for a while whoever was there may come back to the same session. */
  restart(): void {
    this.forget();
    this.#restart = this.#options.setTimer(() => {
      this.#restart = null;
      this.#tell();
    }, this.#options.restartGraceMs);
    this.#told = this.frame();
  }

  forget(): void {
    if (this.#restart !== null) this.#options.clearTimer(this.#restart);
    this.#restart = null;
    for (const timer of this.#graces.values()) this.#options.clearTimer(timer);
    this.#graces.clear();
    this.#sessions = this.#none();
    this.#told = this.frame();
  }

  /** @returns why there can be none here */
  wish(guest: MediaGuest, frame: MediaFrame): Omit<Refused, 'ok'> | null {
    const { room: about } = this.#options.room().rules.all;
    const { kind, engine, state } = about;
    const isMesh = hasMesh(about);
    if (frame.open && (!isMesh || state === 'ended')) this.#sessions.deny(guest, frame, isMesh ? 'ended' : null);
    else this.#sessions.wish(guest, frame, { nowMs: this.#options.now(), canResume: !this.#isComplete });
    this.#stopGrace(this.#sessions.sessionOf(guest)?.session);
    this.#changed();
    return frame.open && !isMesh ? { code: 'not_supported', detail: { kind, engine } } : null;
  }

  sessionOf(guest: MediaGuest): ServerFrameOf<'session'>['session'] {
    return this.#sessions.sessionOf(guest);
  }

  relay(guest: MediaGuest, to: string, body: RtcBody): void {
    const own = this.#sessions.sessionOf(guest);
    const target = this.#sessions.tabOf(to);
    if (!own || own.mode === 'none' || !target || target === guest) return;
    if (this.#sessions.get(to)?.mode === 'none') return;
    const { relayOnly } = this.#options.room().rules.all.room.policy;
    const passed = relayOnly ? withholdAddresses(body) : body;
    const { session } = own;
    target.send({ frame: 'signal', kind: 'rtc', from: guest.participant, session, body: { ...passed } });
  }

  /** @returns why not */
  mute(actor: Actor, body: SignalBody<'mute'>): Omit<Refused, 'ok'> | null {
    const { participant, source } = body;
    const refused = participant === undefined ? null : requireOver(this.#options.room().rules, actor, participant);
    if (refused) return refused;
    const muted = this.#sessions.mute(source, (guest, whose) =>
      participant === undefined ? !isStaff(guest.actor.grants) : whose === participant,
    );
    for (const guest of muted) guest.send(signal('mute', actor, body));
    this.#changed();
    return null;
  }

  ask(actor: Actor, body: SignalBody<'ask'>): void {
    for (const guest of this.#sessions.tabsOf(body.participant)) guest.send(signal('ask', actor, body));
  }

  /** A socket is gone; its session waits a while. */
  lose(guest: MediaGuest): void {
    const session = this.#sessions.lose(guest);
    if (session !== null) {
      this.#stopGrace(session);
      const timer = this.#options.setTimer(() => {
        this.#graces.delete(session);
        this.#sessions.expire(session);
        this.#changed();
      }, this.#options.mediaGraceMs);
      this.#graces.set(session, timer);
    }
    this.#changed();
  }

  leave(participant: string): void {
    this.#sessions.closeOf(participant);
    this.#changed();
  }

  end(): void {
    this.#sessions.closeAll();
    this.#changed();
  }

  /** Rights, policy or presence have changed. */
  refresh(): void {
    this.#sessions.refresh();
    this.#changed();
  }

  ping(): void {
    if (this.#sessions.size > 0) this.#options.tell(this.frame());
  }

  #none(): MediaSessions<MediaGuest> {
    return new MediaSessions<MediaGuest>({
      participantOf: ({ participant }) => participant,
      goesFirst: ({ actor: { grants } }) => isStaff(grants),
      isJoined: ({ participant }) => this.#options.isPresent(participant),
      mayOf: ({ participant, actor: { grants } }, mode) => {
        const { room, people } = this.#options.room().rules.all;
        return mediaRights({ grants, policy: room.policy, media: people.get(participant)?.media, mode });
      },
    });
  }

  #stopGrace(session: string | undefined): void {
    if (session === undefined || !this.#graces.has(session)) return;
    this.#options.clearTimer(this.#graces.get(session));
    this.#graces.delete(session);
  }

  #changed(): void {
    for (const guest of this.#sessions.takeChanged()) guest.send({ frame: 'session', ...this.#sessions.ownOf(guest) });
    this.#tell();
  }

  #tell(): void {
    const text = this.frame();
    if (text === this.#told) return;
    this.#told = text;
    this.#options.tell(text);
  }
}

function signal(kind: 'mute' | 'ask', { participant }: Actor, body: object): ServerFrameOf<'signal'> {
  return { frame: 'signal', kind, ...(participant === null ? {} : { from: participant }), body: { ...body } };
}
