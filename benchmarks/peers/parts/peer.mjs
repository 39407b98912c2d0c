/** What the peers have in common: the hello, a token where they are to verify one, and the word that they are up. */
import { importSPKI, jwtVerify } from 'jose';

const { PEER_SECRET: secret, PEER_PUBLIC_KEY: publicKey } = process.env;
const ALGORITHMS = [publicKey !== undefined ? 'ES256' : 'HS256'];
const HMAC = { name: 'HMAC', hash: 'SHA-256' };
// Imported once: given the bytes of a secret, jose would import them anew for each token.
const key =
  publicKey !== undefined
    ? await importSPKI(publicKey, 'ES256')
    : secret !== undefined
      ? await crypto.subtle.importKey('raw', Buffer.from(secret), HMAC, false, ['verify'])
      : null;

/**
 * @param {string} text `{"room":"…","token":"…"}`
 * @returns {string | Promise<string>} the room; at once where no token is asked for
 * @throws {Error} as a rejection, where the token is not good
 */
export function readHello(text) {
  const { room, token } = JSON.parse(text);
  return key === null ? room : verify(token).then(() => room);
}

/** @param {string} token */
export async function verify(token) {
  if (key === null) return;
  await jwtVerify(token, key, { algorithms: ALGORITHMS });
}

/** @param {string} room */
export function answer(room) {
  return JSON.stringify({ frame: 'welcome', room });
}

/** Told to whoever started this process. */
export function tellReady() {
  process.send?.('ready');
}
