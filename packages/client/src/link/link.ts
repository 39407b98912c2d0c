import {
  SUBPROTOCOL,
  afterClose,
  type ClientFrameInput,
  type ServerFrame,
  type ServerFrameOf,
} from '@lms-live/protocol';
import { clientError, LmsError, refusalDetail, toErrorDetail } from '../errors.js';
import type { Connection, Environment, LmsErrorDetail, SocketLike } from '../types.js';
import { Backoff } from './backoff.js';
import { Channel } from './channel.js';
import { Heartbeat } from './heartbeat.js';

/** From the opening of a socket to the first answer; after it another one is tried. */
const ANSWER_TIMEOUT_MS = 10_000;
/** An attempt that has not got through is given up for a fresh one when the page wakes. */
const STUCK_MS = 2_000;
const MAX_REFUSED_TOKENS = 3;
/** The times in a token are whole seconds (RFC 7519 §2): one that is to be newer than a withdrawal is asked for a second later. */
const AFTER_REVOCATION_MS = 1_100;
/** Whom the host has shut out it may have let in again since, and then the next token is a new one; another try after that is a loop. */
const MAX_REVOKED_TOKENS = 2;
const COME_BACK_FROM = 4000;
const COME_BACK_TO = 4099;
const REPLACED = 4006;
const ENDED = 4504;
const LEFT = 4505;

export interface LinkOptions {
  readonly environment: Environment;
  readonly url: string;
  /** A socket that is being opened already: the first attempt takes it. */
  readonly firstSocket: SocketLike | null;
  readonly tokens: {
    /** A token to say hello with. @throws {LmsError} where there is none right now */
    get(): Promise<string>;
    /** The last one was not taken. @returns whether there may be another */
    refused(): boolean;
  };
  readonly hello: (token: string) => ClientFrameInput;
  /** Sends something that the server answers. */
  readonly ping: () => void;
  readonly handlers: LinkHandlers;
}

export interface LinkHandlers {
  status(changes: Partial<Connection>): void;
  frame(frame: ServerFrame, text: string): void;
  /**
   * The socket that was welcomed is gone: nothing more can be sent until the next `welcome`.
   * @param isMoved another one takes over without a break
   */
  down(isMoved: boolean): void;
}

interface Attempt {
  readonly startedAt: number;
  channel: Channel | null;
  timer: unknown;
  /** What the server has said before it closed. */
  refusal: LmsErrorDetail | null;
}

/**
 * The way to the server: one socket that speaks, at times a second one that takes over, and between two sockets the wait for the next.
 * It comes back for as long as it is not stopped, unless the server says to stay away.
 */
export class Link {
  readonly #options: LinkOptions;
  readonly #backoff: Backoff;
  readonly #heartbeat: Heartbeat;
  /** Has been answered; frames are sent here. */
  #channel: Channel | null = null;
  #refusal: LmsErrorDetail | null = null;
  #attempt: Attempt | null = null;
  #retryTimer: unknown = null;
  #drainTimer: unknown = null;
  /** The server has asked to leave this socket. */
  #mustMove = false;
  #wasAnswered = false;
  #refusedTokens = 0;
  #isRunning = false;
  #firstSocket: SocketLike | null;

