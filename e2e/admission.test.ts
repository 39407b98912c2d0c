/** Coming in, as it is lived through on both sides of the door: the built server, pages of plain HTML under the strictest policy, Chromium. */
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { closeEverything } from './support/cleanup.js';
import { Bench, elementHtml, type PlainTab } from './support/elements.js';
import { expectClean } from './support/person.js';
import type { Claims } from './support/school.js';
import { eventually, PATIENCE_MS } from './support/until.js';

/** The times in a token are whole seconds: one that is to be newer than a withdrawal comes a second later. */
const NEWER_MS = 1_100;
const MINUTE_MS = 60_000;

const TEACHER = { sub: 'okafor', name: 'Ms Okafor', role: 'instructor' } as const;
const ADA = { sub: 'pupil-ada', name: 'Ada', role: 'student' } as const;
const BEN = { sub: 'pupil-ben', name: 'Ben', role: 'student' } as const;
const CLEO = { sub: 'pupil-cleo', name: 'Cleo', role: 'student' } as const;

let bench: Bench;
let teacher: PlainTab;
let ada: PlainTab;
let ben: PlainTab;
let cleo: PlainTab;

beforeAll(async () => {
  bench = await Bench.open();
  [teacher, ada, ben, cleo] = await Promise.all([bench.tab(), bench.tab(), bench.tab(), bench.tab()]);
});

afterEach(() => expectClean([teacher, ada, ben, cleo]));

afterAll(closeEverything);

async function open(page: PlainTab, tag: string, claims: Claims, more: Record<string, string> = {}): Promise<void> {
  const room = typeof claims.room === 'string' ? claims.room : '';
  const attributes = { server: bench.product.liveUrl, room, ...more };
  const token = 'token-url' in more ? {} : { token: bench.token(claims) };
  await page.show(elementHtml(tag, { ...attributes, ...token }));
}

const openStaff = (room: string, claims: Claims = TEACHER): Promise<void> =>
  open(teacher, 'lms-people', { ...claims, room });
const openStudent = (page: PlainTab, room: string, claims: Claims): Promise<void> =>
  open(page, 'lms-chat', { ...claims, room });

const read = async (page: PlainTab, tag: 'lms-people' | 'lms-chat' = 'lms-chat'): Promise<string> =>
  (await page.shown(tag)).text;
const reads = (page: PlainTab, tag?: 'lms-people' | 'lms-chat'): ReturnType<typeof eventually<string>> =>
  eventually(() => read(page, tag));
const isIn = (page: PlainTab): Promise<void> => eventually(() => page.connection('lms-chat')).toBe('online');

const press = (page: PlainTab, element: string, name: string): Promise<void> =>
  page.tab.click({ element, css: 'button', name });

async function answerDialog(page: PlainTab, element: string, text: string): Promise<void> {
  await page.tab.fill({ element, css: 'dialog textarea' }, text);
  await page.tab.click({ element, css: 'dialog .primary' });
}

test('a note reaches the teacher, an answer those who wait, and all are let in at once', async () => {
  const room = 'lobby';
  await bench.liveRoom(room, { policy: { 'join.lobby': true } });
  await openStaff(room);
  await Promise.all([openStudent(ada, room, ADA), openStudent(ben, room, BEN)]);
  await reads(ada).toContain('The teacher will let you in');
  await press(ada, 'lms-chat', 'Write a note to the teacher');
  await ada.tab.fill({ element: 'lms-chat', css: '#note' }, 'My bus was late');
  await press(ada, 'lms-chat', 'Send the note');
  await reads(ada).toContain('Your note is with the teacher.');
  await reads(teacher, 'lms-people').toContain('My bus was late');
  await reads(teacher, 'lms-people').toContain('Admit all (2)');

  await press(teacher, 'lms-people', 'Write to everyone who waits');
  await answerDialog(teacher, 'lms-people', 'Two more minutes, please');
  for (const page of [ada, ben]) await reads(page).toMatch(/Ms Okafor writes: Two more minutes, please/u);
  await press(teacher, 'lms-people', 'Write to Ben');
  await answerDialog(teacher, 'lms-people', 'Ben, which group are you in?');
  await reads(ben).toContain('which group are you in?');
  expect(await read(ada)).toContain('Two more minutes');

  await press(teacher, 'lms-people', 'Admit all (2)');
  await Promise.all([isIn(ada), isIn(ben)]);
  await reads(teacher, 'lms-people').toContain('3 people');
});

test('who was declined reads it, and comes in after the teacher has taken it back', async () => {
  const room = 'declined';
  await bench.liveRoom(room, { policy: { 'join.lobby': true } });
  await openStaff(room);
  await openStudent(ada, room, ADA);
  await press(teacher, 'lms-people', 'Decline Ada');
  await reads(ada).toContain('You were not let in to this class.');
  await reads(teacher, 'lms-people').toContain('Ada was not let in');
  await ada.mend('lms-chat');
  await sleep(500);
  await reads(ada).toContain('You were not let in to this class.');
  await press(teacher, 'lms-people', 'Undo: Admit Ada');
  await eventually(() => teacher.tab.has({ element: 'lms-people', css: '.lobby' })).toBe(false);
  await ada.mend('lms-chat');
  await isIn(ada);
});

