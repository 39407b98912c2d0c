import type { HelloFrame, KnockFrame, WaitingReason } from '@lms-live/protocol';
import type { LiveRoom } from '../rooms/live-room.js';
import { actorOf, AdmissionError, findRoom, waitingReason } from './admission.js';
import { Feeds } from './feed.js';
import type { Session } from './session.js';
import { welcome } from './welcome.js';

/** How often somebody waiting for a room that does not exist yet looks again. */
const LOOK_AGAIN_MS = 2_000;

/** The way in: from a hello to the welcome, with a wait at the door where the room says so. */
export class Entrance {
  readonly #session: Session;
  readonly #hello: HelloFrame;
  #room: LiveRoom | null = null;
  #why: WaitingReason | null = null;
  #lookTimer: NodeJS.Timeout | null = null;
  #isClosed = false;

  constructor(session: Session, hello: HelloFrame) {
    this.#session = session;
    this.#hello = hello;
  }

  get isWaiting(): boolean {
    return this.#why !== null;
  }

  /** Verifies the token and finds the room. @throws {AuthError} @throws {AdmissionError} */
  async enter(): Promise<void> {
    const { gateway, socket } = this.#session;
    const turn = gateway.turnstile.pass();
    if (turn) await turn;
    const identity = await gateway.authenticator.authenticate(this.#hello.token, { tenant: this.#hello.tenant });
    // Gone while the token was looked at.
    if (this.#isClosed) return;
    const { origin } = socket;
    if (origin !== null && !identity.tenant.origins.includes(origin))
      throw new AdmissionError('origin_refused', { origin });
    if (identity.role === 'service') throw new AdmissionError('forbidden', { grant: 'person' });
    this.#session.takeIdentity(identity);
    gateway.checkWaiting(this.#session);
    await this.#find();
  }

  /** The room has changed while this person waits for it. @throws {AdmissionError} */
  async reconsider(): Promise<void> {
    if (this.#room && this.isWaiting) await this.#comeIn(this.#room);
  }

  /** A password, or a word to the staff, from somebody who waits. @throws {AdmissionError} */
  async knock(_frame: KnockFrame): Promise<void> {
    await this.reconsider();
  }

  close(): void {
    this.#isClosed = true;
    if (this.#lookTimer) clearTimeout(this.#lookTimer);
    this.#room?.stopWaiting(this.#session);
  }

  async #find(): Promise<void> {
    const { gateway, identity } = this.#session;
    const { directory } = gateway;
    const { id, live } = await findRoom({ directory, identity, asked: this.#hello.room, kind: this.#hello.kind });
    if (this.#isClosed) return;
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

  async #comeIn(live: LiveRoom): Promise<void> {
    const session = this.#session;
    if (this.#isClosed || session.admitted) return;
    this.#room = live;
    const { participant, identity, socket } = session;
    session.actor = actorOf({ identity, live, participant });
    if (live.room.isBanned(participant)) throw new AdmissionError('person_banned');
    const why = waitingReason(live, session.actor);
    if (why) {
      const { title, startsAt } = live.room.rules.all.room;
      live.wait(session, why);
      this.#wait(why, { id: live.room.id, title, startsAt });
      return;
    }
    live.stopWaiting(session);
    this.#why = null;
    const feeds = new Feeds({ socket, live, participant });
    session.admitted = { live, feeds };
    session.gateway.arrived(session);
    live.add(session);
    socket.cork(() => welcome(session, live, feeds));
    await feeds.bringUp(session.actor, this.#hello.positions ?? {}, 'new');
    // An ended class can be read by everyone and started again by staff; nobody else stays.
    if (live.room.state === 'ended' && !session.actor.grants.has('room.start')) session.refuse('room_ended');
    else if (this.#hello.join) await session.join();
    session.cameIn();
  }

  #wait(
    why: WaitingReason,
    room: { readonly id: string; readonly title?: string; readonly startsAt?: number | null },
  ): void {
    if (this.#why === why) return;
    this.#why = why;
    const { gateway, identity, socket } = this.#session;
    gateway.settled(this.#session);
    socket.send(
      JSON.stringify({ frame: 'waiting', why, room, serverTime: gateway.now(), expiresAt: identity.expiresAt }),
    );
  }
}
