import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { LIMITS, type CommandFrame, type ErrorCode } from '@lms-live/protocol';
import { selectMessages, selectPendingMessages } from '../selectors.js';
import { settle } from '../testing/fake-clock.js';
import { MemoryOutbox } from './memory-outbox.js';
import { PARTICIPANT, ScriptedServer, newId } from '../testing/scripted-server.js';
import type { RoomClient } from '../types.js';

let server: ScriptedServer;
let client: RoomClient;
beforeEach(async () => {
  server = await ScriptedServer.create();
});
afterEach(async () => {
  await server.end();
});

const commands = (): CommandFrame[] => server.socket.frames('command').filter(({ type }) => type !== 'person.join');
const said = (): unknown[] => commands().map(({ body }) => body['text']);
const seqs = (): number[] => commands().map(({ seq }) => seq);
const pending = (): unknown[] => selectPendingMessages(client.getState()).map(({ body }) => body['text']);
const shown = (): (string | null)[] => selectMessages(client.getState()).map(({ text }) => text);

function post(text: string): Promise<Readonly<Record<string, unknown>>> {
  const sent = client.send('chat.post', { text });
  sent.catch(() => undefined);
  return sent;
}

function ack({ cmid }: CommandFrame, result: Record<string, unknown> = { id: newId() }, positions = {}): void {
  server.socket.say({ frame: 'ack', cmid, positions, result });
}

function refuse({ cmid }: CommandFrame, code: ErrorCode, more: Record<string, unknown> = {}): void {
  server.socket.say({ frame: 'refused', cmid, code, message: code, help: '', retryable: false, ...more });
}

async function comeBack(): Promise<void> {
  server.socket.shut();
  await server.clock.advance(250);
  await server.admit();
}

/** The server makes a command's message durable. @returns its event and its id */
async function commit(command: CommandFrame): Promise<{ id: string; event: string }> {
  const id = newId();
  return { id, event: await server.post(String(command.body['text']), PARTICIPANT, id) };
}

describe('sending', () => {
  test('shows a command as pending at once, and settles with the result of its ack', async () => {
    client = await server.online();
    const sent = post('Hello');
    expect(client.getState().pending).toMatchObject([{ type: 'chat.post', body: { text: 'Hello' }, error: null }]);
    await settle();
    const [command] = commands();
    expect(command).toMatchObject({ frame: 'command', seq: 1, type: 'chat.post', body: { text: 'Hello' } });
    expect(command).not.toHaveProperty('resend');
    ack(command!, { id: 'made' });
    expect(await sent).toEqual({ id: 'made' });
  });

  test('is kept in the outbox from before it is sent until it is answered', async () => {
    client = await server.online();
    const add = server.outbox.add.bind(server.outbox);
    let store: () => void = () => {};
    server.outbox.add = async (item) => {
      await new Promise<void>((resolve) => (store = resolve));
      await add(item);
    };
    void post('Hello');
    await settle();
    expect(commands()).toHaveLength(0);
    store();
    await settle();
    expect(await server.outbox.list()).toHaveLength(1);
    ack(commands()[0]!);
    await settle();
    expect(await server.outbox.list()).toEqual([]);
  });

  test('keeps no more than eight unanswered, in order', async () => {
    client = await server.online();
    for (let index = 1; index <= 10; index += 1) void post(String(index));
    await settle();
    expect(said()).toEqual(['1', '2', '3', '4', '5', '6', '7', '8']);
    expect(LIMITS.maxUnacked).toBe(8);
    ack(commands()[0]!);
    ack(commands()[1]!);
    await settle();
    expect(said().slice(8)).toEqual(['9', '10']);
    expect(seqs()).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
  });

  test('what is said offline goes out when the connection is there', async () => {
    client = server.connect();
    void post('early');
    await server.admit();
    expect(said()).toEqual(['early']);
  });

  test('rejects when the client is released', async () => {
    client = await server.online();
    const sent = post('late');
    client.release();
    await server.clock.advance(1_000);
    await expect(sent).rejects.toMatchObject({ code: 'closed' });
    await expect(client.send('chat.post', { text: 'too late' })).rejects.toMatchObject({ code: 'closed' });
  });

  test('rejects for a holder that has let go, though others hold on', async () => {
    client = await server.online();
    const other = server.connect();
    other.release();
    await expect(other.send('chat.post', { text: 'x' })).rejects.toMatchObject({ code: 'closed' });
    expect(client.getState().pending).toEqual([]);
  });

  test('rejects what no frame can hold, and sends the next', async () => {
    client = await server.online();
    const sent = post('\u0007'.repeat(4_000));
    void post('next');
    await expect(sent).rejects.toMatchObject({ code: 'frame_too_large' });
    expect(said()).toEqual(['next']);
    expect(seqs()).toEqual([1]);
  });

  test('keeps to fewer unanswered where the server says so', async () => {
    client = server.connect();
    await settle();
    server.socket.open();
    await settle();
    server.welcome({ limits: { maxUnacked: 2 } });
    for (const text of ['1', '2', '3']) void post(text);
    await settle();
    expect(said()).toEqual(['1', '2']);
  });

  test('rejects when the server says to stay away, and what was pending shows why', async () => {
    client = await server.online();
    const sent = post('late');
    await settle();
    server.socket.say({ frame: 'refused', code: 'person_removed', message: 'No.', retryable: false });
    server.socket.shut(4502, 'person_removed');
    await expect(sent).rejects.toMatchObject({ code: 'person_removed' });
    expect(client.getState().pending).toMatchObject([{ error: { code: 'person_removed' } }]);
    await expect(client.send('chat.post', { text: 'x' })).rejects.toMatchObject({ code: 'person_removed' });
  });
});

