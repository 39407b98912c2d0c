import {
  decodeClientFrame,
  isStaff,
  LIMITS,
  type Actor,
  type ClientFrame,
  type CommandFrame,
  type ErrorCode,
  type HelloFrame,
} from '@lms-live/protocol';
import { AuthError, type Identity } from '../auth/types.js';
import type { IceClient } from '../ice/ice-service.js';
import { seesLobby, type LiveRoom } from '../rooms/live-room.js';
import type { LobbyMessage, Member, Waiter } from '../rooms/member.js';
import type { StoredEvent } from '../storage/types.js';
import type { Socket, SocketHandler } from '../transport/types.js';
import { actorOf, AdmissionError, covers } from './admission.js';
import { closeWith } from './close.js';
import { endBy } from './end-by.js';
import { callerOf, type Caller } from './fair-limits.js';
import { type Feeds } from './feed.js';
import { Flood } from './flood.js';
import type { Gateway } from './gateway.js';
import { refusedFrame } from './refusal.js';
import { onCommand } from './frames/command.js';
import { onMedia } from './frames/media.js';
import { onPing } from './frames/ping.js';
import { onResume } from './frames/resume.js';
import { onSignal } from './frames/signal.js';
import { onToken } from './frames/token.js';
import { Entrance } from './entrance.js';
import type { Expiring } from './expiry.js';

/** What an admitted session has. */
export interface Admitted {
  readonly live: LiveRoom;
  readonly feeds: Feeds;
}

/** One socket: hello, admission, then frames until it closes. Small state, and one file per inbound frame beside it. */
export class Session implements SocketHandler, Member, Waiter, Expiring {
  readonly gateway: Gateway;
  readonly socket: Socket;
  identity!: Identity;
  isKnown = false;
  /** Has neither come in nor been told to wait. */
  isPending = true;
  /** Is among the sockets of its tenant. */
  isCounted = false;
  participant = '';
  clientId = '';
  actor!: Actor;
  /** As the token says it; `identity` is how that counts in the room. */
  token!: Identity;
  admitted: Admitted | null = null;
  joined = false;
  lastSeenAt: number;
  /** The `seq` that the next command must have; it is put back by a refusal after which the client sends again. */
  nextSeq = 1;
  /** Commands that were next in line so far; those of them that stand behind a refused one are refused too. */
  taken = 0;
  behind: { readonly after: number; readonly upTo: number } | null = null;
  unacked = 0;

  isAsked = false;

  /** Until it has come in. */
  #entrance: Entrance | null = null;
  #hasGreeted = false;
  #isClosed = false;
  /** There are thousands of these: what most of them never need is made when it is. */
  #flood: Flood | null = null;
  #busy: Promise<void> | null = null;
  #helloTimer: NodeJS.Timeout | null;

