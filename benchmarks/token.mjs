/**
 * What a token costs the server: taken apart and verified for the first time, and met again.
 *
 * `npm run bench:token -- --tokens 20000 --report`
 */
import { generateKeyPairSync, createSign, createHmac, sign } from 'node:crypto';
import { readOptions } from '../scripts/read-options.mjs';
import { writeReport } from './lib/report.mjs';
import { quantile } from './lib/statistics.mjs';

/** The part of the built server that is measured; it is nothing that others may use. */
const SERVER = new URL('../server/dist/', import.meta.url);
/** @type {typeof import('../server/dist/auth/authenticator.js')} */
const { createAuthenticator } = await import(new URL('auth/authenticator.js', SERVER).href);
/** @type {typeof import('../server/dist/config/tenant-options.js')} */
const { DEFAULT_TENANT_LIMITS } = await import(new URL('config/tenant-options.js', SERVER).href);

const PUBLIC_URL = 'https://live.school.example';
const ISSUER = 'https://lms.school.example';
/** What the server promises. */
const FRESH_P99_MS = 2;
const CACHED_SHARE = 0.1;
/** Before anything is measured the engine has compiled what runs. */
const WARM_UP = 2_000;
/** As many as the server remembers: more would measure what was forgotten. */
const MAX_TOKENS = 10_000;
const SIGNATURES_MADE_AT_ONCE = 500;

const values = readOptions('npm run bench:token -- …: what verifying a token costs, fresh and met again', {
  tokens: { type: 'string', default: '4000' },
  report: { type: 'boolean', default: false },
});
const count = Math.min(Number(values.tokens), MAX_TOKENS);
if (!(count >= 100)) throw new Error(`--tokens is 100 to ${MAX_TOKENS}`);

const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 });
const ec = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const ed = generateKeyPairSync('ed25519');
const secret = 'q7Zt2nVb9KxW4mLs8RfD1yHc6PjG3uEa';
/** @param {import('node:crypto').KeyObject} key */
const spki = (key) => key.export({ type: 'spki', format: 'pem' }).toString();

/** @type {{ algorithm: string, key: any, sign: (input: string) => Buffer }[]} */
const KINDS = [
  {
    algorithm: 'HS256',
    key: { kind: 'secret', algorithm: 'HS256', secret },
    sign: (input) => createHmac('sha256', secret).update(input).digest(),
  },
  {
    algorithm: 'RS256',
    key: { kind: 'pem', algorithm: 'RS256', pem: spki(rsa.publicKey) },
    sign: (input) => createSign('sha256').update(input).sign(rsa.privateKey),
  },
  {
    algorithm: 'ES256',
    key: { kind: 'pem', algorithm: 'ES256', pem: spki(ec.publicKey) },
    sign: (input) => sign('sha256', Buffer.from(input), { key: ec.privateKey, dsaEncoding: 'ieee-p1363' }),
  },
  {
    algorithm: 'EdDSA',
    key: { kind: 'pem', algorithm: 'EdDSA', pem: spki(ed.publicKey) },
    sign: (input) => sign(null, Buffer.from(input), ed.privateKey),
  },
];

/** @param {unknown} value */
const encode = (value) => Buffer.from(JSON.stringify(value)).toString('base64url');

/**
 * @param {(typeof KINDS)[number]} kind
 * @param {string} name so that no two are the same
 */
function tokenOf({ algorithm, sign: signer }, name) {
  const now = Math.floor(Date.now() / 1_000);
  const payload = {
    iss: ISSUER,
    aud: PUBLIC_URL,
    sub: name,
    role: 'student',
    name: 'Noor Haddad',
    picture: 'https://cdn.school.example/noor.png',
    locale: 'de-CH',
    room: 'algebra-1-week-5',
    iat: now,
    exp: now + 3_600,
  };
  const input = `${encode({ alg: algorithm, typ: 'JWT' })}.${encode(payload)}`;
  return `${input}.${signer(input).toString('base64url')}`;
}

/** @param {(typeof KINDS)[number]} kind @param {string} prefix @param {number} number */
async function tokensOf(kind, prefix, number) {
  const tokens = [];
  for (let index = 0; index < number; index += 1) {
    tokens.push(tokenOf(kind, `${prefix}-${index}`));
    // What is waiting in the process gets its turn.
    if (index % SIGNATURES_MADE_AT_ONCE === 0) await new Promise((resolve) => setImmediate(resolve));
  }
  return tokens;
}

/** @param {import('../server/dist/auth/types.js').Authenticator} authenticator @param {readonly string[]} tokens */
async function timesOf(authenticator, tokens) {
  const times = [];
  for (const token of tokens) {
    const startedAt = performance.now();
    await authenticator.authenticate(token);
    times.push(performance.now() - startedAt);
  }
  return times;
}

/** @param {(typeof KINDS)[number]} kind */
async function measure(kind) {
  const authenticator = createAuthenticator({
    publicUrl: PUBLIC_URL,
    tenants: [
      {
        id: 'school',
        issuer: ISSUER,
        audiences: [PUBLIC_URL],
        origins: [ISSUER],
        maxLifetimeS: 86_400,
        admission: { by: 'claim' },
        limits: DEFAULT_TENANT_LIMITS,
        keys: [kind.key],
      },
    ],
  });
  const warmUp = await tokensOf(kind, 'warm', Math.min(WARM_UP, count));
  await timesOf(authenticator, warmUp);
  await timesOf(authenticator, warmUp);
  const tokens = await tokensOf(kind, 'person', count);
  const fresh = await timesOf(authenticator, tokens);
  const cached = await timesOf(authenticator, tokens);
  authenticator.close();
  const [freshMedian, cachedMedian] = [quantile(fresh, 0.5), quantile(cached, 0.5)];
  return {
    algorithm: kind.algorithm,
    freshMedianMs: freshMedian,
    freshP99Ms: quantile(fresh, 0.99),
    cachedMedianMs: cachedMedian,
    cachedP99Ms: quantile(cached, 0.99),
    cachedShare: cachedMedian / freshMedian,
  };
}

const rows = [];
for (const kind of KINDS) rows.push(await measure(kind));

/** @param {number} ms */
const micro = (ms) => `${(ms * 1_000).toFixed(0)} µs`;
const markdown = [
  '# What a token costs',
  `${count} tokens of each kind, one after the other, in one process: taken apart, verified and read for the first time, and met again.`,
  '',
  '| algorithm | fresh, median | fresh, p99 | met again, median | p99 | share |',
  '| --- | --- | --- | --- | --- | --- |',
  ...rows.map(
    (row) =>
      `| ${row.algorithm} | ${micro(row.freshMedianMs)} | ${micro(row.freshP99Ms)} | ${micro(row.cachedMedianMs)} | ${micro(row.cachedP99Ms)} | ${(row.cachedShare * 100).toFixed(1)} % |`,
  ),
].join('\n');
if (values.report) writeReport('token', { tokens: count, rows }, markdown);
else console.log(markdown);

const slow = rows.filter(({ freshP99Ms }) => freshP99Ms > FRESH_P99_MS).map(({ algorithm }) => `${algorithm} fresh`);
const dear = rows
  .filter(({ cachedShare }) => cachedShare >= CACHED_SHARE)
  .map(({ algorithm }) => `${algorithm} met again`);
if (slow.length + dear.length > 0) {
  console.error(
    `\nOver the bar (p99 of ${FRESH_P99_MS} ms fresh, a tenth of that when met again): ${[...slow, ...dear].join(', ')}.`,
  );
  process.exitCode = 1;
}
