import { expect, test } from 'vitest';
import { coursesAt } from '../src/courses.js';
import { keptSessionSecret } from '../src/session.js';
import { readSettings } from '../src/settings.js';
import { initials } from '../src/pages/layout.js';
import * as site from './site.js';

test('needs nothing to be set', () => {
  expect(readSettings({})).toMatchObject({
    host: '127.0.0.1',
    port: 3_000,
    publicUrl: 'http://localhost:3000',
    liveServerUrl: 'http://localhost:8080',
    sessionSecret: null,
  });
});

test('takes its address from its port', () => {
  expect(readSettings({ PORT: '3100', LIVE_SERVER_URL: 'https://live.example/' })).toMatchObject({
    publicUrl: 'http://localhost:3100',
    liveServerUrl: 'https://live.example',
  });
});

test.each([
  [{ PORT: 'x' }, 'PORT is a number from 0 to 65535, such as 3000.'],
  [{ PORT: '70000' }, 'PORT is a number from 0 to 65535, such as 3000.'],
  [{ LIVE_SERVER_URL: 'live' }, 'LIVE_SERVER_URL is an address such as https://live.school.example.'],
  [{ SESSION_SECRET: 'short' }, 'SESSION_SECRET has at least 32 characters; leave it out to have one made.'],
])('says what to write instead of %j', (env, sentence) => {
  expect(() => readSettings(env)).toThrow(new TypeError(sentence));
});

test('keeps the session secret that it made', async () => {
  const folder = await site.temporaryFolder();
  const secret = await keptSessionSecret(folder);
  expect(secret).toMatch(/^[\w-]{43}$/);
  expect(await keptSessionSecret(folder)).toBe(secret);
});

test('has a class of each format now, three with a door, and one at ten o’clock tomorrow, over the end of a year too', () => {
  const all = coursesAt(new Date(2026, 11, 31, 23, 58)).flatMap(({ classes }) => classes);
  const now = all.filter(({ isOnNow }) => isOnNow);
  expect(now.map(({ format }) => format)).toEqual([
    'classroom',
    'parts',
    'call',
    'classroom',
    'classroom',
    'classroom',
  ]);
  expect(now.flatMap(({ door }) => door ?? [])).toMatchObject([{ hasLobby: true }, { password: 'parabola' }, {}]);
  expect(now.map(({ door }) => door?.expects?.length ?? 0)).toEqual([0, 0, 0, 28, 28, 4]);
  expect(new Set(now.map(({ startsAt }) => startsAt.getTime()))).toEqual(
    new Set([new Date(2026, 11, 31, 23, 55).getTime()]),
  );
  expect(all.at(-1)).toMatchObject({
    id: 'algebra-1-problems-2027-01-01',
    isOnNow: false,
    startsAt: new Date(2027, 0, 1, 10),
    endsAt: new Date(2027, 0, 1, 11),
  });
});

test.each([
  ['Samuel O’Brien', 'SO'],
  ['Ana María de la Cruz', 'AC'],
  ['Plato', 'P'],
  ['😀 Smile', '😀S'],
  ['', ''],
])('shortens %j to %j', (name, short) => {
  expect(initials(name)).toBe(short);
});
