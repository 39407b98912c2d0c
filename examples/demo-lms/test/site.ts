import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { type AppOptions, createApp } from '../src/app.js';
import { coursesAt } from '../src/courses.js';
import type { ClassStatus, LiveServer } from '../src/live-server.js';
import { createSessions } from '../src/session.js';
import { createStockSigner } from '../src/stock-signer.js';
import { createTokenSigner, type TokenSigners } from '../src/token-signer.js';

export const ORIGIN = 'http://localhost:3000';
export const LIVE = 'http://localhost:8080';
export const NOW = new Date(2026, 8, 1, 9, 2);
export const COURSES = coursesAt(NOW);
export const LIVE_CLASS = 'algebra-1-week-5';
export const WRITTEN_CLASS = 'algebra-1-open-questions';
export const CALL = 'algebra-1-mentoring';
export const CLASSES = [LIVE_CLASS, WRITTEN_CLASS, CALL];
export const STOCK_CLASS = 'algebra-1-study-group';
export const LATER_CLASS = 'algebra-1-problems-2026-09-02';

export async function temporaryFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'demo-lms-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

/** The live server as the site sees it; each test says how it answers. */
export function liveServerWith(changes: Partial<LiveServer> = {}): LiveServer {
  const status: ClassStatus = { status: 'live', viewers: 0 };
  return {
    status: () => Promise.resolve(status),
    start: () => Promise.resolve(),
    publish: () => Promise.resolve(),
    ...changes,
  };
}

/** With keys of their own. */
export async function makeSigners(): Promise<TokenSigners> {
  const dataDir = await temporaryFolder();
  return {
    made: await createTokenSigner({ dataDir, issuer: ORIGIN, audience: LIVE }),
    stock: await createStockSigner({ dataDir }),
  };
}

/** The site with a browser of one person, who keeps cookies and sends what a browser sends. */
export async function openSite(changes: Partial<AppOptions> = {}) {
  const signers = await makeSigners();
  const app = createApp({
    publicUrl: ORIGIN,
    liveServerUrl: LIVE,
    courses: COURSES,
    sessions: createSessions({ secret: 'a session secret of the tests only', isSecure: false }),
    signers,
    liveServer: liveServerWith(),
    now: () => NOW,
    ...changes,
  });
  let cookie = '';

  async function send(path: string, init: RequestInit = {}): Promise<Response> {
    const headers = new Headers(init.headers);
    if (cookie !== '') headers.set('cookie', cookie);
    const response = await app.request(new Request(ORIGIN + path, { redirect: 'manual', ...init, headers }));
    for (const set of response.headers.getSetCookie())
      cookie = set.includes('Max-Age=0') ? '' : (set.split(';')[0] ?? '');
    return response;
  }

  const post = (path: string, fields: Record<string, string> = {}, origin = ORIGIN): Promise<Response> =>
    send(path, { method: 'POST', body: new URLSearchParams(fields), headers: { origin } });

  return {
    get: (path: string, headers: Record<string, string> = {}) => send(path, { headers }),
    text: async (path: string) => (await send(path)).text(),
    post,
    signIn: (person: string) => post('/sign-in', { person }),
    setCookie: (value: string) => (cookie = value),
    get cookie() {
      return cookie;
    },
  };
}
