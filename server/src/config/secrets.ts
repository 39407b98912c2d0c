/** Which secrets are not secret. */

/** Bytes; HS256 and TURN are as strong as their secret, and RFC 7518 §3.2 asks for the size of the hash. */
export const MIN_SECRET_BYTES = 32;
export const HOW_TO_MAKE_A_SECRET = 'write 32 or more random bytes, as `openssl rand -base64 48` makes them';

/** Words that stand in examples, and whole examples that are long enough to pass as secrets. Lower case. */
const WELL_KNOWN = [
  'changeme',
  'change-me',
  'change_me',
  'secret',
  'secretkey',
  'secret-key',
  'password',
  'supersecret',
  'your-secret-key',
  'your-256-bit-secret',
  // jwt.io
  'a-string-secret-at-least-256-bits-long',
  // The tutorial of FastAPI
  '09d25e094faa6ca2556c818166b7a9563b93f7099f6f0f4caa6cf63b88e8d3e7',
  // The demo LMS of this project
  'demo-lms-secret-do-not-use-in-production',
];
/** What generators write for development. */
const DEVELOPMENT_PREFIXES = ['django-insecure-', 'dev-', 'demo-', 'example-', 'test-'];
/** Random text has far more. */
const MIN_DIFFERENT_CHARACTERS = 10;

/** Why a secret is no secret, as the end of a sentence; null: nothing speaks against it. */
export function weakness(secret: string): string | null {
  const text = secret.trim().toLowerCase();
  const word = WELL_KNOWN.find(
    (known) => text.replaceAll(known, '').length < MIN_REST_CHARACTERS && text.includes(known),
  );
  if (word !== undefined) return 'is a well-known example';
  const prefix = DEVELOPMENT_PREFIXES.find((start) => text.startsWith(start));
  if (prefix !== undefined) return `begins with \`${prefix}\`, so it was made for development`;
  return new Set(text).size < MIN_DIFFERENT_CHARACTERS ? 'repeats a few characters' : null;
}

/** `secret123`, `changeme-changeme-…`: less than this beside the word does not make it random. */
const MIN_REST_CHARACTERS = 16;
