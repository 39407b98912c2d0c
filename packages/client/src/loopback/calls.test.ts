import { afterEach, describe, expect, test } from 'vitest';
import { LIMITS, type MediaSession, type RtcBody } from '@lms-live/protocol';
import { LoopbackPage } from '../testing/loopback-page.js';
import type { MediaWish, RoomClient, RoomEvents } from '../types.js';

const PEOPLE = Object.fromEntries(
  ['anna', 'ben', ...Array.from({ length: 13 }, (_, index) => `s${String(index)}`)].map((name) => [
    name,
    { sub: name, name, role: 'student' as const },
  ]),
);
const WISH: MediaWish = { live: true, audio: true, video: true, share: false };
const OFFER: RtcBody = { epoch: 1, ack: 0, seq: 1, message: { type: 'offer', negotiation: 1, sdp: 'v=0' } };

let page: LoopbackPage;
afterEach(async () => {
  await page.end();
});

const participantOf = (person: string): string => page.server.as(person).participant;
const listOf = (client: RoomClient): MediaSession[] => [...client.getState().media.sessions.values()];
const sessionOf = (client: RoomClient, person: string): MediaSession | undefined =>
  listOf(client).find(({ participant }) => participant === participantOf(person));

async function connected(person: string, wish: MediaWish | null = WISH): Promise<RoomClient> {
  const client = page.connect(person);
  await page.pass();
  client.setMedia(wish);
  await page.pass();
  return client;
}

function heard<K extends keyof RoomEvents>(client: RoomClient, event: K): RoomEvents[K][] {
  const all: RoomEvents[K][] = [];
  client.on(event, (detail) => all.push(detail));
  return all;
}

