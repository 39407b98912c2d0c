import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startRig, type Claims, type Rig } from './support/rig.js';

const SERVICE: Claims = { sub: 'lms', role: 'service', room: '*' };
const TEACHER: Claims = { sub: 'grace', role: 'instructor', name: 'Grace', room: '*' };
const OTHER_TEACHER: Claims = { ...TEACHER, sub: 'hopper' };
const STUDENT: Claims = { sub: 'ada', name: 'Ada', room: '*' };
const HOUR_MS = 3_600_000;

let rig: Rig;
beforeAll(async () => {
  rig = await startRig();
});
afterAll(() => rig.stop());

const idsOf = (body: Record<string, unknown>): string[] => (body['items'] as { id: string }[]).map(({ id }) => id);

describe('a back end whose token names other rooms', () => {
  const ELSEWHERE: Claims = { sub: 'lms', role: 'service', room: 'elsewhere' };

  it('is nobody in a public room: it reads, changes, ends and deletes nothing there', async () => {
    const body = {
      kind: 'meeting',
      visibility: 'public',
      owners: ['grace'],
      externalRef: 'course/17',
      roster: [{ sub: 'ada' }],
    };
    await rig.http('PUT', '/v1/rooms/of-others', { claims: SERVICE, body });
    const tries: readonly (readonly [string, string, unknown?])[] = [
      ['GET', ''],
      ['PATCH', '', { title: 'Mine' }],
      ['PUT', '', { kind: 'meeting', owners: [] }],
      ['POST', '/start', {}],
      ['POST', '/stop', {}],
      ['POST', '/join', {}],
      ['GET', '/roster'],
      ['PUT', '/roster', { people: [] }],
      ['GET', '/statements'],
      ['GET', '/attendance'],
      ['GET', '/messages'],
      ['DELETE', ''],
    ];
    for (const [method, path, sent] of tries) {
      const answer = await rig.http(method, `/v1/rooms/of-others${path}`, { claims: ELSEWHERE, body: sent });
      expect(answer, `${method} ${path}`).toMatchObject({ status: 403, body: { code: 'room_not_covered' } });
    }
    const { body: listed } = await rig.http('GET', '/v1/rooms?limit=200', { claims: ELSEWHERE });
    expect(JSON.stringify(listed)).not.toContain('course/17');
    expect((await rig.http('GET', '/v1/rooms/of-others', { claims: SERVICE })).body).toMatchObject({
      owners: ['grace'],
    });
  });

  it('withdraws nobody from the whole tenant', async () => {
    for (const [method, path, body] of [
      ['POST', '/v1/revocations', { sub: 'ada' }],
      ['GET', '/v1/revocations', undefined],
      ['DELETE', '/v1/revocations/sub/ada', undefined],
    ] as const) {
      const answer = await rig.http(method, path, { claims: ELSEWHERE, body });
      expect(answer, method).toMatchObject({ status: 403, body: { code: 'forbidden', grant: 'tenant.manage' } });
    }
  });
});

