/** Tokens that look odd and are right: whoever refuses them locks people out. */
import type { Role } from '@lms-live/protocol';
import { eddsa, es256, ps256, rs256 } from '../auth/forge.js';
import * as h from './hosts.js';
import {
  claims as claimsOf,
  encode,
  forge,
  HEADER,
  hs256,
  nowS,
  school,
  signParts,
  withText,
  type Json,
} from './make.js';

export interface Unusual {
  readonly name: string;
  readonly token: string;
  /** What its holder is. Default: a student. */
  readonly role?: Role;
  /** What the page names. */
  readonly tenant?: string;
}

export function unusualTokens(): readonly Unusual[] {
  const now = nowS();
  // Rates are counted by person.
  let people = 0;
  const claims = (changes: Json = {}, tenant?: string): Json =>
    claimsOf({ sub: `student-${String((people += 1))}`, ...changes }, tenant);
  const withHeader = (header: Json): string => school(claims(), header);
  const withClaims = (changes: Json): string => school(claims(changes));
  return [
    { name: 'without typ', token: withHeader({ alg: 'HS256' }) },
    { name: 'typ in small letters', token: withHeader({ alg: 'HS256', typ: 'jwt' }) },
    { name: 'typ of RFC 9068', token: withHeader({ alg: 'HS256', typ: 'at+jwt' }) },
    { name: 'typ with its long name', token: withHeader({ alg: 'HS256', typ: 'application/at+JWT' }) },
    { name: 'a header that nobody knows', token: withHeader({ ...HEADER, 'x-school': 'north', iss: 'elsewhere' }) },
    {
      name: 'header in another order, with spaces',
      token: signParts(encode('{ "typ" : "JWT" ,\n"alg" : "HS256" }'), encode(claims())),
    },
    { name: 'a kid where the key has none', token: withHeader({ ...HEADER, kid: '2026/09 main key' }) },
    { name: 'payload with spaces and line breaks', token: school(JSON.stringify(claims(), null, 2)) },
    { name: 'names of claims escaped', token: withText((json) => json.replace('"role"', '"r\\u006fle"')) },
    { name: 'letters as they are', token: withClaims({ name: 'نور حداد 👩🏽‍🏫', sub: 'schüler·7' }) },
    {
      name: 'letters escaped',
      token: withText((json) => json.replace('Noor Haddad', 'N\\u006f\\u006fr \\ud83d\\ude00')),
    },
    { name: 'without iat', token: withClaims({ iat: undefined }) },
    { name: 'iat a little ahead', token: withClaims({ iat: now + 20 }) },
    { name: 'nbf now', token: withClaims({ nbf: now }) },
    { name: 'a whole day', token: withClaims({ exp: now + 86_400 }) },
    { name: 'its last minutes', token: withClaims({ iat: now - 3_600, exp: now + 300 }) },
    { name: 'aud as a list', token: withClaims({ aud: ['https://other.example', h.PUBLIC_URL] }) },
    { name: 'several rooms', token: withClaims({ room: ['geometry', 'algebra'] }) },
    { name: 'a prefix', token: withClaims({ room: 'alg*' }) },
    { name: 'every room', token: withClaims({ room: '*' }) },
    { name: 'the longest sub', token: withClaims({ sub: 's'.repeat(128) }) },
    { name: 'a sub with everything in it', token: withClaims({ sub: 'auth0|5f7c8ec7c33c6c004bbafe82 "\'<>&;:@/\\' }) },
    { name: 'a number as sub', token: withClaims({ sub: 4_711 }) },
    { name: 'without a name', token: withClaims({ name: undefined }) },
    { name: 'a name of 500 characters', token: withClaims({ name: 'x'.repeat(500) }) },
    {
      name: 'a picture and a locale that cannot be used',
      token: withClaims({ picture: 'javascript:alert(1)', locale: '..' }),
    },
    {
      name: 'claims that nobody knows',
      token: withClaims({ acr: '1', amr: ['pwd'], x: { y: [1, null, true] }, constructor: 1, toString: 'x' }),
    },
    { name: 'grants that nobody knows', token: withClaims({ grants: { 'no.such': true, 'chat.post': true } }) },
    { name: 'grants null', token: withClaims({ grants: null }) },
    { name: 'almost as large as may be', token: withClaims({ pad: 'x'.repeat(5_700) }) },
    { name: 'a role in other words', token: withClaims({ role: 'Teacher ' }) },
    { name: 'a role in capitals', token: withClaims({ role: 'INSTRUCTOR' }) },
    { name: 'a list of roles', token: withClaims({ role: ['instructor'] }) },
    { name: 'a number as role', token: withClaims({ role: 1 }) },
    { name: 'an observer', token: withClaims({ role: 'observer' }), role: 'observer' },
    { name: 'RS256', token: forge({ alg: 'RS256' }, claims({}, 'rs'), rs256(h.rsa.privateKey)) },
    { name: 'PS256', token: forge({ alg: 'PS256', typ: 'JWT' }, claims({}, 'ps'), ps256(h.psRsa.privateKey)) },
    {
      name: 'ES256 with its kid',
      token: forge({ alg: 'ES256', kid: 'es-1' }, claims({}, 'es'), es256(h.ec.privateKey)),
    },
    { name: 'EdDSA', token: forge({ alg: 'EdDSA' }, claims({}, 'ed'), eddsa(h.ed.privateKey)) },
    {
      name: 'a published key',
      token: forge({ alg: 'RS256', kid: h.PUBLISHED_KID }, claims({}, 'jwks'), rs256(h.published.privateKey)),
    },
    {
      name: 'the only published key, unnamed',
      token: forge({ alg: 'RS256' }, claims({}, 'jwks'), rs256(h.published.privateKey)),
    },
    {
      name: 'of a tenant that the page names',
      token: forge(HEADER, claims({ iss: undefined, aud: undefined }), hs256(h.PLAIN_SECRET)),
      tenant: 'plain',
    },
    {
      name: 'of the only tenant without iss, unnamed',
      token: forge(HEADER, claims({ iss: undefined, aud: undefined }), hs256(h.PLAIN_SECRET)),
    },
    {
      name: 'an access token of simplejwt',
      token: forge(
        HEADER,
        {
          ...claims({ aud: undefined, sub: undefined, role: undefined }, 'django'),
          user_id: 7,
          token_type: 'access',
          jti: 'f3c1',
        },
        hs256(h.DJANGO_SECRET),
      ),
    },
  ];
}
