/** Two schools with the same room ids, people and names on one server: nothing of the one reaches the other. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { COMMAND_TYPES, type CommandType } from '@lms-live/protocol';
import { ROUTES } from '../src/http/routes.js';
import { bodyFor, pathFor } from './support/route-bodies.js';
import { idOf, startRig, TENANT, token, type Claims, type Peer, type Rig } from './support/rig.js';

const CANARY = 'Kanarienvogel';
const OTHER_SECRET = 'another-secret-of-another-school-in-tests-only';
const OTHER = {
  ...TENANT,
  id: 'college',
  issuer: 'https://college.test',
  keys: [{ kind: 'secret', algorithm: 'HS256', secret: OTHER_SECRET }],
} as const;
const IN_OTHER: Claims = { iss: OTHER.issuer, secret: OTHER_SECRET };

const PEOPLE: readonly Claims[] = [
  { sub: 'grace', role: 'instructor', name: 'Grace' },
  { sub: 'alan', role: 'assistant', name: 'Alan' },
  { sub: 'ada', role: 'student', name: 'Ada' },
  { sub: 'parent', role: 'observer', name: 'Parent' },
];
const SERVICE: Claims = { sub: 'back-end', role: 'service', name: 'Back end' };
const EVERYBODY = [...PEOPLE, SERVICE];

/** What the first school has made, by what it is. */
interface Made {
  readonly message: string;
  readonly thread: string;
  readonly question: string;
  readonly pending: string;
  readonly participant: string;
  readonly session: string;
}

let rig: Rig;
let made: Made;
let theirs: Peer[];

beforeEach(async () => {
  rig = await startRig({ tenants: [TENANT, OTHER] });
  ({ made, peers: theirs } = await liveSchool());
});
afterEach(() => rig.stop());