describe('the record of a room', () => {
  it('keeps every field, and tells its private part to service and owners alone', async () => {
    const startsAt = Date.now() + HOUR_MS;
    const fields = {
      title: 'Algebra',
      description: 'Groups and rings',
      visibility: 'public',
      listed: false,
      startsAt,
      endsAt: startsAt + HOUR_MS,
      openMinutesBefore: 5,
      heldMinutes: 3,
      capacity: 30,
      locked: true,
      engine: 'mesh',
    };
    const hidden = { owners: ['grace'], externalRef: 'course/17?week=5', expected: 2 };
    const body = {
      ...fields,
      kind: 'meeting',
      password: 'open sesame',
      owners: ['grace'],
      externalRef: 'course/17?week=5',
      roster: [{ sub: 'ada', name: 'Ada' }, { sub: 'bob' }],
      policy: { 'chat.mode': { value: 'slow', teacherEditable: false } },
    };
    const made = await rig.http('PUT', '/v1/rooms/full', { claims: SERVICE, body });
    expect(made).toMatchObject({
      status: 201,
      body: { ...fields, ...hidden, hasPassword: true, fixed: ['chat.mode'] },
    });
    expect(made.body['policy']).toMatchObject({ 'chat.mode': 'slow' });
    expect(JSON.stringify(made.body)).not.toContain('sesame');
    expect((await rig.http('GET', '/v1/rooms/full', { claims: TEACHER })).body).toMatchObject(hidden);
    for (const claims of [OTHER_TEACHER, STUDENT, { ...STUDENT, role: 'observer' }]) {
      const seen = await rig.http('GET', '/v1/rooms/full', { claims });
      expect(seen).toMatchObject({ status: 200, body: { ...fields, hasPassword: true } });
      for (const key of Object.keys(hidden)) expect(seen.body).not.toHaveProperty([key]);
    }
    // What a change takes away is gone.
    const emptied = await rig.http('PATCH', '/v1/rooms/full', {
      claims: SERVICE,
      body: { password: null, externalRef: null, owners: [], roster: null, capacity: null },
    });
    expect(emptied.body).toMatchObject({
      hasPassword: false,
      externalRef: null,
      owners: [],
      expected: null,
      capacity: null,
      title: 'Algebra',
    });
  });

  it('names every wrong field at once, and never what was in it', async () => {
    const wrong = await rig.http('PUT', '/v1/rooms/wrong', {
      claims: SERVICE,
      body: { capacity: 0, startsAt: 'soon', passwort: 'x', password: 7_777_777, roster: [{ sub: 'a', rolle: 'x' }] },
    });
    expect(wrong).toMatchObject({ status: 422, body: { code: 'body_invalid' } });
    const paths = (wrong.body['errors'] as { path: string }[]).map(({ path }) => path);
    expect(paths).toEqual(expect.arrayContaining(['passwort', 'capacity', 'startsAt', 'password']));
    expect(JSON.stringify(wrong.body)).not.toContain('7777777');
    const twice = { roster: [{ sub: 'a' }, { sub: 'a' }] };
    expect(await rig.http('PUT', '/v1/rooms/wrong', { claims: SERVICE, body: twice })).toMatchObject({
      status: 422,
      body: { errors: [{ path: 'roster', message: 'each person once: a `sub` is there twice' }] },
    });
    const long = { title: 'x'.repeat(201) };
    expect(await rig.http('PUT', '/v1/rooms/wrong', { claims: SERVICE, body: long })).toMatchObject({
      status: 422,
      body: { code: 'text_too_long', errors: [{ path: 'title', message: 'at most 200 characters' }] },
    });
  });

  it('takes no body but JSON, and none that is too large', async () => {
    const form = { 'content-type': 'application/x-www-form-urlencoded' };
    expect(
      await rig.http('PUT', '/v1/rooms/form', { claims: SERVICE, body: 'kind=meeting', headers: form }),
    ).toMatchObject({ status: 415, body: { code: 'media_type_unsupported' } });
    const big = JSON.stringify({ text: 'x'.repeat(70_000) });
    await rig.http('PUT', '/v1/rooms/big', { claims: TEACHER, body: {} });
    await rig.http('POST', '/v1/rooms/big/start', { claims: TEACHER });
    expect(await rig.http('POST', '/v1/rooms/big/messages', { claims: TEACHER, body: big })).toMatchObject({
      status: 413,
      body: { code: 'frame_too_large' },
    });
  });

  it('has any id that a host may have', async () => {
    for (const id of ['7', 'a.b~c-d_e', 'x'.repeat(128)])
      expect(await rig.http('PUT', `/v1/rooms/${id}`, { claims: SERVICE, body: {} })).toMatchObject({
        status: 201,
        body: { id },
      });
    for (const id of ['x'.repeat(129), 'a%20b', 'a%2Fb', '%C3%A4'])
      expect(await rig.http('PUT', `/v1/rooms/${id}`, { claims: SERVICE, body: {} })).toMatchObject({
        status: 422,
        body: { code: 'body_invalid', errors: [{ path: 'id' }] },
      });
    expect(await rig.http('PUT', '/v1/rooms/%E4', { claims: SERVICE, body: {} })).toMatchObject({ status: 400 });
  });
});

