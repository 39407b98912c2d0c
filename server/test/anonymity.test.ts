/** Who asks without a name is known to the staff and to nobody else: not by an id, not by a name, not by what comes beside the question. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { LIMITS, SOCKET_PATH } from '@lms-live/protocol';
import { ROUTES } from '../src/http/routes.js';
import { idOf, startRig, token, type Claims, type Peer, type Rig } from './support/rig.js';

const QUESTIONS = 1_000;
const ASKERS = QUESTIONS / LIMITS.maxOpenQuestionsPerPerson;
/** Of the questions of each asker. */
const BY_SOCKET = LIMITS.maxOpenQuestionsPerPerson - 5;

let rig: Rig;

beforeEach(async () => {
  rig = await startRig();
});
afterEach(() => rig.stop());

const TEACHER: Claims = { sub: 'grace', role: 'instructor' };
const OBSERVER: Claims = { sub: 'parent', role: 'observer' };
const READER: Claims = { sub: 'reader' };

interface Asker {
  readonly claims: Claims;
  readonly secrets: string[];
}

describe(`${String(QUESTIONS)} anonymous questions`, () => {
  it('leave no id, name, picture or command id of their authors in any byte that a student, an observer or a stranger receives', async () => {
    const teacher = await rig.enter(TEACHER);
    const [student, observer] = [await rig.enter(READER), await rig.enter(OBSERVER)];
    const askers = await Promise.all(Array.from({ length: ASKERS }, (_, nth) => askAll(nth)));
    await expect.poll(() => new Set(idsOf(teacher)).size, { timeout: 60_000 }).toBe(QUESTIONS);
    const ids = idsOf(teacher);
    // What happens to questions afterwards says nothing either.
    await teacher.command('question.answer', { id: ids[0]!, text: 'Because.' });
    await teacher.command('question.change', { id: ids[1]!, labels: ['week 5'], handling: true });
    await teacher.command('question.remove', { id: ids[2]! });
    await Promise.all([student.heard(), observer.heard()]);

    const [late, lateObserver] = [
      await rig.enter({ sub: 'late' }),
      await rig.enter({ ...OBSERVER, sub: 'late-parent' }),
    ];
    const pages = await Promise.all([READER, OBSERVER, null].map((claims) => everyPage(claims, ids[0]!)));
    const received = [student, observer, late, lateObserver].flatMap(({ texts }) => texts).concat(pages.flat());
    const bytes = received.join('\n');
    expect(bytes.length).toBeGreaterThan(QUESTIONS * 100);
    for (const id of ids.slice(3)) expect(bytes).toContain(id);

    const secrets = askers.flatMap((asker) => asker.secrets);
    expect(secrets.length).toBeGreaterThan(QUESTIONS);
    const found = secrets.filter((secret) => bytes.includes(secret));
    expect(found).toEqual([]);
    // The staff can tell: what is looked for is there to be found.
    const staff = teacher.texts.join('\n');
    expect(askers.every(({ secrets: [participant] }) => staff.includes(participant!))).toBe(true);
    // No two of them say that they are of one person.
    const aliases = student.events('question.asked').map(({ body }) => (body as { alias?: string }).alias);
    expect(aliases.every((alias) => typeof alias === 'string')).toBe(true);
    expect(new Set(aliases).size).toBeGreaterThan(QUESTIONS - 10);
  }, 120_000);

  async function askAll(nth: number): Promise<Asker> {
    const claims = { sub: `sub-of-asker-${String(nth)}-x`, name: `Secret Name ${String(nth)} Zz` };
    const picture = `https://pictures.test/secret-${String(nth)}-zz.png`;
    const peer = await rig.open();
    await peer.hello(await token({ ...claims, picture }));
    const secrets = [peer.welcome.participant, claims.sub, claims.name, picture];
    const ask = async (one: number) => {
      const cmid = `cmid-of-asker-${String(nth)}-${String(one)}-zz`;
      const text = `Why ${String(one)}?`;
      if (one < BY_SOCKET)
        expect((await peer.command('question.ask', { text, anonymous: true }, { cmid })).frame).toBe('ack');
      else {
        const { status } = await rig.http('POST', '/v1/rooms/algebra/questions', {
          claims: { ...claims, picture },
          body: { text, anonymous: true },
          headers: { 'idempotency-key': cmid },
        });
        expect(status).toBe(201);
      }
      secrets.push(cmid);
    };
    for (let one = 0; one < LIMITS.maxOpenQuestionsPerPerson; one += 1) await ask(one);
    return { claims, secrets };
  }
});

