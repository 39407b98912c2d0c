import { createHmac } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { LIMITS } from '@lms-live/protocol';
import { AdmissionError } from '../src/admission/admission-error.js';
import { ALLOWED_MS, HostAnswers, REFUSED_MS, type HostAnswersOptions } from '../src/admission/host-answers.js';
import type { Identity, Tenant } from '../src/auth/types.js';
import { come, makeRoom } from './support/host.js';
import { SILENT, startRig, TENANT, token, type Rig } from './support/rig.js';

const SECRET = new TextEncoder().encode('a-secret-of-a-hook-that-exists-in-tests-only');
const NO_ROOM: readonly string[] = [];

interface Question {
  readonly headers: IncomingMessage['headers'];
  readonly method: string | undefined;
  readonly text: string;
  readonly body: { tenant: string; sub: string; room: string; claims: Record<string, unknown> };
}

/** A host with an admission hook. */
class Host {
  readonly questions: Question[] = [];
  answer: (question: Question, response: ServerResponse) => void = (_question, response) => {
    response.end(JSON.stringify({ allow: true }));
  };
  readonly #server = createServer((request, response) => {
    let text = '';
    request.on('data', (chunk: Buffer) => (text += chunk.toString('utf8')));
    request.on('end', () => {
      const { headers, method } = request;
      const question = { headers, method, text, body: JSON.parse(text || '{}') as Question['body'] };
      this.questions.push(question);
      this.answer(question, response);
    });
  });

  async start(): Promise<string> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve));
    return `http://127.0.0.1:${String((this.#server.address() as AddressInfo).port)}/lms-live/admission`;
  }

  says(answers: Readonly<Record<string, unknown>>): void {
    this.answer = (_question, response) => response.end(JSON.stringify(answers));
  }

  stop(): Promise<void> {
    this.#server.closeAllConnections();
    return new Promise((resolve) => {
      this.#server.close(() => {
        resolve();
      });
    });
  }
}

let host: Host;
let url: string;
beforeEach(async () => {
  host = new Host();
  url = await host.start();
});
afterEach(() => host.stop());

describe('a tenant whose host is asked', () => {
  let rig: Rig;
  beforeEach(async () => {
    rig = await startRig({ tenants: [{ ...TENANT, admission: { by: 'hook', url, secret: SECRET } }], log: SILENT });
  });
  afterEach(() => rig.stop());

  it('lets in whom it allows, as what it says, with a token that names no room', async () => {
    host.answer = ({ body }, response) => {
      const isTeacher = body.sub === 'grace';
      response.end(
        JSON.stringify({
          allow: true,
          role: isTeacher ? 'instructor' : 'student',
          name: `${body.sub.toUpperCase()}\u202e of ${body.room}`,
          grants: isTeacher ? {} : { 'chat.post': false },
          somethingNew: [1],
        }),
      );
    };
    const grace = await come(rig, { sub: 'grace', room: NO_ROOM }, { room: 'logic' });
    expect(grace.first).toMatchObject({ frame: 'welcome', role: 'instructor', room: { id: 'logic' } });
    const ada = await come(rig, { sub: 'ada', room: NO_ROOM }, { room: 'logic' });
    expect(ada.first).toMatchObject({ frame: 'welcome', role: 'student' });
    expect((ada.first as { grants: string[] }).grants).not.toContain('chat.post');
    const named = await grace.peer.until(
      (frame) => frame.frame === 'event' && frame.type === 'person.named' && frame.by === ada.peer.welcome.participant,
    );
    expect(named).toMatchObject({ body: { name: 'ADA of logic' } });
  });

  it('signs what it asks, as Standard Webhooks has it', async () => {
    await come(rig, { sub: 'ada', room: NO_ROOM, name: 'Ada' }, { room: 'logic' });
    const [question] = host.questions;
    const { headers, text, method, body } = question as Question;
    expect(method).toBe('POST');
    expect(Object.keys(body)).toEqual(['tenant', 'sub', 'room', 'claims']);
    expect(body).toMatchObject({ tenant: 'school', sub: 'ada', room: 'logic', claims: { sub: 'ada', name: 'Ada' } });
    const [id, timestamp] = [headers['webhook-id'] as string, headers['webhook-timestamp'] as string];
    expect(Math.abs(Number(timestamp) - Date.now() / 1_000)).toBeLessThan(5);
    const signature = createHmac('sha256', SECRET).update(`${id}.${timestamp}.${text}`).digest('base64');
    expect(headers['webhook-signature']).toBe(`v1,${signature}`);
  });

  it('refuses whom it does not allow, with its reason as text, on the socket and over HTTP', async () => {
    host.says({ allow: false, reason: 'You have not paid <b>yet</b>.\u0007', role: 'instructor' });
    await makeRoom(rig, 'logic', { visibility: 'public' });
    const { peer, first } = await come(rig, { sub: 'ada', room: 'logic' }, { room: 'logic' });
    const detail = { reason: 'You have not paid <b>yet</b>.' };
    expect(first).toMatchObject({ frame: 'refused', code: 'enrolment_refused', detail });
    expect(await peer.untilClosed()).toMatchObject({ code: 4501 });
    const read = await rig.http('GET', '/v1/rooms/logic', { claims: { sub: 'ada', room: 'logic' } });
    expect(read).toMatchObject({ status: 403, body: { code: 'enrolment_refused' } });
  });

  it('tells whoever comes to come again while it is down, and lets nobody in', async () => {
    await makeRoom(rig, 'logic', { visibility: 'public' });
    await host.stop();
    const { peer, first } = await come(rig, { sub: 'ada', role: 'instructor', room: 'logic' }, { room: 'logic' });
    expect(first).toMatchObject({ frame: 'refused', code: 'enrolment_unavailable', retryable: true });
    expect(await peer.untilClosed()).toEqual({ code: 4003, reason: 'enrolment_unavailable' });
    const read = await rig.http('GET', '/v1/rooms/logic', { claims: { sub: 'ada', room: 'logic' } });
    expect(read).toMatchObject({ status: 503, body: { code: 'enrolment_unavailable' } });
    await host.start();
  });

  it('does not throw out who is in while it is down', async () => {
    host.says({ allow: true, role: 'instructor' });
    const { peer } = await come(rig, { sub: 'grace', room: NO_ROOM }, { room: 'logic' });
    await host.stop();
    peer.send({ frame: 'token', token: await token({ sub: 'grace', room: NO_ROOM, expiresInS: 900 }) });
    const refused = await peer.until((frame) => frame.frame === 'refused');
    expect(refused).toMatchObject({ code: 'enrolment_unavailable', retryable: true });
    expect(await peer.command('chat.post', { text: 'still here' })).toMatchObject({ frame: 'ack' });
    expect(peer.closed).toBeNull();
    await host.start();
  });

  it('asks once for all connections of a token that come at once, and not again for the next', async () => {
    host.says({ allow: true, role: 'instructor' });
    const jwt = await token({ sub: 'grace', room: NO_ROOM });
    const enter = async (): Promise<void> => {
      const peer = await rig.open();
      expect(await peer.hello(jwt, { room: 'logic' })).toMatchObject({ frame: 'welcome' });
    };
    await Promise.all(Array.from({ length: 6 }, enter));
    await enter();
    expect(host.questions).toHaveLength(1);
  });
});

