import { createPrivateKey, createPublicKey, generateKeyPairSync, verify } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { compactVerify, createLocalJWKSet, type JSONWebKeySet } from 'jose';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { auditCommand } from '../../src/audit/audit-command.js';
import { statementCommand } from '../../src/signing/statement-command.js';
import { signJws } from '../../src/signing/jws.js';
import { openDriver, type Driver } from '../../src/storage/sqlite/driver.js';
import { startRig, type Claims, type Rig } from '../support/rig.js';

const SERVICE: Claims = { sub: 'lms', role: 'service', room: [] };
const GRACE: Claims = { sub: 'grace', role: 'instructor' };
const SOON_MS = 20;

let rig: Rig;
let folder: string;
beforeEach(async () => {
  rig = await startRig();
  folder = await mkdtemp(join(tmpdir(), 'lms-live-statements-'));
});
afterEach(async () => {
  await rig.stop();
  await rm(folder, { recursive: true, force: true });
});

interface Statements {
  readonly items: readonly { readonly id: string; readonly at: number; readonly jws: string }[];
  readonly people?: readonly Record<string, unknown>[];
}

/** Waits until so many were signed: that is done beside the class. */
async function statements(count: number, claims: Claims = SERVICE): Promise<Statements> {
  for (;;) {
    const { body } = await rig.http('GET', '/v1/rooms/algebra/statements', { claims });
    const found = body as unknown as Statements;
    if (found.items.length >= count) return found;
    await new Promise((resolve) => setTimeout(resolve, SOON_MS));
  }
}

async function haveClass() {
  const grace = await rig.enter(GRACE);
  const ada = await rig.enter({ sub: 'ada', name: 'Ada' });
  await ada.command('chat.post', { text: 'hello' });
  await grace.command('room.end', {});
  return { grace, ada };
}

async function jwks(): Promise<JSONWebKeySet> {
  const { status, body } = await rig.http('GET', '/v1/jwks.json', { claims: null });
  expect(status).toBe(200);
  return body as unknown as JSONWebKeySet;
}

const payloadOf = (jws: string): Record<string, unknown> =>
  JSON.parse(Buffer.from(jws.split('.')[1] ?? '', 'base64url').toString('utf8')) as Record<string, unknown>;

