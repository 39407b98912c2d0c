import { AuthError } from './types.js';

/** `token_claims` about one claim; `what` ends the sentence "The claim `sub` …". */
export function wrongClaim(claim: string, what: string, detail: Readonly<Record<string, unknown>> = {}): AuthError {
  return new AuthError('token_claims', `The claim \`${claim}\` ${what}.`, { detail: { claim, ...detail } });
}
