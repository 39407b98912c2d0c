/** Tokens for our server and for the peers, signed by one key: HS256 or ES256 (RFC 7515, RFC 7518 §3.2, §3.4). */
import { createHmac, generateKeyPairSync, randomBytes, sign } from 'node:crypto';

const ISSUER = 'https://lms.test';
const TOKEN_S = 3_600;

/**
 * @typedef {'HS256' | 'ES256'} Algorithm
 * @typedef {{
 *   token: (claims: Readonly<Record<string, unknown>>) => string,
 *   keys: readonly Readonly<Record<string, unknown>>[],
 *   peerEnv: Readonly<Record<string, string>>,
 * }} Signer `keys` of the tenant of LMS Live, `peerEnv` of a peer, that verify its tokens
 */

/** @param {Algorithm} algorithm @returns {Signer} */
export function createSigner(algorithm) {
  const header = { alg: algorithm, typ: 'JWT' };
  const issue = (/** @type {Readonly<Record<string, unknown>>} */ claims) => {
    const now = Math.floor(Date.now() / 1_000);
    // No two are alike, so that each is verified.
    const payload = { iss: ISSUER, iat: now, exp: now + TOKEN_S, jti: randomBytes(8).toString('hex'), ...claims };
    return [header, payload].map((part) => Buffer.from(JSON.stringify(part)).toString('base64url')).join('.');
  };
  if (algorithm === 'HS256') {
    const secret = randomBytes(32).toString('hex');
    return {
      token: (claims) => {
        const content = issue(claims);
        return `${content}.${createHmac('sha256', secret).update(content).digest('base64url')}`;
      },
      keys: [{ kind: 'secret', secret }],
      peerEnv: { PEER_SECRET: secret },
    };
  }
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const pem = publicKey.export({ type: 'spki', format: 'pem' }).toString();
  return {
    token: (claims) => {
      const content = issue(claims);
      const signature = sign('sha256', Buffer.from(content), { key: privateKey, dsaEncoding: 'ieee-p1363' });
      return `${content}.${signature.toString('base64url')}`;
    },
    keys: [{ kind: 'pem', algorithm: 'ES256', pem }],
    peerEnv: { PEER_PUBLIC_KEY: pem },
  };
}
