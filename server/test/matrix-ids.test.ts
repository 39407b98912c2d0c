/** What is somebody else’s, or of another room, is answered like what nobody has; and whoever may not read a log is sent nothing of it, whatever they say. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { COMMAND_TYPES, ROLES } from '@lms-live/protocol';
import { ROUTES } from '../src/http/routes.js';
import { bodyFor, pathFor } from './support/route-bodies.js';
import { idOf, startRig, token, type Claims, type Peer, type Rig } from './support/rig.js';

const TEACHER: Claims = { sub: 'grace', role: 'instructor' };
const ADA: Claims = { sub: 'ada' };
const EVE: Claims = { sub: 'eve', name: 'Eve' };
const NOBODY = 'nobody-has-this-id-000';
const PEOPLE = ROLES.filter((role) => role !== 'service');

let rig: Rig;
let teacher: Peer;
let ada: Peer;

beforeEach(async () => {
  rig = await startRig();
  teacher = await rig.enter(TEACHER);
  ada = await rig.enter(ADA);
});
afterEach(() => rig.stop());

describe('an id of another room', () => {
  it.each(PEOPLE)('is to every command of %s what nobody has', async (role) => {
    const other = { room: 'geometry' };
    await rig.enter({ sub: 'gauss', role: 'instructor', ...other });
    const member = await rig.enter({ sub: 'emmy', ...other });
    const message = idOf(await member.command('chat.post', { text: 'There' }));
    const question = idOf(await member.command('question.ask', { text: 'There?' }));
    const ids = { message, question, participant: member.welcome.participant };
    const unknown = { message: NOBODY, question: NOBODY, participant: NOBODY };
    for (const [nth, [type, bodyOf]] of namedByCommands().entries()) {
      const answers = [];
      for (const [which, named] of [ids, unknown].entries()) {
        const actor = await inside({ sub: `${role}-${String(nth)}-${String(which)}`, role });
        answers.push(plain(await actor.command(type as 'chat.pin', bodyOf(named) as never)));
        actor.terminate();
      }
      expect(answers[0], JSON.stringify([type, bodyOf(ids)])).toEqual(answers[1]);
      if (type !== 'hand.lower' && type !== 'person.erase')
        expect(answers[0], type).toMatchObject({ frame: 'refused' });
    }
  });

  it('is to every route of every role what nobody has, and so is the id of a room that one is not in', async () => {
    await rig.enter({ sub: 'gauss', role: 'instructor', room: 'geometry' });
    const member = await rig.enter({ sub: 'emmy', room: 'geometry' });
    const question = idOf(await member.command('question.ask', { text: 'There?' }));
    let compared = 0;
    for (const row of ROUTES) {
      const { method, path } = row;
      if (!path.includes('{')) continue;
      const names = path.includes('{id}')
        ? [
            ['geometry', question],
            ['no-such-room', NOBODY],
            ...(/\{(?!id\})/u.test(path)
              ? [
                  ['algebra', question],
                  ['algebra', NOBODY],
                ]
              : []),
          ]
        : [];
      for (const role of PEOPLE) {
        const answers = [];
        for (const [room = '', other = ''] of names) {
          const { status, body } = await rig.http(method, pathFor(path, { room, other }), {
            claims: { sub: `${role}-${String((compared += 1))}`, role },
            ...(row.body === null ? {} : { body: bodyFor(row) }),
          });
          const { positions: _positions, serverTime: _serverTime, ...rest } = body;
          expect(status, `${method} ${path}: ${JSON.stringify(rest)}`).not.toBe(422);
          answers.push(JSON.stringify({ status, rest }).replaceAll(other, 'the id').replaceAll(room, 'the room'));
        }
        // A room that is open to anyone by nature, its public status, says that it is there.
        if (answers.length === 0 || row.access === 'everyone' || row.access === 'tenant') continue;
        expect(answers[0], `${method} ${path} by ${role}, another room`).toBe(answers[1]);
        expect(answers[2], `${method} ${path} by ${role}, in one’s own room`).toBe(answers[3]);
      }
    }
    expect(compared).toBeGreaterThan(100);
  }, 120_000);
});

describe('what one may not read in one’s own room', () => {
  it('is to every command of a student what nobody has: a thread with the staff, a question that waits', async () => {
    const thread = idOf(await ada.command('chat.post', { text: 'For the staff', to: 'staff' }));
    await teacher.command('room.change', { policy: { 'questions.moderated': true } });
    const pending = idOf(await ada.command('question.ask', { text: 'May I?' }));
    for (const [nth, [type, bodyOf]] of namedByCommands().entries()) {
      if (type.startsWith('person.') || type === 'hand.lower') continue;
      const answers = [];
      for (const id of [
        { message: thread, question: pending },
        { message: NOBODY, question: NOBODY },
      ]) {
        const eve = await inside({ sub: `eve-${String(nth)}-${id.message}` });
        answers.push(plain(await eve.command(type as 'chat.pin', bodyOf({ ...id, participant: NOBODY }) as never)));
        eve.terminate();
      }
      expect(answers[0], type).toEqual(answers[1]);
    }
    const eve = await rig.enter(EVE);
    const pages = await Promise.all(
      ROUTES.filter(({ method, path }) => method === 'GET' && path.startsWith('/v1/rooms')).map(({ path }) =>
        rig.http('GET', path.replace('{id}', 'algebra').replaceAll(/\{\w+\}/gu, pending), { claims: EVE }),
      ),
    );
    const bytes = eve.texts.join('\n') + pages.map(({ body }) => JSON.stringify(body)).join('\n');
    expect(bytes).not.toContain('For the staff');
    expect(bytes).not.toContain('May I?');
    expect(bytes).not.toContain(thread);
  });

  it('is not sent to whoever guesses positions of the staff log, in `hello` and in `resume`', async () => {
    await teacher.command('person.bar', {
      participant: ada.welcome.participant,
      bar: 'chat',
      barred: true,
      note: 'Psst',
    });
    const staff = teacher.position('staff');
    const guesses = [0, 1, 2, staff.offset - 1, staff.offset, staff.offset + 1, staff.offset + 10_000]
      .filter((offset) => offset >= 0)
      .map((offset) => ({ ...staff, offset }));
    for (const role of ['student', 'observer']) {
      for (const [nth, position] of guesses.entries()) {
        const claims = { sub: `${role}-${String(nth)}`, role };
        const peer = await rig.open();
        await peer.hello(await token(claims), { join: true, positions: { staff: position } });
        peer.send({ frame: 'resume', positions: { staff: position } });
        peer.send({
          frame: 'resume',
          positions: { all: peer.position('all'), staff: { ...position, epoch: 'guess' } },
        });
        await peer.heard();
        await teacher.command('chat.pin', { id: NOBODY, pinned: true });
        await peer.heard();
        expect(peer.texts.filter((text) => /"log":"staff"/u.test(text))).toEqual([]);
        expect(peer.texts.join('\n')).not.toContain('Psst');
        expect(peer.welcome.positions.staff).toBeUndefined();
        peer.terminate();
      }
    }
  });

  it('is not sent any more to whoever has lost the role, on the same socket, by `resume`, and on a new one', async () => {
    const alan: Claims = { sub: 'alan', role: 'assistant' };
    const assistant = await rig.enter(alan);
    const { participant } = assistant.welcome;
    const before = assistant.position('staff');
    await teacher.command('person.role', { participant, role: 'student' });
    await assistant.until((frame) => frame.frame === 'rights');
    const from = assistant.frames.length;
    await teacher.command('person.bar', {
      participant: ada.welcome.participant,
      bar: 'chat',
      barred: true,
      note: 'Psst',
    });
    assistant.send({ frame: 'resume', positions: { staff: before } });
    await assistant.heard();
    const back = await rig.open();
    await back.hello(await token(alan), { join: true, positions: { staff: before } });
    back.send({ frame: 'resume', positions: { staff: before } });
    await back.heard();
    const later = [...assistant.texts.slice(from), ...back.texts].join('\n');
    expect(later).not.toMatch(/"log":"staff"/u);
    expect(later).not.toContain('Psst');
    const queue = await rig.http('GET', '/v1/rooms/algebra/questions', { claims: alan });
    expect(JSON.stringify(queue.body)).not.toContain('pending');
    expect((await rig.http('POST', '/v1/rooms/algebra/stop', { claims: alan })).status).toBe(403);
  });
});

describe('whoever is banned while away', () => {
  it('gets nothing by resuming, from whatever position, in whatever tab, with whatever role', async () => {
    const all = ada.position('all');
    const client = { id: 'the-same-tab' };
    const tab = await rig.open();
    await tab.hello(await token(ADA), { join: true, client });
    ada.terminate();
    tab.terminate();
    await teacher.command('person.bar', { participant: tab.welcome.participant, bar: 'room', barred: true });
    await teacher.command('chat.post', { text: 'Afterwards' });
    const vectors: readonly (readonly [Claims, object])[] = [
      [ADA, {}],
      [ADA, { positions: { all } }],
      [ADA, { positions: { all: { ...all, offset: 0 } } }],
      [ADA, { client, positions: { all } }],
      [ADA, { join: true, positions: { all, me: tab.position('me') } }],
      [{ ...ADA, role: 'instructor' }, {}],
      [{ ...ADA, grants: { 'room.enterAlways': true, 'staff.read': true } }, {}],
      [{ ...ADA, room: ['algebra', 'geometry'] }, { room: 'algebra' }],
    ];
    for (const [claims, hello] of vectors) {
      const peer = await rig.open();
      await peer.hello(await token(claims), hello);
      expect(await peer.untilClosed()).toEqual({ code: 4503, reason: 'person_banned' });
      expect(peer.frames.map(({ frame }) => frame)).toEqual(['refused']);
      const page = await rig.http('GET', '/v1/rooms/algebra/messages', { claims });
      expect([page.status, page.body['code']]).toEqual([403, 'person_banned']);
    }
  });
});

describe('what the server sets', () => {
  it('is refused where a client says it, in every command and every frame', async () => {
    const spoofs = {
      by: teacher.welcome.participant,
      at: 1,
      offset: 1,
      role: 'instructor',
      hash: '0'.repeat(32),
      salt: 'x',
    };
    for (const [nth, type] of COMMAND_TYPES.entries()) {
      const eve = await inside({ sub: `eve-${String(nth)}` });
      for (const [key, value] of Object.entries(spoofs)) {
        if (type === 'person.role' && key === 'role') continue;
        const answer = await eve.command(type, { ...BODIES[type], [key]: value });
        expect(answer, `${type} with ${key}`).toMatchObject({ frame: 'refused', code: 'frame_malformed' });
      }
      eve.terminate();
    }
    const events = teacher.events().filter(({ by }) => by === teacher.welcome.participant);
    expect(events.every(({ at }) => at > 1)).toBe(true);
  }, 120_000);

  it('is the server’s in what everyone receives: author, time and place are of who said it', async () => {
    const eve = await rig.enter(EVE);
    for (const frame of [
      { frame: 'command', cmid: 'cmid-of-a-liar-1', seq: 1, type: 'chat.post', body: { text: 'Spoofed' }, by: 'x' },
      { frame: 'command', cmid: 'cmid-of-a-liar-2', seq: 1, type: 'chat.post', body: { text: 'Spoofed', id: 'mine' } },
      { frame: 'signal', kind: 'reaction', from: teacher.welcome.participant, body: { emoji: '👏' } },
      { frame: 'event', log: 'all', offset: 9, id: 'x', at: 1, type: 'chat.posted', by: null, hash: '0', body: {} },
    ])
      eve.send(JSON.stringify(frame));
    await eve.heard();
    await teacher.heard();
    expect(teacher.texts.join('\n')).not.toContain('Spoofed');
    expect(teacher.signals('reaction')).toEqual([]);
    const spoofed = await rig.http('POST', '/v1/rooms/algebra/messages', {
      claims: EVE,
      body: { text: 'Spoofed', by: teacher.welcome.participant, at: 1, offset: 1, id: 'mine' },
    });
    expect(spoofed.status).toBe(422);
  });
});

describe('what makes the calls', () => {
  const offer = { epoch: 1, seq: 1, ack: 0, message: { type: 'offer', negotiation: 1, sdp: 'v=0\r\n' } } as const;

  it('reaches nobody in another room, from outside the call, after a removal or a ban, or with a made-up sender', async () => {
    const victim = (await ada.media({ audio: true })).session!.session;
    const elsewhere = await rig.enter({ sub: 'emmy', role: 'instructor', room: 'geometry' });
    await elsewhere.media();
    const outside = await rig.enter(EVE);
    const waiter = await rig.open();
    await teacher.command('room.change', { policy: { 'join.lobby': true } });
    await waiter.hello(await token({ sub: 'mallory' }));
    await teacher.command('room.change', { policy: { 'join.lobby': false } });
    const [removed, banned] = [await rig.enter({ sub: 'oscar' }), await rig.enter({ sub: 'trudy' })];
    await removed.media();
    await banned.media();
    const from = ada.frames.length;
    const say = (peer: Peer, more: object = {}) => {
      peer.send(JSON.stringify({ frame: 'signal', kind: 'rtc', to: victim, body: offer, ...more }));
    };
    say(elsewhere);
    say(outside);
    say(elsewhere, { from: ada.welcome.participant, session: victim });
    say(outside, { from: teacher.welcome.participant });
    await Promise.all([elsewhere.heard(), outside.heard()]);
    await teacher.command('person.remove', { participant: removed.welcome.participant });
    say(removed);
    await teacher.command('person.bar', { participant: banned.welcome.participant, bar: 'room', barred: true });
    say(banned);
    await ada.heard();
    const heard = ada.frames.slice(from).filter((frame) => frame.frame === 'signal' && frame.kind === 'rtc');
    expect(heard).toEqual([]);
    // Whoever is in the call does reach them, under their own name.
    await outside.media();
    say(outside);
    await ada.until((frame) => frame.frame === 'signal' && frame.kind === 'rtc', from);
    expect(ada.signals('rtc')[0]).toMatchObject({ from: outside.welcome.participant });
  });
});

type Named = { readonly message: string; readonly question: string; readonly participant: string };

/** Somebody who has come in and is not present: so nobody has to be told of them. */
const inside = (claims: Claims): Promise<Peer> => rig.enter(claims, { join: false });

