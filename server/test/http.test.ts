import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ORIGIN, startRig, type Claims, type Rig } from './support/rig.js';

const SERVICE: Claims = { sub: 'lms', role: 'service', room: '*' };
const TEACHER: Claims = { sub: 'grace', role: 'instructor', name: 'Grace', room: '*' };
const STUDENT: Claims = { sub: 'ada', name: 'Ada', room: '*' };

let rig: Rig;
beforeAll(async () => {
  rig = await startRig();
});
afterAll(() => rig.stop());

describe('a sentence for each mistake', () => {
  it.each([
    [{}, [{ path: 'sub', message: 'missing, or in its place jti' }]],
    [{ sub: 17 }, [{ path: 'sub', message: 'expected string' }]],
    [{ sub: 'ada', jti: 'x' }, [{ path: 'jti', message: 'unknown' }]],
  ])('tells of a revocation of %j which field is wrong', async (body, errors) => {
    const answer = await rig.http('POST', '/v1/revocations', { claims: { ...SERVICE, room: '*' }, body });
    expect(answer).toMatchObject({ status: 422, body: { code: 'body_invalid', errors } });
  });

  it('says of a revocation that there is not that nothing of the kind is withdrawn', async () => {
    const answer = await rig.http('DELETE', '/v1/revocations/sub/nobody', { claims: { ...SERVICE, room: '*' } });
    expect(answer).toMatchObject({ status: 404, body: { code: 'revocation_unknown' } });
    const none = await rig.http('DELETE', '/v1/revocations/name/nobody', { claims: { ...SERVICE, room: '*' } });
    expect(none).toMatchObject({ status: 404, body: { code: 'not_found' } });
  });

  it('gives a path that cannot be read a type like any other mistake', async () => {
    const { status, body } = await rig.http('PUT', '/v1/rooms/%zz', { claims: SERVICE, body: {} });
    expect({ status, type: body['type'] }).toEqual({ status: 400, type: 'urn:lms-live:error:frame_malformed' });
  });

  it('takes a body with a byte order mark, and keeps no half of a character', async () => {
    const put = (body: string): ReturnType<Rig['http']> =>
      rig.http('PUT', '/v1/rooms/texts', { claims: { ...SERVICE, room: '*' }, body });
    expect(await put('\ufeff{"title":"Marked"}')).toMatchObject({ body: { title: 'Marked' } });
    expect(await put('{"title":"\\ud800"}')).toMatchObject({ status: 422 });
    const peer = await rig.enter({ sub: 'grace', role: 'instructor', room: 'texts' });
    await peer.command('room.change', { title: 'cut \ud83d' });
    expect((await rig.http('GET', '/v1/rooms/texts', { claims: { ...SERVICE, room: '*' } })).body).toMatchObject({
      title: 'cut \ufffd',
    });
  });
});