describe('the tag of a room', () => {
  const tagOf = (answer: { headers: Headers }): string => answer.headers.get('etag') ?? '';

  it('stands as long as the room does, and changes with every part of it', async () => {
    const made = await rig.http('PUT', '/v1/rooms/tagged', { claims: SERVICE, body: { title: 'A' } });
    const first = tagOf(made);
    expect(first).toMatch(/^"[\w-]{22}"$/u);
    const read = await rig.http('GET', '/v1/rooms/tagged', { claims: SERVICE, headers: { 'if-none-match': first } });
    expect(read).toMatchObject({ status: 304, body: { text: '' } });
    const tags = [first];
    for (const body of [
      { title: 'B' },
      { owners: ['grace'] },
      { externalRef: 'x' },
      { password: 'p' },
      { roster: [] },
    ]) {
      const changed = await rig.http('PATCH', '/v1/rooms/tagged', { claims: SERVICE, body });
      tags.push(tagOf(changed));
    }
    await rig.http('POST', '/v1/rooms/tagged/start', { claims: SERVICE });
    const now = await rig.http('GET', '/v1/rooms/tagged', {
      claims: SERVICE,
      headers: { 'if-none-match': tags.join(', ') },
    });
    expect(now.status).toBe(200);
    tags.push(tagOf(now));
    expect(new Set(tags).size).toBe(tags.length);
    // Whoever reads less has another one.
    expect(tagOf(await rig.http('GET', '/v1/rooms/tagged', { claims: STUDENT }))).not.toBe(tagOf(now));
  });

  it('lets one of many changes win that were made for the same room', async () => {
    const made = await rig.http('PUT', '/v1/rooms/contested', { claims: SERVICE, body: { title: 'A' } });
    const headers = { 'if-match': tagOf(made) };
    const changes = await Promise.all(
      Array.from({ length: 12 }, (_, index) =>
        rig.http('PATCH', '/v1/rooms/contested', {
          claims: SERVICE,
          headers,
          // Fields that have nothing to do with each other.
          body: [
            { title: `T${String(index)}` },
            { description: `D${String(index)}` },
            { externalRef: `E${String(index)}` },
          ][index % 3],
        }),
      ),
    );
    expect(changes.filter(({ status }) => status === 200)).toHaveLength(1);
    expect(changes.filter(({ body }) => body['code'] === 'precondition_failed')).toHaveLength(11);
  });

  it('notices what was changed on the socket in between', async () => {
    await rig.http('PUT', '/v1/rooms/raced', { claims: SERVICE, body: { title: 'A' } });
    const teacher = await rig.enter({ ...TEACHER, room: 'raced' });
    for (let round = 0; round < 10; round += 1) {
      const headers = { 'if-match': tagOf(await rig.http('GET', '/v1/rooms/raced', { claims: SERVICE })) };
      const [overHttp, overSocket] = await Promise.all([
        rig.http('PATCH', '/v1/rooms/raced', { claims: SERVICE, headers, body: { description: `d${String(round)}` } }),
        teacher.command('room.change', { locked: round % 2 === 0 }),
      ]);
      expect(overSocket.frame).toBe('ack');
      const after = await rig.http('GET', '/v1/rooms/raced', { claims: SERVICE });
      expect(overHttp.status === 200 || overHttp.body['code'] === 'precondition_failed').toBe(true);
      expect(after.body['description'] === `d${String(round)}`).toBe(overHttp.status === 200);
    }
    teacher.terminate();
  });

  it('tells whoever comes while the room is deleted that there is none', async () => {
    await rig.http('PUT', '/v1/rooms/going', { claims: SERVICE, body: {} });
    const changes = [
      { title: 'A' },
      { externalRef: 'x' },
      { roster: [{ sub: 'a' }] },
      { owners: ['b'] },
      { locked: true },
    ];
    const answers = await Promise.all([
      rig.http('PATCH', '/v1/rooms/going', { claims: SERVICE, body: { title: 'first' } }),
      rig.http('DELETE', '/v1/rooms/going', { claims: SERVICE }),
      ...changes.map((body) => rig.http('PATCH', '/v1/rooms/going', { claims: SERVICE, body })),
    ]);
    expect(answers[1].status).toBe(204);
    for (const { status } of answers) expect([200, 204, 404]).toContain(status);
    expect(answers.some(({ body }) => body['code'] === 'room_unknown')).toBe(true);
    expect(await rig.http('GET', '/v1/rooms/going', { claims: SERVICE })).toMatchObject({ status: 404 });
  });

  it('guards PUT and DELETE too, and a room that is not there', async () => {
    const made = await rig.http('PUT', '/v1/rooms/guarded', { claims: SERVICE, body: {} });
    const headers = { 'if-match': tagOf(made) };
    await rig.http('PATCH', '/v1/rooms/guarded', { claims: SERVICE, body: { title: 'B' } });
    for (const method of ['PUT', 'PATCH', 'DELETE'])
      expect(
        await rig.http(method, '/v1/rooms/guarded', {
          claims: SERVICE,
          headers,
          ...(method !== 'DELETE' && { body: { title: 'C' } }),
        }),
      ).toMatchObject({ status: 412, body: { code: 'precondition_failed', header: 'If-Match' } });
    expect(
      await rig.http('PUT', '/v1/rooms/not-there', { claims: SERVICE, headers: { 'if-match': '*' }, body: {} }),
    ).toMatchObject({ status: 412, body: { header: 'If-Match' } });
    expect(
      await rig.http('PUT', '/v1/rooms/guarded', { claims: SERVICE, headers: { 'if-none-match': '*' }, body: {} }),
    ).toMatchObject({ status: 412, body: { header: 'If-None-Match' } });
    expect(
      await rig.http('DELETE', '/v1/rooms/guarded', { claims: SERVICE, headers: { 'if-match': '*' } }),
    ).toMatchObject({ status: 204 });
  });
});

