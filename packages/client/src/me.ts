import type { Grant, Role } from '@lms-live/protocol';
import type { Me } from './types.js';

/** Who this person is, as the server says; the same object as before where nothing of it has changed. */
export function meOf(
  { participant, role, grants }: { participant: string; role: Role; grants: readonly string[] },
  before: Me | null,
): Me {
  const isSame =
    before?.participant === participant &&
    before.role === role &&
    before.grants.size === grants.length &&
    grants.every((grant) => before.grants.has(grant as Grant));
  return isSame ? before : Object.freeze({ participant, role, grants: new Set(grants as readonly Grant[]) });
}