  constructor(gateway: Gateway, socket: Socket) {
    this.gateway = gateway;
    this.socket = socket;
    this.lastSeenAt = gateway.now();
    this.#helloTimer = setTimeout(() => {
      closeWith(socket, 4004, 'hello_timeout');
    }, LIMITS.helloTimeoutMs);
  }

  get id(): number {
    return this.socket.id;
  }

  get expiresAt(): number {
    return this.identity.expiresAt;
  }

  get isWaiting(): boolean {
    return this.#entrance?.isWaiting ?? false;
  }

  /** The room that it is in, or waits at the door of. */
  get live(): LiveRoom | null {
    return this.admitted?.live ?? this.#entrance?.room ?? null;
  }

  // ── The socket ────────────────────────────────────────────────────────────────────────────────────────────────────

  onMessage(text: string | null): void {
    this.lastSeenAt = this.gateway.now();
    const decoded =
      text === null ? ({ ok: false, code: 'frame_malformed', path: '' } as const) : decodeClientFrame(text);
    if (!decoded.ok) {
      this.#onMalformed(decoded.code, decoded.path);
      return;
    }
    const frame = decoded.value;
    if (text !== null && frame.frame !== 'signal' && text.length > LIMITS.maxFrameBytes) {
      this.#onMalformed('frame_too_large', '');
      return;
    }
    if (frame.frame === 'hello') {
      if (this.#hasGreeted) {
        this.refuse('hello_expected');
        return;
      }
      this.#stopHelloTimer();
      this.gateway.spoke(this);
      this.clientId = frame.client.id;
      const entrance = new Entrance(this, frame);
      this.#hasGreeted = true;
      this.#entrance = entrance;
      this.serially(() => entrance.enter());
      return;
    }
    if (!this.#hasGreeted) {
      this.refuse('hello_expected');
      return;
    }
    this.#dispatch(frame, text ?? '');
  }

  onPong(): void {
    this.lastSeenAt = this.gateway.now();
  }

  onDrain(): void {
    this.admitted?.feeds.onDrain();
  }

  onClose(code: number): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#stopHelloTimer();
    this.gateway.expiries.forget(this);
    this.#entrance?.close();
    this.admitted?.feeds.close();
    this.admitted?.live.remove(this);
    this.admitted = null;
    this.gateway.forget(this, code);
  }

  // ── What its room says ────────────────────────────────────────────────────────────────────────────────────────────

  send(text: string): void {
    this.socket.send(text);
  }

  unsentBytes(): number {
    return this.socket.bufferedBytes();
  }

  deliverOwn(event: StoredEvent, frame: string): void {
    this.admitted?.feeds.deliverOwn(event, frame);
  }

  dismiss(code: ErrorCode): void {
    if (code === 'closed') {
      closeWith(this.socket, 4006, 'replaced');
      this.onClose(4006);
      return;
    }
    this.refuse(code);
  }

  /** The role or the token has changed: tells the page, and opens or closes the staff log. */
  refreshRights(): void {
    const { admitted } = this;
    if (!admitted) return;
    const before = this.actor;
    this.actor = actorOf({ identity: this.identity, live: admitted.live, participant: this.participant });
    const { role, grants } = this.actor;
    if (
      role === before.role &&
      grants.size === before.grants.size &&
      [...grants].every((grant) => before.grants.has(grant))
    )
      return;
    this.socket.send(JSON.stringify({ frame: 'rights', role, grants: [...grants] }));
    if (isStaff(grants) && !isStaff(before.grants))
      this.serially(() => admitted.feeds.bringUpOne('staff', undefined, 'role', this.actor));
    if (!isStaff(grants) && isStaff(before.grants)) admitted.feeds.drop('staff');
    if (isStaff(grants) && !isStaff(before.grants)) this.showRoster(admitted.live);
    if (seesLobby(this) && !seesLobby({ actor: before })) this.socket.send(admitted.live.lobby.frame());
    admitted.live.media.refresh();
  }

  onSoon(): void {
    this.socket.send(JSON.stringify({ frame: 'token' }));
  }

  onExpired(): void {
    this.refuse('token_expired');
  }

  /** Shows staff who is expected; one who is gone, or staff no more, by the time that it is read is shown nothing. */
  showRoster({ roster }: LiveRoom): void {
    void roster.show((text) => {
      if (this.admitted && isStaff(this.actor.grants)) this.socket.send(text);
    });
  }

  enrolAgain(): void {
    this.serially(async () => {
      const { live, token } = this;
      if (!live) return;
      const identity = await this.gateway.enrolment.of(token, live.room.id, live);
      if (!covers(identity, live)) throw new AdmissionError('room_not_covered');
      this.takeIdentity(token, identity);
      if (this.admitted) live.presence.update(this);
      else await this.#entrance?.reconsider();
    });
  }

  hear(message: LobbyMessage): void {
    this.#entrance?.hear(message);
  }

  /** The room has changed while this person waits for it. */
  reconsider(): void {
    this.serially(() => this.#entrance?.reconsider() ?? Promise.resolve());
  }

  // ── For the frames beside this file ───────────────────────────────────────────────────────────────────────────────

  /** Refuses the connection (with a close, where the code has one) or one frame. */
  refuse(code: ErrorCode, detail: Readonly<Record<string, unknown>> = {}, retryAfterMs?: number): void {
    this.gateway.countRefusal(code);
    this.socket.send(refusedFrame({ code, detail, ...(retryAfterMs !== undefined && { retryAfterMs }) }));
    this.gateway.close(this.socket, code);
  }

  /** Refuses what is not written as the protocol has it, and closes where that goes on and on. */
  refuseMalformed(code: ErrorCode, path: string): void {
    if (this.#isFlood()) this.refuse('frame_flood');
    else this.refuse(code, path === '' ? {} : { path });
  }

  /** By what this person's rates are counted. Whoever waits at the door may have no room and no id yet: each of those sockets is counted by itself. */
  get callerId(): string {
    const { admitted, participant, id } = this;
    return admitted ? `${String(admitted.live.room.key)}/${participant}` : `socket ${String(id)}`;
  }

  /** The same, with the room and the tenant. */
  callerIn({ room }: LiveRoom): Caller {
    return callerOf({ room, tenant: this.identity.tenant, actor: this.actor });
  }

  iceClient(): IceClient {
    const { tenant, expiresAt } = this.identity;
    return { tenant: tenant.id, participant: this.participant, tokenExpiresAt: expiresAt };
  }

  /** Takes a verified token, and how it counts in the room, on a living connection; on one that has ended since, nobody would end the watch over it. @throws {AuthError} `token_revoked` */
  takeIdentity(token: Identity, identity = token): void {
    if (this.#isClosed) return;
    // What was withdrawn while the token was looked at was told to nobody of this connection.
    if (this.gateway.authenticator.revocations.isRevoked(identity))
      throw new AuthError('token_revoked', 'The token was revoked.');
    this.token = token;
    this.identity = identity;
    this.isKnown = true;
    this.gateway.expiries.watch(this);
    this.refreshRights();
  }

  /** Nothing of the way in is needed any more, the token least of all. */
  cameIn(): void {
    this.#entrance = null;
  }

  /** Makes this person present. @throws {AdmissionError} where the last place was taken in the meantime, or nothing can be saved */
  async join(): Promise<void> {
    if (!this.admitted) return;
    const answer = await this.admitted.live.join(this);
    if (!answer.ok) throw new AdmissionError(answer.code, answer.detail);
  }

  async leave(): Promise<void> {
    this.joined = false;
    await this.admitted?.live.leave(this);
  }

  #stopHelloTimer(): void {
    if (this.#helloTimer) clearTimeout(this.#helloTimer);
    this.#helloTimer = null;
  }

  #dispatch(frame: Exclude<ClientFrame, HelloFrame>, text: string): void {
    switch (frame.frame) {
      case 'command':
        onCommand(this, frame satisfies CommandFrame);
        break;
      case 'signal':
        onSignal(this, frame, text);
        break;
      case 'token':
        if (this.#mayAsk()) this.serially(() => onToken(this, frame));
        break;
      case 'media':
        if (this.#mayAsk()) onMedia(this, frame);
        break;
      case 'knock':
        if (this.#mayAsk()) this.serially(() => this.#entrance?.knock(frame) ?? Promise.resolve());
        break;
      case 'resume':
        if (this.#mayAsk()) this.serially(() => onResume(this, frame));
        break;
      case 'ping':
        if (this.#mayAsk()) onPing(this);
        break;
    }
  }

  /** Asking costs more than it takes: over the rate it is refused, and a flood of it is closed like any other. */
  #mayAsk(): boolean {
    const retryAfterMs = this.gateway.limits.waitMs('control', this.callerId);
    if (retryAfterMs === 0) return true;
    if (this.#isFlood()) this.refuse('frame_flood');
    else this.socket.send(refusedFrame({ code: 'rate_limited', retryAfterMs }));
    return false;
  }

  #onMalformed(code: ErrorCode, path: string): void {
    if (!this.#hasGreeted) {
      // The first frame decides: what is wrong with it is said, and it is over.
      this.refuse(path === 'token' ? 'token_malformed' : code, path === '' ? {} : { path });
      closeWith(this.socket, path === 'token' ? 4501 : 4500, path === 'token' ? 'token_malformed' : code);
      return;
    }
    this.refuseMalformed(code, path);
  }

  /** Work of this connection that awaits something, one after the other; a failure refuses the connection. */
  serially(work: () => Promise<void>): void {
    const busy = (this.#busy ?? Promise.resolve()).then(async () => {
      if (this.#isClosed) return;
      try {
        await work();
      } catch (error) {
        endBy(this, error);
      }
      if (this.#busy === busy) this.#busy = null;
    });
    this.#busy = busy;
  }

  #isFlood(): boolean {
    this.#flood ??= new Flood();
    return this.#flood.hit(performance.now());
  }
}