/** Every command that names something, by the name of it. */
function namedByCommands(): readonly (readonly [string, (ids: Named) => object])[] {
  return COMMAND_TYPES.flatMap((type) => {
    const body = BODIES[type];
    const key = ['id', 'participant', 'question', 'replyTo'].find((candidate) => candidate in body);
    if (key === undefined) return [];
    return [
      [
        type,
        ({ message, question, participant }: Named) => {
          if (key === 'participant') return { ...body, participant };
          return { ...body, [key]: type.startsWith('chat.') ? message : question };
        },
      ] as const,
    ];
  });
}

/** A body of the right shape for each command. A new command stops this file from compiling. */
const BODIES: Readonly<Record<(typeof COMMAND_TYPES)[number], object>> = {
  'room.create': { kind: 'meeting' },
  'room.change': {},
  'room.start': {},
  'room.end': {},
  'person.join': {},
  'person.leave': {},
  'person.role': { participant: NOBODY, role: 'student' },
  'person.media': { participant: NOBODY, audio: false },
  'person.remove': { participant: NOBODY },
  'person.bar': { participant: NOBODY, bar: 'chat', barred: true },
  'person.admit': { participant: NOBODY, admitted: true },
  'person.admitAll': {},
  'chat.post': { text: 'Hi', replyTo: NOBODY },
  'chat.edit': { id: NOBODY, text: 'Ho' },
  'chat.delete': { id: NOBODY },
  'chat.pin': { id: NOBODY, pinned: true },
  'question.ask': { text: 'Why?' },
  'question.edit': { id: NOBODY, text: 'How?' },
  'question.publish': { id: NOBODY },
  'question.decline': { id: NOBODY },
  'question.change': { id: NOBODY, labels: ['x'] },
  'question.answer': { id: NOBODY, text: 'So.' },
  'question.remove': { id: NOBODY },
  'vote.set': { question: NOBODY, value: true },
  'hand.raise': {},
  'hand.lower': { participant: NOBODY },
  'person.erase': { participant: NOBODY },
};

function plain(answer: object): object {
  const { cmid: _cmid, positions: _positions, ...rest } = answer as { cmid?: unknown; positions?: unknown };
  return rest;
}