describe('media sessions', () => {
  test('are shown to everyone, and say what is on', async () => {
    page = new LoopbackPage({ people: PEOPLE });
    const anna = await connected('anna');
    const ben = await connected('ben', null);
    const own = anna.getState().media.own;
    expect(own).toMatchObject({ live: true, audio: true, video: true, mode: 'video' });
    expect(listOf(ben)).toEqual([own]);
    anna.setMedia({ ...WISH, video: false });
    await page.pass();
    expect(sessionOf(ben, 'anna')).toMatchObject({ session: own?.session, video: false });
    anna.setMedia(null);
    await page.pass();
    expect(listOf(ben)).toEqual([]);
    expect(anna.getState().media).toMatchObject({ own: null, settled: true });
  });

  test.each(['media', 'session'])('are settled although each first %s frame is lost', async (frame) => {
    page = new LoopbackPage({ people: PEOPLE });
    const anna = page.connect('anna');
    const ben = page.connect('ben');
    await page.pass();
    page.server.dropNext(frame);
    anna.setMedia(WISH);
    await page.pass();
    await page.pass(LIMITS.mediaRetryMs);
    expect(anna.getState().media).toMatchObject({ settled: true, own: { audio: true } });
    page.server.dropNext('media');
    ben.setMedia(WISH);
    await page.pass();
    await page.pass(LIMITS.pingIntervalMs);
    expect(listOf(anna)).toHaveLength(2);
    expect(listOf(ben)).toHaveLength(2);
  });

  test('of people on the pre-join are warmed, and live once they have joined', async () => {
    page = new LoopbackPage({ people: PEOPLE });
    const ben = await connected('ben', null);
    const anna = page.connect('anna', { join: false });
    await page.pass();
    anna.setMedia({ ...WISH, live: false });
    await page.pass();
    expect(sessionOf(ben, 'anna')).toMatchObject({ live: false });
    anna.setMedia(WISH);
    await page.pass();
    expect(sessionOf(ben, 'anna')).toMatchObject({ live: false });
    await anna.join();
    await page.pass();
    expect(sessionOf(ben, 'anna')).toMatchObject({ live: true });
  });

  test('are six with cameras, six with sound, and none beyond, with a name for each', async () => {
    page = new LoopbackPage({ people: PEOPLE });
    const anna = await connected('anna', null);
    const scripted = Array.from({ length: 13 }, (_, index) => page.server.as(`s${String(index)}`));
    const given: (MediaSession | null)[] = [];
    for (const actor of scripted) {
      await actor.join();
      given.push(await actor.setMedia({ audio: true, video: true }));
    }
    await page.pass();
    expect(given.map((session) => session?.mode)).toEqual([
      ...Array<string>(6).fill('video'),
      ...Array<string>(6).fill('audio'),
      'none',
    ]);
    expect(listOf(anna)).toHaveLength(12);
    await scripted[0]?.leave();
    await page.pass();
    expect(sessionOf(anna, 's6')).toMatchObject({ mode: 'video', video: false, may: { video: true } });
  });

  test('wait for a lost socket, and go on with it', async () => {
    page = new LoopbackPage({ people: PEOPLE });
    const ben = await connected('ben');
    const anna = page.server.as('anna');
    await anna.join();
    const before = await anna.setMedia({ audio: true });
    await anna.setAway(true);
    await page.pass();
    expect(sessionOf(ben, 'anna')).toEqual({ ...before, away: true });
    await anna.setAway(false);
    await page.pass();
    expect(sessionOf(ben, 'anna')).toEqual(before);
    await anna.setAway(true);
    await page.pass(LIMITS.mediaGraceMs);
    expect(sessionOf(ben, 'anna')).toBeUndefined();
  });

  test('of a page go on over a broken connection, under the same name', async () => {
    page = new LoopbackPage({ people: PEOPLE });
    const anna = await connected('anna');
    const ben = await connected('ben');
    const before = anna.getState().media.own;
    page.server.closeSockets({ code: 4000, person: 'anna' });
    await page.pass(2_000);
    expect(anna.getState().media.own).toEqual(before);
    expect(sessionOf(ben, 'anna')).toEqual(before);
  });

  test('are the same after a restart of the server, and nobody is dropped from the list meanwhile', async () => {
    page = new LoopbackPage({ people: PEOPLE });
    const anna = await connected('anna');
    const ben = await connected('ben');
    const cleo = page.server.as('s0');
    await cleo.join();
    await cleo.setMedia({ audio: true });
    await cleo.setAway(true);
    await page.pass();
    const before = listOf(anna).map(({ session, number }) => [session, number]);
    const sizes: number[] = [];
    anna.subscribe(({ media }) => sizes.push(media.sessions.size));
    page.server.stop();
    await page.pass();
    page.server.start();
    await page.pass(3_000);
    for (const client of [anna, ben]) expect(client.getState().media).toMatchObject({ complete: false, settled: true });
    expect(
      listOf(anna)
        .map(({ session, number }) => [session, number])
        .sort(),
    ).toEqual(before.sort());
    expect(Math.min(...sizes)).toBe(3);
    await page.pass(LIMITS.restartGraceMs);
    expect(anna.getState().media.complete).toBe(true);
    expect(sessionOf(anna, 's0')).toBeUndefined();
    expect(listOf(ben)).toHaveLength(2);
  });

  test('are taken over by another tab of the person, which is told to the first', async () => {
    page = new LoopbackPage({ people: PEOPLE });
    const ben = await connected('ben');
    const first = await connected('anna');
    const second = page.server.as('anna');
    expect(await second.setMedia({ audio: true })).toBeNull();
    const taken = await second.setMedia({ audio: true, take: true });
    await page.pass();
    expect(first.getState().media).toMatchObject({ own: null, why: 'taken', settled: true });
    expect(sessionOf(ben, 'anna')).toMatchObject({ session: taken?.session, audio: true });
    page.server.stop();
    await page.pass();
    page.server.start();
    await page.pass(3_000);
    expect(first.getState().media).toMatchObject({ own: null, why: 'taken' });
    expect(sessionOf(ben, 'anna')).toMatchObject({ session: taken?.session });
  });

  test('end with the class, and for whoever is removed', async () => {
    page = new LoopbackPage({ people: PEOPLE });
    const teacher = await connected('instructor');
    await connected('anna');
    await connected('ben');
    await page.server.as('instructor').send('person.remove', { participant: participantOf('anna') });
    await page.pass();
    expect(listOf(teacher)).toHaveLength(2);
    await teacher.send('room.end', {});
    await page.pass();
    expect(listOf(teacher)).toEqual([]);
    expect(teacher.getState().media).toMatchObject({ own: null, why: 'ended' });
    teacher.setMedia({ ...WISH, audio: false });
    await page.pass();
    expect(teacher.getState().media).toMatchObject({ own: null, why: 'ended', settled: true });
  });

  test('follow the policy and what staff block', async () => {
    page = new LoopbackPage({ people: PEOPLE });
    const anna = await connected('anna');
    const muted = heard(anna, 'muted');
    const teacher = page.server.as('instructor');
    await teacher.send('person.media', { participant: participantOf('anna'), audio: false });
    await page.pass();
    expect(anna.getState().media.own).toMatchObject({ audio: false, video: true, may: { audio: false, video: true } });
    await teacher.send('room.change', { policy: { 'media.students': 'none' } });
    await page.pass();
    expect(anna.getState().media.own).toMatchObject({ video: false, may: { audio: false, video: false } });
    expect(muted).toEqual([
      { by: null, source: 'audio' },
      { by: null, source: 'video' },
    ]);
  });

  test('are not there in a room whose calls are made by something else', async () => {
    page = new LoopbackPage({ people: PEOPLE, room: { kind: 'livestream' } });
    const anna = page.connect('anna');
    const errors = heard(anna, 'error');
    await page.pass();
    anna.setMedia(WISH);
    await page.pass();
    expect(anna.getState().media).toMatchObject({ own: null, settled: true });
    expect(errors).toMatchObject([{ code: 'not_supported', detail: { kind: 'livestream' } }]);
  });
});

