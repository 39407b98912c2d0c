import { setTimeout as sleep } from 'node:timers/promises';
import type { LiveClass } from './courses.js';
import { signerOf, type TokenSigners } from './token-signer.js';

/** What the live server says of a class to everyone. */
export interface ClassStatus {
  /** `unknown`: it answers, and does not know the class yet. */
  readonly status: 'scheduled' | 'open' | 'live' | 'held' | 'ended' | 'unknown';
  readonly viewers: number;
}

/** The live server, as this LMS's back end talks to it. */
export interface LiveServer {
  /** null: it cannot be reached. */
  status(liveClass: Named): Promise<ClassStatus | null>;
  /** @throws {LiveServerError} */
  start(liveClass: Named): Promise<void>;
  /** Creates the classes, and again until the live server is up. Settles when all are there, were refused, or at the signal. */
  publish(classes: readonly LiveClass[], signal: AbortSignal): Promise<void>;
}

/** A class, and whose tokens open it. */
type Named = Pick<LiveClass, 'id' | 'tokens'>;

export class LiveServerError extends Error {
  override readonly name = 'LiveServerError';
  constructor(
    readonly status: number,
    message: string,
  ) {
    super(message);
  }
}

const REQUEST_TIMEOUT_MS = 5_000;
/** A page does not wait longer than this to say whether a class is on. */
const STATUS_TIMEOUT_MS = 800;
const FIRST_RETRY_MS = 500;
const MAX_RETRY_MS = 5_000;

export function createLiveServer({
  url,
  signers,
  warn,
}: {
  readonly url: string;
  readonly signers: TokenSigners;
  readonly warn: (sentence: string) => void;
}): LiveServer {
  async function send(method: string, liveClass: Named, { path = '', body }: { path?: string; body?: unknown } = {}) {
    const { id } = liveClass;
    const signer = signerOf(signers, liveClass);
    const response = await fetch(`${url}/v1/rooms/${encodeURIComponent(id)}${path}?tenant=${signer.tenant}`, {
      method,
      headers: {
        authorization: `Bearer ${await signer.forService(id)}`,
        ...(body !== undefined && { 'content-type': 'application/json' }),
      },
      ...(body !== undefined && { body: JSON.stringify(body) }),
      signal: AbortSignal.timeout(REQUEST_TIMEOUT_MS),
    });
    const text = await response.text();
    if (!response.ok) throw new LiveServerError(response.status, `${method} ${response.status}: ${text.slice(0, 300)}`);
  }

  async function publishOne(liveClass: LiveClass): Promise<void> {
    await send('PUT', liveClass, { body: roomOf(liveClass) });
    if (liveClass.isOnNow) await send('POST', liveClass, { path: '/start' });
  }

  async function publishUntilThere(liveClass: LiveClass, signal: AbortSignal): Promise<void> {
    for (let waitMs = FIRST_RETRY_MS; !signal.aborted; waitMs = Math.min(2 * waitMs, MAX_RETRY_MS)) {
      try {
        await publishOne(liveClass);
        return;
      } catch (error) {
        if (isFinal(error)) {
          warn(`The live server refused the class ${liveClass.id}: ${error.message}`);
          return;
        }
      }
      await sleep(waitMs, undefined, { signal }).catch(() => undefined);
    }
  }

  return {
    async status(liveClass) {
      const { tenant } = signerOf(signers, liveClass);
      try {
        const response = await fetch(`${url}/v1/rooms/${encodeURIComponent(liveClass.id)}/status?tenant=${tenant}`, {
          signal: AbortSignal.timeout(STATUS_TIMEOUT_MS),
        });
        return response.ok ? ((await response.json()) as ClassStatus) : { status: 'unknown', viewers: 0 };
      } catch {
        return null;
      }
    },
    start: (liveClass) => send('POST', liveClass, { path: '/start' }),
    async publish(classes, signal) {
      await Promise.all(classes.map((liveClass) => publishUntilThere(liveClass, signal)));
    },
  };
}

function roomOf({
  title,
  description,
  startsAt,
  endsAt,
  isOnNow,
  door = {},
}: LiveClass): Readonly<Record<string, unknown>> {
  return {
    kind: 'meeting',
    title,
    description,
    // A class that is on is started below; given a time in the past as well it would be late for itself.
    ...(!isOnNow && { startsAt: startsAt.getTime(), endsAt: endsAt.getTime() }),
    ...(door.password !== undefined && { password: door.password }),
    ...(door.expects && {
      roster: door.expects.map(({ id, name, role }) => ({ sub: id, name, ...(role && { role }) })),
    }),
    policy: {
      'join.lobby': { value: door.hasLobby ?? false, teacherEditable: true },
      'questions.anonymous': { value: true, teacherEditable: true },
      'questions.moderated': { value: false, teacherEditable: true },
      'chat.mode': { value: 'open', teacherEditable: true },
    },
  };
}

/** A refusal that will be the same the next time. */
function isFinal(error: unknown): error is LiveServerError {
  return error instanceof LiveServerError && error.status < 500 && error.status !== 429;
}
