import * as v from 'valibot';
import { isBarred, isSignalKind, SIGNALS, type ClientFrame, type SignalKind } from '@lms-live/protocol';
import { rulesFor } from '../../rooms/room-rules.js';
import type { Session } from '../session.js';

/** Past the log, at most once: what is over the rate is dropped without a word, what is wrong is refused. */
export function onSignal(session: Session, frame: Extract<ClientFrame, { frame: 'signal' }>): void {
  const { admitted, actor } = session;
  if (!admitted || !session.joined) return;
  if (!isSignalKind(frame.kind)) {
    session.refuse('not_supported', { kind: frame.kind });
    return;
  }
  const row = SIGNALS[frame.kind];
  const body = v.safeParse(row.body, frame.body);
  if (!body.success) {
    session.refuse('frame_malformed', { path: 'body' });
    return;
  }
  if ((row.grant !== null && !actor.grants.has(row.grant)) || !isAllowed(session, frame.kind)) return;
  if (session.gateway.waitMs('signal', session) > 0) return;
  admitted.live.signal(frame.kind, actor, body.output as Record<string, unknown>);
}

/** Whoever may not speak does not reach the class by signals either. */
function isAllowed({ admitted, actor, participant, gateway }: Session, kind: SignalKind): boolean {
  if (!admitted) return false;
  const { rules } = admitted.live.room;
  const { policy, state } = rules.all.room;
  if (state === 'ended' || isBarred(rulesFor(rules, participant), participant, 'chat', gateway.now())) return false;
  if (kind === 'reaction') return policy['reactions.enabled'];
  return policy['chat.enabled'] && (policy['chat.mode'] !== 'frozen' || actor.grants.has('chat.moderate'));
}
