import {
  ERRORS,
  decodeClientFrame,
  encodeServerFrame,
  isSignalKind,
  readCommand,
  roleInRoom,
  type Actor,
  type ClientFrame,
  type Command,
  type CommandFrame,
  type Decision,
  type ErrorCode,
  type HelloFrame,
  type Refused,
  type ServerFrameOf,
  type SystemCommand,
  type WaitingReason,
} from '@lms-live/protocol';
import { Attendance } from './attendance.js';
import { readFakeToken } from './fake-token.js';
import type { Committed, Room } from './room.js';
import type { Turns } from './turns.js';
import { Visitor } from './visitor.js';
import type { Wire, WireHandlers } from './wire.js';

export interface ReceptionOptions {
  readonly room: () => Room;
  readonly roomId: string;
  readonly tenant: string;
  readonly turns: Turns;
  readonly now: () => number;
  readonly participantOf: (sub: string) => string;
  readonly snapshotAfterEvents: number;
  readonly leaveGraceMs: number;
  readonly setTimer: (work: () => void, ms: number) => unknown;
  readonly clearTimer: (timer: unknown) => void;
}

type Answer = ServerFrameOf<'ack'> | ServerFrameOf<'refused'>;

/** Lets people in, takes what they say to the room, and tells everybody what has come of it. */
export class Reception {
  readonly #options: ReceptionOptions;
  readonly #visitors = new Set<Visitor>();
  readonly #answers = new Map<string, { readonly said: string; readonly answer: Answer }>();
  readonly #leaving = new Map<string, unknown>();
  readonly attendance = new Attendance();
  refuseNext: Refused | null = null;

  constructor(options: ReceptionOptions) {
    this.#options = options;
  }

