import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { LIMITS } from '@lms-live/protocol';
import { hashPassword, isPassword } from '../src/admission/password.js';
import { Passwords } from '../src/admission/passwords.js';
import { AdmissionError, givePassword } from '../src/gateway/admission.js';
import type { LiveRoom } from '../src/rooms/live-room.js';
import { come, makeRoom, setPassword, waits, welcomed } from './support/host.js';
import { startRig, TENANT, type Peer, type Rig } from './support/rig.js';

const GRACE = { sub: 'grace', role: 'instructor' };

describe('a password', () => {
  it('is kept as a hash with a salt of its own, which says nothing of it', async () => {
    const [a, b] = [await hashPassword('open sesame'), await hashPassword('open sesame')];
    expect(a).not.toBe(b);
    expect(a).toMatch(/^scrypt\$16384\$8\$1\$[\w-]{22}\$[\w-]{43}$/u);
    expect(await isPassword('open sesame', a)).toBe(true);
    for (const wrong of ['open sesam', 'open sesame ', 'Open sesame', ''])
      expect(await isPassword(wrong, a)).toBe(false);
  });

  it('is the same however a keyboard composes its letters', async () => {
    expect(await isPassword('cafe\u0301', await hashPassword('caf\u00e9'))).toBe(true);
  });

  it('is not what was never hashed here', async () => {
    for (const hash of ['', 'open', 'scrypt$16384$8$1$$', 'md5$1$1$1$aa$bb'])
      expect(await isPassword('open', hash)).toBe(false);
  });

  it('of a class that says the same is looked at once, not once for each', async () => {
    const passwords = new Passwords();
    const hash = await hashPassword('open sesame');
    const of = (at: number, text: string): Parameters<Passwords['try']>[0] => ({
      key: 1,
      hash,
      participant: `p${String(at)}`,
      address: '192.0.2.1',
      text,
    });
    expect(await passwords.try(of(0, 'open sesame'))).toEqual({ right: true });
    const startedAt = performance.now();
    const all = await Promise.all(Array.from({ length: 200 }, (_, at) => passwords.try(of(at + 1, 'open sesame'))));
    expect(all.every(({ right }) => right)).toBe(true);
    // One slow hash takes longer than all of these.
    const manyMs = performance.now() - startedAt;
    await isPassword('x', hash);
    expect(manyMs / 200).toBeLessThan(performance.now() - startedAt - manyMs);
  });

  it('is tried so often by one person, and by one address', async () => {
    const passwords = new Passwords();
    const hash = await hashPassword('open sesame');
    const guess = (participant: string, address: string, text = 'x'): ReturnType<Passwords['try']> =>
      passwords.try({ key: 1, hash, participant, address, text });
    for (let at = 0; at < LIMITS.passwordBurst; at += 1)
      expect(await guess('eve', `192.0.2.${String(at)}`)).toEqual({ right: false, isWrong: true, retryAfterMs: null });
    const refused = await guess('eve', '192.0.2.200', 'open sesame');
    expect(refused).toMatchObject({ right: false, isWrong: false });
    expect((refused as { retryAfterMs: number }).retryAfterMs).toBeGreaterThan(5_000);
    const others = Array.from({ length: LIMITS.addressPasswordBurst }, (_, at) =>
      guess(`p${String(at)}`, '198.51.100.1'),
    );
    expect(await guess('mallory', '198.51.100.1', 'open sesame')).toMatchObject({ right: false, isWrong: false });
    await Promise.all(others);
    expect(await guess('ada', '192.0.2.77', 'open sesame')).toEqual({ right: true });
  }, 20_000);
});

