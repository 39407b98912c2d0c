/** What the peers have in common: the hello, a token where they are to verify one, and the word that they are up. */
import { createPublicKey } from 'node:crypto';
import { jwtVerify } from 'jose';

const { PEER_SECRET: secret, PEER_PUBLIC_KEY: publicKey } = process.env;
const key = publicKey !== undefined ? createPublicKey(publicKey) : secret !== undefined ? Buffer.from(secret) : null;
const ALGORITHMS = [publicKey !== undefined ? 'ES256' : 'HS256'];

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
