/** Every route against those who may not use it, and requests that no client would write. Made from the table of the routes. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { grantsOf, ROLES, type Role } from '@lms-live/protocol';
import { EXAMPLES } from '../src/http/openapi/examples.js';
import { ROUTES } from '../src/http/routes.js';
import type { RouteRow } from '../src/http/row.js';
import { ORIGIN, startRig, TENANT, type Claims, type Rig } from './support/rig.js';
import { RawClient } from './transport/raw-client.js';

const OTHER_SECRET = 'another-secret-of-another-school-in-tests-only';
const OTHER_ORIGIN = 'https://college.test';
const OTHER = {
  ...TENANT,
  id: 'college',
  issuer: 'https://college.test',
  origins: [OTHER_ORIGIN],
  keys: [{ kind: 'secret', algorithm: 'HS256', secret: OTHER_SECRET }],
} as const;
const IN_OTHER: Claims = { iss: OTHER.issuer, secret: OTHER_SECRET };
const SERVICE: Claims = { sub: 'lms', role: 'service', room: '*' };

const GUARDED = ROUTES.filter(({ access }) => access !== 'everyone');
const OF_ROOM = GUARDED.filter(({ access }) => access !== 'tenant');

let rig: Rig;
beforeAll(async () => {
  rig = await startRig({ tenants: [TENANT, OTHER] });
  await rig.http('PUT', '/v1/rooms/class', { claims: SERVICE, body: { title: 'Class' } });
  await rig.http('POST', '/v1/rooms/class/start', { claims: SERVICE });
});
afterAll(() => rig.stop());

let people = 0;
/** Somebody whom no limit knows yet. */
const somebody = (claims: Claims = {}): Claims => ({ sub: `p-${String((people += 1))}`, room: '*', ...claims });

function pathOf({ path }: RouteRow, room = 'class'): string {
  return path
    .replace('{id}', room)
    .replace('{bar}', 'chat')
    .replace('{kind}', 'sub')
    .replaceAll(/\{\w+\}/gu, 'x');
}

interface Sent {
  readonly claims: Claims | null;
  readonly room?: string;
  readonly headers?: Record<string, string>;
  readonly query?: string;
  readonly body?: unknown;
}

function send(row: RouteRow, { claims, room, headers = {}, query = '', ...rest }: Sent): ReturnType<Rig['http']> {
  const body = 'body' in rest ? rest.body : row.body ? (EXAMPLES[row.id]?.request ?? {}) : undefined;
  return rig.http(row.method, pathOf(row, room) + query, {
    claims,
    headers,
    ...(body === undefined ? {} : { body }),
  });
}

const named = (rows: readonly RouteRow[]) => rows.map((row) => [`${row.method} ${row.path}`, row] as const);