  get welcome(): readonly Visitor[] {
    return [...this.#visitors].filter(({ isWelcome }) => isWelcome);
  }

  get all(): readonly Visitor[] {
    return [...this.#visitors];
  }

  connect(wire: Wire): WireHandlers {
    const visitor = new Visitor(wire);
    this.#visitors.add(visitor);
    return {
      received: (text) => void this.#options.turns.take(() => this.#receive(visitor, text)),
      closed: () => this.#gone(visitor),
    };
  }

  tell(text: string): void {
    for (const visitor of this.welcome) visitor.wire.deliver(text);
  }

  /** A turn must be held. */
  async run(
    command: Command | SystemCommand,
    actor: Actor | null,
  ): Promise<{ decision: Decision; committed: readonly Committed[] }> {
    const room = this.#options.room();
    const ran = await room.run(command, actor);
    const tallied =
      ran.decision.ok && command.type === 'vote.set'
        ? await room.run(
            { type: 'system.tally', question: command.body.question, votes: room.votesFor(command.body.question) },
            null,
          )
        : null;
    return { decision: ran.decision, committed: [...ran.committed, ...(tallied?.committed ?? [])] };
  }

  /** A turn must be held. Everybody who may read it gets it, and who may come in because of it comes in. */
  async publish(committed: readonly Committed[]): Promise<void> {
    for (const { event, owner } of committed) {
      const [text] = await this.#options.room().after(event.log, owner ?? '', event.offset - 1);
      for (const visitor of this.welcome) {
        if (visitor.logs.includes(event.log) && (owner === null || owner === visitor.participant))
          visitor.wire.deliver(text ?? '');
      }
    }
    for (const { event } of committed) {
      if (event.type === 'person.removed' && event.body) this.#oust(event.body.participant);
      if (event.type === 'person.role' && event.body) await this.#changeRole(event.body.participant);
      if (event.type === 'room.changed' || event.type === 'person.admitted') await this.#lookAtDoor();
      if (event.type === 'room.changed' && event.body?.state === 'ended') this.#sayFarewell();
    }
  }

  /** A turn must be held. */
  async setJoined(participant: string, actor: Actor, isJoined: boolean): Promise<Decision> {
    const command = { type: isJoined ? 'person.join' : 'person.leave', body: {}, cmid: '' } as const;
    const { decision, committed } = await this.run(command, actor);
    await this.publish(committed);
    if (decision.ok) this.setPresent(participant, isJoined ? { role: actor.role, away: false } : null);
    return decision;
  }

  setPresent(participant: string, person: Parameters<Attendance['set']>[1]): void {
    const change = this.attendance.set(participant, person);
    if (change) this.tell(encodeServerFrame({ frame: 'presence', ...change }));
  }

  /** Nobody is waited for any more. */
  cancelLeaves(): void {
    for (const timer of this.#leaving.values()) this.#options.clearTimer(timer);
    this.#leaving.clear();
  }

  refuse(visitor: Visitor, refused: Refused, more: { cmid?: string; expect?: number } = {}): ServerFrameOf<'refused'> {
    const { message, help, retryable } = ERRORS[refused.code];
    const { retryAfterMs, detail, code } = refused;
    const frame: ServerFrameOf<'refused'> = {
      frame: 'refused',
      code,
      message,
      help,
      retryable,
      ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
      ...(detail === undefined ? {} : { detail: { ...detail } }),
      ...more,
    };
    visitor.send(frame);
    return frame;
  }

  async #receive(visitor: Visitor, text: string): Promise<void> {
    if (visitor.wire.readyState > 1) return;
    const { ok, ...decoded } = decodeClientFrame(text);
    if (!ok || !('value' in decoded)) return void this.refuse(visitor, refusal('frame_malformed'));
    const frame: ClientFrame = decoded.value;
    if (!visitor.claims && frame.frame !== 'hello') return this.#turnAway(visitor, 'hello_expected');
    switch (frame.frame) {
      case 'hello':
        return this.#hello(visitor, frame);
      case 'command':
        return this.#command(visitor, frame);
      case 'signal':
        return this.#signal(visitor, frame);
      case 'token':
        return this.#token(visitor, frame.token);
      case 'resume':
        visitor.positions = frame.positions;
        return this.#replay(visitor);
      case 'ping':
        return this.#ping(visitor, frame.hidden ?? visitor.isHidden);
    }
  }

  async #hello(visitor: Visitor, { token, room, positions, join, client }: HelloFrame): Promise<void> {
    const claims = readFakeToken(token);
    if (!claims) return this.#turnAway(visitor, 'token_malformed');
    if (claims.expiresAt <= this.#options.now()) return this.#turnAway(visitor, 'token_expired');
    if (room !== undefined && room !== this.#options.roomId) return this.#turnAway(visitor, 'room_not_covered');
    visitor.claims = claims;
    visitor.participant = this.#options.participantOf(claims.sub);
    visitor.role = this.#roleOf(visitor);
    visitor.positions = positions ?? {};
    visitor.wantsJoin = join;
    visitor.isHidden = client.hidden ?? false;
    visitor.tabId = client.id;
    for (const other of this.all) if (other !== visitor && other.tabId === client.id) other.wire.shut(4006, 'replaced');
    await this.#admit(visitor);
  }

  async #admit(visitor: Visitor): Promise<void> {
    const { staffRules, rules } = this.#options.room();
    const ban = staffRules.bars.get(visitor.participant)?.room;
    if (ban && (ban.until === null || ban.until > this.#options.now())) return this.#turnAway(visitor, 'person_banned');
    if (staffRules.admitted.get(visitor.participant) === false) return this.#turnAway(visitor, 'person_removed');
    const why = this.#whyWait(visitor);
    if (why) return this.#letWait(visitor, why);
    await this.#letIn(visitor);
    if (rules.room.state === 'ended' && !visitor.isStaff) this.#turnAway(visitor, 'room_ended');
  }

  #whyWait(visitor: Visitor): WaitingReason | null {
    if (visitor.isStaff) return null;
    const { rules, staffRules } = this.#options.room();
    const { state, locked, capacity, policy } = rules.room;
    if (state === 'ended') return null;
    if (state === 'scheduled' || state === 'open') return 'not_started';
    const isAdmitted = staffRules.admitted.get(visitor.participant) === true;
    if (policy['join.lobby'] && !isAdmitted) return 'lobby';
    if (locked && !isAdmitted && !this.attendance.has(visitor.participant)) return 'locked';
    return capacity !== null && this.attendance.full.count >= capacity && !this.attendance.has(visitor.participant)
      ? 'full'
      : null;
  }

  #letWait(visitor: Visitor, why: WaitingReason): void {
    const { id, title, startsAt } = this.#options.room().rules.room;
    visitor.isWaiting = true;
    visitor.send({
      frame: 'waiting',
      why,
      room: { id, title, startsAt },
      serverTime: this.#options.now(),
      expiresAt: visitor.claims?.expiresAt ?? 0,
    });
  }

  async #letIn(visitor: Visitor): Promise<void> {
    const { now, roomId, tenant } = this.#options;
    const room = this.#options.room();
    visitor.isWaiting = false;
    const heads = await Promise.all(
      visitor.logs.map(async (log) => [log, await room.position(log, visitor.participant)] as const),
    );
    const { role, participant } = visitor;
    visitor.send({
      frame: 'welcome',
      participant,
      tenant,
      role,
      grants: [...visitor.actor.grants],
      room: { id: roomId, kind: room.rules.room.kind },
      positions: Object.fromEntries(heads),
      serverTime: now(),
      expiresAt: visitor.claims?.expiresAt ?? 0,
      ice: [],
      limits: {},
    });
    await this.#replay(visitor);
    visitor.isWelcome = true;
    this.#options.clearTimer(this.#leaving.get(participant));
    this.#leaving.delete(participant);
    if (visitor.wantsJoin && room.rules.room.state !== 'ended') await this.#join(visitor);
  }

  async #replay(visitor: Visitor): Promise<void> {
    const { snapshotAfterEvents } = this.#options;
    for (const log of visitor.logs) await visitor.replay(this.#options.room(), log, snapshotAfterEvents);
    visitor.send({ frame: 'presence', ...this.attendance.full });
  }

  async #join(visitor: Visitor): Promise<void> {
    const decision = await this.setJoined(visitor.participant, visitor.actor, true);
    if (decision.ok) visitor.isJoined = true;
    else this.refuse(visitor, decision);
  }

