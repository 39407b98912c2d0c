import { readServerAddress } from './server-address.js';
import { readClaims } from './token/claims.js';

export interface ForgetOptions {
  /** Only what was to be sent to this server. Default: to any. */
  readonly server?: string | undefined;
  /** Only what the person of this token has left. Default: everybody who has used this browser. */
  readonly token?: string | undefined;
}

/**
 * Wipes what is kept on this device of messages that could not be sent, for the logout of a host. Release the connections of the page first: what they
 * hold would still be sent.
 * @returns whether nothing of it is left; false where the storage of the browser could not be reached
 */
export async function forget({ server, token }: ForgetOptions = {}): Promise<boolean> {
  if (typeof (globalThis as Partial<typeof globalThis>).indexedDB === 'undefined') return true;
  const address = server === undefined ? null : (readServerAddress(server)?.http ?? server);
  const person = token === undefined ? null : readClaims(token).person;
  try {
    const { wipeRows } = await import('./outbox/kept-outbox.js');
    await wipeRows((row) => (address === null || row.server === address) && (person === null || row.person === person));
    return true;
  } catch {
    return false;
  }
}
