import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ERRORS } from '@lms-live/protocol';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Revocations } from '../../src/auth/revocations.js';
import { readConfig } from '../../src/config/index.js';
import { startServer, type RunningServer } from '../../src/server.js';
import { openSqliteStore, type Store } from '../../src/storage/index.js';
import { ORIGIN, Peer, SILENT } from '../support/rig.js';
import * as h from './hosts.js';
import { claims, nowS, school, type Json } from './make.js';

/** What the issue promises; and how long a socket may outlive its token. */
const REVOKED_WITHIN_MS = 2_000;
const EXPIRED_WITHIN_MS = 6_000;

let dataDir: string;
let store: Store;
const nodes: RunningServer[] = [];
const peers: Peer[] = [];

beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'lms-live-'));
  store = await openSqliteStore({ dataDir, onChange: () => undefined });
  const env = {
    LMS_LIVE_PORT: '0',
    LMS_LIVE_METRICS_PORT: 'off',
    LMS_LIVE_STUN_PORT: 'off',
    LMS_LIVE_DRAIN_S: '0',
    LMS_LIVE_DATA_DIR: dataDir,
    LMS_LIVE_TRANSPORT: 'ws',
    LMS_LIVE_PUBLIC_URL: h.PUBLIC_URL,
    LMS_LIVE_TENANTS: JSON.stringify(h.tenantsFile('http://127.0.0.1:1/')),
  };
  for (let node = 0; node < 2; node += 1) {
    nodes.push(await startServer({ config: readConfig(env), log: SILENT, store }));
  }
});

afterAll(async () => {
  for (const peer of peers) peer.terminate();
  for (const node of nodes) await node.stop();
  await store.close();
  await rm(dataDir, { recursive: true, force: true });
});

const urlOf = (node: number): string => `http://127.0.0.1:${String(nodes[node]?.port)}`;

/** Everyone has a room of their own on each node: rooms are not what is shared here. */
async function enter(node: number, changes: Json): Promise<Peer> {
  const peer = await Peer.open(urlOf(node), ORIGIN);
  peers.push(peer);
  const frame = await peer.hello(school(claims({ room: `room-of-node-${String(node)}`, ...changes })));
  expect(['welcome', 'waiting']).toContain(frame.frame);
  return peer;
}

