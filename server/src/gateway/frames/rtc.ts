import { readSignal, type ClientFrame } from '@lms-live/protocol';
import type { Session } from '../session.js';

/**
 * What makes the calls, from one media session to another, also before somebody has joined. Over the rate it is dropped and counted before it is looked at:
 * whoever is not heard sends again. What it weighs counts as well, since it is somebody else who has to take it.
 */
export function onRtc(session: Session, { to, body }: Extract<ClientFrame, { frame: 'signal' }>, bytes: number): void {
  const { admitted, gateway } = session;
  if (!admitted) return;
  if (gateway.waitMs('rtc', session) > 0 || gateway.waitMs('rtcBytes', session, bytes) > 0) {
    gateway.countRtc('over_rate');
    return;
  }
  const read = readSignal('rtc', body);
  if (!read.ok || read.value.kind !== 'rtc' || to === undefined) {
    session.refuse('frame_malformed', { path: read.ok ? 'to' : read.path });
    return;
  }
  gateway.countRtc(admitted.live.media.relay(session, to, read.value.body));
}
