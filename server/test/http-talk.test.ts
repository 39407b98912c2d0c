import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startRig, type Claims, type Peer, type Rig } from './support/rig.js';

const SERVICE: Claims = { sub: 'lms', role: 'service', room: '*' };
const TEACHER: Claims = { sub: 'grace', role: 'instructor', name: 'Grace', room: '*' };
const STUDENT: Claims = { sub: 'ada', name: 'Ada', room: '*' };
const BOB: Claims = { sub: 'bob', name: 'Bob', room: '*' };

let rig: Rig;
let teacher: Peer;
let student: Peer;
beforeAll(async () => {
  rig = await startRig();
  await rig.http('PUT', '/v1/rooms/class', { claims: SERVICE, body: { title: 'Class' } });
  teacher = await rig.enter({ ...TEACHER, room: 'class' });
  student = await rig.enter({ ...STUDENT, room: 'class' });
});
afterAll(() => rig.stop());

const at = (path: string): string => `/v1/rooms/class${path}`;
const idIn = (answer: { body: Record<string, unknown> }): string => answer.body['id'] as string;

describe('messages', () => {
  it('are written, changed, pinned and deleted, and the class sees each', async () => {
    const posted = await rig.http('POST', at('/messages'), { claims: STUDENT, body: { text: 'first' } });
    const path = at(`/messages/${idIn(posted)}`);
    expect(await rig.http('PATCH', path, { claims: STUDENT, body: { text: 'better' } })).toMatchObject({ status: 200 });
    expect((await teacher.event('chat.edited')).body).toMatchObject({ text: 'better' });
    expect(await rig.http('PATCH', path, { claims: BOB, body: { text: 'mine' } })).toMatchObject({
      status: 403,
      body: { code: 'forbidden', grant: 'author' },
    });
    expect(await rig.http('PUT', `${path}/pin`, { claims: STUDENT })).toMatchObject({
      status: 403,
      body: { grant: 'chat.moderate' },
    });
    expect(await rig.http('PUT', `${path}/pin`, { claims: TEACHER })).toMatchObject({ status: 200 });
    expect(await rig.http('DELETE', `${path}/pin`, { claims: TEACHER })).toMatchObject({ status: 200 });
    expect(await rig.http('DELETE', path, { claims: SERVICE })).toMatchObject({ status: 200 });
    expect(await rig.http('DELETE', path, { claims: STUDENT })).toMatchObject({
      status: 404,
      body: { code: 'message_unknown' },
    });
  });

  it('are in the class once, however many requests of one key come at once, and of each caller', async () => {
    const headers = { 'idempotency-key': 'many-at-once-0123456789' };
    const post = (claims: Claims) => rig.http('POST', at('/messages'), { claims, body: { text: 'once' }, headers });
    const answers = await Promise.all(Array.from({ length: 10 }, () => post({ sub: 'eager', room: '*' })));
    expect(new Set(answers.map(({ status, body }) => JSON.stringify([status, body]))).size).toBe(1);
    const other = await post(TEACHER);
    expect(other.body['id']).not.toBe(answers[0]?.body['id']);
    const { body } = await rig.http('GET', at('/messages'), { claims: BOB });
    expect((body['items'] as { text: string }[]).filter(({ text }) => text === 'once')).toHaveLength(2);
  });

  it('say what is wrong with them, as on the socket', async () => {
    for (const [body, code] of [
      [{ text: '' }, 'text_empty'],
      [{ text: 'x'.repeat(4_001) }, 'text_too_long'],
      [{}, 'body_invalid'],
      [{ text: 'x', by: 'somebody' }, 'body_invalid'],
    ] as const)
      expect(await rig.http('POST', at('/messages'), { claims: STUDENT, body })).toMatchObject({ body: { code } });
    for (const query of ['limit=0', 'limit=201', 'before=0', 'before=x', 'sort=up'])
      expect(await rig.http('GET', at(`/messages?${query}`), { claims: STUDENT })).toMatchObject({ status: 422 });
  });
});

