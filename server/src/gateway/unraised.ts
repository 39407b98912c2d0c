import { grantsOf, GRANTS, ROLES, type Role } from '@lms-live/protocol';
import type { Identity } from '../auth/types.js';

/**
 * A fresh token with nothing in it that the one before did not give: it makes a connection last longer, and raises nobody. Whoever was given
 * more by their school has it with their next connection.
 */
export function unraised(before: Identity, fresh: Identity): Identity {
  const had = grantsOf(before.role, before.grantChanges);
  const wanted = grantsOf(fresh.role, fresh.grantChanges);
  const role = lower(before.role, fresh.role);
  const kept = GRANTS.filter((grant) => had.has(grant) && wanted.has(grant));
  if (role === fresh.role && kept.length === wanted.size) return fresh;
  const ofRole = grantsOf(role);
  const changes = GRANTS.filter((grant) => kept.includes(grant) !== ofRole.has(grant)).map(
    (grant) => [grant, kept.includes(grant)] as const,
  );
  return Object.freeze({ ...fresh, role, grantChanges: Object.freeze(Object.fromEntries(changes)) });
}

/** The table has the roles with the most rights first. */
function lower(a: Role, b: Role): Role {
  return ROLES.indexOf(a) > ROLES.indexOf(b) ? a : b;
}
