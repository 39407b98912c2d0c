import { html } from 'hono/html';
import { expect, test, vi } from 'vitest';
import { type ClassStatus, LiveServerError } from '../src/live-server.js';
import { layout } from '../src/pages/layout.js';
import * as site from './site.js';

test('asks who you are before it shows anything', async () => {
  const { get } = await site.openSite();
  for (const path of ['/', '/courses/algebra-1', `/classes/${site.LIVE_CLASS}`]) {
    const response = await get(path);
    expect(response.status).toBe(302);
    expect(response.headers.get('location')).toBe(`/sign-in?next=${encodeURIComponent(path)}`);
  }
});

test('signs in and out', async () => {
  const browser = await site.openSite();
  const signedIn = await browser.post('/sign-in', { person: 'u-2001', next: '/courses/algebra-1' });
  expect(signedIn.status).toBe(303);
  expect(signedIn.headers.get('location')).toBe('/courses/algebra-1');
  expect(signedIn.headers.get('set-cookie')).toMatch(/HttpOnly.*SameSite=Lax|SameSite=Lax.*HttpOnly/);
  expect(await browser.text('/')).toContain('Mei Tanaka');
  expect((await browser.post('/sign-out')).headers.get('location')).toBe('/sign-in');
  expect((await browser.get('/')).status).toBe(302);
});

test('does not take a cookie that it did not sign', async () => {
  const browser = await site.openSite();
  await browser.signIn('u-2001');
  browser.setCookie(browser.cookie.replace('u-2001', 'u-1001'));
  expect((await browser.get('/')).status).toBe(302);
  browser.setCookie('northfield_session=u-1001');
  expect((await browser.get('/')).status).toBe(302);
});

test('signs nobody in whom it does not know', async () => {
  const browser = await site.openSite();
  for (const person of ['', 'u-9999', '__proto__']) {
    expect((await browser.signIn(person)).headers.get('location')).toBe('/sign-in');
    expect((await browser.get('/')).status).toBe(302);
  }
});

test('takes no form of another site', async () => {
  const browser = await site.openSite();
  expect((await browser.post('/sign-in', { person: 'u-1001' }, 'https://evil.example')).status).toBe(403);
  await browser.signIn('u-1001');
  expect((await browser.post('/sign-out', {}, 'https://evil.example')).status).toBe(403);
  expect((await browser.get('/')).status).toBe(200);
});

test.each(['https://evil.example', '//evil.example', '/\\evil.example', 'javascript:alert(1)', '/"><script>'])(
  'does not lead to %s after signing in',
  async (next) => {
    const browser = await site.openSite();
    expect(await browser.text(`/sign-in?next=${encodeURIComponent(next)}`)).toContain('name="next" value="/"');
    expect((await browser.post('/sign-in', { person: 'u-2001', next })).headers.get('location')).toBe('/');
  },
);

test('lists both courses, the class that is on, and the one tomorrow', async () => {
  const browser = await site.openSite({
    liveServer: site.liveServerWith({
      status: ({ id }) =>
        Promise.resolve<ClassStatus>({ status: id === site.LIVE_CLASS ? 'live' : 'scheduled', viewers: 1 }),
    }),
  });
  await browser.signIn('u-2001');
  const dashboard = await browser.text('/');
  expect(dashboard).toContain('Algebra I');
  expect(dashboard).toContain('The Silk Roads');
  const course = await browser.text('/courses/algebra-1');
  expect(course).toContain('<span class="badge live">Live</span>');
  expect(course).toContain('<span class="badge">Scheduled</span>');
  expect(course.replace(/<[^>]+>/g, '')).toContain('Tomorrow, 10:00–11:00');
  expect(course).toContain('1 person here');
  expect(await browser.text('/courses/silk-roads')).toContain('Nothing is planned for this week.');
});

test.each([
  [site.LIVE_CLASS, '<lms-classroom'],
  [site.CALL, '<lms-meeting-room layout="call"'],
])('embeds %s with a script and one tag', async (id, tag) => {
  const browser = await site.openSite();
  await browser.signIn('u-2001');
  const page = (await browser.text(`/classes/${id}`)).replace(/\s+/g, ' ');
  expect(page).toContain(`<script type="module" src="${site.LIVE}/sdk/lms-live.js"></script>`);
  expect(page).toContain(`${tag} server="${site.LIVE}" token-url="/live-token?class=${id}" room="${id}" >`);
});

test('names the tenant where the tokens do not', async () => {
  const browser = await site.openSite();
  await browser.signIn('u-2001');
  const page = (await browser.text(`/classes/${site.STOCK_CLASS}`)).replace(/\s+/g, ' ');
  expect(page).toContain(`room="${site.STOCK_CLASS}" tenant="northfield-api" >`);
});

test('embeds the parts of a class each where it wants them', async () => {
  const browser = await site.openSite();
  await browser.signIn('u-2001');
  const page = (await browser.text(`/classes/${site.WRITTEN_CLASS}`)).replace(/\s+/g, ' ');
  expect(page).toContain(
    `<lms-room server="${site.LIVE}" token-url="/live-token?class=${site.WRITTEN_CLASS}" room="${site.WRITTEN_CLASS}" >`,
  );
  for (const tag of ['lms-chat', 'lms-qa-panel', 'lms-people']) expect(page).toContain(`<${tag}>`);
});

