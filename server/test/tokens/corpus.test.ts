import { type Actor, grantsOf } from '@lms-live/protocol';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readConfig } from '../../src/config/index.js';
import type { Log } from '../../src/observe/index.js';
import { startRig, type Rig } from '../support/rig.js';
import { ENTRIES, fitsHeader, type EntryName } from './entries.js';
import {
  type Catcher,
  jwkOf,
  PUBLIC_URL,
  published,
  PUBLISHED_KID,
  SECRET,
  startCatcher,
  startJwks,
  tenantsFile,
} from './hosts.js';
import { hostileTokens } from './hostile.js';
import { claims, school } from './make.js';
import { unusualTokens } from './unusual.js';

/** What the issue of tokens promises. */
const LEAST_HOSTILE = 150;
const LEAST_UNUSUAL = 20;
const ENTRY_NAMES = Object.keys(ENTRIES) as EntryName[];

const logged: string[] = [];
const note = (...said: unknown[]): void => {
  logged.push(JSON.stringify(said, (_name, value: unknown) => (value instanceof Error ? String(value.stack) : value)));
};
const log: Log = { error: note, warn: note, info: note, debug: note, child: () => log };

let rig: Rig;
let catcher: Catcher;
let jwks: Catcher;
let env: Record<string, string>;

beforeAll(async () => {
  catcher = await startCatcher();
  jwks = await startJwks([jwkOf(published.publicKey, { kid: PUBLISHED_KID, alg: 'RS256' })]);
  env = { LMS_LIVE_PUBLIC_URL: PUBLIC_URL, LMS_LIVE_TENANTS: JSON.stringify(tenantsFile(`${jwks.url}/jwks.json`)) };
  const { tenants } = readConfig(env);
  rig = await startRig({ tenants, log });
  for (const { id } of tenants) {
    const { live } = await rig.server.directory.create({
      tenant: id,
      id: 'algebra',
      actor: SERVICE,
      body: { kind: 'meeting' },
      owners: [],
    });
    await live.room.submit({
      command: { type: 'room.start', body: {}, cmid: `start-the-class-of-${id}` },
      actor: SERVICE,
    });
  }
});

afterAll(async () => {
  await rig.stop();
  await catcher.close();
  await jwks.close();
});

/** Pieces of a token by which it would be known again. */
function piecesOf(token: string): readonly string[] {
  return token.split('.').flatMap((part) => (part.length >= 24 ? [part.slice(0, 24), part.slice(-24)] : []));
}

describe('the corpus of hostile tokens', () => {
  test('is as large as it has to be, and no two of it are the same', () => {
    const corpus = hostileTokens(catcher.url);
    expect(new Set(corpus.map(({ name }) => name)).size).toBe(corpus.length);
    expect(corpus.filter(({ token }) => fitsHeader(token)).length).toBeGreaterThanOrEqual(LEAST_HOSTILE);
  });

  test.each(ENTRY_NAMES)(
    'gets nobody in by %s, says why, and gives nothing away',
    async (entry) => {
      const surprises: string[] = [];
      let tried = 0;
      for (const { name, token, codes, tenant } of hostileTokens(catcher.url)) {
        const isHttp = entry === 'read' || entry === 'join';
        if (isHttp && !fitsHeader(token)) continue;
        tried += 1;
        const before = logged.length;
        const { code, said } = await ENTRIES[entry]({ rig, env, token, tenant });
        if (!allowed({ entry, codes, tenant }).includes(code))
          surprises.push(`${name}: ${code}, not ${codes.join(' or ')}`);
        const told = said + logged.slice(before).join('');
        if (told.includes(SECRET) || (entry !== 'check' && piecesOf(token).some((piece) => told.includes(piece))))
          surprises.push(`${name}: the answer or the log holds a part of the token or a secret`);
        if (/at .*\(.*:\d+:\d+\)|node_modules/.test(told)) surprises.push(`${name}: a stack`);
        const signature = token.split('.').at(-1) ?? '';
        if (entry === 'check' && signature.length >= 24 && told.includes(signature))
          surprises.push(`${name}: the signature`);
      }
      expect(surprises).toEqual([]);
      expect(tried).toBeGreaterThanOrEqual(LEAST_HOSTILE);
    },
    120_000,
  );

  test('made the server ask nobody but the JWKS URL of its tenant', () => {
    expect(catcher.requests).toEqual([]);
    // Asked once, again for names that it does not know, and then left alone for half a minute; `token check` asks by itself each time.
    expect(new Set(jwks.requests)).toEqual(new Set(['GET /jwks.json']));
  });
});

describe('tokens that are unusual and right', () => {
  test('are as many as there have to be', () => {
    expect(unusualTokens().length).toBeGreaterThanOrEqual(LEAST_UNUSUAL);
  });

  test.each(ENTRY_NAMES)(
    'are all accepted by %s',
    async (entry) => {
      const surprises: string[] = [];
      for (const { name, token, tenant, role: expected = 'student' } of unusualTokens()) {
        // A fresh token is of the person who is there.
        if (entry === 'refresh') continue;
        if ((entry === 'read' || entry === 'join') && !fitsHeader(token)) continue;
        const { code, role, said } = await ENTRIES[entry]({ rig, env, token, tenant });
        if (code !== 'accepted') surprises.push(`${name}: ${code} ${said}`);
        else if ((entry === 'hello' || entry === 'join') && role !== undefined && role !== expected)
          surprises.push(`${name}: ${role}`);
      }
      expect(surprises).toEqual([]);
    },
    120_000,
  );

  test('refresh the connection of their person', async () => {
    const surprises: string[] = [];
    for (const { name, token } of unusualTokens()) {
      const [, payload = ''] = token.split('.');
      const said = JSON.parse(Buffer.from(payload, 'base64url').toString()) as { sub?: unknown; iss?: unknown };
      const isSame = typeof said.sub === 'string' && said.iss === 'https://school.example';
      const { code } = await ENTRIES.refresh({ rig, env, token, ...(isSame && { person: String(said.sub) }) });
      const expected = isSame ? ['accepted'] : ['token_person_changed', 'token_issuer'];
      if (!expected.includes(code)) surprises.push(`${name}: ${code}`);
    }
    expect(surprises).toEqual([]);
  }, 120_000);
});

test('a token of a back end opens no socket, not as a fresh one either', async () => {
  const token = school(claims({ role: 'service' }));
  expect((await ENTRIES.hello({ rig, env, token })).code).toBe('forbidden');
  expect((await ENTRIES.refresh({ rig, env, token, person: 'student-7' })).code).toBe('forbidden');
});

const SERVICE: Actor = { participant: null, role: 'service', grants: grantsOf('service'), name: '', picture: null };

/** On a connection the tenant and the person are known: a good token of others is refused as such. A token that is no token is refused as a frame. */
function allowed({
  entry,
  codes,
  tenant,
}: {
  readonly entry: EntryName;
  readonly codes: readonly string[];
  readonly tenant: string | undefined;
}): readonly string[] {
  if (entry !== 'refresh') return codes;
  return [
    ...codes,
    'token_issuer',
    ...(tenant === undefined ? [] : ['token_person_changed']),
    ...(codes.includes('token_malformed') ? ['frame_malformed'] : []),
  ];
}
