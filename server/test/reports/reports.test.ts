import { afterEach, beforeEach, expect, it } from 'vitest';
import { startRig, type Claims, type Rig } from '../support/rig.js';

const SERVICE: Claims = { sub: 'lms', role: 'service', room: [] };
const GRACE: Claims = { sub: 'grace', role: 'instructor' };

let rig: Rig;
beforeEach(async () => {
  rig = await startRig();
});
afterEach(() => rig.stop());

type Json = Record<string, unknown>;

async function read<T = Json>(path: string, claims: Claims = SERVICE): Promise<T> {
  const { status, body } = await rig.http('GET', `/v1/rooms/algebra${path}`, { claims });
  expect({ path, status, code: body['code'] }).toEqual({ path, status: 200, code: undefined });
  return body as T;
}

interface Attendance {
  readonly counts?: Json;
  readonly people: readonly (Json & { readonly participant: string })[];
  readonly missing?: readonly Json[];
  readonly sessions: readonly Json[];
}

/** A class with a teacher and two students, in which things were said. */
async function haveClass() {
  const grace = await rig.enter(GRACE);
  const ada = await rig.enter({ sub: 'ada', name: 'Ada' });
  const bob = await rig.enter({ sub: 'bob', name: '=1+1' });
  await ada.command('chat.post', { text: 'first' });
  await ada.command('chat.post', { text: 'of Ada alone' });
  const asked = await bob.command('question.ask', { text: 'why?', anonymous: true });
  const question = asked.frame === 'ack' ? String(asked.result['id']) : '';
  await ada.command('vote.set', { question, value: true });
  await grace.command('question.answer', { id: question, text: 'so' });
  await bob.command('hand.raise', {});
  return { grace, ada, bob, question };
}

it('says who was there, who of the expected is missing, and who was not expected', async () => {
  await haveClass();
  const roster = ['grace', 'ada', 'eve', 'sam'].map((sub) => ({ sub, role: null, name: sub.toUpperCase() }));
  const live = await rig.server.directory.get('school', 'algebra');
  await live?.setRoster(roster);
  const { counts, people, missing } = await read<Attendance>('/attendance');
  expect(counts).toEqual({ expected: 4, present: 3, missing: 2, unexpected: 1, erased: 0 });
  expect(
    people.map(({ sub, name, role, isExpected, wasPresent }) => [sub, name, role, isExpected, wasPresent]),
  ).toEqual([
    ['grace', 'grace', 'instructor', true, true],
    ['ada', 'Ada', 'student', true, true],
    ['bob', '=1+1', 'student', false, true],
  ]);
  expect(missing).toEqual([
    { sub: 'eve', participant: expect.any(String) as string, name: 'EVE', role: null },
    { sub: 'sam', participant: expect.any(String) as string, name: 'SAM', role: null },
  ]);
});

it('tells staff no id of the host, students their own part alone, and observers nothing of others', async () => {
  const { ada } = await haveClass();
  const ofStaff = await rig.http('GET', '/v1/rooms/algebra/attendance', { claims: GRACE });
  expect(ofStaff.status).toBe(200);
  expect(JSON.stringify(ofStaff.body)).not.toContain('"sub"');
  const own = await read<Attendance>('/attendance', { sub: 'ada' });
  expect(own.people.map(({ participant }) => participant)).toEqual([ada.welcome.participant]);
  expect(own).not.toHaveProperty('counts');
  expect(own).not.toHaveProperty('missing');
  const stats = await read('/stats', { sub: 'ada' });
  expect(stats).toMatchObject({ people: [{ participant: ada.welcome.participant, messages: 2, votes: 1 }] });
  expect(stats).not.toHaveProperty('viewers');
  for (const path of ['/attendance.csv', '/events', '/events?log=staff', '/statements', '/statements/latest'])
    expect((await rig.http('GET', `/v1/rooms/algebra${path}`, { claims: { sub: 'ada' } })).body).toMatchObject({
      status: 403,
      code: 'forbidden',
    });
});

it('writes the same as CSV, with no formula in it', async () => {
  await haveClass();
  const { headers, body } = await rig.http('GET', '/v1/rooms/algebra/attendance.csv', { claims: GRACE });
  expect(headers.get('content-type')).toBe('text/csv; charset=utf-8; header=present');
  expect(headers.get('content-disposition')).toBe('attachment; filename="attendance-algebra.csv"');
  const lines = String(body['text']).trim().split('\r\n');
  expect(lines).toHaveLength(4);
  expect(lines[0]).toContain('"participant","name","role","status"');
  expect(lines[3]).toContain(`"'=1+1","student","present"`);
  expect(
    String((await rig.http('GET', '/v1/rooms/algebra/attendance.csv', { claims: SERVICE })).body['text']),
  ).toContain('"sub","participant"');
});

it('counts viewers, messages, questions, answers, votes and hands', async () => {
  const { bob } = await haveClass();
  bob.close();
  expect(await read('/stats')).toMatchObject({
    viewers: { current: 3, peak: 3, total: 3 },
    messages: 2,
    questions: 1,
    anonymousQuestions: 1,
    answers: 1,
    answeredQuestions: 1,
    votes: 1,
    hands: 1,
    people: [
      { name: 'grace', answers: 1 },
      { name: 'Ada', messages: 2, votes: 1 },
      { name: '=1+1', questions: 1, hands: 1 },
    ],
  });
});

