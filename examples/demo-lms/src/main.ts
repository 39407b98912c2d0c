import { serve } from '@hono/node-server';
import { createApp } from './app.js';
import { coursesAt } from './courses.js';
import { createLiveServer } from './live-server.js';
import { PEOPLE } from './people.js';
import { createSessions, keptSessionSecret } from './session.js';
import { readSettings } from './settings.js';
import { createStockSigner } from './stock-signer.js';
import { createTokenSigner } from './token-signer.js';

const say = (sentence: string): void => void process.stdout.write(`${sentence}\n`);
const warn = (sentence: string): void => void process.stderr.write(`Demo LMS: ${sentence}\n`);

const settings = readSettings(process.env);
const { host, port, publicUrl, liveServerUrl, dataDir } = settings;
const signers = {
  made: await createTokenSigner({ dataDir, issuer: publicUrl, audience: liveServerUrl }),
  stock: await createStockSigner({ dataDir }),
};
const liveServer = createLiveServer({ url: liveServerUrl, signers, warn });
const sessions = createSessions({
  secret: settings.sessionSecret ?? (await keptSessionSecret(dataDir)),
  isSecure: publicUrl.startsWith('https:'),
});
const courses = coursesAt(new Date());
const app = createApp({ publicUrl, liveServerUrl, courses, sessions, signers, liveServer, now: () => new Date() });

const stopping = new AbortController();
const server = serve({ fetch: app.fetch, hostname: host, port }, () => {
  const people = PEOPLE.map(({ name, role }) => `${name} (${role})`).join(', ');
  say(`Demo LMS: open ${publicUrl}`);
  say(`Sign in as one of: ${people}; no password`);
  void liveServer.publish(
    courses.flatMap((course) => course.classes),
    stopping.signal,
  );
});
server.on('error', (error: NodeJS.ErrnoException) => {
  warn(error.code === 'EADDRINUSE' ? `port ${port} is taken; set PORT to another one.` : error.message);
  process.exitCode = 1;
});

for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => {
    stopping.abort();
    server.close();
    if ('closeAllConnections' in server) server.closeAllConnections();
  });
}
