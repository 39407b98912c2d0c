import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Role } from '@lms-live/protocol';
import type { LiveRoom } from '../src/rooms/live-room.js';
import { come, makeRoom, rosters, say } from './support/host.js';
import { idOf, startRig, type Peer, type Rig } from './support/rig.js';

const GRACE = { sub: 'grace', role: 'instructor' };

let rig: Rig;
let live: LiveRoom;
beforeEach(async () => {
  rig = await startRig();
  live = await makeRoom(rig, 'algebra', { policy: { 'questions.moderated': true } });
});
afterEach(() => rig.stop());

const lobbies = (peer: Peer): number => peer.frames.filter(({ frame }) => frame === 'lobby').length;
async function give(teacher: Peer, peer: Peer, role: Exclude<Role, 'service'>): Promise<void> {
  const from = peer.frames.length;
  const { participant } = peer.welcome;
  expect(await teacher.command('person.role', { participant, role })).toMatchObject({ frame: 'ack' });
  await peer.until((frame) => frame.frame === 'rights' && frame.role === role, from);
}

describe('a role that is given in class', () => {
  it('opens and closes all that belongs to staff, without coming in again', async () => {
    await live.setRoster([{ sub: 'absent', role: null, name: 'Somebody absent' }]);
    const grace = await rig.enter(GRACE);
    const ada = await rig.enter({ sub: 'ada' });
    const bob = await rig.enter({ sub: 'bob' });
    const question = idOf(await bob.command('question.ask', { text: 'Why?' }));
    await bob.command('hand.raise', {});
    const { participant: bobs } = bob.welcome;
    const moderate = async (): Promise<string[]> => {
      const answers = [
        await ada.command('hand.lower', { participant: bobs }),
        await ada.command('question.publish', { id: question }),
        await ada.command('person.media', { participant: bobs, audio: false }),
        await ada.command('room.change', { locked: true }),
      ];
      return answers.map((answer) => (answer.frame === 'refused' ? answer.code : answer.frame));
    };
    const none = ['forbidden', 'forbidden', 'forbidden', 'forbidden'];
    expect(await moderate()).toEqual(none);
    expect(ada.texts.join('')).not.toContain('Why?');

    await give(grace, ada, 'assistant');
    const reset = await ada.until((frame) => frame.frame === 'reset' && frame.log === 'staff');
    expect(reset).toMatchObject({ why: 'role' });
    expect(JSON.stringify(reset)).toContain('Why?');
    await ada.when(() => rosters(ada).length === 1 && lobbies(ada) === 1);
    expect(await moderate()).toEqual(['ack', 'ack', 'ack', 'ack']);
    await come(rig, { sub: 'eve' });
    await ada.when(() => lobbies(ada) === 2);
    await bob.command('chat.post', { text: 'for staff alone', to: 'staff' });
    await ada.when(() => ada.texts.join('').includes('for staff alone'));

    await give(grace, ada, 'student');
    await bob.command('hand.raise', {});
    expect(await moderate()).toEqual(none);
    const told = lobbies(ada);
    await come(rig, { sub: 'kim' });
    await bob.command('chat.post', { text: 'and again', to: 'staff' });
    await grace.when(() => grace.texts.join('').includes('and again'));
    await ada.heard();
    expect(ada.texts.join('')).not.toContain('and again');
    expect(lobbies(ada)).toBe(told);
  });

  it('stands over a reload, another tab, HTTP and a restart, also where it is less than the token says', async () => {
    const grace = await rig.enter(GRACE);
    const ada = await rig.enter({ sub: 'ada' });
    const tim = await rig.enter({ sub: 'tim', role: 'assistant' });
    await give(grace, ada, 'assistant');
    await give(grace, tim, 'student');
    const expectRoles = async (): Promise<void> => {
      expect((await come(rig, { sub: 'ada' })).first).toMatchObject({ frame: 'welcome', role: 'assistant' });
      expect((await come(rig, { sub: 'tim', role: 'assistant' })).first).toMatchObject({ role: 'student' });
    };
    await expectRoles();
    ada.terminate();
    tim.terminate();
    await expectRoles();
    await rig.restart();
    await expectRoles();
    const asTim = await rig.http('POST', '/v1/rooms/algebra/start', { claims: { sub: 'tim', role: 'assistant' } });
    expect(asTim).toMatchObject({ status: 403, body: { code: 'forbidden' } });
  });

  it('is given in every tab at once', async () => {
    const grace = await rig.enter(GRACE);
    const ada = await rig.enter({ sub: 'ada' });
    const tab = await rig.enter({ sub: 'ada' });
    await give(grace, ada, 'assistant');
    await tab.until((frame) => frame.frame === 'rights' && frame.role === 'assistant');
    await tab.until((frame) => frame.frame === 'reset' && frame.log === 'staff');
  });

  it('is nobody’s to give to themselves, so that a class keeps its teacher', async () => {
    const grace = await rig.enter(GRACE);
    const { participant } = grace.welcome;
    for (const answer of [
      await grace.command('person.role', { participant, role: 'student' }),
      await grace.command('person.remove', { participant }),
      await grace.command('person.bar', { participant, bar: 'room', barred: true }),
    ])
      expect(answer).toMatchObject({ code: 'self_refused' });
  });
});

