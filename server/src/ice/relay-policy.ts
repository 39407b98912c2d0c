import type { CommandType } from '@lms-live/protocol';

/**
 * Whether a command would make a class relay-only. On a server without a relay nobody would see or hear anybody in it,
 * so it is refused as `relay_missing` to whoever sets it, and not found out in class.
 *
 * @param body of a `room.create` or `room.change`; others set no policy
 */
export function asksForRelay(type: CommandType, body: unknown): boolean {
  if (type !== 'room.create' && type !== 'room.change') return false;
  const setting = (body as { policy?: Readonly<Record<string, unknown>> }).policy?.['relayOnly'];
  return (
    setting === true ||
    (typeof setting === 'object' && setting !== null && 'value' in setting && setting.value === true)
  );
}
