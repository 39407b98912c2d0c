import { type Context, Hono, type MiddlewareHandler } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import { csrf } from 'hono/csrf';
import { asset } from './assets.js';
import { type Course, type LiveClass, findClass, findCourse } from './courses.js';
import type { LiveServer } from './live-server.js';
import { classPage } from './pages/class.js';
import type { ListedClass } from './pages/class-row.js';
import { coursePage } from './pages/course.js';
import { dashboardPage } from './pages/dashboard.js';
import { messagePage } from './pages/message.js';
import { signInPage } from './pages/sign-in.js';
import { type Person, findPerson, isStaff } from './people.js';
import { securityHeaders } from './security-headers.js';
import type { Sessions } from './session.js';
import { signerOf, type TokenSigners } from './token-signer.js';

export interface AppOptions {
  readonly publicUrl: string;
  readonly liveServerUrl: string;
  readonly courses: readonly Course[];
  readonly sessions: Sessions;
  readonly signers: TokenSigners;
  readonly liveServer: LiveServer;
  readonly now: () => Date;
}

type SignedIn = { Variables: { person: Person } };

const MAX_FORM_BYTES = 4_096;
const ASSET_SECONDS = 300;
const JWKS_SECONDS = 60;

/** The whole site. Two of its routes are what LMS Live needs of a host: `/live-token` and `/.well-known/jwks.json`. */
export function createApp(options: AppOptions): Hono {
  const { publicUrl, liveServerUrl, courses, sessions, signers, liveServer, now } = options;
  const app = new Hono();
  app.use(securityHeaders({ liveServerUrl, isSecure: publicUrl.startsWith('https:') }));
  app.use(csrf({ origin: publicUrl }));
  app.use(bodyLimit({ maxSize: MAX_FORM_BYTES }));

  const listed = (classes: readonly LiveClass[]): Promise<ListedClass[]> =>
    Promise.all(classes.map(async (liveClass) => ({ liveClass, status: await liveServer.status(liveClass) })));

  // For everyone.
  for (const [path, { jwks }] of [
    ['/.well-known/jwks.json', signers.made],
    ['/.well-known/api-jwks.json', signers.stock],
  ] as const)
    app.get(path, (context) => {
      context.header('Cache-Control', `public, max-age=${JWKS_SECONDS}`);
      // Public keys: the live server fetches them, wherever it runs.
      context.header('Cross-Origin-Resource-Policy', 'cross-origin');
      return context.json(jwks);
    });

  app.get('/assets/:name', (context) => {
    const file = asset(context.req.param('name'));
    if (file === null) return context.notFound();
    return context.body(file.content, 200, {
      'content-type': file.type,
      'cache-control': `public, max-age=${ASSET_SECONDS}`,
    });
  });

  app.get('/sign-in', async (context) => {
    const next = pathOfThisSite(context.req.query('next'));
    if ((await sessions.read(context)) !== null) return context.redirect(next);
    return page(context, signInPage({ next }));
  });

  app.post('/sign-in', async (context) => {
    const form = await context.req.parseBody();
    const person = findPerson(typeof form['person'] === 'string' ? form['person'] : null);
    if (person === null) return context.redirect('/sign-in', 303);
    await sessions.open(context, person);
    return context.redirect(pathOfThisSite(form['next']), 303);
  });

  app.post('/sign-out', (context) => {
    sessions.close(context);
    return context.redirect('/sign-in', 303);
  });

  /** A fresh token for the page of a class; the elements ask for one at the start and near expiry. */
  app.get('/live-token', async (context) => {
    context.header('Cache-Control', 'no-store');
    const site = context.req.header('Sec-Fetch-Site') ?? 'same-origin';
    if (site !== 'same-origin') return context.json({ error: 'same_origin_only' }, 403);
    const person = await sessions.read(context);
    if (person === null) return context.json({ error: 'signed_out', message: 'Sign in again.' }, 401);
    const found = findClass(courses, context.req.query('class') ?? '');
    if (found === null) return context.json({ error: 'class_unknown', message: 'There is no such class.' }, 404);
    return context.json({ token: await signerOf(signers, found.liveClass).forPerson(person, found.liveClass.id) });
  });

  // For who is signed in.
  const signedIn: MiddlewareHandler<SignedIn> = async (context, next) => {
    const person = await sessions.read(context);
    if (person === null) return context.redirect(`/sign-in?next=${encodeURIComponent(context.req.path)}`);
    context.set('person', person);
    return next();
  };
  const pages = new Hono<SignedIn>();

  pages.get('/', signedIn, async (context) => {
    const person = context.get('person');
    const classes = await listed(courses.flatMap((course) => course.classes));
    return page(context, dashboardPage({ person, courses, classes, now: now(), liveServerUrl }));
  });

  pages.get('/courses/:id', signedIn, async (context) => {
    const course = findCourse(courses, context.req.param('id'));
    if (course === null) return context.notFound();
    const person = context.get('person');
    const classes = await listed(course.classes);
    return page(context, coursePage({ person, course, classes, now: now(), liveServerUrl }));
  });

  pages.get('/classes/:id', signedIn, async (context) => {
    const found = findClass(courses, context.req.param('id'));
    if (found === null) return context.notFound();
    const person = context.get('person');
    const status = await liveServer.status(found.liveClass);
    return page(context, classPage({ ...found, person, status, now: now(), liveServerUrl }));
  });

  pages.post('/classes/:id/start', signedIn, async (context) => {
    const found = findClass(courses, context.req.param('id'));
    if (found === null) return context.notFound();
    const person = context.get('person');
    if (!isStaff(person)) {
      const text = 'Only the teacher and the assistants start a class.';
      return page(context, messagePage({ person, title: 'Not yours to start', text }), 403);
    }
    try {
      await liveServer.start(found.liveClass);
    } catch {
      const text = 'The live server did not start the class. Try again in a moment.';
      return page(context, messagePage({ person, title: 'The class was not started', text }), 502);
    }
    return context.redirect(`/classes/${found.liveClass.id}`, 303);
  });

  app.route('/', pages);

  app.notFound(async (context) => {
    const person = await sessions.read(context);
    return page(context, messagePage({ person, title: 'Not found', text: 'There is no such page here.' }), 404);
  });
  app.onError((error, context) => {
    if ('getResponse' in error) return error.getResponse();
    const text = 'Something went wrong at Northfield College. Please try again.';
    return page(context, messagePage({ person: null, title: 'That did not work', text }), 500);
  });
  return app;
}

function page(
  context: Context,
  content: ReturnType<typeof messagePage>,
  status: 200 | 403 | 404 | 500 | 502 = 200,
): Response | Promise<Response> {
  context.header('Cache-Control', 'private, no-cache');
  return context.html(content, status);
}

/** Where to go after signing in: a path here, and never another site. */
function pathOfThisSite(value: unknown): string {
  return typeof value === 'string' && /^\/(?![/\\])[\w\-./]*$/.test(value) ? value : '/';
}