describe('two tenants with the same ids', () => {
  it('never send a byte of the one to the other: on the socket, in snapshots, in signals and over HTTP', async () => {
    const ours = await Promise.all(PEOPLE.map((claims) => rig.enter({ ...claims, ...IN_OTHER })));
    const [, , student] = theirs;
    // While both classes run.
    await student!.command('chat.post', { text: `${CANARY} again` });
    student!.send({ frame: 'signal', kind: 'reaction', body: { emoji: '👏' } });
    await theirs[0]!.command('room.change', { title: `${CANARY} renamed` });
    await student!.command('vote.set', { question: made.question, value: true });
    const late = await Promise.all(PEOPLE.map((claims) => rig.enter({ ...claims, ...IN_OTHER })));
    await Promise.all([...ours, ...late].map((peer) => peer.heard()));
    const pages = await Promise.all(EVERYBODY.map((claims) => everyPage({ ...claims, ...IN_OTHER })));

    const bytes = [...[...ours, ...late].flatMap(({ texts }) => texts), ...pages.flat()].join('\n');
    expect(bytes.length).toBeGreaterThan(5_000);
    expect(bytes).not.toContain(CANARY);
    expect(bytes).not.toContain('"school"');
    for (const id of Object.values(made)) expect(bytes).not.toContain(id);
    for (const { welcome } of theirs) expect(bytes).not.toContain(welcome.participant);
    // What is looked for is there to be found, in the school that it belongs to.
    const own = (await Promise.all(EVERYBODY.map((claims) => everyPage(claims)))).flat().join('\n');
    expect(own).toContain(CANARY);
    expect(own).toContain(made.message);
  });

  it.each(PEOPLE)('answer an id of the other like one that nobody has, by every command of $role', async (claims) => {
    const commands = COMMAND_TYPES.flatMap((type) => bodiesOf(type).map((body) => ({ type, body })));
    expect(new Set(commands.map(({ type }) => type)).size).toBeGreaterThan(12);
    await rig.enter({ ...PEOPLE[0], ...IN_OTHER });
    for (const [nth, { type, body }] of commands.entries()) {
      const answers = [];
      for (const ids of [made, UNKNOWN]) {
        // A person of their own for each: what one command does must not change what comes of the next.
        const sub = `${String(claims.sub)}-${String(nth)}-${ids === UNKNOWN ? 'unknown' : 'foreign'}`;
        const peer = await rig.enter({ ...claims, ...IN_OTHER, sub }, { join: false });
        answers.push(withoutCmid(await peer.command(type, body(ids))));
        peer.terminate();
      }
      expect(answers[0], JSON.stringify([type, body(made)])).toEqual(answers[1]);
    }
  });

  it('answer an id of the other like one that nobody has, by every route with such an id', async () => {
    await rig.enter({ ...PEOPLE[0], ...IN_OTHER });
    const rows = ROUTES.filter((row) => /\{(?!id\})\w+\}/u.test(row.path));
    expect(rows.length).toBeGreaterThan(2);
    for (const row of rows) {
      for (const claims of EVERYBODY) {
        const answers = [];
        for (const id of [made.question, made.participant, 'nobody-has-this-id-000']) {
          const path = pathFor(row.path, { room: 'algebra', other: id });
          const { status, body } = await rig.http(row.method, path, {
            claims: { ...claims, ...IN_OTHER, sub: `${String(claims.sub)}-${row.id}` },
            ...(row.body === null ? {} : { body: bodyFor(row) }),
          });
          const { positions: _positions, ...rest } = body;
          expect(status, `${row.id}: ${JSON.stringify(rest)}`).not.toBe(422);
          answers.push(JSON.stringify({ status, rest }).replaceAll(id, 'the id'));
        }
        expect(new Set(answers).size, `${row.method} ${row.path} by ${String(claims.role)}: ${answers.join(' ')}`).toBe(
          1,
        );
      }
    }
  });

  it('take no token of the other, whichever tenant is named', async () => {
    const jwt = await token({ sub: 'ada' });
    const peer = await rig.open();
    await peer.hello(jwt, { tenant: OTHER.id });
    expect(peer.frames[0]).toMatchObject({ frame: 'refused' });
    const { status } = await rig.http('GET', `/v1/rooms/algebra?tenant=${OTHER.id}`);
    expect(status).toBe(401);
    // A tenant's own key under the issuer of the other.
    const forged = await rig.open();
    await forged.hello(await token({ sub: 'ada', iss: OTHER.issuer }));
    expect(forged.frames[0]).toMatchObject({ frame: 'refused', code: 'token_signature' });
  });

  it('have a room of their own where the other has one: what is made, ended or deleted here stays there', async () => {
    const [teacher] = theirs;
    const before = (await rig.http('GET', '/v1/rooms/algebra', { claims: PEOPLE[0]! })).body;
    const own = await rig.http('PUT', '/v1/rooms/algebra', {
      claims: { ...SERVICE, ...IN_OTHER },
      body: { title: 'Ours' },
    });
    expect(own.status).toBe(201);
    expect((await rig.http('POST', '/v1/rooms/algebra/stop', { claims: { ...SERVICE, ...IN_OTHER } })).status).toBe(
      200,
    );
    expect((await rig.http('DELETE', '/v1/rooms/algebra', { claims: { ...SERVICE, ...IN_OTHER } })).status).toBe(204);
    await teacher!.heard();
    expect(teacher!.closed).toBeNull();
    expect((await rig.http('GET', '/v1/rooms/algebra', { claims: PEOPLE[0]! })).body).toEqual(before);
  });
});

const UNKNOWN: Made = {
  message: 'nobody-has-this-id-001',
  thread: 'nobody-has-this-id-001',
  question: 'nobody-has-this-id-001',
  pending: 'nobody-has-this-id-001',
  participant: 'nobody-has-this-id-001',
  session: 'nobody-has-this-id-001',
};

type BodyOf = (ids: Made) => Readonly<Record<string, unknown>>;

