import { startLiveServer } from '../benchmarks/lib/live-server.mjs';
import type { Subject } from './lib/stage.js';

type LiveServer = Awaited<ReturnType<typeof startLiveServer>>;

/** Another program than the built one, and more of its environment. */
interface Other {
  readonly program?: string;
  readonly env?: Readonly<Record<string, string>>;
}

/** The built server as it is checked here: with a TURN server that nobody asks. */
export async function startSubject(
  transport: 'uws' | 'ws',
  { program, env: more = {} }: Other = {},
  tries = 3,
): Promise<{ server: LiveServer; subject: Subject }> {
  const env = {
    LMS_LIVE_TRANSPORT: transport,
    LMS_LIVE_TURN_URLS: 'turn:127.0.0.1:9?transport=udp',
    LMS_LIVE_TURN_SECRET: 'for-nobody-and-nothing-but-tests-0123456789',
    ...more,
  };
  const server = await startLiveServer({ env, ...(program === undefined ? {} : { program }) }).catch(
    (error: unknown) => {
      // A port that was free a moment ago may be somebody else's by now.
      if (tries > 1 && String(error).includes('the port is taken')) return null;
      throw error;
    },
  );
  if (server === null)
    return startSubject(transport, { ...(program === undefined ? {} : { program }), env: more }, tries - 1);
  const subject = {
    url: server.url,
    tokens: {},
    mint: (claims) => server.token(claims as Parameters<typeof server.token>[0]),
    stop: async () => {
      await server.stop();
    },
  } satisfies Subject;
  return { server, subject };
}
