import { compactVerify, errors } from 'jose';
import type { VerificationKey } from './keys.js';

/**
 * Whether the key made the signature of this token, with an algorithm of that key.
 *
 * @param token a compact JWS that `readCompactJws` has passed
 */
export async function verifySignature(token: string, { key, algorithms }: VerificationKey): Promise<boolean> {
  try {
    await compactVerify(token, key, { algorithms: [...algorithms] });
    return true;
  } catch (error) {
    if (error instanceof errors.JOSEError) return false;
    throw error;
  }
}