describe('questions', () => {
  it('come in pages, the oldest first, of some states', async () => {
    const ids: string[] = [];
    for (let index = 0; index < 7; index += 1)
      ids.push(
        idIn(
          await rig.http('POST', at('/questions'), {
            claims: { sub: 'curious', room: '*' },
            body: { text: `q${String(index)}` },
          }),
        ),
      );
    const seen: string[] = [];
    let after = '';
    for (;;) {
      const { body } = await rig.http('GET', at(`/questions?limit=3${after}`), { claims: BOB });
      seen.push(...(body['items'] as { id: string }[]).map(({ id }) => id));
      if (body['next'] === null) break;
      after = `&after=${body['next'] as string}`;
    }
    expect(seen).toEqual(ids);
    await rig.http('PATCH', at(`/questions/${ids[2] ?? ''}`), { claims: TEACHER, body: { state: 'archived' } });
    const archived = await rig.http('GET', at('/questions?state=archived,answered'), { claims: BOB });
    expect(archived.body['items']).toMatchObject([{ id: ids[2], state: 'archived' }]);
    expect(await rig.http('GET', at('/questions?state=lost'), { claims: BOB })).toMatchObject({ status: 422 });
    expect(await rig.http('GET', at('/questions?after=x'), { claims: BOB })).toMatchObject({
      status: 422,
      body: { errors: [{ path: 'after' }] },
    });
  });

  it('wait for the staff where the class is moderated, and are published, declined, changed and removed', async () => {
    await rig.http('PATCH', at('/policy'), { claims: TEACHER, body: { 'questions.moderated': true } });
    const ask = async (text: string): Promise<string> =>
      idIn(await rig.http('POST', at('/questions'), { claims: BOB, body: { text, anonymous: true } }));
    const [good, bad] = [await ask('good'), await ask('bad')];
    const listed = async (claims: Claims): Promise<string> =>
      JSON.stringify((await rig.http('GET', at('/questions?state=pending,declined'), { claims })).body);
    expect(await listed(STUDENT)).not.toMatch(new RegExp(`${good}|${bad}`, 'u'));
    for (const claims of [BOB, TEACHER, SERVICE]) expect(await listed(claims)).toContain(good);
    expect(await rig.http('POST', at(`/questions/${good}/publish`), { claims: STUDENT })).toMatchObject({
      status: 403,
    });
    expect(await rig.http('POST', at(`/questions/${good}/publish`), { claims: TEACHER })).toMatchObject({
      status: 200,
    });
    expect(
      await rig.http('POST', at(`/questions/${bad}/decline`), { claims: TEACHER, body: { reason: 'Asked.' } }),
    ).toMatchObject({ status: 200 });
    expect(await listed(BOB)).toContain('Asked.');
    expect(
      await rig.http('PUT', at(`/questions/${good}/text`), { claims: TEACHER, body: { text: 'Better?' } }),
    ).toMatchObject({ status: 200 });
    expect(await rig.http('DELETE', at(`/questions/${good}`), { claims: STUDENT })).toMatchObject({ status: 403 });
    expect(await rig.http('DELETE', at(`/questions/${good}`), { claims: TEACHER })).toMatchObject({ status: 200 });
    expect(await rig.http('PUT', at(`/questions/${good}/vote`), { claims: STUDENT })).toMatchObject({
      status: 404,
      body: { code: 'question_unknown' },
    });
  });
});

describe('people', () => {
  it('are read with who is present, and with real names and bars by staff alone', async () => {
    const seen = await rig.http('GET', at('/people?present=true'), { claims: STUDENT });
    expect(seen.body).toMatchObject({ present: 2 });
    expect((seen.body['items'] as { name: string }[]).map(({ name }) => name).sort()).toEqual(['Ada', 'Grace']);
    expect(JSON.stringify(seen.body)).not.toMatch(/bars|realName/u);
    const byStaff = await rig.http('GET', at(`/people/${student.welcome.participant}`), { claims: TEACHER });
    expect(byStaff.body).toMatchObject({ name: 'Ada', realName: 'Ada', role: 'student', present: true, bars: {} });
    const one = await rig.http('GET', at('/people?limit=1'), { claims: STUDENT });
    expect(one.body['items']).toHaveLength(1);
    expect(one.body['next']).not.toBeNull();
    expect(await rig.http('GET', at('/people/nobody'), { claims: STUDENT })).toMatchObject({
      status: 404,
      body: { code: 'person_unknown' },
    });
  });

  it('are promoted, muted, barred and sent away', async () => {
    const bob = await rig.enter({ ...BOB, room: 'class' });
    const person = at(`/people/${bob.welcome.participant}`);
    expect(await rig.http('PUT', `${person}/role`, { claims: TEACHER, body: { role: 'assistant' } })).toMatchObject({
      status: 200,
    });
    await bob.until((frame) => frame.frame === 'rights' && frame.role === 'assistant');
    await rig.http('PUT', `${person}/role`, { claims: TEACHER, body: { role: 'student' } });
    expect(await rig.http('PATCH', `${person}/media`, { claims: TEACHER, body: { audio: false } })).toMatchObject({
      status: 200,
    });
    expect((await bob.event('person.media')).body).toMatchObject({ audio: false, video: true });
    expect(await rig.http('PUT', `${person}/bars/chat`, { claims: TEACHER, body: { reason: 'spam' } })).toMatchObject({
      status: 200,
    });
    expect(await rig.http('POST', at('/messages'), { claims: BOB, body: { text: 'x' } })).toMatchObject({
      status: 403,
      body: { code: 'chat_muted' },
    });
    expect(await rig.http('DELETE', `${person}/bars/chat`, { claims: TEACHER })).toMatchObject({ status: 200 });
    expect(await rig.http('PUT', `${person}/bars/garden`, { claims: TEACHER, body: {} })).toMatchObject({
      status: 422,
    });
    expect(await rig.http('POST', `${person}/remove`, { claims: STUDENT })).toMatchObject({ status: 403 });
    expect(await rig.http('POST', `${person}/remove`, { claims: TEACHER })).toMatchObject({ status: 200 });
    expect(await bob.untilClosed()).toMatchObject({ code: 4502 });
    await rig.http('PUT', `${person}/bars/room`, { claims: TEACHER, body: {} });
    expect(await rig.http('GET', at('/people'), { claims: BOB })).toMatchObject({
      status: 403,
      body: { code: 'person_banned' },
    });
  });

  it('raise and lower their hands', async () => {
    expect(await rig.http('PUT', at('/hand'), { claims: STUDENT })).toMatchObject({ status: 200 });
    const { body } = await rig.http('GET', at('/hands'), { claims: TEACHER });
    expect(body['items']).toMatchObject([{ participant: student.welcome.participant }]);
    const hand = at(`/people/${student.welcome.participant}/hand`);
    expect(await rig.http('DELETE', hand, { claims: TEACHER })).toMatchObject({ status: 200 });
    expect(await rig.http('DELETE', at('/hand'), { claims: STUDENT })).toMatchObject({ status: 200 });
    expect(await rig.http('PUT', at('/hand'), { claims: SERVICE })).toMatchObject({ status: 403 });
    expect(await rig.http('DELETE', at('/hand'), { claims: SERVICE })).toMatchObject({
      body: { code: 'person_unknown' },
    });
  });
});

