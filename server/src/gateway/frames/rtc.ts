import { readSignal, type ClientFrame } from '@lms-live/protocol';
import type { Session } from '../session.js';

/** Where a message of a type that there is not is refused. */
const UNKNOWN_MESSAGE = 'body.message.type';

/**
 * What makes the calls, from one media session to another, also before somebody has joined. Over the rate it is dropped and counted before it is looked at:
 * whoever is not heard sends again. What it weighs counts as well, since it is somebody else who has to take it.
 */
export function onRtc(session: Session, { to, body }: Extract<ClientFrame, { frame: 'signal' }>, bytes: number): void {
  const { admitted, gateway } = session;
  if (!admitted) return;
  if (
    gateway.limits.waitMs('rtc', session.callerId) > 0 ||
    gateway.limits.waitMs('rtcBytes', session.callerId, bytes) > 0
  ) {
    gateway.countRtc('over_rate');
    return;
  }
  const read = readSignal('rtc', body);
  if (!read.ok || read.value.kind !== 'rtc' || to === undefined) {
    const path = read.ok ? 'to' : read.path;
    // A newer page may say more than this server knows, and says it again and again since nobody acknowledges it: the rate holds that, and the call goes on.
    if (path === UNKNOWN_MESSAGE) session.refuse('frame_malformed', { path });
    else session.refuseMalformed('frame_malformed', path);
    return;
  }
  gateway.countRtc(admitted.live.media.relay(session, to, read.value.body));
}