describe('an anonymous question', () => {
  it('is not given away by what the class is told beside it', async () => {
    const teacher = await rig.enter(TEACHER);
    const reader = await rig.enter(READER);
    const asker = await rig.open();
    await asker.hello(await token({ sub: 'ada', name: 'Ada L.' }));
    await reader.heard();
    const from = reader.frames.length;
    const id = idOf(await asker.command('question.ask', { text: 'Why?', anonymous: true }));
    await reader.event('question.asked');
    await reader.heard();
    const types = reader.frames.slice(from).map((frame) => (frame.frame === 'event' ? frame.type : frame.frame));
    expect(types).toEqual(['question.asked', 'pong']);
    // Named for the class by what they say with their name, and by nothing before.
    await asker.command('chat.post', { text: 'Hello' });
    await reader.event('chat.posted');
    const after = reader.frames.slice(from).flatMap((frame) => (frame.frame === 'event' ? [frame.type] : []));
    expect(after).toEqual(['question.asked', 'person.named', 'chat.posted']);
    await asker.command('question.edit', { id, text: 'How?' });
    await asker.command('question.remove', { id });
    await reader.until((frame) => frame.frame === 'event' && frame.type === 'question.changed' && frame.by === null);
    await reader.heard();
    const about = reader.frames.filter((frame) => frame.frame === 'event' && JSON.stringify(frame.body).includes(id));
    expect(about).toHaveLength(3);
    expect(about.every((frame) => frame.frame === 'event' && frame.by === null)).toBe(true);
    expect(teacher.events('question.author')).toHaveLength(1);
  });

  it('is nobody’s also when it waits for the staff, is published, voted for and answered', async () => {
    const teacher = await rig.enter(TEACHER);
    await teacher.command('room.change', { policy: { 'questions.moderated': true } });
    const reader = await rig.enter(READER);
    const asker = await rig.open();
    await asker.hello(await token({ sub: 'ada', name: 'Ada L.' }));
    const id = idOf(await asker.command('question.ask', { text: 'Why?', anonymous: true }));
    await teacher.event('question.asked');
    await reader.heard();
    expect(reader.texts.join('\n')).not.toContain(id);
    await teacher.command('question.publish', { id });
    await asker.command('vote.set', { question: id, value: true });
    await reader.event('question.tallied');
    await teacher.command('question.answer', { id, text: 'Because.' });
    await reader.event('question.answered');
    const bytes = reader.texts.join('\n') + (await everyPage(READER, id)).join('\n');
    expect(bytes).toContain(id);
    for (const secret of [asker.welcome.participant, 'Ada L.', '"ada"']) expect(bytes).not.toContain(secret);
  });

  it('brings nothing but itself, in whatever order those who are present ask', async () => {
    const teacher = await rig.enter(TEACHER);
    const reader = await rig.enter(READER);
    const people = await Promise.all(
      Array.from({ length: 10 }, (_, nth) =>
        rig.enter({ sub: `student-${String(nth)}`, name: `Student Nr ${String(nth)}` }),
      ),
    );
    // The last who came asks first.
    for (const [nth, person] of [...people].reverse().entries())
      await person.command('question.ask', { text: `Why ${String(nth)}?`, anonymous: true });
    await expect.poll(() => idsOf(teacher).length).toBe(people.length);
    await reader.heard();
    const news = reader.events().map(({ type }) => type);
    expect(news.slice(news.indexOf('question.asked'))).toEqual(people.map(() => 'question.asked'));
  });
});

/** The answers of every route that reads, for somebody. */
async function everyPage(claims: Claims | null, question: string): Promise<string[]> {
  const paths = ROUTES.filter(({ method }) => method === 'GET').map((row) =>
    row.path.replace('{id}', 'algebra').replace('{qid}', question).replace('{sub}', 'sub-of-nobody'),
  );
  const answers = await Promise.all(paths.map((path) => rig.http('GET', path, { claims })));
  expect(paths.length).toBeGreaterThan(4);
  expect(paths.join()).not.toContain(SOCKET_PATH);
  return answers.map(({ body }) => JSON.stringify(body));
}

function idsOf(peer: Peer): string[] {
  return peer.events('question.asked').map(({ body }) => (body as { id: string }).id);
}