test('a password is asked for, once, and never found in the page’s storage', async () => {
  const room = 'password';
  await bench.liveRoom(room, { password: 'sesame street' });
  await openStudent(ada, room, ADA);
  const enter = async (password: string): Promise<void> => {
    await ada.tab.fill({ element: 'lms-chat', css: '#password' }, password);
    await ada.tab.press('Enter');
  };
  await reads(ada).toContain('This class has a password');
  await enter('open');
  await reads(ada).toContain('That is not the password. Please try again.');
  await enter('sesame street');
  await isIn(ada);
  const stored = await ada.tab.evaluate(async () => {
    const databases = await indexedDB.databases();
    const rows = databases.map(
      ({ name = '' }) =>
        new Promise<string>((resolve) => {
          const asked = indexedDB.open(name);
          asked.onsuccess = () => {
            const names = [...asked.result.objectStoreNames];
            if (names.length === 0) {
              resolve('');
              return;
            }
            const all = asked.result
              .transaction(names)
              .objectStore(names[0] ?? '')
              .getAll();
            all.onsuccess = () => resolve(JSON.stringify(all.result));
          };
        }),
    );
    return JSON.stringify([
      Object.entries(localStorage),
      Object.entries(sessionStorage),
      await Promise.all(rows),
      location.href,
    ]);
  }, null);
  expect(stored).not.toContain('sesame');
  const frames = await ada.tab.frames();
  expect(frames.filter(({ direction, text }) => direction === 'received' && text.includes('sesame'))).toEqual([]);

  for (let tried = 0; tried < 6; tried += 1) {
    if (tried === 0) await openStudent(ben, room, BEN);
    await eventually(() => ben.tab.has({ element: 'lms-chat', css: 'form .primary[aria-disabled="false"]' })).toBe(
      true,
    );
    await ben.tab.fill({ element: 'lms-chat', css: '#password' }, `guess ${tried}`);
    await ben.tab.press('Enter');
    await reads(ben).toMatch(/not the password|Too many tries/u);
    if ((await read(ben)).includes('Too many tries')) break;
  }
  await reads(ben).toMatch(/Too many tries\. Next try in 0:\d\d/u);
});

test('a full class takes the next one when a place is free; the teacher comes past lobby, lock, password and a full house', async () => {
  const room = 'full';
  await bench.liveRoom(room, { capacity: 2 });
  for (const [page, who] of [
    [ada, ADA],
    [cleo, CLEO],
  ] as const) {
    await openStudent(page, room, who);
    await isIn(page);
  }
  await openStudent(ben, room, BEN);
  await reads(ben).toContain('The class is full');
  await bench.putRoom(room, { capacity: 2, locked: true, password: 'sesame', policy: { 'join.lobby': true } });
  await openStaff(room);
  await eventually(() => teacher.connection('lms-people')).toBe('online');
  await reads(teacher, 'lms-people').toContain('3 people');
  await bench.putRoom(room, { capacity: 2, locked: false, password: null, policy: { 'join.lobby': false } });
  await reads(ben).toContain('The class is full');
  expect(await ben.connection('lms-chat')).toBe('waiting');
  // The teacher takes no place: one that goes makes room for one that comes.
  const actions = { element: 'lms-people', css: 'button', name: `Actions for ${ADA.name}` };
  await teacher.tab.click(actions);
  await teacher.tab.click({ element: 'lms-people', css: '[role="menuitem"]', name: 'Remove from the class' });
  await teacher.tab.click({ element: 'lms-people', css: 'dialog .danger' });
  await eventually(() => teacher.tab.has(actions)).toBe(false);
  await isIn(ben);
});

test('whoever may come early is told so, and staff begin before the time', async () => {
  const room = 'early';
  await bench.putRoom(room, {
    startsAt: Date.now() + 4 * MINUTE_MS,
    policy: { 'entry.studentMinutes': 10 },
  });
  await openStudent(ada, room, ADA);
  await isIn(ada);
  await reads(ada).toMatch(/You are early: the class starts in [34] minutes\./u);
  await openStaff(room);
  await press(teacher, 'lms-people', 'Start now');
  await reads(ada).not.toContain('You are early');
  await ada.post('I am here');
  await eventually(() => read(ada)).toContain('I am here');

  const strict = 'not-early';
  await bench.putRoom(strict, { startsAt: Date.now() + 4 * MINUTE_MS });
  await openStudent(ben, strict, BEN);
  await reads(ben).toMatch(/The class has not started .*\b[34]:\d\d\b/u);
});