describe('rooms over HTTP', () => {
  it('makes a room once by its id, and brings it to what is asked the second time', async () => {
    const first = await rig.http('PUT', '/v1/rooms/physics-1', {
      claims: SERVICE,
      body: { kind: 'livestream', title: 'Physics' },
    });
    expect(first).toMatchObject({
      status: 201,
      body: { id: 'physics-1', kind: 'livestream', title: 'Physics', state: 'scheduled' },
    });
    expect(first.headers.get('location')).toBe('/v1/rooms/physics-1');
    const again = await rig.http('PUT', '/v1/rooms/physics-1', {
      claims: SERVICE,
      body: { kind: 'livestream', title: 'Physics I' },
    });
    expect(again).toMatchObject({ status: 200, body: { title: 'Physics I' } });
    const same = await rig.http('PUT', '/v1/rooms/physics-1', {
      claims: SERVICE,
      body: { kind: 'livestream', title: 'Physics I' },
    });
    expect(same).toMatchObject({ status: 200 });
    const other = await rig.http('PUT', '/v1/rooms/physics-1', { claims: SERVICE, body: { kind: 'meeting' } });
    expect(other).toMatchObject({
      status: 422,
      body: {
        code: 'body_invalid',
        errors: [{ path: 'kind', message: 'a room stays what it was made as, here a livestream' }],
      },
    });
  });

  it('makes a room with an id of its own, and refuses one that is there', async () => {
    const made = await rig.http('POST', '/v1/rooms', { claims: SERVICE, body: { title: 'Untitled' } });
    expect(made.status).toBe(201);
    expect(made.body['id']).toMatch(/^[\w-]{21}$/u);
    const taken = await rig.http('POST', '/v1/rooms', { claims: SERVICE, body: { id: made.body['id'] } });
    expect(taken).toMatchObject({ status: 409, body: { code: 'room_exists' } });
  });

  it('lists, changes, starts, stops and deletes', async () => {
    await rig.http('PUT', '/v1/rooms/listed', {
      claims: TEACHER,
      body: { kind: 'meeting', title: 'Listed', startsAt: Date.now() + 86_400_000 },
    });
    const listed = await rig.http('GET', '/v1/rooms?status=scheduled', { claims: STUDENT });
    expect(listed.body['items']).toContainEqual(expect.objectContaining({ id: 'listed', state: 'scheduled' }));
    expect(await rig.http('PATCH', '/v1/rooms/listed', { claims: TEACHER, body: { title: 'Changed' } })).toMatchObject({
      status: 200,
      body: { title: 'Changed' },
    });
    expect(await rig.http('POST', '/v1/rooms/listed/start', { claims: TEACHER })).toMatchObject({
      status: 200,
      body: { state: 'live' },
    });
    expect(await rig.http('GET', '/v1/rooms/listed/status', { claims: null })).toMatchObject({
      status: 200,
      body: { status: 'live', viewers: 0 },
    });
    expect(await rig.http('POST', '/v1/rooms/listed/stop', { claims: TEACHER })).toMatchObject({
      status: 200,
      body: { state: 'ended' },
    });
    expect(await rig.http('DELETE', '/v1/rooms/listed', { claims: TEACHER })).toMatchObject({ status: 204 });
    expect(await rig.http('GET', '/v1/rooms/listed', { claims: TEACHER })).toMatchObject({
      status: 404,
      body: { code: 'room_unknown' },
    });
  });

  it('keeps a room for its owner', async () => {
    await rig.http('PUT', '/v1/rooms/owned', { claims: TEACHER, body: { kind: 'meeting' } });
    const other = { ...TEACHER, sub: 'hopper' };
    for (const [method, path] of [
      ['PATCH', '/v1/rooms/owned'],
      ['DELETE', '/v1/rooms/owned'],
    ] as const) {
      expect(
        await rig.http(method, path, { claims: other, ...(method === 'PATCH' && { body: { title: 'Mine now' } }) }),
      ).toMatchObject({ status: 403, body: { code: 'forbidden' } });
    }
    expect(
      await rig.http('PATCH', '/v1/rooms/owned', { claims: SERVICE, body: { title: 'The host may' } }),
    ).toMatchObject({ status: 200 });
  });

  it('refuses a student every change, with the grant that is missing', async () => {
    await rig.http('PUT', '/v1/rooms/guarded', { claims: TEACHER, body: { kind: 'meeting' } });
    for (const [method, path, body] of [
      ['PUT', '/v1/rooms/new-one', { kind: 'meeting' }],
      ['PATCH', '/v1/rooms/guarded', { title: 'x' }],
      ['DELETE', '/v1/rooms/guarded', undefined],
      ['POST', '/v1/rooms/guarded/start', undefined],
      ['POST', '/v1/rooms/guarded/stop', undefined],
    ] as const) {
      const refused = await rig.http(method, path, { claims: STUDENT, body });
      expect({ method, path, status: refused.status, code: refused.body['code'] }).toEqual({
        method,
        path,
        status: 403,
        code: 'forbidden',
      });
      expect(refused.body).toHaveProperty('grant');
    }
  });

  it('tells nobody of a room that their token does not cover, and everyone of a public one', async () => {
    await rig.http('PUT', '/v1/rooms/private-one', { claims: TEACHER, body: { kind: 'meeting' } });
    await rig.http('PUT', '/v1/rooms/public-one', {
      claims: TEACHER,
      body: { kind: 'livestream', visibility: 'public' },
    });
    const outsider = { ...STUDENT, room: 'elsewhere' };
    expect(await rig.http('GET', '/v1/rooms/private-one', { claims: outsider })).toMatchObject({
      status: 403,
      body: { code: 'room_not_covered' },
    });
    expect(await rig.http('GET', '/v1/rooms/no-such-room', { claims: outsider })).toMatchObject({
      status: 403,
      body: { code: 'room_not_covered' },
    });
    expect(await rig.http('GET', '/v1/rooms/public-one', { claims: outsider })).toMatchObject({ status: 200 });
    const listed = await rig.http('GET', '/v1/rooms', { claims: outsider });
    expect((listed.body['items'] as { id: string }[]).map(({ id }) => id)).toEqual(['public-one']);
  });

  it('checks every field, and says which is wrong', async () => {
    expect(await rig.http('PUT', '/v1/rooms/wrong', { claims: SERVICE, body: { kind: 'party' } })).toMatchObject({
      status: 422,
      body: { code: 'body_invalid', errors: [{ path: 'kind' }] },
    });
    expect(
      await rig.http('PUT', '/v1/rooms/wrong', { claims: SERVICE, body: { kind: 'meeting', capacity: -1 } }),
    ).toMatchObject({ status: 422, body: { code: 'body_invalid', errors: [{ path: 'capacity' }] } });
    expect(
      await rig.http('PUT', '/v1/rooms/wrong', {
        claims: SERVICE,
        body: { kind: 'meeting', policy: { 'chat.mode': 'loud' } },
      }),
    ).toMatchObject({ status: 422, body: { code: 'policy_invalid', key: 'chat.mode' } });
    expect(await rig.http('PUT', '/v1/rooms/wrong', { claims: SERVICE, body: '{' })).toMatchObject({
      status: 422,
      body: { code: 'body_invalid' },
    });
    expect(await rig.http('GET', '/v1/rooms/wrong', { claims: SERVICE })).toMatchObject({ status: 404 });
  });
});