describe('a statement', () => {
  it('is signed at the end of a class, and verified by another library with the public keys', async () => {
    const { grace, ada } = await haveClass();
    const { items, people } = await statements(1);
    const jws = items[0]?.jws ?? '';
    const keys = await jwks();
    const { payload, protectedHeader } = await compactVerify(jws, createLocalJWKSet(keys));
    expect(protectedHeader).toEqual({ alg: 'EdDSA', typ: 'lms-live-statement+jwt', kid: keys.keys[0]?.kid });
    const claims = JSON.parse(new TextDecoder().decode(payload)) as Record<string, unknown>;
    expect(claims).toMatchObject({
      iss: 'http://live.test',
      tenant: 'school',
      room: 'algebra',
      sessions: [{ endedAt: expect.any(Number) as number }],
      attendance: [
        { participant: grace.welcome.participant, role: 'instructor', wasPresentAtEnd: true },
        { participant: ada.welcome.participant, role: 'student', wasPresentAtEnd: true },
      ],
    });
    const logs = claims['logs'] as readonly Record<string, unknown>[];
    expect(logs.map(({ log }) => log).sort()).toEqual(['all', 'me', 'me', 'staff']);
    // The heads are those that the class itself has seen.
    const all = logs.find(({ log }) => log === 'all');
    const seen = ada.events().find(({ log, offset }) => log === 'all' && offset === all?.['offset']);
    expect(
      seen?.hash ?? grace.events().find(({ offset, log }) => log === 'all' && offset === all?.['offset'])?.hash,
    ).toBe(all?.['hash']);
    expect(people).toContainEqual({ participant: ada.welcome.participant, sub: 'ada', name: 'Ada' });
  });

  it('names nobody: whoever is erased is gone from what stands beside it, and the signature holds', async () => {
    const { ada } = await haveClass();
    const before = await statements(1);
    expect(JSON.stringify(payloadOf(before.items[0]?.jws ?? ''))).not.toMatch(/Ada|"ada"|hello/);
    await rig.http('DELETE', '/v1/people/ada', { claims: SERVICE });
    const after = await statements(1);
    expect(after.items).toEqual(before.items);
    await compactVerify(after.items[0]?.jws ?? '', createLocalJWKSet(await jwks()));
    expect(after.people).toContainEqual({ participant: ada.welcome.participant, sub: null, name: null });
  });

  it('is signed again at each end, and tells staff nothing of who the participants are to the host', async () => {
    const { grace } = await haveClass();
    await statements(1);
    await grace.command('room.start', {});
    await grace.command('room.end', {});
    const { items, people } = await statements(2, GRACE);
    expect(payloadOf(items[1]?.jws ?? '')['sessions']).toHaveLength(2);
    expect(people).toBeUndefined();
    const { body, headers } = await rig.http('GET', '/v1/rooms/algebra/statements/latest', { claims: GRACE });
    expect(headers.get('content-type')).toBe('application/jose');
    expect(body['text']).toBe(items[1]?.jws);
  });

  it('of a class that has not ended is not there', async () => {
    await rig.enter(GRACE);
    const { status, body } = await rig.http('GET', '/v1/rooms/algebra/statements/latest', { claims: SERVICE });
    expect({ status, code: body['code'] }).toEqual({ status: 404, code: 'statement_unknown' });
  });

  it('that the process did not live to sign is signed at the next start', async () => {
    await haveClass();
    const [first] = (await statements(1)).items;
    await rig.restart({}, async () => {
      const driver = await openDriver(join(rig.dataDir, 'lms-live.db'));
      driver.exec('delete from statements');
      driver.close();
    });
    const [again] = (await statements(1)).items;
    expect(again).toMatchObject({ id: first?.id, at: first?.at });
    const { iat: _first, ...before } = payloadOf(first?.jws ?? '');
    const { iat: _again, ...after } = payloadOf(again?.jws ?? '');
    expect(after).toEqual(before);
  });

  it('is no token, and a token of the same key is none either', async () => {
    await haveClass();
    const jws = (await statements(1)).items[0]?.jws ?? '';
    const response = await fetch(`${rig.url}/v1/rooms`, { headers: { authorization: `Bearer ${jws}` } });
    expect(response.status).toBe(401);
  });

  it('is verified by the command, and a changed one is not', async () => {
    await haveClass();
    const jws = (await statements(1)).items[0]?.jws ?? '';
    const keys = await jwks();
    const files = { jwks: join(folder, 'jwks.json'), good: join(folder, 'good'), bad: join(folder, 'bad') };
    await writeFile(files.jwks, JSON.stringify(keys));
    await writeFile(files.good, `${jws}\n`);
    const [header = '', payload = '', signature = ''] = jws.split('.');
    const changed = Buffer.from(JSON.stringify({ ...payloadOf(jws), attendance: [] })).toString('base64url');
    await writeFile(files.bad, [header, changed, signature].join('.'));
    const said: string[] = [];
    const say = (text: string): void => void said.push(text);
    const run = (file: string) =>
      statementCommand({ args: ['verify', file, '--jwks', files.jwks], dataDir: folder, print: say, complain: say });
    expect(await run(files.good)).toBe(0);
    expect(said.join('')).toMatch(/Room school\/algebra, ended .*2 people.*\nIt was signed by the key/);
    expect(await run(files.bad)).toBe(1);
    expect(said.join('')).toContain('its signature does not fit');
    expect(await statementCommand({ args: [], dataDir: folder, print: say, complain: say })).toBe(64);
    // The same by hand, as a host without any library does it.
    const { x } = keys.keys[0] as { x: string };
    const key = createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x }, format: 'jwk' });
    expect(verify(null, Buffer.from(`${header}.${payload}`), key, Buffer.from(signature, 'base64url'))).toBe(true);
  });

  it('of before a rotation is verified as ever, and the new key signs', async () => {
    await haveClass();
    const jws = (await statements(1)).items[0]?.jws ?? '';
    const [before] = (await jwks()).keys;
    const said: string[] = [];
    const say = (text: string): void => void said.push(text);
    await rig.restart({}, async () => {
      expect(await statementCommand({ args: ['rotate'], dataDir: rig.dataDir, print: say, complain: say })).toBe(0);
    });
    const keys = await jwks();
    expect(keys.keys).toHaveLength(2);
    expect(keys.keys[1]).toEqual(before);
    expect(said.join('')).toContain(keys.keys[0]?.kid);
    const grace = await rig.enter(GRACE);
    await grace.command('room.start', {});
    await grace.command('room.end', {});
    const second = (await statements(2)).items[1];
    for (const one of [jws, second?.jws ?? '']) await compactVerify(one, createLocalJWKSet(keys));
    expect(JSON.parse(Buffer.from((second?.jws ?? '').split('.')[0] ?? '', 'base64url').toString())).toMatchObject({
      kid: keys.keys[0]?.kid,
    });
  });
});