describe('a lost connection', () => {
  test('has what was not answered sent again, in order, from 1, marked where it may have arrived', async () => {
    client = await server.online();
    for (let index = 1; index <= 9; index += 1) void post(String(index));
    await settle();
    ack(commands()[0]!);
    await settle();
    const before = commands().map(({ cmid }) => cmid);
    await comeBack();
    expect(said()).toEqual(['2', '3', '4', '5', '6', '7', '8', '9']);
    expect(seqs()).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
    expect(commands().map(({ cmid }) => cmid)).toEqual(before.slice(1));
    expect(commands().every(({ resend }) => resend)).toBe(true);
  });

  test('does not mark what was never sent', async () => {
    client = await server.online();
    server.socket.shut();
    void post('offline');
    await settle();
    await server.admit();
    expect(commands()).toMatchObject([{ body: { text: 'offline' } }]);
    expect(commands()[0]).not.toHaveProperty('resend');
  });

  test('is suspected when an answer is 3 s late, and left when none comes for 10 s', async () => {
    client = await server.online();
    void post('Hello');
    await settle();
    await server.clock.advance(3_000);
    expect(server.socket.frames('ping')).toHaveLength(1);
    for (let second = 0; second < 7; second += 1) {
      server.socket.say({ frame: 'pong', serverTime: 0, heads: [] });
      await server.clock.advance(1_000);
    }
    expect(server.sockets).toHaveLength(2);
    await server.admit();
    expect(commands()).toMatchObject([{ body: { text: 'Hello' }, resend: true }]);
  });
});