describe('the settings of a class', () => {
  it('are one document that says who may change each', async () => {
    await rig.http('PATCH', at('/policy'), {
      claims: SERVICE,
      body: { 'chat.mode': { value: 'open', teacherEditable: false } },
    });
    const byTeacher = (await rig.http('GET', at('/policy'), { claims: TEACHER })).body;
    expect(byTeacher['chat.mode']).toEqual({
      value: 'open',
      teacherEditable: false,
      grant: 'chat.moderate',
      mayChange: false,
    });
    expect(byTeacher['hands.enabled']).toMatchObject({ teacherEditable: true, mayChange: true });
    expect((await rig.http('GET', at('/policy'), { claims: STUDENT })).body['hands.enabled']).toMatchObject({
      mayChange: false,
    });
    expect(await rig.http('PATCH', at('/policy'), { claims: TEACHER, body: { 'chat.mode': 'frozen' } })).toMatchObject({
      status: 403,
      body: { code: 'policy_fixed', key: 'chat.mode' },
    });
    expect(await rig.http('PATCH', at('/policy'), { claims: SERVICE, body: { 'chat.mood': 'x' } })).toMatchObject({
      status: 422,
      body: { code: 'policy_invalid', key: 'chat.mood' },
    });
    // All or none.
    const mixed = { 'hands.enabled': false, 'chat.mode': 'frozen' };
    expect(await rig.http('PATCH', at('/policy'), { claims: TEACHER, body: mixed })).toMatchObject({ status: 403 });
    expect((await rig.http('GET', at('/policy'), { claims: TEACHER })).body['hands.enabled']).toMatchObject({
      value: true,
    });
  });
});