  async #command(visitor: Visitor, frame: CommandFrame): Promise<void> {
    const { cmid } = frame;
    const expect = visitor.checkSeq(frame);
    if (expect !== null) return void this.refuse(visitor, refusal('seq_expected'), { cmid, expect });
    const forced = this.refuseNext;
    this.refuseNext = null;
    if (forced && ERRORS[forced.code].retryable) return void this.refuse(visitor, forced, { cmid });
    visitor.consumeSeq();
    const key = `${visitor.participant} ${cmid}`;
    const said = JSON.stringify([frame.type, frame.body]);
    const known = this.#answers.get(key);
    if (known && known.said !== said) return void this.refuse(visitor, refusal('cmid_conflict'), { cmid });
    if (known) return visitor.send(known.answer);
    const read = readCommand(frame.type, frame.body, cmid);
    if (!read.ok) return void this.refuse(visitor, refusal(read.code, { path: read.path }), { cmid });
    if (!visitor.isWelcome) return void this.refuse(visitor, refusal('room_not_started'), { cmid });
    if (forced) return void this.refuse(visitor, forced, { cmid });
    const { decision, committed } = await this.run(read.value, visitor.actor);
    if (!decision.ok) return void this.refuse(visitor, decision, { cmid });
    const positions = Object.fromEntries(
      committed
        .filter(
          ({ event, owner }) =>
            visitor.logs.includes(event.log) && (owner ?? visitor.participant) === visitor.participant,
        )
        .map(({ event }) => event.log)
        .map((log) => [log, null] as const),
    );
    for (const log of visitor.logs)
      if (log in positions)
        Object.assign(positions, { [log]: await this.#options.room().position(log, visitor.participant) });
    const answer: Answer = { frame: 'ack', cmid, positions: positions as never, result: { ...decision.result } };
    this.#answers.set(key, { said, answer });
    visitor.send(answer);
    await this.publish(committed);
    if (read.value.type === 'person.join') {
      visitor.isJoined = true;
      this.setPresent(visitor.participant, { role: visitor.role, away: visitor.isHidden });
    }
    if (read.value.type === 'person.leave') {
      visitor.isJoined = false;
      this.setPresent(visitor.participant, null);
    }
  }

  async #signal(visitor: Visitor, { kind, body }: Extract<ClientFrame, { frame: 'signal' }>): Promise<void> {
    if (!isSignalKind(kind) || !visitor.isWelcome) return;
    this.signal(visitor.participant, kind, body);
  }

  signal(from: string, kind: string, body: Record<string, unknown>): void {
    const text = encodeServerFrame({ frame: 'signal', kind, from, body });
    for (const visitor of this.welcome) if (visitor.participant !== from) visitor.wire.deliver(text);
  }