describe('the owners of a room', () => {
  it('alone change its record; whoever teaches in it leads the class all the same', async () => {
    const owned = await makeRoom(rig, 'logic', { owners: ['grace'] });
    const tom = await rig.enter({ sub: 'tom', role: 'instructor', room: 'logic' });
    expect(await tom.command('room.change', { title: 'Mine' })).toMatchObject({
      code: 'forbidden',
      detail: { grant: 'owner' },
    });
    expect(await tom.command('room.change', { locked: true, policy: { 'chat.mode': 'slow' } })).toMatchObject({
      frame: 'ack',
    });
    expect(await tom.command('room.end', {})).toMatchObject({ frame: 'ack' });
    const grace = await rig.enter({ ...GRACE, room: 'logic' });
    expect(await grace.command('room.change', { title: 'Logic' })).toMatchObject({ frame: 'ack' });
    await owned.room.changeRecord({ owners: ['tom'] });
    expect(await grace.command('room.change', { title: 'Algebra' })).toMatchObject({ code: 'forbidden' });
    expect(await tom.command('room.change', { title: 'Geometry' })).toMatchObject({ frame: 'ack' });
    await owned.room.changeRecord({ owners: [] });
    expect(await grace.command('room.change', { title: 'Algebra' })).toMatchObject({ frame: 'ack' });
  });

  it('stay over a restart, and are in no frame', async () => {
    const owned = await makeRoom(rig, 'logic', { owners: ['grace-in-the-office'] });
    await owned.room.changeRecord({ externalRef: 'appointment-17' });
    await rig.restart();
    const tom = await rig.enter({ sub: 'tom', role: 'instructor', room: 'logic' });
    expect(await tom.command('room.change', { title: 'Mine' })).toMatchObject({ code: 'forbidden' });
    expect(tom.texts.join('')).not.toMatch(/grace-in-the-office|appointment-17/u);
  });
});

describe('a setting that the host has fixed', () => {
  it('is changed and freed by the host alone, and applies at once', async () => {
    const grace = await rig.enter(GRACE);
    const ada = await rig.enter({ sub: 'ada' });
    await say(live, 'room.change', { policy: { 'chat.enabled': { value: false, teacherEditable: false } } });
    await ada.until((frame) => frame.frame === 'event' && frame.type === 'room.changed');
    expect(await ada.command('chat.post', { text: 'Hi' })).toMatchObject({ code: 'chat_disabled' });
    for (const value of [true, { value: true, teacherEditable: true }])
      expect(await grace.command('room.change', { policy: { 'chat.enabled': value } })).toMatchObject({
        code: 'policy_fixed',
        detail: { key: 'chat.enabled' },
      });
    // As it is it may be sent, and that frees nothing.
    const same = { 'chat.enabled': { value: false, teacherEditable: true } };
    expect(await grace.command('room.change', { policy: same })).toMatchObject({ frame: 'ack' });
    expect(await grace.command('room.change', { policy: { 'chat.enabled': true } })).toMatchObject({
      frame: 'refused',
    });
    await say(live, 'room.change', { policy: { 'chat.enabled': { value: true, teacherEditable: true } } });
    expect(await ada.command('chat.post', { text: 'Hi' })).toMatchObject({ frame: 'ack' });
    expect(await grace.command('room.change', { policy: { 'chat.enabled': false } })).toMatchObject({ frame: 'ack' });
    expect(await ada.command('chat.post', { text: 'Hi' })).toMatchObject({ code: 'chat_disabled' });
  });
});