describe('the door, over HTTP', () => {
  it('has a waiting room that staff read, answer and open', async () => {
    await rig.http('PUT', '/v1/rooms/door', { claims: SERVICE, body: { policy: { 'join.lobby': true } } });
    await rig.http('POST', '/v1/rooms/door/start', { claims: SERVICE });
    const waiting = await rig.enter({ ...STUDENT, room: 'door' });
    await rig.enter({ ...BOB, sub: 'cleo', room: 'door' });
    const { body } = await rig.http('GET', '/v1/rooms/door/lobby', { claims: SERVICE });
    expect(body).toMatchObject({ count: 2, items: [{ name: 'Ada', why: 'lobby' }, { why: 'lobby' }] });
    expect(await rig.http('GET', '/v1/rooms/door/lobby', { claims: STUDENT })).toMatchObject({
      status: 403,
      body: { code: 'room_waiting', title: 'The teacher will let you in.' },
    });
    const [first] = body['items'] as { participant: string }[];
    const admission = `/v1/rooms/door/people/${first?.participant ?? ''}/admission`;
    expect(await rig.http('PUT', admission, { claims: TEACHER, body: { admitted: true } })).toMatchObject({
      status: 200,
    });
    await waiting.until((frame) => frame.frame === 'welcome');
    expect(await rig.http('POST', '/v1/rooms/door/lobby/admit', { claims: TEACHER })).toMatchObject({
      status: 200,
      body: { admitted: 1 },
    });
  });

  it('wants the password once', async () => {
    await rig.http('PUT', '/v1/rooms/secret', { claims: SERVICE, body: { password: 'open sesame' } });
    await rig.http('POST', '/v1/rooms/secret/start', { claims: SERVICE });
    const join = (body: unknown) => rig.http('POST', '/v1/rooms/secret/join', { claims: STUDENT, body });
    expect(await join({})).toMatchObject({ status: 403, body: { code: 'password_required' } });
    expect(await join({ password: 'wrong' })).toMatchObject({ status: 403, body: { code: 'password_wrong' } });
    expect(await rig.http('GET', '/v1/rooms/secret/messages', { claims: STUDENT })).toMatchObject({
      status: 403,
      body: { code: 'password_required', title: 'This class has a password.' },
    });
    expect(await join({ password: 'open sesame' })).toMatchObject({ status: 200, body: { engine: 'mesh' } });
    expect(await rig.http('GET', '/v1/rooms/secret/messages', { claims: STUDENT })).toMatchObject({ status: 200 });
    const answers = [];
    for (let index = 0; index < 9; index += 1)
      answers.push(
        await rig.http('POST', '/v1/rooms/secret/join', { claims: BOB, body: { password: `guess ${String(index)}` } }),
      );
    const limited = answers.at(-1);
    expect(limited).toMatchObject({ status: 429, body: { code: 'rate_limited', limit: 'passwordsPerMinute' } });
    expect(limited?.headers.get('retry-after')).toMatch(/^\d+$/u);
  });

  it('lets a person leave on every device', async () => {
    const one = await rig.enter({ ...STUDENT, sub: 'leaver', name: 'Leaver', room: 'class' });
    expect((await rig.http('GET', at('/people?present=true'), { claims: TEACHER })).body).toMatchObject({ present: 3 });
    expect(await rig.http('POST', at('/leave'), { claims: { ...STUDENT, sub: 'leaver' } })).toMatchObject({
      status: 204,
    });
    expect((await rig.http('GET', at('/people?present=true'), { claims: TEACHER })).body).toMatchObject({ present: 2 });
    one.terminate();
  });

  it('says who is missing, by the list of the host', async () => {
    const people = [{ sub: 'ada', name: 'Ada' }, { sub: 'dora', name: 'Dora' }, { sub: 'emil' }];
    expect(await rig.http('PUT', at('/roster'), { claims: SERVICE, body: { people } })).toMatchObject({
      status: 200,
      body: { total: 3, present: 1, missing: 2 },
    });
    const missing = await rig.http('GET', at('/roster?missing=true'), { claims: SERVICE });
    expect(missing.body).toMatchObject({ missing: 2, items: [{ sub: 'dora', name: 'Dora' }, { sub: 'emil' }] });
    expect(await rig.http('GET', at('/roster'), { claims: STUDENT })).toMatchObject({ status: 403 });
    await rig.http('PATCH', at(''), { claims: SERVICE, body: { owners: [TEACHER.sub] } });
    for (const claims of [TEACHER, { ...TEACHER, sub: 'hal', role: 'assistant' }]) {
      const { status, body } = await rig.http('GET', at('/roster'), { claims });
      expect(status).toBe(200);
      expect(body).toMatchObject({ items: [{ name: 'Ada', present: true }, { name: 'Dora' }, { name: null }] });
      // Who somebody is at the host is told to no owner either.
      expect(JSON.stringify(body)).not.toContain('"sub"');
    }
    await rig.http('PATCH', at(''), { claims: SERVICE, body: { owners: [] } });
    expect(await rig.http('DELETE', at('/roster'), { claims: SERVICE })).toMatchObject({ status: 204 });
    expect((await rig.http('GET', at('/roster'), { claims: SERVICE })).body).toMatchObject({ total: null, items: [] });
    const many = Array.from({ length: 10_001 }, (_, index) => ({ sub: `s${String(index)}` }));
    expect(await rig.http('PUT', at('/roster'), { claims: SERVICE, body: { people: many } })).toMatchObject({
      status: 422,
    });
    expect(await rig.http('PUT', at('/roster'), { claims: SERVICE, body: { people: many.slice(1) } })).toMatchObject({
      status: 200,
      body: { total: 10_000 },
    });
    // With names it is larger than any other body.
    const named = many.slice(1).map((person) => ({ ...person, name: 'Somebody with a name of their own' }));
    expect(await rig.http('PUT', at('/roster'), { claims: SERVICE, body: { people: named } })).toMatchObject({
      status: 200,
    });
  });
});
