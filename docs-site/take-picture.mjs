/* global window */
/**
 * Takes the pictures of the class at the head of the README and on the page about calls: the demo LMS with a teacher and three students.
 * Everything in them is real but the sentences and the cameras, which are drawn. Build first, then `npm run picture -w docs-site`.
 */
import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { chromium } from 'playwright-core';
import { browserPath, CHROMIUM_FLAGS, FAKE_DEVICES } from '../scripts/browsers.mjs';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const OUT = join(root, 'docs-site/public/screenshots');
const PORT = '3917';
const LIVE_PORT = '8917';
const LMS = `http://localhost:${PORT}`;
const READY_LIMIT_MS = 60_000;
/** For what was sent to come back, and for transitions to end. */
const SETTLE_MS = 1_200;

/** Who is there, and what their camera shows. */
const LOOKS = {
  'Amara Okafor': { wall: '#6b7f94', light: '#b9c9d6', skin: '#7a4a30', hair: '#201512', shirt: '#1f5f4a', long: true },
  'Mei Tanaka': { wall: '#a8896d', light: '#e6d4bf', skin: '#f0c9a6', hair: '#1f1a1a', shirt: '#c8553d', long: true },
  'Noor Haddad': { wall: '#7d8f77', light: '#cfdcc6', skin: '#d6a27c', hair: '#3a2a20', shirt: '#4a6fa5', long: true },
  'Samuel O’Brien': {
    wall: '#7c6f92',
    light: '#cdc2dd',
    skin: '#f2c7ad',
    hair: '#a4592a',
    shirt: '#37474f',
    long: false,
  },
};
const CLASS = '/classes/algebra-1-week-5';
const CALL = '/classes/algebra-1-mentoring';
const DESKTOP = { width: 1280, height: 820 };
const PHONE = { width: 390, height: 780 };

// A class that nobody has been in: what was said the last time is not in the picture.
const data = mkdtempSync(join(tmpdir(), 'lms-live-picture-'));
const services = spawn(process.execPath, ['scripts/start.mjs'], {
  cwd: root,
  env: { ...process.env, PORT, LIVE_PORT, LMS_LIVE_DATA_DIR: join(data, 'live'), DATA_DIR: join(data, 'lms') },
  stdio: 'inherit',
});
const stopped = new Promise((resolve) => services.once('exit', resolve));
const browser = await chromium.launch({
  executablePath: browserPath('chromium'),
  args: [...CHROMIUM_FLAGS, ...FAKE_DEVICES, '--autoplay-policy=no-user-gesture-required'],
});

try {
  await waitForLms();
  mkdirSync(OUT, { recursive: true });
  const teacher = await comeIn('Amara Okafor', CLASS);
  await enter(teacher);
  const mei = await comeIn('Mei Tanaka', CLASS, PHONE);
  await enter(mei);
  const noor = await comeIn('Noor Haddad', CLASS);
  await enter(noor);
  const samuel = await comeIn('Samuel O’Brien', CLASS);
  await samuel.screenshot({ path: join(OUT, 'pre-join.png') });
  await enter(samuel);

  await say(teacher, 'Good morning! Factor x² + 5x + 6 and write here what you get.');
  await say(noor, '(x + 2)(x + 3)');
  await say(samuel, 'Same 🎉');
  await say(teacher, 'Right. Today: what to do when that does not work out.');
  await noor.locator('lms-meeting-room').getByRole('button', { name: 'Raise hand' }).click();
  await samuel.locator('lms-meeting-room').getByRole('button', { name: 'Microphone', pressed: false }).click();
  await bothThemes(teacher, 'class');
  await bothThemes(mei, 'class-phone');
  for (const page of [teacher, mei, noor, samuel]) await page.context().close();

  const mentor = await comeIn('Amara Okafor', CALL);
  await enter(mentor);
  const student = await comeIn('Noor Haddad', CALL, PHONE);
  await enter(student);
  await mentor.mouse.move(400, 400);
  await bothThemes(mentor, 'call');
} finally {
  await browser.close();
  services.kill('SIGTERM');
  await stopped;
  rmSync(data, { recursive: true });
}

/** @param {import('playwright-core').Page} page @param {string} name */
async function bothThemes(page, name) {
  for (const colorScheme of /** @type {const} */ (['light', 'dark'])) {
    await page.emulateMedia({ colorScheme });
    await sleep(SETTLE_MS);
    await page.screenshot({ path: join(OUT, `${name}-${colorScheme}.png`) });
  }
}

async function waitForLms() {
  for (const deadline = Date.now() + READY_LIMIT_MS; Date.now() < deadline; await sleep(300)) {
    const response = await fetch(`${LMS}/sign-in`).catch(() => null);
    if (response?.ok) return;
  }
  throw new Error(`The demo LMS did not answer at ${LMS}.`);
}

/** @param {keyof typeof LOOKS} name @param {string} path */
async function comeIn(name, path, viewport = DESKTOP) {
  const context = await browser.newContext({ viewport, deviceScaleFactor: 1.5 });
  await context.addInitScript((look) => Object.assign(window, { drawnPerson: look }), LOOKS[name]);
  await context.addInitScript({ path: join(root, 'docs-site/drawn-camera.js') });
  const page = await context.newPage();
  await page.goto(`${LMS}/sign-in`);
  await page.getByRole('button', { name }).click();
  await page.goto(`${LMS}${path}`);
  await page.getByRole('button', { name: 'Join now' }).waitFor();
  await sleep(SETTLE_MS);
  return page;
}

/** @param {import('playwright-core').Page} page */
async function enter(page) {
  await page.getByRole('button', { name: 'Join now' }).click();
  await page
    .locator('lms-meeting-room')
    .getByRole('button', { name: /^Leave/ })
    .waitFor();
  await sleep(SETTLE_MS);
}

/** @param {import('playwright-core').Page} page @param {string} text */
async function say(page, text) {
  const field = page.locator('lms-chat textarea');
  await field.fill(text);
  await field.press('Enter');
  await sleep(SETTLE_MS);
}
