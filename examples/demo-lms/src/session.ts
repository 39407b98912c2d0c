import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import type { Context } from 'hono';
import { deleteCookie, getSignedCookie, setSignedCookie } from 'hono/cookie';
import { keptFile } from './kept-file.js';
import { type Person, findPerson } from './people.js';

const COOKIE = 'northfield_session';
const MAX_AGE_S = 7 * 24 * 3_600;
const SECRET_BYTES = 32;

/** Who is signed in, kept in a signed cookie that scripts cannot read and other sites cannot send along with a form. */
export interface Sessions {
  read(context: Context): Promise<Person | null>;
  open(context: Context, person: Person): Promise<void>;
  close(context: Context): void;
}

export function createSessions({
  secret,
  isSecure,
}: {
  readonly secret: string;
  readonly isSecure: boolean;
}): Sessions {
  const place = { path: '/', httpOnly: true, sameSite: 'Lax', secure: isSecure } as const;
  return {
    async read(context) {
      const id = await getSignedCookie(context, secret, COOKIE);
      return findPerson(typeof id === 'string' ? id : null);
    },
    async open(context, person) {
      await setSignedCookie(context, COOKIE, person.id, secret, { ...place, maxAge: MAX_AGE_S });
    },
    close(context) {
      deleteCookie(context, COOKIE, place);
    },
  };
}

export function keptSessionSecret(dataDir: string): Promise<string> {
  return keptFile(join(dataDir, 'session-secret'), () => randomBytes(SECRET_BYTES).toString('base64url'));
}
