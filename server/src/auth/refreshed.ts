import { grantsOf, isGrant, type Role } from '@lms-live/protocol';
import { AuthError, type Identity } from './types.js';

/** From the least to the most; a back end is no person, and is not among them. */
const RANKS: readonly Role[] = ['observer', 'student', 'assistant', 'instructor'];

/**
 * Who somebody is after their page has sent a fresh token on a living connection: the same person, for longer, and nobody who may more
 * than before. A token that says a higher role or adds rights counts with those of the first one; who comes in with it anew has them.
 * Within a class people are promoted by `person.role`, which the others see.
 *
 * @throws {AuthError} `token_person_changed`, `forbidden` of a token for a back end
 */
export function refreshed(before: Identity, fresh: Identity): Identity {
  if (fresh.tenant.id !== before.tenant.id || fresh.sub !== before.sub)
    throw new AuthError('token_person_changed', 'The fresh token is of another person.');
  if (fresh.role === 'service')
    throw new AuthError('forbidden', 'A back end has no connection.', { detail: { grant: 'person' } });
  const role = RANKS.indexOf(fresh.role) > RANKS.indexOf(before.role) ? before.role : fresh.role;
  const had = grantsOf(before.role, before.grantChanges);
  const grantChanges: Record<string, boolean> = {};
  for (const [grant, isGiven] of Object.entries(before.grantChanges)) if (!isGiven) grantChanges[grant] = false;
  for (const [grant, isGiven] of Object.entries(fresh.grantChanges)) {
    if (!isGiven || (isGrant(grant) && had.has(grant))) grantChanges[grant] = isGiven;
  }
  return Object.freeze({ ...fresh, role, grantChanges: Object.freeze(grantChanges) });
}
