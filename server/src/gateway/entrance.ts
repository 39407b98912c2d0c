import { cleanText, isStaffRole, type HelloFrame, type KnockFrame, type WaitingReason } from '@lms-live/protocol';
import type { Identity } from '../auth/types.js';
import type { LiveRoom } from '../rooms/live-room.js';
import type { LobbyMessage } from '../rooms/member.js';
import { actorOf, AdmissionError, findRoom, waitingReason } from './admission.js';
import { Feeds } from './feed.js';
import type { Session } from './session.js';
import { welcome } from './welcome.js';

/** How often somebody waiting for a room that does not exist yet looks again. */
const LOOK_AGAIN_MS = 2_000;

/** The room as somebody at its door may know it. */
interface AtDoor {
  readonly id: string;
  readonly title?: string;
  readonly startsAt?: number | null;
}

/** What came of a password that was given. */
interface PasswordNews {
  readonly isWrong?: true;
  readonly retryAfterMs?: number;
}

/** The way in: from a hello to the welcome, with a wait at the door where the room says so. */
export class Entrance {
  readonly #session: Session;
  readonly #hello: HelloFrame;
  #room: LiveRoom | null = null;
  #door: AtDoor | null = null;
  #why: WaitingReason | null = null;
  /** Given with the hello, and not looked at yet. */
  #password: string | null;
  /** For this person alone. */
  #message: LobbyMessage | null = null;
  #lookTimer: NodeJS.Timeout | null = null;
  #isClosed = false;

  constructor(session: Session, hello: HelloFrame) {
    this.#session = session;
    this.#hello = hello;
    this.#password = hello.password ?? null;
  }

  get isWaiting(): boolean {
    return this.#why !== null;
  }

  /** null: it does not exist yet, or was not looked for. */
  get room(): LiveRoom | null {
    return this.#room;
  }

  /** Verifies the token and finds the room. @throws {AuthError} @throws {AdmissionError} */
  async enter(): Promise<void> {
    const { gateway, socket } = this.#session;
    const turn = gateway.turnstile.pass();
    if (turn) await turn;
    const token = await gateway.authenticator.authenticate(this.#hello.token, { tenant: this.#hello.tenant });
    // Gone while the token was looked at.
    if (this.#isClosed) return;
    const { origin } = socket;
    if (origin !== null && !token.tenant.origins.includes(origin))
      throw new AdmissionError('origin_refused', { origin });
    if (token.role === 'service') throw new AdmissionError('forbidden', { grant: 'person' });
    this.#session.takeIdentity(token);
    gateway.checkWaiting(this.#session);
    await this.#find();
  }

  /** The room has changed while this person waits for it. @throws {AdmissionError} */
  async reconsider(): Promise<void> {
    if (this.#room && this.isWaiting) await this.#comeIn(this.#room);
  }

  /** A password, or a word to the staff, from somebody who waits. @throws {AdmissionError} */
  async knock({ password, note }: KnockFrame): Promise<void> {
    if (!this.isWaiting) return;
    if (note !== undefined) this.#room?.lobby.note(this.#session, cleanText(note));
    if (password !== undefined && this.#why === 'password') this.#password = password;
    await this.reconsider();
  }

  /** A word of the staff; they are told the reason again with it. */
  hear(message: LobbyMessage): void {
    this.#message = message;
    if (this.isWaiting) this.#tell();
  }

  close(): void {
    this.#isClosed = true;
    if (this.#lookTimer) clearTimeout(this.#lookTimer);
    this.#room?.stopWaiting(this.#session);
  }

  async #find(): Promise<void> {
    const { gateway, token } = this.#session;
    const { directory, enrolment } = gateway;
    const { room: asked, kind } = this.#hello;
    const { id, live, identity } = await findRoom({ directory, enrolment, token, asked, kind });
    if (this.#isClosed) return;
    this.#take(token, identity);
    if (!live) {
      this.#wait('not_started', { id });
      this.#lookTimer = setTimeout(() => {
        this.#session.serially(() => this.#find());
      }, LOOK_AGAIN_MS);
      return;
    }
    if (await directory.isBanned(live.room, identity.sub)) throw new AdmissionError('person_banned');
    const { participant } = await directory.participant(live.room, identity.sub);
    this.#session.participant = participant;
    gateway.checkConnections(this.#session, live);
    await this.#comeIn(live);
  }

  /** How the token counts here; not where a fresh one was taken in the meantime. */
  #take(token: Identity, identity: Identity): void {
    const session = this.#session;
    if (token === session.token && identity !== session.identity) session.takeIdentity(token, identity);
  }

  async #comeIn(live: LiveRoom): Promise<void> {
    const session = this.#session;
    if (this.#isClosed || session.admitted) return;
    this.#room = live;
    const { participant, identity, socket } = session;
    session.actor = actorOf({ identity, live, participant });
    if (live.room.isBanned(participant)) throw new AdmissionError('person_banned');
    const news = await this.#givePassword(live);
    if (!socket.isOpen) return;
    const why = waitingReason(live, session.actor);
    if (why) {
      const { title, startsAt } = live.room.rules.all.room;
      live.wait(session, why);
      this.#wait(why, { id: live.room.id, title, startsAt }, news);
      return;
    }
    if (!isStaffRole(session.actor.role)) live.door.places.keep(participant);
    live.stopWaiting(session);
    this.#why = null;
    const feeds = new Feeds({ socket, live, participant });
    session.admitted = { live, feeds };
    session.gateway.arrived(session);
    live.add(session);
    live.presence.lookBack(session.participant);
    socket.cork(() => welcome(session, live, feeds));
    await feeds.bringUp(session.actor, this.#hello.positions ?? {}, 'new');
    // An ended class can be read by everyone and started again by staff; nobody else stays.
    if (live.room.state === 'ended' && !session.actor.grants.has('room.start')) session.refuse('room_ended');
    else if (this.#hello.join) await session.join();
    session.cameIn();
  }

  /** Looks at what was given, once, where it is needed. */
  async #givePassword(live: LiveRoom): Promise<PasswordNews> {
    const { actor, participant, socket } = this.#session;
    const text = this.#password;
    if (text === null || waitingReason(live, actor) !== 'password') return {};
    this.#password = null;
    const answer = await live.door.tryPassword({ participant, address: socket.remoteAddress, text });
    if (answer.right) return {};
    return {
      ...(answer.isWrong && { isWrong: true }),
      ...(answer.retryAfterMs !== null && { retryAfterMs: answer.retryAfterMs }),
    };
  }

  #wait(why: WaitingReason, at: AtDoor, news: PasswordNews = {}): void {
    const isNews = Object.keys(news).length > 0;
    if (this.#why === why && !isNews) return;
    this.#why = why;
    this.#door = at;
    this.#session.gateway.settled(this.#session);
    this.#tell(news);
  }

  #tell(news: PasswordNews = {}): void {
    const { gateway, identity, socket } = this.#session;
    const message = this.#message ?? this.#room?.lobby.message;
    socket.send(
      JSON.stringify({
        frame: 'waiting',
        why: this.#why,
        ...news,
        ...(message ? { message } : {}),
        room: this.#door,
        serverTime: gateway.now(),
        expiresAt: identity.expiresAt,
      }),
    );
  }
}