describe('signals of calls', () => {
  test('go to one session, with whom and which session they come from', async () => {
    page = new LoopbackPage({ people: PEOPLE });
    const [anna, ben, teacher] = [await connected('anna'), await connected('ben'), await connected('instructor')];
    const signals = [anna, ben, teacher].map((client) => heard(client, 'rtc'));
    const session = anna.getState().media.own?.session ?? '';
    expect(anna.sendRtc(ben.getState().media.own?.session ?? '', OFFER)).toBe(true);
    anna.sendRtc('nobody', OFFER);
    await page.pass();
    expect(signals).toEqual([[], [{ session, participant: participantOf('anna'), body: OFFER }], []]);
  });

  test('reach scripted people too, and come from them', async () => {
    page = new LoopbackPage({ people: PEOPLE });
    const ben = await connected('ben');
    const signals = heard(ben, 'rtc');
    const anna = page.server.as('anna');
    const got: unknown[] = [];
    const stop = anna.onSignal((signal) => got.push(signal.body));
    const own = await anna.setMedia({ live: false });
    const to = ben.getState().media.own?.session ?? '';
    anna.sendRtc(to, OFFER);
    await page.pass();
    expect(signals).toEqual([{ session: own?.session, participant: anna.participant, body: OFFER }]);
    ben.sendRtc(own?.session ?? '', { epoch: 1, ack: 1 });
    await page.pass();
    stop();
    ben.sendRtc(own?.session ?? '', { epoch: 1, ack: 2 });
    await page.pass();
    expect(got).toEqual([{ epoch: 1, ack: 1 }]);
  });

  test('are without addresses where media goes through a relay alone', async () => {
    page = new LoopbackPage({ people: PEOPLE, room: { policy: { relayOnly: true } } });
    const [anna, ben] = [await connected('anna'), await connected('ben')];
    const signals = heard(ben, 'rtc');
    const candidate = { candidate: 'candidate:1 1 udp 1 192.0.2.7 5 typ host', sdpMid: '0' };
    const body: RtcBody = { epoch: 1, ack: 0, seq: 1, message: { type: 'candidate', negotiation: 1, candidate } };
    anna.sendRtc(ben.getState().media.own?.session ?? '', body);
    await page.pass();
    expect(signals.map((signal) => signal.body.message)).toEqual([{ type: 'withheld' }]);
  });
});

