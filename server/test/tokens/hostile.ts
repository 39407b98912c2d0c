/** Tokens that nobody may come in with, each with the codes that it may be refused by. */
import { createHmac, generateKeyPairSync } from 'node:crypto';
import { CERTIFICATE, eddsa, es256, P256_ORDER, ps256, rs256, spki } from '../auth/forge.js';
import * as h from './hosts.js';
import { claims, encode, forge, HEADER, hs256, nowS, school, signParts, withText, type Json } from './make.js';

export interface Hostile {
  readonly name: string;
  readonly token: string;
  readonly codes: readonly string[];
  /** What the page names. */
  readonly tenant?: string;
}

const MALFORMED = ['token_malformed'];
const ALGORITHM = ['token_algorithm'];
const SIGNATURE = ['token_signature'];
const CLAIMS = ['token_claims'];
const ISSUER = ['token_issuer'];
const AUDIENCE = ['token_audience'];

/** Named vectors of one kind that are refused by the same codes. */
function all(
  kind: string,
  codes: readonly string[],
  tokens: Readonly<Record<string, string>>,
  tenant?: string,
): Hostile[] {
  return Object.entries(tokens).map(([name, token]) => ({
    name: `${kind}: ${name}`,
    token,
    codes,
    ...(tenant === undefined ? {} : { tenant }),
  }));
}

const each = <T>(values: readonly T[], make: (value: T) => string): Record<string, string> =>
  Object.fromEntries(values.map((value) => [JSON.stringify(value).slice(0, 60), make(value)]));