describe('every route', () => {
  it.each(named(GUARDED))('%s wants a token that counts', async (_, row) => {
    const missing = await send(row, { claims: null });
    expect(missing).toMatchObject({ status: 401, body: { code: 'token_missing' } });
    expect(missing.headers.get('www-authenticate')).toBe('Bearer');
    const bad: [Sent, string][] = [
      [{ claims: somebody({ expiresInS: -60 }) }, 'token_expired'],
      [{ claims: somebody({ secret: OTHER_SECRET }) }, 'token_signature'],
      [{ claims: somebody({ iss: 'https://nobody.test' }) }, 'token_issuer'],
      [{ claims: null, headers: { authorization: 'Bearer ..' } }, 'token_malformed'],
      [{ claims: null, headers: { authorization: 'Basic bG1zOmxtcw==' } }, 'token_missing'],
      [{ claims: null, headers: { cookie: 'token=x; session=y' } }, 'token_missing'],
      [{ claims: null, query: '?token=x&access_token=y' }, 'token_missing'],
      // A token of one tenant, sent as if it were of the other.
      [{ claims: somebody(), query: '?tenant=college' }, 'token_issuer'],
    ];
    for (const [sent, code] of bad) expect(await send(row, sent)).toMatchObject({ status: 401, body: { code } });
  });

  it.each(named(GUARDED))('%s is closed to pages of other origins, also of another tenant', async (_, row) => {
    for (const origin of ['https://evil.test', 'null', `${ORIGIN}.evil.test`, OTHER_ORIGIN]) {
      const refused = await send(row, { claims: somebody({ role: 'service' }), headers: { origin } });
      expect(refused).toMatchObject({ status: 403, body: { code: 'origin_refused' } });
      expect(refused.headers.get('access-control-allow-origin')).toBeNull();
      expect(refused.headers.get('access-control-allow-credentials')).toBeNull();
    }
  });

  it.each(named(GUARDED.filter(({ grant }) => grant !== undefined)))('%s wants its grant', async (_, row) => {
    const lacking = ROLES.filter((role: Role) => row.grant && !grantsOf(role).has(row.grant));
    for (const role of lacking) {
      const refused = await send(row, { claims: somebody({ role, name: role }) });
      expect({ role, status: refused.status, body: refused.body }).toMatchObject({
        role,
        status: 403,
        body: { code: 'forbidden', grant: row.grant },
      });
    }
    // Taken away by the token, it is missing for anyone.
    const bare = somebody({ role: 'instructor', grants: { [row.grant ?? '']: false } });
    expect(await send(row, { claims: bare })).toMatchObject({ status: 403, body: { code: 'forbidden' } });
  });

  it.each(named(OF_ROOM))('%s tells a room that is not covered from none at all to nobody', async (_, row) => {
    for (const claims of [somebody({ room: 'elsewhere' }), somebody({ room: 'elsewhere', role: 'instructor' })]) {
      const [there, nowhere] = await Promise.all([
        send(row, { claims }),
        send(row, { claims: { ...claims, sub: `${String(claims.sub)}b` }, room: 'nowhere' }),
      ]);
      expect(there).toMatchObject({ status: 403, body: { code: 'room_not_covered' } });
      expect(nowhere.body).toEqual(there.body);
    }
  });

  it.each(named(OF_ROOM))('%s tells a room of another tenant from none at all to nobody', async (_, row) => {
    for (const role of ['student', 'instructor', 'service']) {
      const [foreign, none] = await Promise.all([
        send(row, { claims: somebody({ ...IN_OTHER, role }) }),
        send(row, { claims: somebody({ ...IN_OTHER, role }), room: 'nowhere' }),
      ]);
      expect(foreign).toMatchObject({ status: 404, body: { code: 'room_unknown' } });
      expect(none.body).toEqual(foreign.body);
    }
  });

  it.each(named(ROUTES))('%s refuses what it does not know, and never fails', async (_, row) => {
    const lacks = row.grant !== undefined && !grantsOf('service').has(row.grant);
    const able = somebody({ role: lacks ? 'instructor' : 'service' });
    expect(
      await send(row, { claims: row.access === 'everyone' ? null : able, query: '?_method=DELETE' }),
    ).toMatchObject({
      status: 422,
      body: { code: 'body_invalid', errors: [{ path: '_method' }] },
    });
    if (row.access === 'everyone' || row.method === 'GET') return;
    for (const body of [
      '{',
      '[]',
      '"x"',
      '\u0000',
      `{"a":${'['.repeat(20_000)}${']'.repeat(20_000)}}`,
      '{"__proto__":{}}',
    ])
      expect((await send(row, { claims: able, body })).status).toSatisfy(
        (status: number) => status >= 400 && status < 500,
      );
    // What two readers could understand differently, and half of a character.
    for (const [body, message] of [
      ['{"a":1,"a":2}', 'holds a name twice'],
      ['{"a":"\\ud800"}', 'holds a lone surrogate'],
    ] as const)
      expect(await send(row, { claims: able, body })).toMatchObject({
        status: 422,
        body: { code: 'body_invalid', errors: [{ path: '', message }] },
      });
    for (const type of ['text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data; boundary=x'])
      expect(await send(row, { claims: able, body: '{}', headers: { 'content-type': type } })).toMatchObject({
        status: 415,
        body: { code: 'media_type_unsupported' },
      });
  });
});