describe('a refusal', () => {
  test('for good shows on the pending command and rejects', async () => {
    client = await server.online();
    const sent = post('Hello');
    await settle();
    refuse(commands()[0]!, 'chat_frozen', { detail: { why: 'because' } });
    await expect(sent).rejects.toMatchObject({ name: 'LmsError', code: 'chat_frozen', detail: { why: 'because' } });
    expect(selectPendingMessages(client.getState())).toMatchObject([{ error: { code: 'chat_frozen' } }]);
    expect(await server.outbox.list()).toMatchObject([{ body: { text: 'Hello' }, refused: { code: 'chat_frozen' } }]);
    void post('next');
    await settle();
    expect(seqs()).toEqual([1, 2]);
  });

  test('can be dropped', async () => {
    client = await server.online();
    void post('Hello');
    await settle();
    const [command] = commands();
    client.dropPending(command!.cmid);
    expect(pending()).toEqual(['Hello']);
    refuse(command!, 'chat_frozen');
    client.dropPending(command!.cmid);
    expect(pending()).toEqual([]);
  });

  test('can be sent again, under a new id', async () => {
    client = await server.online();
    void post('Hello');
    await settle();
    refuse(commands()[0]!, 'slow_mode', { retryAfterMs: 5_000 });
    client.retryPending(commands()[0]!.cmid);
    expect(selectPendingMessages(client.getState())).toMatchObject([{ body: { text: 'Hello' }, error: null }]);
    await settle();
    expect(said()).toEqual(['Hello', 'Hello']);
    expect(new Set(commands().map(({ cmid }) => cmid)).size).toBe(2);
  });

  test('for now is waited for, and everything behind it is sent again behind it', async () => {
    client = await server.online();
    for (const text of ['1', '2', '3']) void post(text);
    await settle();
    const [one, two, three] = commands();
    ack(one!);
    refuse(two!, 'busy', { retryable: true, retryAfterMs: 2_000, expect: 2 });
    await server.clock.advance(1_999);
    expect(commands()).toHaveLength(3);
    refuse(three!, 'seq_expected', { retryable: true, expect: 2 });
    await server.clock.advance(1);
    expect(said().slice(3)).toEqual(['2', '3']);
    expect(seqs().slice(3)).toEqual([2, 3]);
    expect(selectPendingMessages(client.getState()).every(({ error }) => error === null)).toBe(true);
  });

  test('for now holds back what is new until everything under way was answered', async () => {
    client = await server.online();
    for (const text of ['1', '2']) void post(text);
    await settle();
    refuse(commands()[0]!, 'seq_expected', { retryable: true, expect: 1 });
    void post('3');
    await settle();
    expect(commands()).toHaveLength(2);
    refuse(commands()[1]!, 'seq_expected', { retryable: true, expect: 1 });
    await settle();
    expect(said().slice(2)).toEqual(['1', '2', '3']);
    expect(seqs().slice(2)).toEqual([1, 2, 3]);
  });

  test('without a time is waited for a second', async () => {
    client = await server.online();
    void post('1');
    await settle();
    refuse(commands()[0]!, 'store_unavailable', { retryable: true, expect: 1 });
    await server.clock.advance(999);
    expect(commands()).toHaveLength(1);
    await server.clock.advance(1);
    expect(commands()).toHaveLength(2);
  });

  test('that is not of a command is told as an error', async () => {
    client = await server.online();
    const codes: string[] = [];
    client.on('error', ({ code }) => codes.push(code));
    server.socket.say({ frame: 'refused', code: 'reactions_disabled', message: 'No.', retryable: false });
    expect(codes).toEqual(['reactions_disabled']);
  });
});

