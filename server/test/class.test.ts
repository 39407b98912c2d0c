import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { idOf, startRig, token, type Rig } from './support/rig.js';

describe.each(['uws', 'ws'] as const)('a class on %s', (transport) => {
  let rig: Rig;
  beforeEach(async () => {
    rig = await startRig({ transport });
  });
  afterEach(() => rig.stop());

  it('is made by the first hello of a teacher, and goes live when they join', async () => {
    const teacher = await rig.enter({ sub: 'grace', role: 'instructor', name: 'Grace' });
    expect(teacher.welcome).toMatchObject({ role: 'instructor', room: { id: 'algebra', kind: 'meeting' } });
    await teacher.until(
      (frame) =>
        frame.frame === 'event' && frame.type === 'room.changed' && (frame.body as { state?: string }).state === 'live',
    );
  });

  it('lets a student wait for a room that does not exist yet, and in when the teacher comes', async () => {
    const student = await rig.open();
    const waiting = await student.hello(await token({ sub: 'ada' }), { join: true });
    expect(waiting).toMatchObject({ frame: 'waiting', why: 'not_started', room: { id: 'algebra' } });
    await rig.enter({ sub: 'grace', role: 'instructor' });
    await student.until((frame) => frame.frame === 'welcome');
  });

  it('does not keep as present who leaves right behind coming in', async () => {
    await rig.enter({ sub: 'grace', role: 'instructor' });
    const live = await rig.server.directory.get('school', 'algebra');
    for (let turn = 0; turn < 5; turn += 1) {
      const ada = await rig.open();
      await ada.hello(await token({ sub: 'ada' }), { join: true });
      expect(await ada.command('person.leave', {})).toMatchObject({ frame: 'ack' });
      await ada.heard();
      expect(live?.presence.has(ada.welcome.participant)).toBe(false);
      ada.close();
    }
  });

  it('carries a message to everyone, acknowledged before it is shown to its sender', async () => {
    const teacher = await rig.enter({ sub: 'grace', role: 'instructor', name: 'Grace' });
    const student = await rig.enter({ sub: 'ada', name: 'Ada' });
    const ack = await student.command('chat.post', { text: 'Hello, class' });
    expect(ack).toMatchObject({ frame: 'ack' });
    const seen = await teacher.event('chat.posted');
    expect(seen).toMatchObject({ log: 'all', by: student.welcome.participant, body: { text: 'Hello, class' } });
    const own = await student.event('chat.posted');
    expect(student.frames.indexOf(own)).toBeGreaterThan(student.frames.indexOf(ack));
    expect(own.hash).toBe(seen.hash);
  });

  it('brings a returning client exactly what it missed', async () => {
    await rig.enter({ sub: 'grace', role: 'instructor' });
    const student = await rig.enter({ sub: 'ada' });
    await student.command('chat.post', { text: 'one' });
    const first = await student.event('chat.posted');
    const positions = { all: student.position('all'), me: student.position('me') };
    student.terminate();
    const other = await rig.enter({ sub: 'bob' });
    for (const text of ['two', 'three']) await other.command('chat.post', { text });
    const back = await rig.enter({ sub: 'ada' }, { positions });
    expect(back.welcome.participant).toBe(student.welcome.participant);
    expect(back.frames.some((frame) => frame.frame === 'reset')).toBe(false);
    expect(back.events('chat.posted').map((event) => (event.body as { text: string }).text)).toEqual(['two', 'three']);
    expect(back.events().filter((event) => event.log === 'all')[0]?.offset).toBeGreaterThan(first.offset);
  });

  it('keeps everything through a restart, and sends a repeated command once', async () => {
    await rig.enter({ sub: 'grace', role: 'instructor' });
    const student = await rig.enter({ sub: 'ada' });
    const cmid = 'the-same-command-twice';
    const first = await student.command('chat.post', { text: 'once' }, { cmid });
    await rig.restart();
    const back = await rig.enter({ sub: 'ada' });
    const again = await back.command('chat.post', { text: 'once' }, { cmid, resend: true });
    expect(again).toEqual(first);
    const page = await rig.http('GET', '/v1/rooms/algebra/messages', { claims: { sub: 'ada' } });
    expect((page.body['items'] as { text: string }[]).map(({ text }) => text)).toEqual(['once']);
    const other = await back.command('chat.post', { text: 'another text' }, { cmid, resend: true });
    expect(other).toMatchObject({ frame: 'refused', code: 'cmid_conflict', retryable: false });
  });

  it('tells a student nothing of who asked anonymously', async () => {
    const teacher = await rig.enter({ sub: 'grace', role: 'instructor' });
    const asker = await rig.enter({ sub: 'ada', name: 'Ada' });
    const other = await rig.enter({ sub: 'bob' });
    const ack = await asker.command('question.ask', { text: 'Why?', anonymous: true });
    const asked = await other.event('question.asked');
    expect(asked.by).toBeNull();
    const from = other.texts.findIndex((text) => text.includes('question.asked'));
    expect(other.texts.slice(from).join('')).not.toContain(asker.welcome.participant);
    const author = await teacher.event('question.author');
    expect(author.body).toMatchObject({
      participant: asker.welcome.participant,
      question: idOf(ack),
    });
  });

  it('counts one vote for each person, and tells the count', async () => {
    const teacher = await rig.enter({ sub: 'grace', role: 'instructor' });
    const ada = await rig.enter({ sub: 'ada' });
    const bob = await rig.enter({ sub: 'bob' });
    const ack = await ada.command('question.ask', { text: 'Why?' });
    const question = idOf(ack);
    for (const voter of [ada, bob, bob]) await voter.command('vote.set', { question, value: true });
    await teacher.until(
      (frame) =>
        frame.frame === 'event' && frame.type === 'question.tallied' && (frame.body as { votes: number }).votes === 2,
    );
    const listed = await rig.http('GET', '/v1/rooms/algebra/questions', {
      claims: { sub: 'grace', role: 'instructor' },
    });
    expect((listed.body['items'] as { votes: number }[])[0]?.votes).toBe(2);
  });

  it('wipes a deleted message for those who come later, and keeps the chain', async () => {
    const teacher = await rig.enter({ sub: 'grace', role: 'instructor' });
    const ada = await rig.enter({ sub: 'ada' });
    const before = { all: ada.position('all') };
    const ack = await ada.command('chat.post', { text: 'something rude' });
    await teacher.command('chat.delete', { id: idOf(ack) });
    await ada.event('chat.deleted');
    const back = await rig.enter({ sub: 'bob' }, { positions: before });
    const posted = back.events('chat.posted')[0];
    expect(posted).toMatchObject({ body: null });
    expect(posted?.digest).toMatch(/^[0-9a-f]{64}$/u);
    expect(back.texts.join('')).not.toContain('something rude');
    await ada.caughtUp({ all: back.position('all') });
    expect(back.position('all').hash).toBe(ada.position('all').hash);
  });

  it('holds the class when the last teacher leaves, and ends it for all', async () => {
    const teacher = await rig.enter({ sub: 'grace', role: 'instructor' });
    const ada = await rig.enter({ sub: 'ada' });
    await teacher.command('person.leave', {});
    await ada.until(
      (frame) =>
        frame.frame === 'event' && frame.type === 'room.changed' && (frame.body as { state?: string }).state === 'held',
    );
    const back = await rig.enter({ sub: 'grace', role: 'instructor' });
    await ada.until(
      (frame) =>
        frame.frame === 'event' && frame.type === 'room.changed' && (frame.body as { state?: string }).state === 'live',
    );
    await back.command('room.end', {});
    expect(await ada.untilClosed()).toEqual({ code: 4504, reason: 'room_ended' });
    expect(back.closed).toBeNull();
    const late = await rig.open();
    await late.hello(await token({ sub: 'ada' }));
    expect(late.frames.some((frame) => frame.frame === 'welcome')).toBe(true);
    expect((await late.untilClosed()).code).toBe(4504);
  });

  it('removes a person, and bans one for good', async () => {
    const teacher = await rig.enter({ sub: 'grace', role: 'instructor' });
    const ada = await rig.enter({ sub: 'ada' });
    await teacher.command('person.remove', { participant: ada.welcome.participant });
    expect(await ada.untilClosed()).toEqual({ code: 4502, reason: 'person_removed' });
    const back = await rig.enter({ sub: 'ada' });
    await teacher.command('person.bar', { participant: back.welcome.participant, bar: 'room', barred: true });
    expect(await back.untilClosed()).toEqual({ code: 4503, reason: 'person_banned' });
    const again = await rig.open();
    expect(await again.hello(await token({ sub: 'ada' }))).toMatchObject({
      frame: 'refused',
      code: 'person_banned',
      retryable: false,
    });
    expect((await again.untilClosed()).code).toBe(4503);
    await rig.restart();
    const after = await rig.open();
    expect(await after.hello(await token({ sub: 'ada' }))).toMatchObject({ code: 'person_banned' });
  });

  it('opens the staff log to a promoted student, and closes it again', async () => {
    const teacher = await rig.enter({ sub: 'grace', role: 'instructor' });
    const ada = await rig.enter({ sub: 'ada' });
    await teacher.command('person.role', { participant: ada.welcome.participant, role: 'assistant' });
    const rights = await ada.until((frame) => frame.frame === 'rights');
    expect(rights).toMatchObject({ role: 'assistant' });
    expect(await ada.until((frame) => frame.frame === 'reset' && frame.log === 'staff')).toMatchObject({ why: 'role' });
    await teacher.command('person.role', { participant: ada.welcome.participant, role: 'student' });
    await ada.until((frame) => frame.frame === 'rights' && frame.role === 'student');
    const from = ada.frames.length;
    await teacher.command('chat.post', { text: 'note', to: 'staff' });
    await teacher.command('chat.post', { text: 'to all' });
    await ada.until((frame) => frame.frame === 'event' && frame.type === 'chat.posted', from);
    expect(ada.frames.slice(from).some((frame) => frame.frame === 'event' && frame.log === 'staff')).toBe(false);
  });

  it('says who is present, and who has left', async () => {
    const teacher = await rig.enter({ sub: 'grace', role: 'instructor' });
    const ada = await rig.enter({ sub: 'ada' });
    const { participant } = ada.welcome;
    await teacher.until(
      (frame) => frame.frame === 'presence' && frame.joined.some((person) => person.participant === participant),
    );
    await ada.command('person.leave', {});
    await teacher.until((frame) => frame.frame === 'presence' && frame.left.includes(participant));
  });
});