describe('pages of other tenants', () => {
  it('may ask beforehand by the union of the origins, and read by their own alone', async () => {
    for (const [origin, claims] of [
      [ORIGIN, somebody()],
      [OTHER_ORIGIN, somebody(IN_OTHER)],
    ] as const) {
      const preflight = await fetch(`${rig.url}/v1/rooms/class`, { method: 'OPTIONS', headers: { origin } });
      expect(preflight.status).toBe(204);
      expect(preflight.headers.get('access-control-allow-origin')).toBe(origin);
      expect(preflight.headers.get('access-control-allow-headers')).toMatch(/if-match.*if-none-match/u);
      const read = await rig.http('GET', '/v1/rooms', { claims, headers: { origin } });
      expect(read.status).toBe(200);
      expect(read.headers.get('access-control-allow-origin')).toBe(origin);
      expect(read.headers.get('access-control-expose-headers')).toContain('etag');
      expect(read.headers.get('vary')).toBe('origin');
    }
  });

  it('read what is for everyone, and nothing private is in it', async () => {
    const status = await rig.http('GET', '/v1/rooms/class/status?tenant=school', {
      claims: null,
      headers: { origin: 'https://anywhere.test' },
    });
    expect(status.headers.get('access-control-allow-origin')).toBe('*');
    expect(Object.keys(status.body).sort()).toEqual(['endsAt', 'serverTime', 'startsAt', 'status', 'viewers']);
    // Two tenants and none named.
    expect(await rig.http('GET', '/v1/rooms/class/status', { claims: null })).toMatchObject({
      status: 404,
      body: { code: 'tenant_unknown' },
    });
  });
});