describe('pending and shown', () => {
  /** After every change: no text is both pending and shown, and none is neither. */
  function watch(text: string): string[] {
    const wrong: string[] = [];
    client.subscribe(() => check());
    const check = (): void => {
      const count = Number(pending().includes(text)) + Number(shown().includes(text));
      if (count !== 1) wrong.push(`${text}: ${count}`);
    };
    return wrong;
  }

  test('a message stays pending from its ack to its event, and is never seen twice', async () => {
    client = await server.online();
    void post('Hello');
    const wrong = watch('Hello');
    await settle();
    const { id, event } = await commit(commands()[0]!);
    ack(commands()[0]!, { id }, { all: server.logs.all.position });
    await server.clock.advance(10);
    expect([pending(), shown()]).toEqual([['Hello'], []]);
    server.socket.sayText(event);
    expect([pending(), shown()]).toEqual([[], ['Hello']]);
    await server.clock.advance(10);
    expect(wrong).toEqual([]);
  });

  test('a message that is replayed before its command is confirmed is not seen twice', async () => {
    client = await server.online();
    void post('Hello');
    const wrong = watch('Hello');
    await settle();
    const { id, event } = await commit(commands()[0]!);
    await comeBack();
    server.socket.sayText(event);
    expect([pending(), shown()]).toEqual([[], ['Hello']]);
    ack(commands()[0]!, { id }, { all: server.logs.all.position });
    await server.clock.advance(10);
    expect([pending(), shown()]).toEqual([[], ['Hello']]);
    expect(wrong).toEqual([]);
    expect(client.getState().pending.filter(({ type }) => type === 'chat.post')).toEqual([]);
  });

  test('a message that looks the same, from another tab, gives way again', async () => {
    client = await server.online();
    void post('ok');
    await settle();
    const other = await commit(commands()[0]!);
    await comeBack();
    server.socket.sayText(other.event);
    expect([pending(), shown()]).toEqual([[], ['ok']]);
    const own = await commit(commands()[0]!);
    ack(commands()[0]!, { id: own.id }, { all: server.logs.all.position });
    expect([pending(), shown()]).toEqual([['ok'], ['ok']]);
    server.socket.sayText(own.event);
    expect([pending(), shown()]).toEqual([[], ['ok', 'ok']]);
  });

  test('two messages with one text are two', async () => {
    client = await server.online();
    void post('ok');
    void post('ok');
    await settle();
    const [first, second] = commands();
    const one = await commit(first!);
    ack(first!, { id: one.id }, { all: server.logs.all.position });
    server.socket.sayText(one.event);
    expect([pending(), shown()]).toEqual([['ok'], ['ok']]);
    const two = await commit(second!);
    ack(second!, { id: two.id }, { all: server.logs.all.position });
    server.socket.sayText(two.event);
    expect([pending(), shown()]).toEqual([[], ['ok', 'ok']]);
  });

  test('the text is compared as the server keeps it', async () => {
    client = await server.online();
    void post('  Hello\r\nyou\u0007  ');
    await settle();
    await comeBack();
    server.socket.sayText(await server.post('Hello\nyou', PARTICIPANT));
    expect(pending()).toEqual([]);
  });

  test('a command that makes nothing stays pending until the logs have come to it', async () => {
    client = await server.online();
    client.send('vote.set', { question: 'q', value: true }).catch(() => undefined);
    await settle();
    const event = await server.commit({
      log: 'me',
      type: 'vote.set',
      by: PARTICIPANT,
      body: { question: 'q', value: true },
    });
    ack(commands()[0]!, {}, { me: server.logs.me.position });
    expect(client.getState().pending).toMatchObject([{ type: 'vote.set' }]);
    server.socket.sayText(event);
    expect(client.getState().pending).toEqual([]);
    expect(client.getState().views.me.votes.has('q')).toBe(true);
  });

  test('a command that changes nothing is over with its ack', async () => {
    client = await server.online();
    client.send('vote.set', { question: 'q', value: true }).catch(() => undefined);
    await settle();
    ack(commands()[0]!, {});
    expect(client.getState().pending).toEqual([]);
  });

  test('an anonymous question is not seen twice either', async () => {
    client = await server.online();
    client.send('question.ask', { text: 'Why?', anonymous: true }).catch(() => undefined);
    await settle();
    const [{ cmid }] = commands() as [CommandFrame];
    await comeBack();
    server.socket.sayText(
      await server.commit({
        log: 'all',
        type: 'question.asked',
        by: null,
        body: { id: 'q', text: 'Why?', alias: 'fox', state: 'open', askedAt: 0 },
      }),
    );
    expect(client.getState().pending).toEqual([]);
    ack({ cmid } as CommandFrame, { id: 'q' });
    expect(client.getState().pending).toEqual([]);
  });
});

describe('what an earlier page could not send', () => {
  const old = (cmid: string, at: number) => ({ cmid, type: 'chat.post', body: { text: cmid }, at }) as const;

  test('goes first, marked as sent again', async () => {
    await server.outbox.add(old('from-before-000000', server.clock.wallMs()));
    client = server.connect();
    void post('new');
    await server.admit();
    expect(commands()).toMatchObject([
      { cmid: 'from-before-000000', resend: true, seq: 1 },
      { body: { text: 'new' }, seq: 2 },
    ]);
  });

  test('is not sent after a day, but shown', async () => {
    await server.outbox.add(old('from-before-000000', server.clock.wallMs() - 25 * 3_600_000));
    client = await server.online();
    expect(commands()).toEqual([]);
    expect(client.getState().pending).toMatchObject([{ cmid: 'from-before-000000', error: { code: 'timeout' } }]);
  });

  test('has no gesture of the moment in it', async () => {
    client = server.connect({ join: false });
    client.send('hand.raise', {}).catch(() => undefined);
    await settle();
    expect(await server.outbox.list()).toEqual([]);
    await server.admit();
    expect(commands()).toMatchObject([{ type: 'hand.raise' }]);
  });

  test('an outbox that fails keeps nothing back', async () => {
    const broken = new MemoryOutbox();
    broken.add = () => Promise.reject(new Error('full'));
    broken.list = () => Promise.reject(new Error('broken'));
    client = await server.online({ environment: { ...server.environment, createOutbox: () => broken } });
    void post('Hello');
    await settle();
    expect(said()).toEqual(['Hello']);
  });
});
