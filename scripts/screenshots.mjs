/**
 * Pictures of the elements for the documentation, from the built packages and a class that runs in the page.
 * `npm run screenshots [-- name-part …]`
 */
import { nodeResolve } from '@rollup/plugin-node-resolve';
import { mkdirSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium } from 'playwright-core';
import { rollup } from 'rollup';
import { browserPath, CHROMIUM_FLAGS } from './browsers.mjs';

const OUT = process.env['SCREENSHOTS_DIR'] ?? 'docs-site/public/screenshots';
const PADDING_PX = 12;
const SETTLE_MS = 900;

const PAGE = `<!doctype html><html lang="en"><meta charset="utf-8"><title>Class</title>
<style>
  html { background: light-dark(#eef0f4, #0d0f13); }
  body { margin: 0; }
  main { padding: ${PADDING_PX}px; }
</style>
<main></main><script type="module" src="/demo-class.js"></script></html>`;

/** Every picture: its name, the query of the page, the width of the element, and what is done before. */
const shots = [];
for (const theme of ['light', 'dark']) {
  for (const width of [280, 400, 1200]) {
    shots.push({ name: `chat-${width}-${theme}`, query: { element: 'lms-chat', theme, height: 640 }, width });
    shots.push({ name: `qa-${width}-${theme}`, query: { element: 'lms-qa-panel', theme, height: 760 }, width });
  }
  shots.push({ name: `people-400-${theme}`, query: { element: 'lms-people', theme, as: 'teacher' }, width: 400 });
  shots.push({
    name: `chat-refused-${theme}`,
    query: { element: 'lms-chat', theme, scene: 'refused', height: 420 },
    width: 400,
  });
  shots.push({
    name: `chat-waiting-${theme}`,
    query: { element: 'lms-chat', theme, scene: 'waiting', height: 420 },
    width: 400,
  });
}
shots.push(
  { name: 'chat-staff', query: { element: 'lms-chat', as: 'teacher', height: 640, theme: 'light' }, width: 400 },
  { name: 'qa-staff', query: { element: 'lms-qa-panel', as: 'teacher', height: 760, theme: 'light' }, width: 400 },
  { name: 'chat-arabic', query: { element: 'lms-chat', locale: 'ar', height: 640, theme: 'light' }, width: 400 },
  { name: 'qa-arabic', query: { element: 'lms-qa-panel', locale: 'ar', height: 640, theme: 'light' }, width: 400 },
  { name: 'people-student', query: { element: 'lms-people', as: 'anna', theme: 'light' }, width: 280 },
  { name: 'chat-setup', query: { element: 'lms-chat', scene: 'setup', height: 420, theme: 'light' }, width: 400 },
  { name: 'chat-ended', query: { element: 'lms-chat', scene: 'ended', height: 520, theme: 'light' }, width: 400 },
  { name: 'chat-frozen', query: { element: 'lms-chat', scene: 'frozen', height: 520, theme: 'light' }, width: 400 },
  { name: 'chat-slow', query: { element: 'lms-chat', scene: 'slow', height: 520, theme: 'light' }, width: 400 },
  { name: 'chat-empty', query: { element: 'lms-chat', scene: 'empty', height: 420, theme: 'light' }, width: 400 },
  {
    name: 'chat-reconnecting',
    query: { element: 'lms-chat', scene: 'reconnecting', height: 520, theme: 'light' },
    width: 400,
    waitMs: 2_500,
  },
  {
    name: 'chat-menu',
    query: { element: 'lms-chat', as: 'teacher', height: 640, theme: 'light' },
    width: 400,
    act: async (/** @type {import('playwright-core').Page} */ page) => {
      await page.locator('.row.other').nth(3).hover();
      await page.locator('.row.other').nth(3).locator('[data-do=more]').click();
    },
  },
  {
    name: 'chat-mode-menu',
    query: { element: 'lms-chat', as: 'teacher', height: 520, theme: 'dark' },
    width: 400,
    act: (/** @type {import('playwright-core').Page} */ page) => page.locator('.header .button').click(),
  },
  {
    name: 'people-ban',
    query: { element: 'lms-people', as: 'teacher', theme: 'light', height: 620 },
    width: 400,
    act: async (/** @type {import('playwright-core').Page} */ page) => {
      await page.locator('.person .button').nth(5).click();
      await page.locator('.menu button').last().click();
    },
  },
);

const wanted = process.argv.slice(2);
const chosen = shots.filter(({ name }) => wanted.length === 0 || wanted.some((part) => name.includes(part)));

const files = await bundle();
const server = createServer((request, response) => {
  const path = new URL(request.url ?? '/', 'http://localhost').pathname.slice(1);
  const code = files.get(path);
  response.writeHead(path === '' || code !== undefined ? 200 : 404, {
    'content-type': path === '' ? 'text/html; charset=utf-8' : 'text/javascript',
  });
  response.end(path === '' ? PAGE : code);
});
await new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(undefined)));
const { port } = /** @type {import('node:net').AddressInfo} */ (server.address());

const profile = mkdtempSync(join(tmpdir(), 'lms-live-screenshots-'));
const context = await chromium.launchPersistentContext(profile, {
  executablePath: browserPath('chromium'),
  args: CHROMIUM_FLAGS,
  locale: 'en-GB',
  timezoneId: 'Europe/Berlin',
});
let failed = 0;
mkdirSync(OUT, { recursive: true });
try {
  for (const { name, query, width, act, waitMs = SETTLE_MS } of chosen) {
    const page = await context.newPage();
    page.on('pageerror', (error) => {
      failed += 1;
      console.error(`${name}: ${error.message}`);
    });
    await page.setViewportSize({ width: width + 2 * PADDING_PX, height: (query.height ?? 600) + 2 * PADDING_PX });
    await page.goto(
      `http://127.0.0.1:${port}/?${new URLSearchParams(Object.entries(query).map(([k, v]) => [k, String(v)]))}`,
    );
    await page.waitForSelector('html[data-ready]');
    await page.waitForTimeout(waitMs);
    await act?.(page);
    if (act) await page.waitForTimeout(300);
    const path = join(OUT, `${name}.png`);
    const whole = query.height === undefined;
    await page.screenshot({ path, fullPage: whole });
    console.log(`${path}  ${Math.round(statSync(path).size / 1_000)} kB`);
    await page.close();
  }
} finally {
  await context.close();
  server.close();
  rmSync(profile, { recursive: true, force: true });
}
process.exit(failed === 0 ? 0 : 1);

/** The page's script with the built packages in it, and the chunks that it loads later. */
async function bundle() {
  const build = await rollup({
    input: { 'demo-class': 'scripts/screenshots/demo-class.js' },
    plugins: [nodeResolve({ browser: true })],
  });
  const { output } = await build.generate({ format: 'es' });
  await build.close();
  return new Map(output.flatMap((file) => (file.type === 'chunk' ? [[file.fileName, file.code]] : [])));
}
