import { readCommand, type CommandInput, type CommandType } from '@lms-live/protocol';
import { nanoid } from 'nanoid';
import { callerOf, type FairLimits } from '../gateway/fair-limits.js';
import type { RoomRules } from '../rooms/room-rules.js';
import type { Answer, RoomRefusal } from '../rooms/submission.js';
import { commandIdOf } from './repeats.js';
import { HttpError, invalid, type RoomCall } from './types.js';

/** Asked with the rules as they are right before the decision: a reason not to take it. */
export type Guard = (rules: RoomRules) => RoomRefusal | null;

/** Runs one command of a caller in a room. @throws {HttpError} with the code of the refusal */
export async function runCommand<T extends CommandType>(
  call: RoomCall,
  { type, body, guard }: { readonly type: T; readonly body: CommandInput<T>; readonly guard?: Guard },
): Promise<Extract<Answer, { ok: true }>> {
  const id = commandIdOf(call);
  const read = readCommand(type, body, id ?? nanoid());
  if (!read.ok) {
    if (read.code !== 'frame_malformed') throw new HttpError(read.code);
    throw invalid(read.path.replace(/^body\.?/u, ''), 'missing, unknown or of the wrong type');
  }
  if (call.actor.grants.has('room.manage')) call.api.requireRelay(type, read.value.body);
  requireRate(call.api.limits, call);
  const answer = await call.live.room.submit({
    command: read.value,
    actor: call.actor,
    resend: id !== null,
    ephemeral: id === null,
    ...(guard && { guard }),
  });
  if (answer.ok) return answer;
  const { code, ok: _ok, ...more } = answer;
  throw new HttpError(code, more);
}

/** What a person says here counts with what they say on their socket. @throws {HttpError} `rate_limited` */
function requireRate(limits: FairLimits, { live: { room }, identity: { tenant }, actor }: RoomCall): void {
  const caller = callerOf({ room, tenant, actor });
  const exceeded = actor.participant === null ? limits.shared(caller) : limits.command(caller);
  if (!exceeded) return;
  const { limit, retryAfterMs } = exceeded;
  throw new HttpError('rate_limited', { retryAfterMs, detail: { limit } });
}