  async #token(visitor: Visitor, token: string): Promise<void> {
    const claims = readFakeToken(token);
    if (!claims) return this.#turnAway(visitor, 'token_malformed');
    if (claims.sub !== visitor.claims?.sub) return this.#turnAway(visitor, 'token_person_changed');
    if (claims.expiresAt <= this.#options.now()) return this.#turnAway(visitor, 'token_expired');
    visitor.claims = claims;
    visitor.send({ frame: 'token', expiresAt: claims.expiresAt });
  }

  async #ping(visitor: Visitor, isHidden: boolean): Promise<void> {
    visitor.isHidden = isHidden;
    if (visitor.isJoined) this.setPresent(visitor.participant, { role: visitor.role, away: isHidden });
    const heads = visitor.isWelcome
      ? [{ log: 'me' as const, position: await this.#options.room().position('me', visitor.participant) }]
      : [];
    visitor.send({ frame: 'pong', serverTime: this.#options.now(), heads });
  }

  /** Everybody's heads of the logs they read. */
  async pingAll(): Promise<void> {
    const room = this.#options.room();
    for (const visitor of this.welcome) {
      const heads = await Promise.all(
        visitor.logs
          .filter((log) => log !== 'me')
          .map(async (log) => ({ log, position: await room.position(log, visitor.participant) })),
      );
      visitor.send({ frame: 'ping', heads });
    }
  }

  #roleOf({ participant, claims }: Visitor): Visitor['role'] {
    const { rules, staffRules } = this.#options.room();
    const me = { votes: staffRules.admitted } as never;
    return roleInRoom({ all: rules, staff: staffRules, me }, participant, claims?.role ?? 'observer');
  }

  async #changeRole(participant: string): Promise<void> {
    for (const visitor of this.welcome.filter((one) => one.participant === participant)) {
      const wasStaff = visitor.isStaff;
      visitor.role = this.#roleOf(visitor);
      visitor.send({ frame: 'rights', role: visitor.role, grants: [...visitor.actor.grants] });
      if (visitor.isStaff && !wasStaff) {
        const room = this.#options.room();
        const position = await room.position('staff', participant);
        visitor.send({
          frame: 'reset',
          log: 'staff',
          why: 'role',
          position,
          snapshot: await room.snapshot('staff', participant),
        });
      }
      if (visitor.isJoined) this.setPresent(participant, { role: visitor.role, away: visitor.isHidden });
    }
  }

  async #lookAtDoor(): Promise<void> {
    for (const visitor of this.all.filter(({ isWaiting }) => isWaiting)) {
      if (this.#options.room().staffRules.admitted.get(visitor.participant) === false)
        this.#turnAway(visitor, 'person_removed');
      else if (this.#whyWait(visitor) === null) await this.#letIn(visitor);
    }
  }

  #sayFarewell(): void {
    for (const visitor of this.welcome) {
      this.setPresent(visitor.participant, null);
      if (!visitor.isStaff) this.#turnAway(visitor, 'room_ended');
    }
  }

  #oust(participant: string): void {
    const ban = this.#options.room().staffRules.bars.get(participant)?.room;
    for (const visitor of this.all)
      if (visitor.participant === participant) this.#turnAway(visitor, ban ? 'person_banned' : 'person_removed');
    this.setPresent(participant, null);
  }

  #turnAway(visitor: Visitor, code: ErrorCode): void {
    this.refuse(visitor, refusal(code));
    visitor.wire.shut(ERRORS[code].close ?? 4501, code);
  }

  /** A person whose last connection is gone leaves a while later, so that coming back is not noticed. */
  #gone(visitor: Visitor): void {
    this.#visitors.delete(visitor);
    const { participant, actor } = visitor;
    if (!visitor.isJoined || this.welcome.some((other) => other.participant === participant && other.isJoined)) return;
    const timer = this.#options.setTimer(() => {
      this.#leaving.delete(participant);
      void this.#options.turns.take(() => this.setJoined(participant, actor, false));
    }, this.#options.leaveGraceMs);
    this.#leaving.set(participant, timer);
  }
}

function refusal(code: ErrorCode, detail?: Readonly<Record<string, unknown>>): Refused {
  return { ok: false, code, ...(detail === undefined ? {} : { detail }) };
}