describe('staff', () => {
  test('mute one, who is told who it was, once, and may speak again', async () => {
    page = new LoopbackPage({ people: PEOPLE });
    const [teacher, anna, ben] = [await connected('instructor'), await connected('anna'), await connected('ben')];
    const [muted, others] = [heard(anna, 'muted'), heard(ben, 'muted')];
    teacher.signal('mute', { participant: participantOf('anna'), source: 'audio' });
    await page.pass();
    await page.pass(LIMITS.pingIntervalMs);
    expect(muted).toEqual([{ by: participantOf('instructor'), source: 'audio' }]);
    expect(others).toEqual([]);
    expect(sessionOf(ben, 'anna')).toMatchObject({ audio: false, video: true, may: { audio: true } });
    anna.setMedia(WISH);
    await page.pass();
    expect(sessionOf(ben, 'anna')).toMatchObject({ audio: true });
    expect(muted).toHaveLength(1);
  });

  test('are named for a mute only: what policy turns off later has no name', async () => {
    page = new LoopbackPage({ people: PEOPLE });
    const [teacher, anna] = [await connected('instructor'), await connected('anna')];
    const muted = heard(anna, 'muted');
    teacher.signal('mute', { source: 'audio' });
    await page.pass();
    await teacher.send('room.change', { policy: { 'media.students': 'none' } });
    await page.pass();
    expect(muted).toEqual([
      { by: participantOf('instructor'), source: 'audio' },
      { by: null, source: 'video' },
    ]);
  });

  test('mute everyone but staff', async () => {
    page = new LoopbackPage({ people: PEOPLE });
    const teacher = await connected('instructor');
    for (const person of ['assistant', 'anna', 'ben']) await connected(person);
    teacher.signal('mute', { source: 'audio' });
    await page.pass();
    expect(['instructor', 'assistant', 'anna', 'ben'].map((person) => sessionOf(teacher, person)?.audio)).toEqual([
      true,
      true,
      false,
      false,
    ]);
  });

  test('ask one to turn something on, and nobody else hears of it', async () => {
    page = new LoopbackPage({ people: PEOPLE });
    const [teacher, anna, ben] = [await connected('instructor'), await connected('anna'), await connected('ben')];
    const [asked, others] = [heard(anna, 'asked'), heard(ben, 'asked')];
    teacher.signal('ask', { participant: participantOf('anna'), source: 'video' });
    await page.pass();
    expect(asked).toEqual([{ by: participantOf('instructor'), source: 'video' }]);
    expect(others).toEqual([]);
  });

  test('are refused where they may not, with a code', async () => {
    page = new LoopbackPage({ people: PEOPLE });
    const [teacher, assistant, anna] = [
      await connected('instructor'),
      await connected('assistant'),
      await connected('anna'),
    ];
    const errors = [assistant, anna].map((client) => heard(client, 'error'));
    assistant.signal('mute', { participant: participantOf('instructor'), source: 'audio' });
    anna.signal('mute', { participant: participantOf('assistant'), source: 'audio' });
    anna.signal('ask', { participant: participantOf('assistant'), source: 'audio' });
    await page.pass();
    expect(errors.map((list) => list.map(({ code }) => code))).toEqual([['role_required'], ['forbidden', 'forbidden']]);
    expect(listOf(teacher).map(({ audio }) => audio)).toEqual([true, true, true]);
    expect(() => page.server.as('anna').signal('mute', { source: 'audio' })).toThrow(
      expect.objectContaining({ code: 'forbidden' }),
    );
  });
});

describe('the lobby', () => {
  const lobbyOf = (client: RoomClient): (readonly [string, string | undefined])[] =>
    client.getState().lobby.people.map(({ name, why }) => [name, why] as const);

  test('is shown to staff alone, as it changes', async () => {
    page = new LoopbackPage({ people: PEOPLE, room: { policy: { 'join.lobby': true } } });
    const teacher = page.connect('instructor');
    await page.server.as('ben').join();
    const anna = page.connect('anna');
    await page.pass();
    expect(lobbyOf(teacher)).toEqual([['anna', 'lobby']]);
    await page.server.as('s0').knock();
    await page.pass();
    expect(teacher.getState().lobby).toMatchObject({ count: 2 });
    await teacher.send('person.admit', { participant: participantOf('anna'), admitted: true });
    await teacher.send('person.admit', { participant: participantOf('s0'), admitted: false });
    await page.pass();
    expect(teacher.getState().lobby).toEqual({ count: 0, people: [] });
    expect(anna.getState().connection.state).toBe('online');
    await page.server.as('s1').knock();
    await page.pass();
    expect(lobbyOf(teacher)).toEqual([['s1', 'lobby']]);
    expect(anna.getState().lobby.count).toBe(0);
    const assistant = page.connect('assistant');
    await page.pass();
    expect(lobbyOf(assistant)).toEqual([['s1', 'lobby']]);
  });

  test('is shown to whoever becomes staff, and no more to whoever is it no more', async () => {
    page = new LoopbackPage({ people: PEOPLE });
    const anna = page.connect('anna');
    const teacher = page.connect('instructor');
    await page.pass();
    await teacher.send('room.change', { locked: true });
    await page.server.as('s0').knock();
    await page.pass();
    expect(anna.getState().lobby.count).toBe(0);
    await teacher.send('person.role', { participant: participantOf('anna'), role: 'assistant' });
    await page.pass();
    expect(lobbyOf(anna)).toEqual([['s0', 'locked']]);
    await teacher.send('person.role', { participant: participantOf('anna'), role: 'student' });
    await page.pass();
    expect(anna.getState().lobby.count).toBe(0);
  });
});