it('gives the logs page by page as sockets get them, to each who may read them', async () => {
  const { ada, bob } = await haveClass();
  const seen: string[] = [];
  let after: number | null = 0;
  while (after !== null) {
    const page: { items: Json[]; next: number | null } = await read(`/events?limit=3&after=${String(after)}`, GRACE);
    seen.push(...page.items.map((item) => JSON.stringify(item)));
    after = page.next;
  }
  const onSocket = ada.texts.filter((text) => text.includes('"log":"all"') && text.startsWith('{"frame":"event"'));
  expect(onSocket.length).toBeGreaterThan(3);
  for (const text of onSocket) expect(seen).toContain(JSON.stringify(JSON.parse(text)));
  const own = await read<{ items: Json[]; head: Json }>('/events?log=me', { sub: 'ada' });
  expect(own.items.length).toBe(own.head['offset']);
  const ofBob = `/events?log=me&participant=${bob.welcome.participant}`;
  expect((await read<{ items: Json[] }>(ofBob)).items.length).toBeGreaterThan(1);
  for (const claims of [GRACE, { sub: 'ada' }])
    expect((await rig.http('GET', `/v1/rooms/algebra${ofBob}`, { claims })).status).toBe(403);
  expect(
    (await rig.http('GET', '/v1/rooms/algebra/events?log=me&participant=nobody', { claims: SERVICE })).status,
  ).toBe(404);
});

it('exports everything of one person, also what they asked without a name, and nothing of others', async () => {
  const { bob } = await haveClass();
  await bob.command('chat.post', { text: 'to the staff', to: 'staff' });
  const { status, body } = await rig.http('GET', '/v1/people/bob', { claims: SERVICE });
  expect(status).toBe(200);
  expect(body).toMatchObject({
    sub: 'bob',
    next: null,
    items: [
      {
        room: { id: 'algebra' },
        participant: bob.welcome.participant,
        expected: null,
        attendance: { stays: [{ to: null }], isPresentNow: true },
        record: {
          name: '=1+1',
          messages: [{ to: 'staff', text: 'to the staff' }],
          questions: [{ text: 'why?', isAnonymous: true, state: 'answered' }],
          votes: [],
        },
      },
    ],
  });
  expect(JSON.stringify(body)).not.toContain('of Ada alone');
  for (const claims of [GRACE, { sub: 'bob' }])
    expect((await rig.http('GET', '/v1/people/bob', { claims })).status).toBe(403);
});

it('erases one person everywhere, and keeps their attendance without a name', async () => {
  const { ada, grace } = await haveClass();
  const live = await rig.server.directory.get('school', 'algebra');
  await live?.setRoster([{ sub: 'ada', role: null, name: 'Ada' }]);
  expect((await rig.http('DELETE', '/v1/people/ada', { claims: GRACE })).status).toBe(403);
  const { status, body } = await rig.http('DELETE', '/v1/people/ada', { claims: SERVICE });
  expect({ status, body }).toEqual({ status: 200, body: { rooms: 1, messages: 2, questions: 0 } });
  await ada.untilClosed();
  const { people, counts } = await read<Attendance>('/attendance');
  expect(counts).toMatchObject({ expected: 0, present: 3, erased: 1, unexpected: 2 });
  expect(people.find(({ participant }) => participant === ada.welcome.participant)).toMatchObject({
    sub: null,
    name: null,
    isErased: true,
    isExpected: null,
  });
  const { text } = (await rig.http('GET', '/v1/rooms/algebra/attendance.csv', { claims: GRACE })).body;
  expect(text).toContain('"erased person"');
  expect((await rig.http('GET', '/v1/people/ada', { claims: SERVICE })).body).toMatchObject({ items: [] });
  const again = await rig.http('DELETE', '/v1/people/ada', { claims: SERVICE });
  expect(again.body).toEqual({ rooms: 0, messages: 0, questions: 0 });
  expect(grace.closed).toBeNull();
});

it('knows the classes of a person, for the host and for them', async () => {
  await haveClass();
  const other = await rig.enter({ sub: 'ada', room: 'biology', role: 'instructor' });
  await other.command('chat.post', { text: 'hello' });
  const { body } = await rig.http('GET', '/v1/people/ada/calls?limit=1', { claims: SERVICE });
  expect(body).toMatchObject({ items: [{ room: { id: 'biology' }, attendance: { role: 'instructor' } }] });
  const rest = await rig.http('GET', `/v1/people/ada/calls?after=${String(body['next'])}`, { claims: { sub: 'ada' } });
  expect(rest.body).toMatchObject({ items: [{ room: { id: 'algebra' } }], next: null });
  expect((await rig.http('GET', '/v1/people/ada/calls', { claims: { sub: 'bob' } })).status).toBe(403);
});

it('knows a person by whatever the host calls them', async () => {
  const sub = 'auth0|ada@school.example/7';
  await rig.enter(GRACE);
  await rig.enter({ sub });
  const { status, body } = await rig.http('GET', `/v1/people/${encodeURIComponent(sub)}`, { claims: SERVICE });
  expect({ status, sub: body['sub'] }).toEqual({ status: 200, sub });
});

it('covers with a token of some rooms those alone', async () => {
  await haveClass();
  await rig.enter({ sub: 'ada', room: 'biology', role: 'instructor' });
  const limited = { ...SERVICE, room: 'biology' };
  const { body } = await rig.http('GET', '/v1/people/ada', { claims: limited });
  expect(body).toMatchObject({ items: [{ room: { id: 'biology' } }] });
  expect((await rig.http('DELETE', '/v1/people/ada', { claims: limited })).body).toMatchObject({
    rooms: 1,
    messages: 0,
  });
  expect((await rig.http('GET', '/v1/people/ada', { claims: SERVICE })).body).toMatchObject({
    items: [{ room: { id: 'algebra' } }],
  });
});