  constructor(options: LinkOptions) {
    const { environment } = options;
    this.#options = options;
    this.#firstSocket = options.firstSocket;
    this.#backoff = new Backoff(environment);
    this.#heartbeat = new Heartbeat({
      environment,
      probe: () => options.ping(),
      dead: () => this.renew(),
      slept: () => this.doubt(),
    });
  }

  /** Connects, now; also after it was told to stay away. */
  start(): void {
    this.#isRunning = true;
    this.#refusedTokens = 0;
    this.#status({ error: null });
    this.#try();
  }

  /** Closes for good, or until `start`. */
  stop(): void {
    this.#isRunning = false;
    this.#clearTimers();
    this.#abandonAttempt();
    this.#dropChannel();
  }

  send(frame: ClientFrameInput): void {
    this.#channel?.send(frame);
  }

  /** Is there life? Called when the page wakes, and when an answer is overdue. */
  probe(): void {
    if (!this.#isRunning) return;
    if (this.#channel) this.#heartbeat.probeNow();
    else if (!this.#attempt || this.#now() - this.#attempt.startedAt > STUCK_MS) this.#try();
  }

  /**
   * The page or its network was away, and the socket is most likely dead whatever it says: asks, and opens another one without waiting for the answer.
   * The one whose server answers is kept.
   */
  doubt(): void {
    const isAlone = this.#channel !== null && !this.#attempt;
    this.probe();
    if (this.#isRunning && isAlone) this.#try();
  }

  /** Tries now instead of at the planned time. */
  hurry(): void {
    if (this.#isRunning && !this.#channel && !this.#attempt) this.#try();
  }

  /** Leaves the socket as it is, dead or stuck, and opens another. */
  renew(): void {
    if (!this.#isRunning) return;
    this.#dropChannel();
    this.#status({ state: 'reconnecting', retryAt: null });
    // One that was begun on suspicion goes on.
    if (!this.#attempt || this.#now() - this.#attempt.startedAt > STUCK_MS) this.#try();
  }

  /** Opens another socket and leaves this one when the other is welcomed. */
  moveIn(ms: number): void {
    const { environment } = this.#options;
    this.#mustMove = true;
    if (this.#drainTimer !== null) environment.clearTimer(this.#drainTimer);
    this.#drainTimer = environment.setTimer(() => {
      this.#drainTimer = null;
      if (this.#channel && !this.#attempt) this.#try();
    }, ms);
  }

  #try(): void {
    this.#clearTimers();
    this.#abandonAttempt();
    const attempt: Attempt = { startedAt: this.#now(), channel: null, timer: null, refusal: null };
    this.#attempt = attempt;
    if (!this.#channel) this.#status({ state: this.#wasAnswered ? 'reconnecting' : 'connecting', retryAt: null });
    void this.#open(attempt);
  }

  async #open(attempt: Attempt): Promise<void> {
    const { environment, url, tokens, hello } = this.#options;
    try {
      const token = await tokens.get();
      if (attempt !== this.#attempt) return;
      const socket = this.#firstSocket ?? environment.openSocket(url, SUBPROTOCOL);
      this.#firstSocket = null;
      const channel: Channel = new Channel(socket, {
        opened: () => channel.send(hello(token)),
        heard: () => channel === this.#channel && this.#heartbeat.heard(),
        frame: (frame, text) => this.#receive(channel, frame, text),
        closed: (code, reason) => this.#closed(channel, code, reason),
      });
      attempt.channel = channel;
      attempt.timer = environment.setTimer(
        () => this.#attemptFailed(clientError('server_unreachable')),
        ANSWER_TIMEOUT_MS,
      );
      channel.start();
    } catch (error) {
      if (attempt !== this.#attempt) return;
      // What is not ours was thrown by the platform: mixed content, or an address that it does not take.
      const detail =
        error instanceof LmsError
          ? toErrorDetail(error)
          : clientError('server_unreachable', { thrown: toErrorDetail(error).message });
      if (detail.retryable) this.#attemptFailed(detail);
      else this.#stay({ state: 'failed', error: detail });
    }
  }

  #receive(channel: Channel, frame: ServerFrame, text: string): void {
    const attempt = channel === this.#attempt?.channel ? this.#attempt : null;
    if (attempt) {
      if (frame.frame === 'welcome' || frame.frame === 'waiting') this.#answered(attempt, channel);
      else if (frame.frame === 'refused') attempt.refusal = refusalDetail(frame);
    }
    if (channel !== this.#channel) return;
    if (frame.frame === 'refused' && frame.cmid === undefined) this.#refusal = refusalDetail(frame);
    if (frame.frame === 'welcome') this.#welcomed();
    if (frame.frame === 'waiting') this.#waiting(frame);
    if (frame.frame === 'drain') this.moveIn(frame.inMs);
    this.#options.handlers.frame(frame, text);
  }

  /** The new socket speaks: it takes over, and the old one goes. */
  #answered(attempt: Attempt, channel: Channel): void {
    this.#options.environment.clearTimer(attempt.timer);
    this.#attempt = null;
    this.#dropChannel({ isMoved: true });
    this.#mustMove = false;
    this.#channel = channel;
    this.#refusal = null;
    this.#wasAnswered = true;
    this.#refusedTokens = 0;
    this.#backoff.online();
    this.#heartbeat.start();
  }

  #welcomed(): void {
    this.#status({ state: 'online', why: null, error: null, retryAt: null, synced: false });
  }

  #waiting({ why }: ServerFrameOf<'waiting'>): void {
    this.#status({ state: 'waiting', why, error: null, retryAt: null });
  }

  #closed(channel: Channel, code: number, reason: string): void {
    const attempt = this.#attempt;
    const isAttempt = channel === attempt?.channel;
    if (!isAttempt && channel !== this.#channel) return;
    const said = isAttempt ? attempt.refusal : this.#refusal;
    // The reason of a close is the code of the refusal before it; an older refusal has nothing to do with it.
    const refusal = reason === '' || said?.code === reason ? said : null;
    const isReplaced = attempt !== null && code === REPLACED;
    if (!isAttempt) this.#dropChannel({ isMoved: isReplaced });
    // Another socket is on its way already. Where the server says so itself, nobody need notice.
    if (!isAttempt && attempt) {
      if (!isReplaced) this.#status({ state: 'reconnecting' });
      return;
    }
    switch (afterClose(code)) {
      case 'stop': {
        this.#stay(farewell(code, refusal, reason));
        return;
      }
      case 'refresh': {
        this.#tokenRefused(refusal);
        return;
      }
      case 'retry':
        // A code of the protocol says what to do, whatever was refused; without one, the refusal does.
        if (isAttempt && refusal && !refusal.retryable && !saysComeBack(code)) {
          this.#stay({ state: 'failed', error: refusal });
          return;
        }
        if (isAttempt) {
          this.#attemptFailed(refusal ?? clientError('server_unreachable'));
          return;
        }
        {
          this.#retry(refusal?.retryable ? refusal : null);
          return;
        }
    }
  }

  #tokenRefused(refusal: LmsErrorDetail | null): void {
    this.#refusedTokens += 1;
    const error = refusal ?? clientError('token_expired');
    const isRevoked = error.code === 'token_revoked';
    const most = isRevoked ? MAX_REVOKED_TOKENS : MAX_REFUSED_TOKENS;
    const mayRetry = this.#options.tokens.refused() && this.#refusedTokens < most;
    if (mayRetry) this.#retry(this.#refusedTokens > 1 ? error : null, isRevoked ? AFTER_REVOCATION_MS : undefined);
    else this.#stay({ state: 'failed', error });
  }

  #attemptFailed(error: LmsErrorDetail): void {
    this.#abandonAttempt();
    this.#retry(error);
  }

  #retry(error: LmsErrorDetail | null, atLeastMs = error?.retryAfterMs): void {
    this.#abandonAttempt();
    // The socket has answered in the meantime: there was nothing to it.
    if (this.#channel && !this.#mustMove && !this.#heartbeat.isAsking) return;
    const { environment } = this.#options;
    const waitMs = this.#backoff.nextMs(atLeastMs);
    this.#clearTimers();
    this.#retryTimer = environment.setTimer(() => this.#try(), waitMs);
    if (this.#channel) return;
    this.#status({
      state: this.#wasAnswered ? 'reconnecting' : 'connecting',
      retryAt: environment.nowMs() + waitMs,
      ...(error && { error }),
    });
  }

  #stay(changes: Partial<Connection>): void {
    this.stop();
    this.#status({ why: null, error: null, retryAt: null, ...changes });
  }

  #dropChannel({ isMoved = false } = {}): void {
    const channel = this.#channel;
    if (!channel) return;
    this.#channel = null;
    this.#heartbeat.stop();
    channel.close();
    this.#options.handlers.down(isMoved);
  }

  #abandonAttempt(): void {
    const attempt = this.#attempt;
    this.#attempt = null;
    if (!attempt) return;
    if (attempt.timer !== null) this.#options.environment.clearTimer(attempt.timer);
    attempt.channel?.close();
  }

  #clearTimers(): void {
    const { environment } = this.#options;
    for (const timer of [this.#retryTimer, this.#drainTimer]) if (timer !== null) environment.clearTimer(timer);
    this.#retryTimer = null;
    this.#drainTimer = null;
  }

  #status(changes: Partial<Connection>): void {
    this.#options.handlers.status(changes);
  }

  #now(): number {
    return this.#options.environment.monotonicMs();
  }
}

function saysComeBack(code: number): boolean {
  return code >= COME_BACK_FROM && code <= COME_BACK_TO;
}

function farewell(code: number, refusal: LmsErrorDetail | null, reason: string): Partial<Connection> {
  if (code === ENDED) return { state: 'ended' };
  if (code === LEFT) return { state: 'closed' };
  return {
    state: 'failed',
    error: refusal ?? {
      code: reason === '' ? 'refused' : reason,
      message: 'The server has closed the connection.',
      retryable: false,
      help: `The socket was closed with ${code}.`,
    },
  };
}