/** @param catcher an address that no token may make the server ask */
export function hostileTokens(catcher: string): readonly Hostile[] {
  const good = school();
  const [header = '', payload = '', signature = ''] = good.split('.');
  const attacker = generateKeyPairSync('rsa', { modulusLength: 2_048 });
  const attackerEc = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const attackerEd = generateKeyPairSync('ed25519');
  const withHeader = (more: Json): string => school(claims(), { ...HEADER, ...more });
  const withClaims = (changes: Json): string => school(claims(changes));
  const of = (tenant: string, alg: string, signer: (input: string) => Buffer, more: Json = {}): string =>
    forge({ alg, ...more }, claims({}, tenant), signer);
  const raw = (bytes: Buffer) => () => bytes;
  const curve = (r: Buffer, s: Buffer) => raw(Buffer.concat([r, s]));
  const [zero, one, ff] = [Buffer.alloc(32), Buffer.alloc(32, 0).fill(1, 31), Buffer.alloc(32, 255)];
  const now = nowS();

  const publicTexts: Readonly<Record<string, string | Buffer>> = {
    PEM: spki(h.rsa.publicKey),
    'PEM without its line break': spki(h.rsa.publicKey).trimEnd(),
    'PEM with one more': `${spki(h.rsa.publicKey)}\n`,
    'PKCS#1 PEM': h.rsa.publicKey.export({ type: 'pkcs1', format: 'pem' }).toString(),
    DER: h.rsa.publicKey.export({ type: 'spki', format: 'der' }),
    JWK: JSON.stringify(h.rsa.publicKey.export({ format: 'jwk' })),
    modulus: String(h.rsa.publicKey.export({ format: 'jwk' }).n),
  };

  return [
    ...all('unsigned', ALGORITHM, {
      ...each(
        ['none', 'None', 'NONE', 'nOnE', '', 0, null, ['HS256'], { alg: 'HS256' }, true],
        (alg) => `${encode({ alg, typ: 'JWT' })}.${payload}.`,
      ),
      'none with a good signature': signParts(encode({ alg: 'none' }), payload),
      'without alg': signParts(encode({ typ: 'JWT' }), payload),
    }),
    ...all('another algorithm', ALGORITHM, {
      ...each(['hs256', 'HS256 ', 'HS384', 'HS512', 'RS256', 'RS512', 'PS384', 'ES256', 'ES256K', 'EdDSA'], (alg) =>
        withHeader({ alg }),
      ),
      ...each(['dir', 'A128KW', 'RSA-OAEP', 'PBES2-HS256+A128KW', 'constructor', '__proto__', 'HS256\u0000'], (alg) =>
        withHeader({ alg }),
      ),
    }),
    ...['rs', 'ps', 'es', 'ed', 'jwks'].flatMap((tenant) =>
      all(
        `public key as a secret, ${tenant}`,
        ALGORITHM,
        Object.fromEntries(
          Object.entries(tenant === 'rs' ? publicTexts : { PEM: spki(h[KEY_OF[tenant] ?? 'ec'].publicKey) }).map(
            ([name, key]) => [name, of(tenant, 'HS256', hs256(key))],
          ),
        ),
      ),
    ),
    ...all('shape', MALFORMED, {
      'one part': payload,
      'two parts': `${header}.${payload}`,
      'four parts': `${good}.${signature}`,
      'five parts, as a JWE': `${good}.${signature}.${signature}`,
      'a dot before': `.${good}`,
      'a dot behind': `${good}.`,
      'no header': `.${payload}.${signature}`,
      'no payload': `${header}..${signature}`,
      'dots alone': '..',
      'JSON serialization': JSON.stringify({ protected: header, payload, signature }),
      'general JSON serialization': JSON.stringify({ payload, signatures: [{ protected: header, signature }] }),
      'dots as %2E': good.replaceAll('.', '%2E'),
      quoted: `"${good}"`,
      'with its scheme': `Bearer ${good}`,
      'a space behind and more': `${good} x`,
      'a comma and another': `${good},${good}`,
      'a word': 'token',
      'a TURN credential': createHmac('sha1', h.SECRET)
        .update(`${String(now + 600)}:school.p1.1`)
        .digest('base64'),
      'a signature of a hook': `v1,${createHmac('sha256', h.SECRET).update('msg_1.1.{}').digest('base64')}`,
      'an address': `${catcher}/token`,
    }),
    ...all('spelling', MALFORMED, {
      'padded header': `${header}=.${payload}.${signature}`,
      'padded signature': `${good}=`,
      'padded payload, signed': signParts(header, `${payload}==`),
      'a plus': `${header}.${payload}.+${signature.slice(1)}`,
      'a slash': `${header}.${payload}./${signature.slice(1)}`,
      'a line break within': `${header}.${payload}.${signature.slice(0, 10)}\n${signature.slice(10)}`,
      'a line break behind': `${good}\n`,
      'a tab before': `\t${good}`,
      'a NUL behind': `${good}\u0000`,
      'other bits in the last character': `${header}.${payload}.${otherBits(signature)}`,
      'other bits in the payload, signed': signParts(
        header,
        otherBits(encode(JSON.stringify(claims({ name: 'x'.repeat(23) })).padEnd(298, ' '))),
      ),
      'a letter that looks alike': `${header}.${payload}.${signature.replace(/^./, 'а')}`,
    }),
    ...all('signature', SIGNATURE, {
      empty: `${header}.${payload}.`,
      'first bit': `${header}.${payload}.${flip(signature)}`,
      'cut short': `${header}.${payload}.${Buffer.from(signature, 'base64url').subarray(0, 31).toString('base64url')}`,
      'one byte more': `${header}.${payload}.${Buffer.concat([Buffer.from(signature, 'base64url'), zero.subarray(0, 1)]).toString('base64url')}`,
      'of another payload': `${header}.${encode(claims({ role: 'instructor' }))}.${signature}`,
      'of another header': `${encode({ ...HEADER, kid: 'x' })}.${payload}.${signature}`,
      zeros: signParts(header, payload, raw(zero)),
      'SHA-256 without a key': signParts(
        header,
        payload,
        raw(createHmac('sha256', '').update(`${header}.${payload}`).digest()),
      ),
      'of another tenant': forge(HEADER, claims(), hs256(h.OTHER_SECRET)),
      'ours for another tenant': forge(HEADER, claims({}, 'other'), hs256(h.SECRET)),
      'HS512 under HS256': signParts(header, payload, (input) => createHmac('sha512', h.SECRET).update(input).digest()),
    }),
    ...all(
      'weak secret',
      SIGNATURE,
      each(
        [
          '',
          'secret',
          'password',
          'changeme',
          'school',
          'https://school.example',
          'your-256-bit-secret',
          h.SECRET.toLowerCase(),
          h.SECRET.slice(0, 31),
          `${h.SECRET}\n`,
        ],
        (secret) => forge(HEADER, claims(), hs256(secret)),
      ),
    ),
    ...all('curve', SIGNATURE, {
      'r = s = 0': of('es', 'ES256', curve(zero, zero)),
      'r = s = 1': of('es', 'ES256', curve(one, one)),
      'r = n': of('es', 'ES256', curve(P256_ORDER, one)),
      's = n': of('es', 'ES256', curve(one, P256_ORDER)),
      'r = s = 2^256 - 1': of('es', 'ES256', curve(ff, ff)),
      '63 bytes': of('es', 'ES256', raw(Buffer.alloc(63, 7))),
      '65 bytes': of('es', 'ES256', raw(Buffer.alloc(65, 7))),
      DER: of('es', 'ES256', es256(h.ec.privateKey, 'der')),
      'of another key': of('es', 'ES256', es256(attackerEc.privateKey)),
      'Ed25519 zeros': of('ed', 'EdDSA', curve(zero, zero)),
      'Ed25519 identity': of('ed', 'EdDSA', curve(one, zero)),
      'Ed25519 63 bytes': of('ed', 'EdDSA', raw(Buffer.alloc(63))),
      'Ed25519 of another key': of('ed', 'EdDSA', eddsa(attackerEd.privateKey)),
    }),
    ...all('RSA', SIGNATURE, {
      zeros: of('rs', 'RS256', raw(Buffer.alloc(256))),
      ones: of('rs', 'RS256', raw(Buffer.alloc(256, 0).fill(1, 255))),
      short: of('rs', 'RS256', raw(Buffer.alloc(128, 3))),
      'of another key': of('rs', 'RS256', rs256(attacker.privateKey)),
      'PSS under RS256': of('rs', 'RS256', ps256(h.rsa.privateKey)),
      'PKCS#1 under PS256': of('ps', 'PS256', rs256(h.psRsa.privateKey)),
      'a kid that is not published': of('jwks', 'RS256', rs256(h.published.privateKey), { kid: 'no-such' }),
      'the published kid by another key': of('jwks', 'RS256', rs256(attacker.privateKey), { kid: h.PUBLISHED_KID }),
    }).map((vector) => ({ ...vector, codes: [...SIGNATURE, 'token_keys_unavailable'] })),
    ...all('a key in the header', MALFORMED, {
      jku: forge({ alg: 'RS256', jku: `${catcher}/jwks.json`, kid: 'a' }, claims({}, 'rs'), rs256(attacker.privateKey)),
      'jku, good signature': withHeader({ jku: `${catcher}/jwks.json` }),
      'jku of the JWKS tenant': forge(
        { alg: 'RS256', kid: h.PUBLISHED_KID, jku: `${catcher}/jwks.json` },
        claims({}, 'jwks'),
        rs256(h.published.privateKey),
      ),
      x5u: forge({ alg: 'RS256', x5u: `${catcher}/cert.pem` }, claims({}, 'rs'), rs256(attacker.privateKey)),
      'x5u, good signature': withHeader({ x5u: `${catcher}/cert.pem` }),
      jwk: forge({ alg: 'RS256', jwk: h.jwkOf(attacker.publicKey) }, claims({}, 'rs'), rs256(attacker.privateKey)),
      'jwk, good signature': withHeader({ jwk: { kty: 'oct', k: 'AAAA' } }),
      x5c: forge(
        { alg: 'RS256', x5c: [CERTIFICATE.replace(/-----[^-]+-----|\n/g, '')] },
        claims({}, 'rs'),
        rs256(attacker.privateKey),
      ),
    }),
    ...all(
      'kid',
      MALFORMED,
      each(
        ['', 'x'.repeat(129), 'x'.repeat(4_000), 'a\u0000b', 'a\nb', 'ключ', 7, null, ['school'], { $ne: 1 }, true],
        (kid) => withHeader({ kid }),
      ),
    ),
    ...all(
      'kid of a JWKS',
      [...SIGNATURE, 'token_keys_unavailable'],
      each(
        [
          '../../../../dev/null',
          '/etc/passwd',
          `${catcher}/key`,
          "' or 1=1 --",
          '__proto__',
          'constructor',
          'toString',
          '*',
          '%00',
          'published-1 ',
        ],
        (kid) => of('jwks', 'RS256', rs256(attacker.privateKey), { kid }),
      ),
    ),
    ...all('header', MALFORMED, {
      'crit of nothing known': withHeader({ crit: ['exp'], exp: now + 600 }),
      'crit, empty': withHeader({ crit: [] }),
      'b64 false': withHeader({ crit: ['b64'], b64: false }),
      'b64 true': withHeader({ b64: true }),
      'a nested token': forge({ ...HEADER, cty: 'JWT' }, good, hs256(h.SECRET)),
      enc: withHeader({ enc: 'A128GCM' }),
      zip: withHeader({ zip: 'DEF' }),
      'p2c of 10^9': withHeader({ p2c: 1_000_000_000, p2s: 'c2FsdA' }),
      epk: withHeader({ epk: h.jwkOf(h.ec.publicKey) }),
    }),
    ...all(
      'typ',
      MALFORMED,
      each(
        [
          'webhook',
          'lms-live-statement+jwt',
          'lms-live-heads+jwt',
          'id_token+jwt',
          'logout+jwt',
          'secevent+jwt',
          'dpop+jwt',
          'kb+jwt',
          'token-introspection+jwt',
          'rt+jwt',
          'JOSE',
          'JWE',
          '',
          'JWT ',
          7,
          null,
          ['JWT'],
        ],
        (typ) => withHeader({ typ }),
      ),
    ),
    ...all('JSON', MALFORMED, {
      'sub twice': withText((json) => json.replace('{', '{"sub":"teacher-1",')),
      'role twice, escaped': withText((json) => json.replace('{', '{"r\\u006fle":"instructor",')),
      'exp twice': withText((json) => json.replace('{', '{"exp":9999999999,')),
      'alg twice': school(claims(), '{"alg":"none","alg":"HS256"}'),
      __proto__: withText((json) => json.replace('{', '{"__proto__":{"role":"instructor"},')),
      'a byte order mark': withText((json) => `\ufeff${json}`),
      'a lone surrogate': withText((json) => json.replace('Noor', '\\ud800')),
      'not UTF-8': signParts(
        header,
        Buffer.concat([Buffer.from('{"sub":"'), Buffer.from([0xc3, 0x28]), Buffer.from('"}')]).toString('base64url'),
      ),
      'an array': school('[]'),
      'a text': school('"sub"'),
      null: school('null'),
      'a number': school('1'),
      'more behind': withText((json) => `${json}{}`),
      'a comment': withText((json) => `${json}//`),
      'single quotes': withText((json) => json.replaceAll('"', "'")),
      NaN: withText((json) => json.replace(/"exp":\d+/, '"exp":NaN')),
      'nested 40 deep': withText((json) => json.replace('{', `{"x":${'['.repeat(40)}${']'.repeat(40)},`)),
      'nested 2,000 deep': withText((json) => json.replace('{', `{"x":${'['.repeat(2_000)}${']'.repeat(2_000)},`)),
      'header no JSON': signParts(encode('alg: HS256'), payload),
      'header an array': signParts(encode('["HS256"]'), payload),
    }),
    ...all('size', MALFORMED, {
      '8,193 characters': school(claims({ pad: 'x'.repeat(6_000) })).padEnd(8_193, 'A'),
      '10,000 characters': school(claims({ pad: 'x'.repeat(7_200) })),
    }),
    ...all('exp', CLAIMS, {
      missing: withClaims({ exp: undefined }),
      ...each(
        [
          null,
          String(now + 600),
          now + 600.5,
          -1,
          (now + 600) * 1_000,
          253_402_300_799,
          1e300,
          [now + 600],
          true,
          { $gt: 0 },
        ],
        (exp) => withClaims({ exp }),
      ),
      '1e400': withText((json) => json.replace(/"exp":\d+/, '"exp":1e400')),
      'a day and a minute': withClaims({ exp: now + 86_460 }),
    }),
    // On a slow machine they have ended when their turn comes.
    ...all('exp', [...CLAIMS, 'token_expired'], {
      'before iat': withClaims({ iat: now + 20, exp: now + 10 }),
      'before nbf': withClaims({ nbf: now + 20, exp: now + 10 }),
    }),
    ...all('expired', ['token_expired'], {
      'a second ago': withClaims({ iat: now - 600, exp: now - 1 }),
      'in 1970': withClaims({ iat: undefined, exp: 0 }),
      'a year ago': withClaims({ iat: now - 31_536_060, exp: now - 31_536_000 }),
    }),
    ...all('not yet', ['token_not_yet'], {
      'iat ahead': withClaims({ iat: now + 3_000, exp: now + 3_600 }),
      'nbf ahead': withClaims({ nbf: now + 3_000, exp: now + 3_600 }),
    }),
    ...all(
      'times',
      CLAIMS,
      each(['yesterday', -1, 1.5, null, [], {}], (iat) => withClaims({ iat })),
    ),
    ...all('iss', ISSUER, {
      ...each(
        [
          null,
          '',
          7,
          ['https://school.example'],
          { 0: 'https://school.example' },
          'https://school.example/',
          'https://SCHOOL.example',
          'http://school.example',
          'https://school.example.evil.example',
          'https://school.exam',
          'https://schооl.example',
          ' https://school.example',
          '__proto__',
          'school',
        ],
        (iss) => withClaims({ iss }),
      ),
      'of nobody, an address': withClaims({ iss: `${catcher}/` }),
    }),
    ...all('iss where another tenant has none', SIGNATURE, { missing: withClaims({ iss: undefined }) }),
    ...all('iss of another tenant than the page names', ISSUER, { other: good }, 'other'),
    ...all('no such tenant', ['tenant_unknown'], { named: good }, 'no-such'),
    ...all('aud', AUDIENCE, {
      missing: withClaims({ aud: undefined }),
      ...each(
        [
          null,
          '',
          7,
          [],
          [[h.PUBLIC_URL]],
          [h.PUBLIC_URL, 7],
          { 0: h.PUBLIC_URL },
          `${h.PUBLIC_URL}/`,
          h.PUBLIC_URL.toUpperCase(),
          `${h.PUBLIC_URL}.evil.example`,
          'https://other.example',
          'http://livе.test',
          'account',
        ],
        (aud) => withClaims({ aud }),
      ),
      'where there is none': forge(
        HEADER,
        claims({ iss: undefined, aud: 'https://other.example' }),
        hs256(h.PLAIN_SECRET),
      ),
    }).map((vector) => (vector.name.endsWith('there is none') ? { ...vector, tenant: 'plain' } : vector)),
    ...all('sub', CLAIMS, {
      missing: withClaims({ sub: undefined }),
      ...each([null, '', 'x'.repeat(129), { toString: 'x' }, ['student-7'], true, 1.5, 2 ** 53], (sub) =>
        withClaims({ sub }),
      ),
    }),
    ...all('claims', CLAIMS, {
      'no role': withClaims({ role: undefined }),
      ...each(['', '../x', 'a b', 'a*b', '**', {}, 7, ['a', null]], (room) => withClaims({ room })),
      ...each([{}, 7, ['Noor']], (name) => withClaims({ name })),
      ...each(['all', ['room.end'], { 'room.end': 1 }, { 'room.end': 'true' }], (grants) => withClaims({ grants })),
    }),
    ...all(
      'another purpose of the same key',
      CLAIMS,
      each(['refresh', 'sliding', 'Access', '', null, ['access']], (token_type) =>
        forge(HEADER, { ...claims({ user_id: 7, token_type, aud: undefined }, 'django') }, hs256(h.DJANGO_SECRET)),
      ),
    ),
  ];
}

const KEY_OF: Readonly<Record<string, 'ec' | 'ed' | 'psRsa' | 'published'>> = {
  ps: 'psRsa',
  es: 'ec',
  ed: 'ed',
  jwks: 'published',
};

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';

/** The same bytes, with bits in the last character that mean nothing. */
function otherBits(part: string): string {
  const last = ALPHABET.indexOf(part.slice(-1));
  return `${part.slice(0, -1)}${ALPHABET[last ^ 1] ?? ''}`;
}

/** Another first bit. */
function flip(part: string): string {
  return `${ALPHABET[ALPHABET.indexOf(part.slice(0, 1)) ^ 32] ?? ''}${part.slice(1)}`;
}