describe('a class with a password', () => {
  let rig: Rig;
  let live: LiveRoom;
  let grace: Peer;
  beforeEach(async () => {
    rig = await startRig();
    live = await makeRoom(rig, 'algebra');
    await setPassword(live, 'open sesame');
    grace = await rig.enter(GRACE);
  });
  afterEach(() => rig.stop());

  it('lets staff in without it, says that there is one, and never which', async () => {
    expect(grace.welcome.role).toBe('instructor');
    const tim = await come(rig, { sub: 'tim', role: 'assistant' });
    expect(tim.first).toMatchObject({ frame: 'welcome' });
    expect(live.room.rules.all.room.hasPassword).toBe(true);
    expect(grace.texts.join('')).toContain('"hasPassword":true');
    expect(grace.texts.join('')).not.toContain('scrypt');
  });

  it('asks for it at the door, says where it is wrong, and lets in with the right one', async () => {
    const { peer: ada, first } = await come(rig, { sub: 'ada' });
    expect(first).toMatchObject({ frame: 'waiting', why: 'password' });
    ada.send({ frame: 'knock', password: 'sesame' });
    await ada.when(() => waits(ada).length === 2);
    expect(waits(ada)[1]).toMatchObject({ why: 'password', isWrong: true });
    ada.send({ frame: 'knock', password: 'open sesame' });
    await welcomed(ada);
    await ada.present(ada.welcome.participant);
  });

  it('takes it with the hello, and remembers who was right: after a reload and in a second tab', async () => {
    const wrong = await come(rig, { sub: 'bob' }, { password: 'x' });
    expect(wrong.first).toMatchObject({ frame: 'waiting', why: 'password', isWrong: true });
    const { peer, first } = await come(rig, { sub: 'ada' }, { password: 'open sesame' });
    expect(first).toMatchObject({ frame: 'welcome' });
    await peer.command('person.leave', {});
    peer.terminate();
    expect((await come(rig, { sub: 'ada' })).first).toMatchObject({ frame: 'welcome' });
    expect((await come(rig, { sub: 'ada' })).first).toMatchObject({ frame: 'welcome' });
    expect((await come(rig, { sub: 'eve' })).first).toMatchObject({ frame: 'waiting', why: 'password' });
  });

  it('asks again once it is another one, and throws out nobody who is in', async () => {
    const { peer: ada } = await come(rig, { sub: 'ada' }, { password: 'open sesame' });
    await setPassword(live, 'another');
    await ada.heard();
    expect(ada.closed).toBeNull();
    // A reload is no new arrival.
    ada.terminate();
    const { peer: again, first } = await come(rig, { sub: 'ada' });
    expect(first).toMatchObject({ frame: 'welcome' });
    await again.when(() => again.frames.some((frame) => frame.frame === 'presence' && !frame.full));
    await again.command('person.leave', {});
    again.terminate();
    expect((await come(rig, { sub: 'ada' })).first).toMatchObject({ frame: 'waiting', why: 'password' });
  });

  it('asks nobody any more once there is none, who waits least of all', async () => {
    const { peer: ada } = await come(rig, { sub: 'ada' });
    await setPassword(live, null);
    await welcomed(ada);
    expect(live.room.rules.all.room.hasPassword).toBe(false);
  });

  it('says after too many tries how long no other is looked at', async () => {
    const { peer: eve } = await come(rig, { sub: 'eve' });
    for (let at = 0; at < LIMITS.passwordBurst; at += 1) eve.send({ frame: 'knock', password: `guess ${String(at)}` });
    eve.send({ frame: 'knock', password: 'open sesame' });
    await eve.when(() => waits(eve).length === LIMITS.passwordBurst + 2);
    const last = waits(eve).at(-1);
    expect(last).toMatchObject({ why: 'password' });
    expect(last?.isWrong).toBeUndefined();
    expect(last?.retryAfterMs).toBeGreaterThan(5_000);
    // More tabs give nobody more tries.
    const again = await come(rig, { sub: 'eve' }, { password: 'open sesame' });
    expect(again.first).toMatchObject({ frame: 'waiting', why: 'password' });
    expect((await come(rig, { sub: 'ada' }, { password: 'open sesame' })).first).toMatchObject({ frame: 'welcome' });
  });

  it('stands before the lobby, and in front of what was said in a class that is over', async () => {
    await grace.command('room.change', { policy: { 'join.lobby': true } });
    const { peer: ada } = await come(rig, { sub: 'ada' }, { password: 'open sesame' });
    expect(waits(ada).map(({ why }) => why)).toEqual(['lobby']);
    await grace.command('chat.post', { text: 'a secret of the class' });
    await grace.command('room.end', {});
    const { peer: eve, first } = await come(rig, { sub: 'eve' });
    expect(first).toMatchObject({ frame: 'waiting', why: 'password' });
    expect(eve.texts.join('')).not.toContain('a secret of the class');
  });

  it('holds over HTTP as on the socket', async () => {
    const read = await rig.http('GET', '/v1/rooms/algebra/messages', { claims: { sub: 'ada' } });
    expect(read).toMatchObject({ status: 403, body: { code: 'password_required' } });
    const { participant } = await rig.server.directory.participant(live.room, 'ada');
    const attempt = { participant, address: '192.0.2.1' };
    const wrong = givePassword(live, { ...attempt, text: 'x' });
    await expect(wrong).rejects.toMatchObject({ name: AdmissionError.name, code: 'password_wrong' });
    await givePassword(live, { ...attempt, text: 'open sesame' });
    expect(await rig.http('GET', '/v1/rooms/algebra/messages', { claims: { sub: 'ada' } })).toMatchObject({
      status: 200,
    });
  });

  it('is there after a restart', async () => {
    await rig.restart();
    expect((await come(rig, { sub: 'ada' })).first).toMatchObject({ frame: 'waiting', why: 'password' });
    expect((await rig.server.directory.get(TENANT.id, 'algebra'))?.room.rules.all.room.hasPassword).toBe(true);
  });
});
