import {
  cleanText,
  isBarred,
  isStaff,
  readSignal,
  SIGNALS,
  type ClientFrame,
  type SignalKind,
} from '@lms-live/protocol';
import { rulesFor } from '../../rooms/room-rules.js';
import type { Session } from '../session.js';
import { onRtc } from './rtc.js';

/** Past the log, at most once: what is over a rate is dropped and counted, what is wrong is refused. `text` is the frame as it came. */
export function onSignal(session: Session, frame: Extract<ClientFrame, { frame: 'signal' }>, text: string): void {
  const { admitted, actor } = session;
  if (frame.kind === 'rtc') {
    onRtc(session, frame, Buffer.byteLength(text));
    return;
  }
  // Who looks after the door need not have come in yet.
  if (!admitted || !(session.joined || frame.kind === 'lobby.message')) return;
  const read = readSignal(frame.kind, frame.body);
  if (!read.ok) {
    // What a newer page knows and this server does not is no mistake: it is answered as often as other signals are taken.
    if (read.code !== 'not_supported') session.refuseMalformed(read.code, read.path);
    else if (session.gateway.limits.waitMs('signal', session.callerId) === 0)
      session.refuse(read.code, { kind: frame.kind });
    return;
  }
  const signal = read.value;
  const { grant, to } = SIGNALS[signal.kind];
  const mayNot = grant !== null && !actor.grants.has(grant);
  if (to === 'room' && (mayNot || !isAllowed(session, signal.kind))) return;
  const exceeded = session.gateway.limits.signal(session.callerIn(admitted.live));
  if (exceeded) {
    session.gateway.countDroppedSignal(exceeded.limit);
    return;
  }
  // Whoever moderates is told when it comes to nothing.
  if (mayNot) {
    session.refuse('forbidden', { grant });
    return;
  }
  switch (signal.kind) {
    case 'mute': {
      const refused = admitted.live.media.mute(actor, signal.body);
      if (refused) session.refuse(refused.code, refused.detail);
      break;
    }
    case 'ask':
      admitted.live.media.ask(actor, signal.body);
      break;
    case 'lobby.message': {
      const text = cleanText(signal.body.text);
      if (text === '') session.refuse('text_empty');
      else admitted.live.lobby.say({ text, at: session.gateway.now(), name: actor.name }, signal.body.participant);
      break;
    }
    default:
      admitted.live.signal(signal.kind, actor, signal.body);
  }
}

/** Whoever may not speak does not reach the class by signals either. */
function isAllowed({ admitted, actor, participant, gateway }: Session, kind: SignalKind): boolean {
  if (!admitted) return false;
  const { rules } = admitted.live.room;
  const { policy, state } = rules.all.room;
  const isBefore = (state === 'scheduled' || state === 'open') && !isStaff(actor.grants);
  if (state === 'ended' || isBefore || isBarred(rulesFor(rules, participant), participant, 'chat', gateway.now()))
    return false;
  if (kind === 'reaction') return policy['reactions.enabled'];
  return policy['chat.enabled'] && (policy['chat.mode'] !== 'frozen' || actor.grants.has('chat.moderate'));
}
