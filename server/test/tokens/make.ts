/** Tokens as a host would make them, and anything else by hand. */
import { claims as fixed, encode, forge, hs256, type Json, type Signer } from '../auth/forge.js';
import { issuerOf, PUBLIC_URL, SECRET } from './hosts.js';

export const nowS = (): number => Math.floor(Date.now() / 1_000);

/** What a host says of a student of `algebra`. */
export function claims(changes: Json = {}, tenant = 'school'): Json {
  const now = nowS();
  const all: Json = {
    ...fixed(),
    iss: issuerOf(tenant),
    aud: PUBLIC_URL,
    room: 'algebra',
    iat: now,
    exp: now + 600,
    ...changes,
  };
  return Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined));
}

export const HEADER: Json = { alg: 'HS256', typ: 'JWT' };
export const ofSchool: Signer = hs256(SECRET);

/** A token of the school. */
export function school(payload: Json | string = claims(), header: Json | string = HEADER): string {
  return forge(header, payload, ofSchool);
}

/** The same with its payload as text that was changed by hand. */
export function withText(change: (json: string) => string): string {
  return school(change(JSON.stringify(claims())));
}

/** Signs any two parts as they stand. */
export function signParts(header: string, payload: string, signer: Signer = ofSchool): string {
  const input = `${header}.${payload}`;
  return `${input}.${signer(input).toString('base64url')}`;
}

export { encode, forge, hs256, type Json, type Signer };
