import { describe, expect, test } from 'vitest';
import { LmsError } from '../errors.js';
import { createHttpClient, type HttpClientOptions } from './http-client.js';

interface Sent {
  readonly line: string;
  readonly headers: Record<string, string>;
  readonly body: unknown;
}

/** A server that gives these answers, one after another, and remembers what it was asked. */
function serving(...answers: readonly (Response | Error)[]): { fetch: typeof fetch; sent: Sent[] } {
  const sent: Sent[] = [];
  const left = [...answers];
  const fetch: typeof globalThis.fetch = async (url, init = {}) => {
    const body = typeof init.body === 'string' ? (JSON.parse(init.body) as unknown) : undefined;
    const headers = Object.fromEntries(new Headers(init.headers).entries());
    sent.push({ line: `${init.method ?? 'GET'} ${url as string}`, headers, body });
    const answer = left.shift() ?? Response.json({});
    if (answer instanceof Error) throw answer;
    return answer;
  };
  return { fetch, sent };
}

const problem = (code: string, more: Record<string, unknown> = {}, headers: Record<string, string> = {}): Response =>
  new Response(JSON.stringify({ code, title: `Title of ${code}.`, detail: `Help of ${code}.`, status: 409, ...more }), {
    status: 409,
    headers: { 'content-type': 'application/problem+json', ...headers },
  });

const client = (options: Partial<HttpClientOptions>) =>
  createHttpClient({ server: 'https://live.test/base/', token: 'the.token', ...options });

describe('each call', () => {
  test.each([
    ['PUT /rooms/a%20b', { title: 'Algebra' }, (c: Client) => c.rooms.put('a b', { title: 'Algebra' })],
    ['POST /rooms', { id: 'a', kind: 'livestream' }, (c: Client) => c.rooms.create({ id: 'a', kind: 'livestream' })],
    ['GET /rooms', undefined, (c: Client) => c.rooms.list()],
    [
      'GET /rooms?status=live%2Copen&kind=meeting&after=x&limit=5',
      undefined,
      (c: Client) => c.rooms.list({ status: ['live', 'open'], kind: 'meeting', after: 'x', limit: 5 }),
    ],
    ['GET /rooms/a', undefined, (c: Client) => c.rooms.get('a')],
    [
      'PATCH /rooms/a',
      { policy: { 'chat.mode': 'slow' } },
      (c: Client) => c.rooms.change('a', { policy: { 'chat.mode': 'slow' } }),
    ],
    ['DELETE /rooms/a', undefined, (c: Client) => c.rooms.delete('a')],
    ['GET /rooms/a/status?tenant=t', undefined, (c: Client) => c.rooms.status('a', { tenant: 't' })],
    ['POST /rooms/a/start', undefined, (c: Client) => c.rooms.start('a')],
    ['POST /rooms/a/stop', undefined, (c: Client) => c.rooms.stop('a')],
    ['POST /rooms/a/join', undefined, (c: Client) => c.rooms.join('a')],
    ['POST /rooms/a/leave', undefined, (c: Client) => c.rooms.leave('a')],
    [
      'GET /rooms/a/messages?before=40&limit=20',
      undefined,
      (c: Client) => c.messages.list('a', { before: 40, limit: 20 }),
    ],
    [
      'POST /rooms/a/messages',
      { text: 'x', to: 'staff' },
      (c: Client) => c.messages.post('a', { text: 'x', to: 'staff' }),
    ],
    ['GET /rooms/a/questions', undefined, (c: Client) => c.questions.list('a')],
    [
      'POST /rooms/a/questions',
      { text: 'x', anonymous: true },
      (c: Client) => c.questions.ask('a', { text: 'x', anonymous: true }),
    ],
    ['PUT /rooms/a/questions/q/vote', undefined, (c: Client) => c.questions.vote('a', 'q')],
    ['DELETE /rooms/a/questions/q/vote', undefined, (c: Client) => c.questions.unvote('a', 'q')],
    ['PUT /rooms/a/questions/q/answer', { text: 'x' }, (c: Client) => c.questions.answer('a', 'q', { text: 'x' })],
  ] as const)('%s', async (line, body, call) => {
    const { fetch, sent } = serving();
    await call(client({ fetch }));
    const [method, path = ''] = line.split(' ');
    expect(sent).toMatchObject([{ line: `${method} https://live.test/base/v1${path}`, body }]);
    expect(sent[0]?.headers['authorization']).toBe('Bearer the.token');
  });
});
type Client = ReturnType<typeof createHttpClient>;

