import * as v from 'valibot';
import { isSignalKind, SIGNALS, type ClientFrame } from '@lms-live/protocol';
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
  const { policy, state } = admitted.live.room.rules.all.room;
  if (!actor.grants.has(row.grant) || state === 'ended') return;
  if (frame.kind === 'reaction' && !policy['reactions.enabled']) return;
  if (session.signalBucket.take(performance.now()) > 0) return;
  admitted.live.signal(frame.kind, actor, body.output as Record<string, unknown>);
}