describe('talk over HTTP', () => {
  beforeAll(async () => {
    await rig.http('PUT', '/v1/rooms/talk', { claims: TEACHER, body: { kind: 'meeting', title: 'Talk' } });
    await rig.http('POST', '/v1/rooms/talk/start', { claims: TEACHER });
  });

  it('posts a message once for one idempotency key, and shows it on the socket', async () => {
    const teacher = await rig.enter({ ...TEACHER, room: 'talk' });
    const headers = { 'idempotency-key': 'one-key-for-one-message' };
    const first = await rig.http('POST', '/v1/rooms/talk/messages', {
      claims: STUDENT,
      body: { text: 'by HTTP' },
      headers,
    });
    expect(first.status).toBe(201);
    const again = await rig.http('POST', '/v1/rooms/talk/messages', {
      claims: STUDENT,
      body: { text: 'by HTTP' },
      headers,
    });
    expect(again.body).toEqual(first.body);
    expect(
      await rig.http('POST', '/v1/rooms/talk/messages', { claims: STUDENT, body: { text: 'other' }, headers }),
    ).toMatchObject({ status: 409, body: { code: 'cmid_conflict' } });
    const posted = await teacher.event('chat.posted');
    expect(posted.body).toMatchObject({ id: first.body['id'], text: 'by HTTP' });
    teacher.terminate();
  });

  it('pages messages backwards, as they stand after edits and deletions', async () => {
    const writer = await rig.enter({ ...TEACHER, sub: 'writer', room: 'paged' });
    const ids: string[] = [];
    for (let index = 1; index <= 12; index += 1)
      ids.push(
        String(
          (
            await rig.http('POST', '/v1/rooms/paged/messages', {
              claims: { ...SERVICE, sub: 'w', role: 'instructor' },
              body: { text: `m${String(index)}` },
            })
          ).body['id'],
        ),
      );
    await writer.command('chat.delete', { id: ids[1] as string });
    const newest = await rig.http('GET', '/v1/rooms/paged/messages?limit=5', { claims: STUDENT });
    const items = newest.body['items'] as { text: string | null; offset: number }[];
    expect(items.map(({ text }) => text)).toEqual(['m8', 'm9', 'm10', 'm11', 'm12']);
    const older = await rig.http('GET', `/v1/rooms/paged/messages?limit=50&before=${String(newest.body['next'])}`, {
      claims: STUDENT,
    });
    expect((older.body['items'] as { text: string | null }[]).map(({ text }) => text)).toEqual([
      'm1',
      null,
      'm3',
      'm4',
      'm5',
      'm6',
      'm7',
    ]);
    expect(older.body['next']).toBeNull();
    expect(await rig.http('GET', '/v1/rooms/paged/messages?before=abc', { claims: STUDENT })).toMatchObject({
      status: 422,
      body: { code: 'body_invalid', errors: [{ path: 'before' }] },
    });
  });

  it('asks, votes once for each person, takes votes back, and answers', async () => {
    const asked = await rig.http('POST', '/v1/rooms/talk/questions', {
      claims: STUDENT,
      body: { text: 'Why?', anonymous: true },
    });
    expect(asked).toMatchObject({ status: 201, body: { state: 'open' } });
    const vote = `/v1/rooms/talk/questions/${String(asked.body['id'])}/vote`;
    const bob = { ...STUDENT, sub: 'bob' };
    for (const claims of [STUDENT, STUDENT, bob]) await rig.http('PUT', vote, { claims });
    expect(await rig.http('PUT', vote, { claims: bob })).toMatchObject({ status: 200, body: { votes: 2 } });
    expect(await rig.http('DELETE', vote, { claims: bob })).toMatchObject({ status: 200, body: { votes: 1 } });
    const answer = `/v1/rooms/talk/questions/${String(asked.body['id'])}/answer`;
    expect(await rig.http('PUT', answer, { claims: STUDENT, body: { text: 'Because' } })).toMatchObject({
      status: 403,
      body: { code: 'forbidden', grant: 'question.answer' },
    });
    expect(await rig.http('PUT', answer, { claims: TEACHER, body: { text: 'Because.' } })).toMatchObject({
      status: 200,
    });
    const listed = await rig.http('GET', '/v1/rooms/talk/questions', { claims: bob });
    expect((listed.body['items'] as object[])[0]).toMatchObject({
      text: 'Why?',
      by: null,
      state: 'answered',
      answer: { text: 'Because.' },
    });
    expect(JSON.stringify(listed.body)).not.toContain('ada');
  });

  it('refuses talk before the class and after it, with a reason that people understand', async () => {
    await rig.http('PUT', '/v1/rooms/later', { claims: TEACHER, body: { kind: 'livestream' } });
    expect(await rig.http('POST', '/v1/rooms/later/messages', { claims: STUDENT, body: { text: 'hi' } })).toMatchObject(
      { status: 403, body: { code: 'room_not_started', title: 'The class has not started.' } },
    );
    expect(await rig.http('POST', '/v1/rooms/later/join', { claims: STUDENT })).toMatchObject({
      status: 403,
      body: { code: 'room_not_started' },
    });
    await rig.http('POST', '/v1/rooms/later/start', { claims: TEACHER });
    expect(await rig.http('POST', '/v1/rooms/later/join', { claims: STUDENT })).toMatchObject({
      status: 200,
      body: { role: 'student', room: { id: 'later', state: 'live' } },
    });
    await rig.http('POST', '/v1/rooms/later/stop', { claims: TEACHER });
    expect(await rig.http('POST', '/v1/rooms/later/messages', { claims: STUDENT, body: { text: 'hi' } })).toMatchObject(
      { status: 403, body: { code: 'room_ended' } },
    );
  });
});