test('answers as the server does', async () => {
  const { fetch } = serving(Response.json({ items: [], next: 7 }), new Response(null, { status: 204 }));
  const http = client({ fetch });
  expect(await http.messages.list('a')).toEqual({ items: [], next: 7 });
  await expect(http.rooms.delete('a')).resolves.toBeUndefined();
});

test('sends an idempotency key where it is given one', async () => {
  const { fetch, sent } = serving();
  await client({ fetch }).messages.post('a', { text: 'x' }, { idempotencyKey: 'k'.repeat(22) });
  expect(sent[0]?.headers['idempotency-key']).toBe('k'.repeat(22));
});

test('asks for the public status without a token', async () => {
  const { fetch, sent } = serving();
  await createHttpClient({ server: 'https://live.test', fetch }).rooms.status('a');
  expect(sent[0]?.headers).not.toHaveProperty('authorization');
});

describe('a failure', () => {
  test('is an LmsError with the code, the sentences and the wait of the problem', async () => {
    const { fetch } = serving(problem('busy', { retryable: true, key: 'x' }, { 'retry-after': '2' }));
    const error = await client({ fetch })
      .rooms.get('a')
      .catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(LmsError);
    expect(error).toMatchObject({
      name: 'LmsError',
      code: 'busy',
      message: 'Title of busy.',
      help: 'Help of busy.',
      retryable: true,
      retryAfterMs: 2_000,
      detail: { key: 'x' },
    });
  });

  test('of the network is server_unreachable, with its cause', async () => {
    const cause = new TypeError('Failed to fetch');
    const { fetch } = serving(cause);
    await expect(client({ fetch }).rooms.get('a')).rejects.toMatchObject({ code: 'server_unreachable', cause });
  });

  test('that is no problem+json is the fault of something in between', async () => {
    const { fetch } = serving(new Response('<h1>Bad gateway</h1>', { status: 502 }));
    await expect(client({ fetch }).rooms.get('a')).rejects.toMatchObject({
      code: 'server_unreachable',
      retryable: true,
      detail: { status: 502 },
    });
  });

  test('of the address is a TypeError at once', () => {
    expect(() => createHttpClient({ server: 'live.school.example' })).toThrow(TypeError);
  });
});

describe('a token provider', () => {
  const provider = (tokens: string[]) => {
    const asked: string[] = [];
    return { asked, tokenProvider: ({ reason }: { reason: string }) => (asked.push(reason), tokens.shift() ?? 'last') };
  };

  test('is asked once, and again when a token is refused', async () => {
    const { asked, tokenProvider } = provider(['one', 'two']);
    const { fetch, sent } = serving(Response.json({}), problem('token_expired'), Response.json({}));
    const http = createHttpClient({ server: 'https://live.test', tokenProvider, fetch });
    await http.rooms.get('a');
    await http.rooms.get('a');
    expect(asked).toEqual(['start', 'refused']);
    expect(sent.map(({ headers }) => headers['authorization'])).toEqual(['Bearer one', 'Bearer one', 'Bearer two']);
  });

  test('is not asked in a loop', async () => {
    const { asked, tokenProvider } = provider(['one', 'two', 'three']);
    const { fetch } = serving(problem('token_expired'), problem('token_expired'));
    const http = createHttpClient({ server: 'https://live.test', tokenProvider, fetch });
    await expect(http.rooms.get('a')).rejects.toMatchObject({ code: 'token_expired' });
    expect(asked).toEqual(['start', 'refused']);
  });

  test('is not asked for what is not the token’s fault', async () => {
    const { asked, tokenProvider } = provider(['one']);
    const { fetch } = serving(problem('room_unknown'));
    const http = createHttpClient({ server: 'https://live.test', tokenProvider, fetch });
    await expect(http.rooms.get('a')).rejects.toMatchObject({ code: 'room_unknown' });
    expect(asked).toEqual(['start']);
  });
});