describe('what a host answers', () => {
  let now = 1_790_000_000_000;
  const tenant = (): Tenant => ({ ...TENANT, admission: { by: 'hook', url, secret: SECRET } }) as unknown as Tenant;
  const person = (more: Partial<Identity> = {}): Identity => ({
    tenant: tenant(),
    sub: 'ada',
    role: 'student',
    grantChanges: {},
    name: 'Ada',
    picture: null,
    locale: null,
    rooms: { exact: [], prefixes: [] },
    expiresAt: now + 3_600_000,
    issuedAt: now,
    tokenId: null,
    claims: { sub: 'ada', iat: now },
    ...more,
  });
  const answers: HostAnswers[] = [];
  const open = (options: Partial<HostAnswersOptions> = {}): HostAnswers => {
    const made = new HostAnswers({ now: () => now, ...options });
    answers.push(made);
    return made;
  };
  const codeOf = async (answer: Promise<unknown>): Promise<string> => {
    const error = await answer.then(
      () => null,
      (thrown: unknown) => thrown,
    );
    if (!(error instanceof AdmissionError)) throw new Error('was not refused', { cause: error });
    return error.code;
  };
  beforeEach(() => {
    now = 1_790_000_000_000;
  });
  afterEach(() => {
    for (const each of answers.splice(0)) each.close();
  });

  it.each([
    ['a status that is not 200', (r: ServerResponse) => r.writeHead(500).end(JSON.stringify({ allow: true }))],
    ['another good status', (r: ServerResponse) => r.writeHead(201).end(JSON.stringify({ allow: true }))],
    ['nothing', (r: ServerResponse) => r.end()],
    ['no JSON', (r: ServerResponse) => r.end('allow')],
    ['a list', (r: ServerResponse) => r.end('[{"allow": true}]')],
    ['no answer', (r: ServerResponse) => r.end('{}')],
    ['a word for the answer', (r: ServerResponse) => r.end('{"allow": "yes"}')],
    ['two answers', (r: ServerResponse) => r.end('{"allow": false, "allow": true}')],
    ['the role of a back end', (r: ServerResponse) => r.end('{"allow": true, "role": "service"}')],
    ['a role that there is not', (r: ServerResponse) => r.end('{"allow": true, "role": "Teacher"}')],
    ['a list of grants', (r: ServerResponse) => r.end('{"allow": true, "grants": ["chat.post"]}')],
    ['grants that are no yes or no', (r: ServerResponse) => r.end('{"allow": true, "grants": {"vote": 1}}')],
    ['the name of an object', (r: ServerResponse) => r.end('{"allow": true, "name": {"a": 1}}')],
    ['more than it may', (r: ServerResponse) => r.end(`{"allow": true, "x": "${'x'.repeat(LIMITS.maxHookBytes)}"}`)],
    ['a cut connection', (r: ServerResponse) => r.destroy()],
  ] as const)('lets nobody in by %s', async (_what, answer) => {
    host.answer = (_question, response) => {
      answer(response);
    };
    const onFailure = vi.fn();
    expect(await codeOf(open({ onFailure }).of(person(), 'logic'))).toBe('enrolment_unavailable');
    expect(onFailure).toHaveBeenCalledOnce();
  });

  it('is not looked for elsewhere: no redirect is followed', async () => {
    const elsewhere = new Host();
    const other = await elsewhere.start();
    host.answer = (_question, response) => response.writeHead(307, { location: other }).end();
    expect(await codeOf(open().of(person(), 'logic'))).toBe('enrolment_unavailable');
    expect(elsewhere.questions).toEqual([]);
    await elsewhere.stop();
  });

  it(
    'is waited for as long as it may take, and no longer',
    async () => {
      host.answer = (_question, response) => {
        response.write('{"allow": ');
      };
      const startedAt = performance.now();
      expect(await codeOf(open().of(person(), 'logic'))).toBe('enrolment_unavailable');
      expect(performance.now() - startedAt).toBeGreaterThan(LIMITS.hookTimeoutMs - 50);
      expect(performance.now() - startedAt).toBeLessThan(LIMITS.hookTimeoutMs + 2_000);
    },
    LIMITS.hookTimeoutMs + 4_000,
  );

  it('counts for some minutes, and never longer than the token', async () => {
    const hosts = open();
    const long = person();
    const short = person({ expiresAt: now + 60_000, claims: { sub: 'ada', jti: 'short' } });
    await hosts.of(long, 'logic');
    await hosts.of(short, 'logic');
    expect(host.questions).toHaveLength(2);
    now += 59_999;
    await hosts.of(long, 'logic');
    await hosts.of(short, 'logic');
    expect(host.questions).toHaveLength(2);
    now += 1;
    await hosts.of(short, 'logic');
    expect(host.questions).toHaveLength(3);
    now += ALLOWED_MS - 60_001;
    await hosts.of(long, 'logic');
    expect(host.questions).toHaveLength(3);
    now += 1;
    await hosts.of(long, 'logic');
    expect(host.questions).toHaveLength(4);
  });

  it('counts for less where it is a no: who was just enrolled comes in', async () => {
    const hosts = open();
    host.says({ allow: false });
    expect(await hosts.of(person(), 'logic')).toMatchObject({ allow: false });
    host.says({ allow: true });
    now += REFUSED_MS;
    expect(await hosts.of(person(), 'logic')).toMatchObject({ allow: true });
  });

  it('is of one token, one room and one tenant', async () => {
    const hosts = open();
    await hosts.of(person(), 'logic');
    await hosts.of(person(), 'algebra');
    await hosts.of(person({ claims: { sub: 'ada', iat: now + 1 } }), 'logic');
    await hosts.of(person({ sub: 'bob', claims: { sub: 'bob', iat: now } }), 'logic');
    await hosts.of(person({ tenant: { ...tenant(), id: 'other' } }), 'logic');
    expect(host.questions).toHaveLength(5);
    await hosts.of(person(), 'logic');
    expect(host.questions).toHaveLength(5);
  });

  it('is not asked for by one person for one room after the other', async () => {
    const hosts = open();
    const codes = await Promise.all(
      Array.from({ length: 40 }, (_, at) =>
        hosts.of(person(), `room-${String(at)}`).then(
          () => 'asked',
          (error: unknown) => (error as AdmissionError).code,
        ),
      ),
    );
    expect(codes.filter((code) => code === 'asked').length).toBeLessThan(25);
    expect(codes).toContain('rate_limited');
    expect(await hosts.of(person({ sub: 'bob', claims: { sub: 'bob' } }), 'logic')).toMatchObject({ allow: true });
  });

  it('is not waited for by everyone where it fails again and again, and is asked again after a moment', async () => {
    const hosts = open();
    host.answer = (_question, response) => response.writeHead(500).end();
    for (let at = 0; at < 8; at += 1) {
      const sub = `p${String(at)}`;
      expect(await codeOf(hosts.of(person({ sub, claims: { sub } }), 'logic'))).toBe('enrolment_unavailable');
    }
    expect(host.questions).toHaveLength(5);
    host.says({ allow: true });
    now += 2_000;
    expect(await hosts.of(person(), 'logic')).toMatchObject({ allow: true });
  });

  it('cuts a reason that is long', async () => {
    host.says({ allow: false, reason: 'r'.repeat(5_000) });
    expect((await open().of(person(), 'logic')).reason).toHaveLength(LIMITS.maxReasonChars);
  });
});