async function call(method: string, path: string, body?: unknown, changes: Json = {}, node = 0) {
  const token = school(claims({ sub: 'back-end', role: 'service', room: '*', ...changes }));
  const response = await fetch(urlOf(node) + path, {
    method,
    headers: {
      authorization: `Bearer ${token}`,
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  return { status: response.status, body: (text === '' ? {} : JSON.parse(text)) as Record<string, unknown> };
}

describe('what a host withdraws', () => {
  test('ends every socket and every request within two seconds, on both servers', async () => {
    const old = { sub: 'noor', iat: nowS() - 5, role: 'instructor' };
    const [here, there, other] = [
      await enter(0, old),
      await enter(1, old),
      await enter(1, { sub: 'mia', role: 'instructor' }),
    ];
    const startedAt = performance.now();
    const revoked = await call('POST', '/v1/revocations', { sub: 'noor' });
    expect(revoked).toMatchObject({ status: 201, body: { kind: 'sub', value: 'noor' } });
    const closed = await Promise.all([here.untilClosed(), there.untilClosed()]);
    expect(performance.now() - startedAt).toBeLessThanOrEqual(REVOKED_WITHIN_MS);
    expect(closed).toEqual([
      { code: 4101, reason: 'token_revoked' },
      { code: 4101, reason: 'token_revoked' },
    ]);
    expect(here.refusals).toEqual(['token_revoked']);
    for (const node of [0, 1]) {
      const path = `/v1/rooms/room-of-node-${String(node)}`;
      expect(await call('GET', path, undefined, { ...old, room: `room-of-node-${String(node)}` }, node)).toMatchObject({
        status: 401,
        body: { code: 'token_revoked' },
      });
    }
    expect(other.closed).toBeNull();
    expect((await call('GET', '/v1/revocations', undefined, {}, 1)).body).toMatchObject({
      items: [{ kind: 'sub', value: 'noor' }],
      next: null,
    });
  });

  test('does not keep out who comes with a newer token', async () => {
    await call('POST', '/v1/revocations', { sub: 'ali', issuedBefore: (nowS() - 60) * 1_000 });
    const peer = await enter(0, { sub: 'ali', role: 'instructor', iat: nowS() - 30 });
    const stale = await Peer.open(urlOf(0), ORIGIN);
    peers.push(stale);
    const frame = await stale.hello(school(claims({ sub: 'ali', iat: nowS() - 90, room: 'room-of-node-0' })));
    expect(frame).toMatchObject({ frame: 'refused', code: 'token_revoked', retryable: true });
    expect(peer.closed).toBeNull();
    // An old token on the connection of a newer one: the newer one goes on.
    peer.send({ frame: 'token', token: school(claims({ sub: 'ali', iat: nowS() - 90, room: 'room-of-node-0' })) });
    expect(await peer.until(({ frame: kind }) => kind === 'refused')).toMatchObject({ code: 'token_revoked' });
  });

  test('is one token by its id, and counts again when it is lifted', async () => {
    const jti = 'auth0|token/1 ?';
    const holder = { sub: 'zoe', jti, role: 'instructor', iat: nowS() - 5 };
    const peer = await enter(1, holder);
    expect((await call('POST', '/v1/revocations', { jti })).body).toMatchObject({
      kind: 'jti',
      value: jti,
      issuedBefore: null,
    });
    expect(await peer.untilClosed()).toMatchObject({ code: 4101 });
    expect((await call('DELETE', `/v1/revocations/jti/${encodeURIComponent(jti)}`)).status).toBe(204);
    expect((await call('DELETE', `/v1/revocations/jti/${encodeURIComponent(jti)}`)).status).toBe(404);
    await enter(0, holder);
  });

  test.each([
    {},
    { sub: 'x', jti: 'y' },
    { sub: '' },
    { jti: 'y', issuedBefore: 1 },
    { sub: 'x', issuedBefore: Date.now() + 3_600_000 },
    { sub: 'x', issuedBefore: '2026-01-01' },
    { sub: 'x', tenant: 'other' },
  ])('is refused as %j', async (body) => {
    expect(await call('POST', '/v1/revocations', body)).toMatchObject({
      status: ERRORS.body_invalid.status,
      body: { code: 'body_invalid' },
    });
  });

  test.each(['instructor', 'assistant', 'student', 'observer'])('is not for the role %s', async (role) => {
    for (const [method, path, body] of [
      ['POST', '/v1/revocations', { sub: 'x' }],
      ['GET', '/v1/revocations', undefined],
      ['DELETE', '/v1/revocations/sub/noor', undefined],
    ] as const) {
      expect(await call(method, path, body, { role, sub: 'somebody' })).toMatchObject({
        status: 403,
        body: { code: 'forbidden' },
      });
    }
  });

  test('stands in the store: a server that starts later knows it', async () => {
    const revocations = await Revocations.open(store, Date.now);
    expect(revocations.of('school').map(({ value }) => value)).toContain('noor');
    expect(revocations.of('other')).toEqual([]);
    await revocations.close();
  });
});

test('a socket ends within six seconds of the end of its token, unless a fresh one has come', async () => {
  const exp = nowS() + 3;
  const [stays, goes] = [
    await enter(0, { sub: 'refreshes', role: 'instructor', exp }),
    await enter(0, { sub: 'forgets', role: 'instructor', exp }),
  ];
  stays.send({
    frame: 'token',
    token: school(claims({ sub: 'refreshes', role: 'instructor', room: 'room-of-node-0' })),
  });
  const { code } = await goes.untilClosed();
  expect(code).toBe(4100);
  expect(Date.now() - exp * 1_000).toBeLessThanOrEqual(EXPIRED_WITHIN_MS);
  expect(stays.closed).toBeNull();
  expect(stays.refusals).toEqual([]);
}, 15_000);