describe.each(['uws', 'ws'] as const)('requests that no client writes, on %s', (transport) => {
  let raw: Rig;
  beforeAll(async () => {
    raw = await startRig({ transport });
    await raw.http('PUT', '/v1/rooms/class', { claims: SERVICE, body: {} });
  });
  afterAll(() => raw.stop());

  const exchange = async (text: string): Promise<string> => {
    const client = await RawClient.connect(raw.server.port);
    client.send(text);
    const timer = setTimeout(() => {
      client.destroy();
    }, 2_000);
    const answer = await client.until((seen) => seen.includes('\r\n\r\n')).catch(() => client.text);
    clearTimeout(timer);
    client.destroy();
    return answer;
  };
  const statusOf = (answer: string): number => Number(/^HTTP\/1\.1 (\d{3})/u.exec(answer)?.[1] ?? 0);
  const head = (first: string, ...lines: string[]): string =>
    `${[`${first} HTTP/1.1`, 'Host: localhost', ...lines].join('\r\n')}\r\n\r\n`;

  it.each([
    ['a path that climbs', head('GET /v1/rooms/../../etc/passwd')],
    ['a path that climbs, encoded', head('GET /v1/rooms/%2e%2e/%2e%2e/healthz')],
    ['a slash in an id', head('GET /v1/rooms/..%2f..%2fhealthz/status')],
    ['a slash in an id, twice encoded', head('GET /v1/rooms/..%252f..%252fhealthz/status')],
    ['a backslash', head(String.raw`GET /v1\rooms`)],
    ['a NUL', head('GET /v1/rooms/a%00b/status')],
    ['half a percent sign', head('GET /v1/rooms/%/status')],
    ['bytes that are no UTF-8', head('GET /v1/rooms/%ff%fe/status')],
    ['an empty segment', head('GET /v1//rooms')],
    ['a slash at the end', head('GET /v1/rooms/')],
    ['an address of another host', head('GET http://evil.test/v1/rooms/class/status')],
    ['a form for CONNECT', head('CONNECT evil.test:443')],
    ['a star', head('OPTIONS *')],
    ['an unknown method', head('FOO /v1/rooms')],
    ['TRACE', head('TRACE /v1/rooms')],
    ['two lengths', head('POST /v1/rooms', 'Content-Length: 2', 'Content-Length: 3') + '{}'],
    ['the same length twice', head('POST /v1/rooms', 'Content-Length: 2', 'Content-Length: 2') + '{}'],
    ['a length and chunks', head('POST /v1/rooms', 'Content-Length: 2', 'Transfer-Encoding: chunked') + '0\r\n\r\n'],
    ['a length with a sign', head('POST /v1/rooms', 'Content-Length: +2') + '{}'],
    ['a length below zero', head('POST /v1/rooms', 'Content-Length: -1')],
    ['chunks of another name', head('POST /v1/rooms', 'Transfer-Encoding: xchunked') + '0\r\n\r\n'],
    ['a length that is no number', head('POST /v1/rooms', 'Content-Length: 0x2') + '{}'],
    ['two authorizations', head('GET /v1/rooms', 'Authorization: Bearer a', 'Authorization: Bearer b')],
    ['a header without a colon', head('GET /v1/rooms', 'Nonsense')],
    ['a space before the colon', head('POST /v1/rooms', 'Content-Length : 2') + '{}'],
    ['a folded header', head('GET /v1/rooms', 'X-A: b', ' folded')],
    ['HTTP/2 over this connection', head('GET /v1/rooms', 'Connection: Upgrade, HTTP2-Settings', 'Upgrade: h2c')],
    ['a header of 100 kB', head('GET /v1/rooms', `X-Long: ${'x'.repeat(100_000)}`)],
    ['a thousand headers', head('GET /v1/rooms', ...Array.from({ length: 1_000 }, (_, nth) => `X-${String(nth)}: y`))],
    ['a path of 100 kB', head(`GET /v1/rooms/${'x'.repeat(100_000)}`)],
    ['no host', 'GET /v1/rooms HTTP/1.1\r\n\r\n'],
    ['an old version', 'GET /v1/rooms HTTP/0.9\r\n\r\n'],
    ['the preface of HTTP/2', 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'],
    ['TLS', '\u0016\u0003\u0001\u0002\u0000\u0001\u0000\r\n\r\n'],
  ])('%s gets no answer, or a refusal', async (_, text) => {
    const status = statusOf(await exchange(text));
    // 0: the connection was closed without a word; 5xx is the parser's 501 or 505 alone.
    expect(status === 0 || (status >= 400 && status < 500) || status === 501 || status === 505 || status === 204).toBe(
      true,
    );
    expect((await fetch(`${raw.url}/healthz`)).status).toBe(200);
  });

  it('takes no other method than the one of the request', async () => {
    for (const header of ['x-http-method-override', 'x-http-method', 'x-method-override'])
      await raw.http('POST', '/v1/rooms/class/leave', { claims: SERVICE, headers: { [header]: 'DELETE' } });
    expect(await raw.http('GET', '/v1/rooms/class', { claims: SERVICE })).toMatchObject({ status: 200 });
  });

  it('answers the second of two requests for what it is, whatever the first was', async () => {
    const smuggled = 'GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n';
    const first = head(
      'POST /v1/rooms',
      'Content-Type: application/json',
      `Content-Length: ${String(smuggled.length)}`,
    );
    const client = await RawClient.connect(raw.server.port);
    client.send(first + smuggled + head('GET /v1/nothing', 'Connection: close'));
    const answers = (await client.closed()).match(/HTTP\/1\.1 \d{3}/gu);
    // What was in the body is no request.
    expect(answers).toEqual(['HTTP/1.1 401', 'HTTP/1.1 404']);
  });

  it('answers HEAD as GET, without the body', async () => {
    const [get, headed] = await Promise.all(
      ['GET', 'HEAD'].map((method) => raw.http(method, '/v1/rooms/class', { claims: SERVICE })),
    );
    expect(headed?.status).toBe(200);
    expect(headed?.headers.get('etag')).toBe(get?.headers.get('etag'));
    expect(headed?.body).toEqual({ text: '' });
  });
});
