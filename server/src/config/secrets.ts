/** Which secrets are not secret. */
import { isWellKnown } from './well-known-secrets.js';

/** Bytes; HS256 and TURN are as strong as their secret, and RFC 7518 §3.2 asks for the size of the hash. */
export const MIN_SECRET_BYTES = 32;
export const HOW_TO_MAKE_A_SECRET = 'write 32 or more random bytes, as `openssl rand -base64 48` makes them';

/** Whole examples that are long enough to pass as secrets, and the words that others are made of. Lower case, longer ones first. */
const WELL_KNOWN = [
  // jwt.io
  'a-string-secret-at-least-256-bits-long',
  // The tutorial of FastAPI
  '09d25e094faa6ca2556c818166b7a9563b93f7099f6f0f4caa6cf63b88e8d3e7',
  'your-256-bit-secret',
  'your-secret-key',
  'change-me',
  'change_me',
  'changeme',
  'password',
  'secret',
  'super',
];
/** What generators write for development. */
const DEVELOPMENT_PREFIXES = ['django-insecure-', 'dev-', 'demo-', 'example-', 'test-'];
/** Random text has far more. */
const MIN_DIFFERENT_CHARACTERS = 10;

/** Why a secret is no secret, as the end of a sentence; null: nothing speaks against it. */
export function weakness(secret: string): string | null {
  const text = secret.trim().toLowerCase();
  const rest = WELL_KNOWN.reduce((left, word) => left.replaceAll(word, ''), text);
  if (isWellKnown(secret) || rest.length < Math.min(MIN_REST_CHARACTERS, text.length)) return 'is a well-known example';
  const prefix = DEVELOPMENT_PREFIXES.find((start) => text.startsWith(start));
  if (prefix !== undefined) return `begins with \`${prefix}\`, so it was made for development`;
  return new Set(text).size < MIN_DIFFERENT_CHARACTERS ? 'repeats a few characters' : null;
}

/** `secret123`, `changeme-changeme-…`: less than this beside the word does not make it random. */
const MIN_REST_CHARACTERS = 16;