/** Bodies that name something by its id. A command without one here names nothing. */
function bodiesOf(type: CommandType): readonly BodyOf[] {
  const person = (more: object): readonly BodyOf[] => [({ participant }) => ({ participant, ...more })];
  const message = (more: object): readonly BodyOf[] => [
    ({ message: id }) => ({ id, ...more }),
    ({ thread: id }) => ({ id, ...more }),
  ];
  const question = (more: object): readonly BodyOf[] => [
    ({ question: id }) => ({ id, ...more }),
    ({ pending: id }) => ({ id, ...more }),
  ];
  switch (type) {
    case 'room.create':
    case 'room.change':
    case 'room.start':
    case 'room.end':
    case 'person.join':
    case 'person.leave':
    case 'person.admitAll':
    case 'question.ask':
    case 'hand.raise':
      return [];
    case 'person.role':
      return person({ role: 'student' });
    case 'person.media':
      return person({ audio: false });
    case 'person.remove':
      return person({});
    case 'person.bar':
      return [...person({ bar: 'chat', barred: true }), ...person({ bar: 'room', barred: true })];
    case 'person.admit':
      return person({ admitted: true });
    case 'chat.post':
      return [
        ({ message: replyTo }) => ({ text: 'Hi', replyTo }),
        ({ thread: replyTo }) => ({ text: 'Hi', replyTo }),
        ({ participant: to }) => ({ text: 'Hi', to }),
      ];
    case 'chat.edit':
      return message({ text: 'Ho' });
    case 'chat.delete':
      return message({});
    case 'chat.pin':
      return message({ pinned: true });
    case 'question.edit':
    case 'question.answer':
      return question({ text: 'So.' });
    case 'question.publish':
    case 'question.decline':
    case 'question.remove':
      return question({});
    case 'question.change':
      return question({ labels: ['x'] });
    case 'vote.set':
      return [
        ({ question: id }) => ({ question: id, value: true }),
        ({ pending: id }) => ({ question: id, value: true }),
      ];
    case 'hand.lower':
      return person({});
    case 'person.erase':
      return person({});
  }
}

async function liveSchool(): Promise<{ made: Made; peers: Peer[] }> {
  const peers: Peer[] = [];
  for (const claims of PEOPLE) peers.push(await rig.enter({ ...claims, name: `${String(claims.name)} ${CANARY}` }));
  const [teacher, , student] = peers as [Peer, Peer, Peer, Peer];
  await teacher.command('room.change', { title: `${CANARY} 1`, description: CANARY });
  const message = idOf(await student.command('chat.post', { text: CANARY }));
  const thread = idOf(await student.command('chat.post', { text: CANARY, to: 'staff' }));
  const question = idOf(await student.command('question.ask', { text: CANARY, anonymous: true }));
  await teacher.command('question.answer', { id: question, text: CANARY });
  await teacher.command('question.change', { id: question, state: 'open', labels: [CANARY] });
  await teacher.command('chat.pin', { id: message, pinned: true });
  await teacher.command('room.change', { policy: { 'questions.moderated': true } });
  const pending = idOf(await student.command('question.ask', { text: CANARY }));
  await student.command('hand.raise', {});
  const { session } = (await student.media({ audio: true })).session!;
  return { made: { message, thread, question, pending, participant: student.welcome.participant, session }, peers };
}

/** The answers of every route that reads, for somebody. */
async function everyPage(claims: Claims): Promise<string[]> {
  const paths = ROUTES.filter(({ method }) => method === 'GET').map((row) =>
    row.path
      .replace('{id}', 'algebra')
      .replace('{sub}', 'ada')
      .replaceAll(/\{\w+\}/gu, 'nothing'),
  );
  const answers = await Promise.all(
    paths.map((path) => rig.http('GET', `${path}?tenant=${tenantOf(claims)}`, { claims })),
  );
  return answers.map(({ body }) => JSON.stringify(body));
}

function tenantOf({ iss }: Claims): string {
  return iss === OTHER.issuer ? OTHER.id : TENANT.id;
}

function withoutCmid(answer: object): object {
  const { cmid: _cmid, positions: _positions, ...rest } = answer as { cmid?: unknown; positions?: unknown };
  return rest;
}