describe('the list of rooms', () => {
  beforeAll(async () => {
    const at = Date.now() + 10 * HOUR_MS;
    for (let index = 0; index < 25; index += 1) {
      const id = `list-${String(index).padStart(2, '0')}`;
      await rig.http('PUT', `/v1/rooms/${id}`, {
        claims: SERVICE,
        body: {
          title: id,
          startsAt: at + index * HOUR_MS,
          endsAt: at + (index + 1) * HOUR_MS,
          visibility: index % 5 === 0 ? 'public' : 'enrolled',
          listed: index !== 5,
          externalRef: `ref-${String(index % 2)}`,
          ...(index === 7 && { roster: [{ sub: 'listed-one' }] }),
          ...(index === 8 && { owners: ['owning-one'] }),
        },
      });
    }
  });

  it('comes in full pages, whatever of it the caller may see', async () => {
    const seen: string[] = [];
    let after = '';
    for (let page = 0; page < 9; page += 1) {
      const claims = { ...STUDENT, room: ['list-03', 'list-1*'] };
      const { body } = await rig.http('GET', `/v1/rooms?limit=4&from=${String(Date.now() + 5 * HOUR_MS)}${after}`, {
        claims,
      });
      seen.push(...idsOf(body));
      if (body['next'] === null) break;
      expect(idsOf(body)).toHaveLength(4);
      after = `&after=${body['next'] as string}`;
    }
    const tens = Array.from({ length: 10 }, (_, index) => `list-1${String(index)}`);
    expect(seen).toEqual(['list-00', 'list-03', ...tens, 'list-20']);
  });

  it('holds what a list or an owner brings somebody to', async () => {
    const elsewhere = { room: 'elsewhere' };
    const one = await rig.http('GET', '/v1/rooms', { claims: { ...elsewhere, sub: 'listed-one' } });
    expect(idsOf(one.body)).toContain('list-07');
    const owner = await rig.http('GET', '/v1/rooms', {
      claims: { ...elsewhere, sub: 'owning-one', role: 'instructor' },
    });
    expect(idsOf(owner.body)).toContain('list-08');
    expect(idsOf(owner.body)).not.toContain('list-07');
    expect((owner.body['items'] as object[]).find((room) => 'owners' in room)).toMatchObject({
      owners: ['owning-one'],
    });
    const student = await rig.http('GET', '/v1/rooms', { claims: { ...elsewhere, sub: 'nobody' } });
    expect(JSON.stringify(student.body)).not.toMatch(/owners|externalRef|expected/u);
    expect(idsOf(student.body)).not.toContain('list-05');
  });

  it('is found by time, by state, by kind and by what the host calls it', async () => {
    const at = (await rig.http('GET', '/v1/rooms/list-10', { claims: SERVICE })).body['startsAt'] as number;
    const between = await rig.http('GET', `/v1/rooms?from=${String(at)}&to=${String(at + 2 * HOUR_MS)}`, {
      claims: SERVICE,
    });
    expect(idsOf(between.body)).toEqual(['list-09', 'list-10', 'list-11']);
    const byRef = await rig.http('GET', '/v1/rooms?externalRef=ref-1&limit=3', { claims: SERVICE });
    expect(idsOf(byRef.body)).toEqual(['list-01', 'list-03', 'list-05']);
    await rig.http('POST', '/v1/rooms/list-12/start', { claims: SERVICE });
    const active = await rig.http('GET', '/v1/rooms?status=live,held&externalRef=ref-0', { claims: SERVICE });
    expect(idsOf(active.body)).toEqual(['list-12']);
    expect(idsOf((await rig.http('GET', '/v1/rooms?kind=livestream', { claims: SERVICE })).body)).toEqual([]);
  });

  it('refuses what it does not know, and ignores nothing', async () => {
    for (const query of [
      ...[
        'status=lively',
        'status=',
        'kind=party',
        'limit=0',
        'limit=101',
        'limit=x',
        'from=-1',
        'after=a/b',
        'sort=id',
      ],
      ...['limit=1&limit=2', 'externalRef='],
    ]) {
      const refused = await rig.http('GET', `/v1/rooms?${query}`, { claims: SERVICE });
      expect({ query, status: refused.status, code: refused.body['code'] }).toEqual({
        query,
        status: 422,
        code: 'body_invalid',
      });
      expect(refused.body['errors']).toMatchObject([{ path: (query.split('=')[0] ?? '').split('&')[0] }]);
    }
  });
});