describe('an audit', () => {
  /** Stops the server, changes something in the file, and audits. @returns what it says */
  async function auditAfter(change: (driver: Driver) => void, statementFiles: readonly string[] = []): Promise<string> {
    const said: string[] = [];
    const say = (text: string): void => void said.push(text);
    await rig.restart({ dataDir: join(rig.dataDir, 'another') }, async () => {
      const driver = await openDriver(join(rig.dataDir, 'lms-live.db'));
      change(driver);
      driver.close();
      await auditCommand({ dataDir: rig.dataDir, statementFiles, print: say, complain: say });
    });
    return said.join('');
  }

  /** Cuts a log behind an offset so that it is sound by itself. */
  function cut(driver: Driver, log: string, offset: number): void {
    driver.exec(`delete from events where log = '${log}' and "offset" > ${String(offset)}`);
    driver.exec(
      `update logs set "offset" = ${String(offset)}, hash = (select hash from events
       where log = '${log}' and "offset" = ${String(offset)}) where log = '${log}'`,
    );
    driver.exec('delete from checkpoints');
  }

  it('holds what was signed against the logs, and finds nothing in a class that went on afterwards', async () => {
    const { grace } = await haveClass();
    await statements(1);
    await grace.command('room.start', {});
    await grace.command('chat.post', { text: 'more' });
    const said = await auditAfter(() => undefined);
    expect(said).toMatch(/1 statements\.\nEvery log fits its hashes and what was signed of it/);
  });

  it('finds a log that was cut, although its hashes fit', async () => {
    await haveClass();
    await statements(1);
    const said = await auditAfter((driver) => {
      cut(driver, 'staff', 2);
    });
    expect(said).toMatch(/log staff, offset \d+: the log was cut: the statement \d+ was signed at this offset/);
  });

  it('finds a log that was cut by the statement that the host has kept, where the one of the folder was taken out', async () => {
    await haveClass();
    const jws = (await statements(1)).items[0]?.jws ?? '';
    const file = join(folder, 'kept');
    await writeFile(file, jws);
    const said = await auditAfter(
      (driver) => {
        cut(driver, 'staff', 2);
        driver.exec('delete from statements');
      },
      [file],
    );
    expect(said).toMatch(/log staff, offset \d+: the log was cut: the statement in .*kept was signed at this offset/);
  });

  it('finds a log whose last signed event is another one', async () => {
    await haveClass();
    await statements(1);
    const said = await auditAfter((driver) => {
      driver.exec(
        `update events set hash = '${'0'.repeat(32)}' where log = 'all' and "offset" = (select max("offset") from events where log = 'all')`,
      );
      driver.exec(`update logs set hash = '${'0'.repeat(32)}' where log = 'all'`);
    });
    expect(said).toMatch(/log all, offset \d+: the log was rewritten after the statement \d+ was signed/);
  });

  it('finds a statement that was forged, and one that was changed', async () => {
    await haveClass();
    const jws = (await statements(1)).items[0]?.jws ?? '';
    const { privateKey } = generateKeyPairSync('ed25519');
    const header = JSON.parse(Buffer.from(jws.split('.')[0] ?? '', 'base64url').toString()) as Record<string, unknown>;
    const forged = signJws({ header, payload: { ...payloadOf(jws), attendance: [] }, key: privateKey });
    const said = await auditAfter((driver) => {
      driver.prepare('update statements set jws = ?').run(forged);
    });
    expect(said).toMatch(/the statement \d+ is not true: its signature does not fit: it was forged or changed/);
  });

  it('finds a statement that says something else than the logs, although its signature fits', async () => {
    await haveClass();
    const jws = (await statements(1)).items[0]?.jws ?? '';
    const said = await auditAfter((driver) => {
      const [row] = driver
        .prepare<{ value: string }>(`select value from settings where name like 'signing-key.%'`)
        .all();
      const header = JSON.parse(Buffer.from(jws.split('.')[0] ?? '', 'base64url').toString()) as Record<
        string,
        unknown
      >;
      const payload = { ...payloadOf(jws), attendance: [] };
      const signed = signJws({ header, payload, key: createPrivateKey(row?.value ?? '') });
      driver.prepare('update statements set jws = ?').run(signed);
    });
    expect(said).toMatch(/the statement \d+ says something else than the logs/);
  });
});