describe('the edges of HTTP', () => {
  it('answers every error as problem+json with a code of the table', async () => {
    const missing = await rig.http('GET', '/v1/rooms/talk', { claims: null });
    expect(missing).toMatchObject({
      status: 401,
      body: { code: 'token_missing', type: 'urn:lms-live:error:token_missing', status: 401 },
    });
    expect(missing.headers.get('content-type')).toBe('application/problem+json');
    expect(missing.headers.get('www-authenticate')).toBe('Bearer');
    expect(await rig.http('GET', '/v1/rooms/talk', { claims: { ...STUDENT, expiresInS: -60 } })).toMatchObject({
      status: 401,
      body: { code: 'token_expired' },
    });
    expect(await rig.http('GET', '/v1/nothing')).toMatchObject({ status: 404, body: { code: 'not_found' } });
    const method = await rig.http('DELETE', '/v1/rooms/talk/messages', { claims: TEACHER });
    expect(method).toMatchObject({ status: 405, body: { code: 'method_not_allowed' } });
    expect(method.headers.get('allow')).toBe('GET, HEAD, POST');
    expect(await rig.http('GET', '/v1/rooms/nobody/status', { claims: null })).toMatchObject({
      status: 404,
      body: { code: 'room_unknown' },
    });
    expect(await rig.http('GET', '/v1/rooms/talk/status?tenant=elsewhere', { claims: null })).toMatchObject({
      status: 404,
      body: { code: 'tenant_unknown' },
    });
  });

  it('lets pages of the tenant read its answers, and others not', async () => {
    const preflight = await fetch(`${rig.url}/v1/rooms/talk`, {
      method: 'OPTIONS',
      headers: { origin: ORIGIN, 'access-control-request-method': 'PUT' },
    });
    expect(preflight.status).toBe(204);
    expect(preflight.headers.get('access-control-allow-origin')).toBe(ORIGIN);
    expect(preflight.headers.get('access-control-allow-headers')).toContain('authorization');
    const foreign = await fetch(`${rig.url}/v1/rooms/talk`, {
      method: 'OPTIONS',
      headers: { origin: 'https://evil.test', 'access-control-request-method': 'PUT' },
    });
    expect(foreign.headers.get('access-control-allow-origin')).toBeNull();
    const refused = await rig.http('GET', '/v1/rooms/talk', {
      claims: STUDENT,
      headers: { origin: 'https://evil.test' },
    });
    expect(refused).toMatchObject({ status: 403, body: { code: 'origin_refused' } });
    const failed = await rig.http('GET', '/v1/rooms/talk', { claims: null, headers: { origin: ORIGIN } });
    expect(failed.headers.get('access-control-allow-origin')).toBe(ORIGIN);
  });

  it('is healthy and ready while it serves', async () => {
    expect(await rig.http('GET', '/healthz', { claims: null })).toMatchObject({ status: 200 });
    expect(await rig.http('GET', '/readyz', { claims: null })).toMatchObject({
      status: 200,
      body: { status: 'ready' },
    });
  });

  it('limits a caller, and says how long to wait', async () => {
    const claims = { ...STUDENT, sub: 'hurried' };
    const answers = await Promise.all(Array.from({ length: 90 }, () => rig.http('GET', '/v1/rooms/talk', { claims })));
    const limited = answers.find(({ status }) => status === 429);
    expect(limited).toMatchObject({ body: { code: 'rate_limited', retryable: true } });
    expect(limited?.headers.get('retry-after')).toMatch(/^\d+$/u);
  });
});