describe('a request that comes again', () => {
  const key = (name: string): Record<string, string> => ({ 'idempotency-key': `${name}-0123456789abcdef` });

  it('makes one room, and is answered as it was, even when the room has changed since', async () => {
    const body = { title: 'Once', password: 'secret' };
    const first = await rig.http('POST', '/v1/rooms', { claims: SERVICE, body, headers: key('room') });
    expect(first.status).toBe(201);
    await rig.http('PATCH', `/v1/rooms/${String(first.body['id'])}`, { claims: SERVICE, body: { title: 'Changed' } });
    const again = await rig.http('POST', '/v1/rooms', { claims: SERVICE, body, headers: key('room') });
    expect(again).toMatchObject({ status: 201, body: first.body });
    expect(again.headers.get('location')).toBe(first.headers.get('location'));
    expect(
      await rig.http('POST', '/v1/rooms', { claims: SERVICE, body: { title: 'Other' }, headers: key('room') }),
    ).toMatchObject({ status: 409, body: { code: 'cmid_conflict' } });
  });

  it('acts once when it comes many times at once', async () => {
    const answers = await Promise.all(
      Array.from({ length: 10 }, () =>
        rig.http('POST', '/v1/rooms', { claims: SERVICE, body: { title: 'Twins' }, headers: key('twins') }),
      ),
    );
    expect(new Set(answers.map(({ status, body }) => `${String(status)} ${String(body['id'])}`)).size).toBe(1);
  });

  it('belongs to its caller', async () => {
    const of = (claims: Claims) => rig.http('POST', '/v1/rooms', { claims, body: {}, headers: key('mine') });
    const [first, second] = [await of(SERVICE), await of({ ...SERVICE, sub: 'another-lms' })];
    expect([first.status, second.status]).toEqual([201, 201]);
    expect(first.body['id']).not.toBe(second.body['id']);
  });

  it('starts a class once: what was done since stays', async () => {
    await rig.http('PUT', '/v1/rooms/started', { claims: SERVICE, body: {} });
    const start = () => rig.http('POST', '/v1/rooms/started/start', { claims: SERVICE, headers: key('start') });
    const first = await start();
    expect(first.body).toMatchObject({ state: 'live' });
    await rig.http('POST', '/v1/rooms/started/stop', { claims: SERVICE });
    expect((await start()).body).toEqual(first.body);
    expect((await rig.http('GET', '/v1/rooms/started', { claims: SERVICE })).body).toMatchObject({ state: 'ended' });
  });

  it('is known after a restart of the server', async () => {
    const post = () => rig.http('POST', '/v1/rooms', { claims: SERVICE, body: {}, headers: key('kept') });
    const first = await post();
    await rig.restart();
    expect((await post()).body).toEqual(first.body);
  });

  it('wants a key that cannot be guessed', async () => {
    for (const bad of ['short', 'with spaces in it, and a comma', 'x'.repeat(65)])
      expect(
        await rig.http('POST', '/v1/rooms', { claims: SERVICE, body: {}, headers: { 'idempotency-key': bad } }),
      ).toMatchObject({ status: 422, body: { errors: [{ path: 'Idempotency-Key' }] } });
  });
});
