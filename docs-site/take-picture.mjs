/**
 * Takes the picture at the head of the README: the class page of the demo LMS, with a teacher and two students in it.
 * Everything in it is real; only the sentences are made up. Build first, then `npm run picture -w docs-site`.
 */
import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { chromium } from 'playwright-core';
import { browserPath, CHROMIUM_FLAGS } from '../scripts/browsers.mjs';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const OUT = join(root, 'docs-site/public/screenshots');
const PORT = '3917';
const LIVE_PORT = '8917';
const LMS = `http://localhost:${PORT}`;
const READY_LIMIT_MS = 60_000;
/** For what was sent to come back, and for transitions to end. */
const SETTLE_MS = 1_200;

// A class that nobody has been in: what was said the last time is not in the picture.
const data = mkdtempSync(join(tmpdir(), 'lms-live-picture-'));
const services = spawn(process.execPath, ['scripts/start.mjs'], {
  cwd: root,
  env: { ...process.env, PORT, LIVE_PORT, LMS_LIVE_DATA_DIR: join(data, 'live'), DATA_DIR: join(data, 'lms') },
  stdio: 'inherit',
});
const stopped = new Promise((resolve) => services.once('exit', resolve));
const browser = await chromium.launch({ executablePath: browserPath('chromium'), args: CHROMIUM_FLAGS });

try {
  await waitForLms();
  const teacher = await comeIn('Amara Okafor');
  const mei = await comeIn('Mei Tanaka');
  const noor = await comeIn('Noor Haddad');

  await say(teacher, 'Good morning! Factor x² + 5x + 6 and write here what you get.');
  await say(mei, '(x + 2)(x + 3)');
  await say(noor, 'Same 🎉');
  await say(teacher, 'Right. Today: what to do when that does not work out.');
  await ask(mei, 'Why does completing the square always work?');
  await ask(noor, 'Do we need the formula by heart?');
  await noor.locator('lms-people [part~=hand-button]').click();
  await sleep(SETTLE_MS);
  await noor.locator('lms-qa-panel [aria-pressed=false]').first().click();

  // No field has the focus.
  await teacher.getByRole('heading', { level: 1 }).click();
  mkdirSync(OUT, { recursive: true });
  for (const colorScheme of /** @type {const} */ (['light', 'dark'])) {
    await teacher.emulateMedia({ colorScheme });
    await sleep(SETTLE_MS);
    await teacher.screenshot({ path: join(OUT, `class-${colorScheme}.png`) });
  }
} finally {
  await browser.close();
  services.kill('SIGTERM');
  await stopped;
  rmSync(data, { recursive: true });
}

async function waitForLms() {
  for (const deadline = Date.now() + READY_LIMIT_MS; Date.now() < deadline; await sleep(300)) {
    const response = await fetch(`${LMS}/sign-in`).catch(() => null);
    if (response?.ok) return;
  }
  throw new Error(`The demo LMS did not answer at ${LMS}.`);
}

/** @param {string} name */
async function comeIn(name) {
  const context = await browser.newContext({ viewport: { width: 1280, height: 860 }, deviceScaleFactor: 1.5 });
  const page = await context.newPage();
  await page.goto(`${LMS}/sign-in`);
  await page.getByRole('button', { name }).click();
  await page.goto(`${LMS}/classes/algebra-1-week-5`);
  await page.locator('lms-chat textarea').waitFor();
  return page;
}

/** @param {import('playwright-core').Page} page @param {string} text */
async function say(page, text) {
  const field = page.locator('lms-chat textarea');
  await field.fill(text);
  await field.press('Enter');
  await sleep(SETTLE_MS);
}

/** @param {import('playwright-core').Page} page @param {string} text */
async function ask(page, text) {
  const field = page.locator('lms-qa-panel textarea').first();
  await field.fill(text);
  await field.press('Enter');
  await sleep(SETTLE_MS);
}