test('who of those expected is missing is counted while they come and go', async () => {
  const room = 'roster';
  const people = Array.from({ length: 25 }, (_, index) => ({ sub: `pupil-${index}`, name: `Pupil ${index}` }));
  await bench.liveRoom(room, { roster: [ADA, BEN, CLEO, ...people].map(({ sub, name }) => ({ sub, name })) });
  await openStaff(room);
  await reads(teacher, 'lms-people').toContain('0 of 28 here · 28 missing');
  await Promise.all([openStudent(ada, room, ADA), openStudent(ben, room, BEN)]);
  await reads(teacher, 'lms-people').toContain('2 of 28 here · 26 missing');
  await teacher.tab.click({ element: 'lms-people', css: '.missing summary' });
  await reads(teacher, 'lms-people').toContain('Cleo');
  await openStudent(cleo, room, CLEO);
  await reads(teacher, 'lms-people').toContain('3 of 28 here · 25 missing');
  expect(await read(ada)).not.toContain('missing');
  const frames = await ada.tab.frames();
  expect(frames.filter(({ text }) => text.includes('"frame":"roster"'))).toEqual([]);
});

test('access that is withdrawn in class ends it; a page that has a newer token is back by itself', async () => {
  const room = 'withdrawn';
  await bench.liveRoom(room);
  const answered: string[] = [];
  bench.school.answer('/token-of-ada', (response) => {
    answered.push('token');
    response.writeHead(200, { 'content-type': 'application/json' });
    response.end(JSON.stringify({ token: bench.token({ ...ADA, room }) }));
  });
  await open(ada, 'lms-chat', { ...ADA, room }, { 'token-url': `${bench.school.origin}/token-of-ada` });
  await openStudent(ben, room, BEN);
  await Promise.all([isIn(ada), isIn(ben)]);
  await sleep(NEWER_MS);
  for (const { sub } of [ADA, BEN]) {
    const { status } = await bench.api('POST', '/revocations', { claims: { room: '*' }, body: { sub } });
    expect(status).toBe(201);
  }
  await reads(ben).toContain('Your access to this class was withdrawn.');
  expect((await ben.shown('lms-chat')).button).toBe('Reload the page');
  await eventually(() => answered.length).toBe(2);
  await isIn(ada);
  await sleep(3_000);
  expect(await ada.connection('lms-chat')).toBe('online');
  expect(answered).toHaveLength(2);
});

test('a ban holds after a reload, in another tab and with a fresh token', async () => {
  const room = 'banned';
  await bench.liveRoom(room);
  await openStaff(room);
  await openStudent(ada, room, ADA);
  await isIn(ada);
  await teacher.tab.click({ element: 'lms-people', css: 'button', name: 'Actions for Ada' });
  await teacher.tab.click({ element: 'lms-people', css: '[role="menuitem"]', name: 'Ban from the class' });
  await teacher.tab.click({ element: 'lms-people', css: 'dialog .danger' });
  await eventually(async () => (await ada.shown('lms-chat')).code).toBe('person_banned');
  await ada.tab.reload();
  await eventually(async () => (await ada.shown('lms-chat')).code).toBe('person_banned');
  await openStudent(ben, room, { ...ADA, name: 'Somebody else' });
  await eventually(async () => (await ben.shown('lms-chat')).code).toBe('person_banned');
  await reads(ben).toContain('talk to your teacher');
});

test(
  'whoever is no assistant any more loses what staff see, without coming in again',
  async () => {
    const room = 'demoted';
    await bench.liveRoom(room, {
      policy: { 'join.lobby': true },
      roster: [{ sub: CLEO.sub, name: 'Cleo' }, { sub: ADA.sub }],
    });
    await openStaff(room);
    await open(ada, 'lms-people', { ...ADA, room });
    await press(teacher, 'lms-people', 'Admit Ada');
    await eventually(() => ada.connection('lms-people')).toBe('online');
    await openStudent(ben, room, BEN);
    await reads(teacher, 'lms-people').toContain('Ben');
    const make = async (item: string): Promise<void> => {
      await teacher.tab.click({ element: 'lms-people', css: 'button', name: 'Actions for Ada' });
      await teacher.tab.click({ element: 'lms-people', css: '[role="menuitem"]', name: item });
    };
    await make('Make assistant');
    await reads(ada, 'lms-people').toContain('Waiting to come in');
    await reads(ada, 'lms-people').toContain('1 of 2 here · 1 missing');
    await reads(teacher, 'lms-people').toContain('Ada Assistant');
    await make('Make student');
    await reads(ada, 'lms-people').not.toContain('Waiting to come in');
    expect(await read(ada, 'lms-people')).not.toContain('missing');
    const state = await ada.tab.evaluate(() => {
      const element = document.querySelector<HTMLElement & { client: { getState(): unknown } }>('lms-people');
      const { lobby, roster, views } = element?.client.getState() as {
        lobby: { count: number };
        roster: unknown;
        views: { staff: { admitted: { size: number } } };
      };
      return { waiting: lobby.count, roster, admitted: views.staff.admitted.size };
    }, null);
    expect(state).toEqual({ waiting: 0, roster: null, admitted: 0 });
  },
  2 * PATIENCE_MS,
);