test('says so where the live server is not reachable, and shows the timetable all the same', async () => {
  const browser = await site.openSite({ liveServer: site.liveServerWith({ status: () => Promise.resolve(null) }) });
  await browser.signIn('u-2001');
  for (const path of ['/', '/courses/algebra-1']) {
    const page = await browser.text(path);
    expect(page).toContain('Live classes cannot be reached right now.');
    expect(page).toContain('Week 5: Quadratic equations');
  }
  expect((await browser.get(`/classes/${site.LIVE_CLASS}`)).status).toBe(200);
});

test('lets staff start a class, and students not', async () => {
  const start = vi.fn(() => Promise.resolve());
  const status = () => Promise.resolve<ClassStatus>({ status: 'ended', viewers: 0 });
  const browser = await site.openSite({ liveServer: site.liveServerWith({ start, status }) });
  const path = `/classes/${site.LATER_CLASS}`;

  await browser.signIn('u-2001');
  expect(await browser.text(path)).not.toContain('Start again');
  expect((await browser.post(`${path}/start`)).status).toBe(403);
  expect(start).not.toHaveBeenCalled();

  await browser.signIn('u-1002');
  expect(await browser.text(path)).toContain('Start again');
  expect((await browser.post(`${path}/start`)).headers.get('location')).toBe(path);
  expect(start).toHaveBeenCalledWith(expect.objectContaining({ id: site.LATER_CLASS }));

  start.mockRejectedValueOnce(new LiveServerError(503, 'busy'));
  const failed = await browser.post(`${path}/start`);
  expect(failed.status).toBe(502);
  expect(await failed.text()).toContain('did not start the class');
});

test.each([
  '/nothing',
  '/courses/nothing',
  '/classes/nothing',
  '/assets/nothing',
  '/assets/..%2Fpackage.json',
  '/.data/signing-key.pem',
])('has nothing at %s', async (path) => {
  const browser = await site.openSite();
  await browser.signIn('u-2001');
  const response = await browser.get(path);
  expect(response.status).toBe(404);
  expect(await response.text()).toContain('There is no such page here.');
});

test.each([
  ['northfield.css', 'text/css; charset=utf-8'],
  ['class-page.js', 'text/javascript; charset=utf-8'],
  ['icon.svg', 'image/svg+xml'],
])('serves %s', async (name, type) => {
  const response = await (await site.openSite()).get(`/assets/${name}`);
  expect(response.status).toBe(200);
  expect(response.headers.get('content-type')).toBe(type);
});

test('sends a strict policy with every page, also with those that say that there is none', async () => {
  const browser = await site.openSite();
  await browser.signIn('u-2001');
  for (const path of ['/', '/sign-in', `/classes/${site.LIVE_CLASS}`, '/nothing', '/live-token', '/assets/icon.svg']) {
    const { headers } = await browser.get(path);
    const policy = new Map(
      (headers.get('content-security-policy') ?? '').split(';').map((part) => {
        const [name = '', ...values] = part.trim().split(' ');
        return [name, values.join(' ')];
      }),
    );
    expect(policy.get('default-src')).toBe("'none'");
    expect(policy.get('script-src')).toBe("'self' http://localhost:8080");
    expect(policy.get('connect-src')).toBe("'self' http://localhost:8080 ws://localhost:8080");
    expect(policy.get('style-src')).toBe("'self'");
    expect(policy.get('frame-ancestors')).toBe("'none'");
    expect(policy.get('trusted-types')).toBe("lit-html 'allow-duplicates'");
    expect(policy.get('require-trusted-types-for')).toBe("'script'");
    expect(headers.get('x-content-type-options')).toBe('nosniff');
    expect(headers.get('referrer-policy')).toBe('same-origin');
    expect(headers.get('content-security-policy')).not.toContain('unsafe');
  }
});

test('has no script and no style within its pages', async () => {
  const browser = await site.openSite();
  await browser.signIn('u-1001');
  for (const path of ['/', '/courses/algebra-1', ...site.CLASSES.map((id) => `/classes/${id}`)]) {
    const page = await browser.text(path);
    expect(page).not.toMatch(/<script(?![^>]* src=)|<style|\sstyle=|\son\w+=|javascript:/i);
    const addresses = [...page.matchAll(/(?:src|href)="(https?:[^"]*)"/g)].map(([, address]) => address);
    expect(addresses.every((address) => address?.startsWith(site.LIVE))).toBe(true);
  }
});

test('shows what people are called as text', async () => {
  const name = '<img src=x onerror=alert(1)> "O’Brien" & \'Co\'';
  const page = await layout({
    title: name,
    person: { id: 'x', name, role: 'student', post: '<b>' },
    main: html`<p>${name}</p>`,
  });
  const escaped = '&lt;img src=x onerror=alert(1)&gt; &quot;O’Brien&quot; &amp; &#39;Co&#39;';
  expect(page.split(escaped)).toHaveLength(4);
  expect(page).not.toContain('<img src=x');
  expect(page).not.toContain('<b>');
});
