import { LIMITS, readCommand, type Command, type CommandFrame, type ErrorCode } from '@lms-live/protocol';
import type { Answer, RoomRefusal } from '../../rooms/submission.js';
import { asksForRelay } from '../../ice/relay-policy.js';
import { isSentAgain, refusedFrame } from '../refusal.js';
import { mayManage } from '../admission.js';
import type { Exceeded } from '../fair-limits.js';
import type { Session } from '../session.js';

/**
 * One command. Order at the gate: is it the next in line → its shape → known already? answered as before (by the room) → rate → decide.
 * A refusal after which the client sends again puts the line back to it: whatever was sent behind it is refused with `expect`.
 */
export function onCommand(session: Session, frame: CommandFrame): void {
  const { admitted } = session;
  if (!admitted) {
    // Also while waiting: nothing is taken at the door.
    session.send(refusedFrame({ code: 'room_not_started' }, frame.cmid));
    return;
  }
  if (frame.seq !== session.nextSeq) {
    session.send(refusedFrame({ code: 'seq_expected', expect: session.nextSeq }, frame.cmid));
    return;
  }
  session.nextSeq += 1;
  session.taken += 1;
  const place = session.taken;

  const read = readCommand(frame.type, frame.body, frame.cmid);
  if (!read.ok) {
    refuse(session, frame, { code: read.code, detail: { path: read.path } });
    return;
  }
  if (session.unacked >= LIMITS.maxUnacked) {
    refuse(session, frame, { code: 'busy', retryAfterMs: 100 });
    return;
  }
  const command = read.value;
  const isKnown = admitted.live.room.remembers(session.actor, frame.cmid);
  const exceeded = isKnown ? overControl(session) : session.gateway.limits.command(session.callerIn(admitted.live));
  if (exceeded) {
    const { limit, retryAfterMs } = exceeded;
    refuse(session, frame, { code: 'rate_limited', retryAfterMs, detail: { limit } });
    return;
  }
  if (changesRecord(command) && !mayManage(admitted.live, session.identity)) {
    refuse(session, frame, { code: 'forbidden', detail: { grant: 'owner' } });
    return;
  }

  const { gateway, actor } = session;
  if (!gateway.hasRelay && actor.grants.has('room.manage') && asksForRelay(command.type, command.body)) {
    refuse(session, frame, { code: 'relay_missing' });
    return;
  }

  session.unacked += 1;
  const startedAt = performance.now();
  void admitted.live.room.submit({
    command,
    actor: session.actor,
    resend: frame.resend,
    guard: (): RoomRefusal | null =>
      isBehind(session, place) ? { ok: false, code: 'seq_expected', expect: session.nextSeq } : null,
    onAnswer: (answer) => {
      session.unacked -= 1;
      session.gateway.countCommand({
        type: command.type,
        outcome: answer.ok ? 'ok' : answer.code,
        ms: performance.now() - startedAt,
      });
      if (answer.ok) acknowledge(session, command, answer);
      else refuse(session, frame, answer, place);
    },
  });
}

function acknowledge(session: Session, command: Command, { positions, result }: Extract<Answer, { ok: true }>): void {
  session.send(JSON.stringify({ frame: 'ack', cmid: command.cmid, positions, result }));
  // Presence follows attendance: it is a lease, not an event.
  if (command.type === 'person.join') session.admitted?.live.arrive(session);
  if (command.type === 'person.leave') void session.leave();
}

function refuse(
  session: Session,
  frame: CommandFrame,
  refusal: { readonly code: ErrorCode } & Omit<RoomRefusal, 'ok' | 'code'>,
  place = session.taken,
): void {
  const sentAgain = isSentAgain(refusal.code);
  if (sentAgain && !isBehind(session, place)) {
    // What was taken before it is decided all the same: it has paid its rate, and would be late behind what is sent again.
    if (place < session.taken) session.behind = { after: place, upTo: session.taken };
    session.nextSeq = frame.seq;
  }
  session.gateway.countRefusal(refusal.code);
  session.send(refusedFrame({ ...refusal, ...(sentAgain ? { expect: session.nextSeq } : {}) }, frame.cmid));
}

/** Asking again for an answer that was given costs next to nothing, and is counted with the other questions. */
function overControl(session: Session): Exceeded | null {
  const retryAfterMs = session.gateway.limits.waitMs('control', session.callerId);
  return retryAfterMs > 0 ? { limit: 'controlsPerSecond', retryAfterMs } : null;
}

/** The settings of a class belong to whoever teaches it; its record to its owners. */
function changesRecord({ type, body }: Command): boolean {
  return type === 'room.change' && Object.keys(body).some((key) => !['policy', 'locked', 'ifOffset'].includes(key));
}

/** Taken behind a command that was refused in the meantime and will be sent again. */
function isBehind({ behind }: Session, place: number): boolean {
  return behind !== null && place > behind.after && place <= behind.upTo;
}
