import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { CommandFrame } from '@lms-live/protocol';
import { settle } from '../testing/fake-clock.js';
import { PARTICIPANT, ROOM, ScriptedServer, TENANT, newId } from '../testing/scripted-server.js';
import type { ConnectOptions, OutboxItem, OutboxNews, OutboxOwner, RoomClient } from '../types.js';
import { MemoryOutbox } from './memory-outbox.js';

const DAY_MS = 24 * 60 * 60 * 1_000;

/** What a page has asked of the storage of its browser. */
class Storage {
  readonly opened: OutboxOwner[] = [];
  readonly outboxes: MemoryOutbox[] = [];
  news: OutboxNews | null = null;
  wipes = 0;
  closes = 0;

  readonly open = (owner: OutboxOwner, news: OutboxNews): MemoryOutbox => {
    const outbox = new MemoryOutbox();
    this.opened.push(owner);
    this.outboxes.push(outbox);
    this.news = news;
    if (owner.storage === 'indexeddb') news.keeps(true);
    return Object.assign(outbox, {
      wipe: async () => void (this.wipes += 1),
      close: async () => void (this.closes += 1),
    });
  };
}

let server: ScriptedServer;
let storage: Storage;
let client: RoomClient;
beforeEach(async () => {
  server = await ScriptedServer.create();
  storage = new Storage();
});
afterEach(async () => {
  await server.end();
});

const keeping = (options: Partial<ConnectOptions> = {}): Partial<ConnectOptions> => ({
  environment: { ...server.environment, createOutbox: storage.open },
  ...options,
});
const place = (): string => client.getState().connection.outbox;
const commands = (): CommandFrame[] => server.socket.frames('command').filter(({ type }) => type !== 'person.join');
const pending = (): unknown[] => client.getState().pending.map(({ body }) => body['text']);

function post(text: string): Promise<unknown> {
  const sent = client.send('chat.post', { text });
  sent.catch(() => undefined);
  return sent;
}

async function comeBackAs(participant: string): Promise<void> {
  await server.clock.advance(250);
  server.socket.open();
  await settle();
  server.welcome({ participant });
  await settle();
}

function setPolicy(clientStorage: 'memory' | 'indexeddb'): Promise<string> {
  return server.commit({ log: 'all', type: 'room.changed', by: null, body: { policy: { clientStorage } } });
}

describe('whose outbox it is', () => {
  test('is known by the participant, as the server says, and not by what a token seems to say', async () => {
    client = server.connect(keeping());
    await settle();
    expect(storage.opened).toEqual([]);
    await server.admit();
    expect(storage.opened).toEqual([
      {
        server: 'https://live.test',
        tenant: TENANT,
        room: ROOM,
        participant: PARTICIPANT,
        person: expect.stringContaining('anna') as string,
        storage: 'indexeddb',
      },
    ]);
    expect(place()).toBe('kept');
  });

  test('stays the same over connections', async () => {
    client = await server.online(keeping());
    server.socket.shut();
    await server.clock.advance(250);
    await server.admit();
    expect(storage.opened).toHaveLength(1);
  });

  test('another person on the same page neither sends nor sees what the one before has left', async () => {
    client = await server.online(keeping());
    const errors: unknown[] = [];
    client.on('error', (error) => errors.push(error));
    server.socket.shut();
    const sent = post('of the one before');
    await settle();
    client.setToken(server.token({ sub: 'ben' }));
    await comeBackAs('participant-other');
    await expect(sent).rejects.toMatchObject({ code: 'token_person_changed' });
    expect(errors).toMatchObject([{ code: 'token_person_changed', detail: { left: 1 } }]);
    await server.clock.advance(3_000);
    expect(commands()).toEqual([]);
    expect(pending()).toEqual([]);
    expect(storage.opened.map(({ participant }) => participant)).toEqual([PARTICIPANT, 'participant-other']);
    expect(storage.closes).toBe(1);
    expect(await storage.outboxes[0]?.list()).toHaveLength(1);
    expect(await storage.outboxes[1]?.list()).toEqual([]);
  });

  test('the same person under another participant, of a server set back to an older copy, has all of it sent', async () => {
    client = await server.online(keeping());
    server.socket.shut();
    const sent = post('mine');
    await settle();
    await comeBackAs('participant-anew');
    await server.clock.advance(3_000);
    expect(commands()).toMatchObject([{ body: { text: 'mine' } }]);
    server.socket.say({ frame: 'ack', cmid: commands()[0]?.cmid ?? '', positions: {}, result: { id: 'made' } });
    expect(await sent).toEqual({ id: 'made' });
    expect(storage.opened.map(({ participant }) => participant)).toEqual([PARTICIPANT, 'participant-anew']);
  });

  test('a person without a name of their own is somebody else under another participant', async () => {
    const token = `e30.${btoa(JSON.stringify({ room: ROOM, exp: server.clock.wallMs() / 1_000 + 3_600 }))}.x`;
    client = await server.online(keeping({ token }));
    server.socket.shut();
    const sent = post('whose?');
    await settle();
    await comeBackAs('participant-other');
    await expect(sent).rejects.toMatchObject({ code: 'token_person_changed' });
    await server.clock.advance(3_000);
    expect(commands()).toEqual([]);
  });

  test('is not waited for where the log of the class does not come', async () => {
    client = server.connect(keeping());
    void post('early');
    await settle();
    server.socket.open();
    await settle();
    await server.post('never arrives');
    server.welcome();
    await server.clock.advance(2_999);
    expect(commands()).toEqual([]);
    await server.clock.advance(1);
    expect(commands()).toMatchObject([{ body: { text: 'early' } }]);
    expect(place()).toBe('kept');
  });
});

describe('what is not to be kept', () => {
  test('the host says so: nothing is opened for keeping', async () => {
    client = await server.online(keeping({ clientStorage: 'memory' }));
    expect(storage.opened).toMatchObject([{ storage: 'memory' }]);
    expect(place()).toBe('memory');
  });

  test('the class says so: nothing is opened for keeping', async () => {
    const event = await setPolicy('memory');
    client = server.connect(keeping());
    await server.admit();
    expect(storage.opened).toEqual([]);
    server.socket.sayText(event);
    await settle();
    expect(storage.opened).toMatchObject([{ storage: 'memory' }]);
    expect(place()).toBe('memory');
  });

  test('the class says so later: what was kept is wiped, and is still sent', async () => {
    client = await server.online(keeping());
    server.socket.say({ frame: 'ack', cmid: 'x', positions: {}, result: {} });
    void post('one');
    await settle();
    server.socket.sayText(await setPolicy('memory'));
    void post('two');
    await settle();
    expect(storage.wipes).toBe(1);
    expect(place()).toBe('memory');
    expect(await storage.outboxes[0]?.list()).toHaveLength(1);
    expect(commands()).toMatchObject([{ body: { text: 'one' } }, { body: { text: 'two' } }]);
    server.socket.sayText(await setPolicy('indexeddb'));
    expect(place()).toBe('memory');
  });

  test('one of two holders says so: it is so for both', async () => {
    const options = keeping({ token: server.token() });
    client = await server.online(options);
    expect(place()).toBe('kept');
    server.connect({ ...options, clientStorage: 'memory' });
    await settle();
    expect(place()).toBe('memory');
    expect(storage.wipes).toBe(1);
    expect(server.sockets).toHaveLength(1);
  });

  test('a word that is none of the two is a mistake, and nothing is stored', async () => {
    client = server.connect(keeping({ clientStorage: 'Memory' as 'memory' }));
    expect(client.getState().connection).toMatchObject({
      state: 'failed',
      error: { code: 'attribute_invalid', detail: { attribute: 'client-storage' } },
    });
    await settle();
    expect(storage.opened).toEqual([]);
  });
});

describe('storage that is not there', () => {
  test('is said, and nothing else changes', async () => {
    client = await server.online(
      keeping({
        environment: {
          ...server.environment,
          createOutbox: () => Promise.reject(new DOMException('Forbidden.', 'SecurityError')),
        },
      }),
    );
    void post('Hello');
    await settle();
    expect(place()).toBe('memory');
    expect(commands()).toMatchObject([{ body: { text: 'Hello' } }]);
  });

  test('is said also when it fails later', async () => {
    client = await server.online(keeping());
    storage.news?.keeps(false);
    expect(place()).toBe('memory');
  });
});

describe('what another tab has left', () => {
  const left = (cmid: string, at: number): OutboxItem => ({ cmid, type: 'chat.post', body: { text: cmid }, at });

  test('is sent behind what is under way, marked as sent again, once', async () => {
    client = await server.online(keeping());
    void post('own');
    await settle();
    const items = ['one', 'two'].map((cmid) => left(cmid, server.clock.wallMs()));
    storage.news?.adopted(items);
    storage.news?.adopted(items);
    expect(pending()).toEqual(['own', 'one', 'two']);
    expect(commands()).toMatchObject([
      { seq: 1, body: { text: 'own' } },
      { seq: 2, cmid: 'one', resend: true },
      { seq: 3, cmid: 'two', resend: true },
    ]);
  });

  test('is not sent after a day, but shown', async () => {
    client = await server.online(keeping());
    storage.news?.adopted([left('old', server.clock.wallMs() - DAY_MS - 1)]);
    expect(commands()).toEqual([]);
    expect(client.getState().pending).toMatchObject([{ cmid: 'old', error: { code: 'timeout' } }]);
  });

  test('comes too late for a page that is closed', async () => {
    client = await server.online(keeping());
    client.release();
    await server.clock.advance(1_000);
    storage.news?.adopted([left(newId(), server.clock.wallMs())]);
    expect(pending()).toEqual([]);
  });
});

describe('what is left behind', () => {
  const inOutbox = async (): Promise<unknown[]> =>
    ((await storage.outboxes[0]?.list()) ?? []).map(({ body }) => body['text']);
  async function closeWith(code: number, reason: string): Promise<void> {
    client = await server.online(keeping());
    void post('unsent');
    await settle();
    server.socket.say({ frame: 'refused', code: reason, message: reason, retryable: false } as never);
    server.socket.shut(code, reason);
    await settle();
  }

  test('by a page that closes is kept for the next one', async () => {
    client = await server.online(keeping());
    const sent = post('unsent');
    await settle();
    client.release();
    await server.clock.advance(1_000);
    await expect(sent).rejects.toMatchObject({ code: 'closed' });
    expect(await inOutbox()).toEqual(['unsent']);
  });

  test('by a token that is not taken any more is kept for the page that has a better one', async () => {
    await closeWith(4501, 'token_signature');
    expect(client.getState().pending).toMatchObject([{ error: { code: 'token_signature' } }]);
    expect(await inOutbox()).toEqual(['unsent']);
  });

  test('is wiped where it was sent again under another id, or dropped', async () => {
    await closeWith(4501, 'token_signature');
    client.dropPending(client.getState().pending[0]?.cmid ?? '');
    await settle();
    expect(await inOutbox()).toEqual([]);
  });

  test.each([
    [4502, 'person_removed'],
    [4503, 'person_banned'],
  ])('%i %s: by somebody whom staff do not want here is not kept', async (code, reason) => {
    await closeWith(code, reason);
    expect(await inOutbox()).toEqual([]);
    expect(client.getState().pending).toMatchObject([{ waits: false, error: { code: reason } }]);
    client.retry();
    await server.admit();
    expect(commands()).toEqual([]);
  });

  test.each([
    [4500, 'frame_flood'],
    [4501, 'room_unknown'],
    [4501, 'origin_refused'],
    [4501, 'person_not_admitted'],
    [4501, 'internal'],
    [4504, 'room_ended'],
  ])(
    '%i %s: is kept, is shown with why, and goes out by itself, once, when the class opens again',
    async (code, reason) => {
      await closeWith(code, reason);
      expect(await inOutbox()).toEqual(['unsent']);
      expect(client.getState().pending).toMatchObject([{ waits: true, error: { code: reason } }]);
      const [first] = commands();
      client.retry();
      await server.admit();
      expect(client.getState().pending).toMatchObject([{ waits: true, error: null }]);
      expect(commands()).toMatchObject([{ cmid: first?.cmid, resend: true }]);
      server.socket.say({ frame: 'ack', cmid: first?.cmid ?? '', positions: {}, result: {} });
      await settle();
      expect(await inOutbox()).toEqual([]);
    },
  );

  test('for longer than a day is not sent any more when the class opens again', async () => {
    await closeWith(4504, 'room_ended');
    await server.clock.advance(DAY_MS + 1);
    client.retry();
    await server.admit();
    expect(commands()).toEqual([]);
    expect(client.getState().pending).toMatchObject([{ waits: false, error: { code: 'timeout' } }]);
  });

  test('and refused is shown to the next page as refused, is not sent, and goes when it is dropped', async () => {
    client = await server.online(keeping());
    void post('too loud');
    await settle();
    const refusal = { code: 'chat_frozen', message: 'Paused.', help: '', retryable: false } as const;
    server.socket.say({ frame: 'refused', cmid: commands()[0]?.cmid ?? '', ...refusal });
    await settle();
    const left = (await storage.outboxes[0]?.list()) ?? [];
    client.release();
    await server.clock.advance(1_000);
    client = await server.online(keeping());
    for (const one of left) await storage.outboxes[1]?.add(one);
    storage.news?.adopted(left);
    expect(client.getState().pending).toMatchObject([{ body: { text: 'too loud' }, error: refusal, waits: false }]);
    expect(commands()).toEqual([]);
    client.dropPending(left[0]?.cmid ?? '');
    await settle();
    expect(await storage.outboxes[1]?.list()).toEqual([]);
  });
});

test('a device that slept for more than a day does not send what was written before, and shows it', async () => {
  client = await server.online(keeping());
  server.chance = 0;
  server.page.hide();
  server.socket.shut();
  void post('on Friday');
  await server.clock.advance(2 * DAY_MS);
  server.page.wake();
  await server.admit();
  expect(commands()).toEqual([]);
  expect(client.getState().pending).toMatchObject([{ body: { text: 'on Friday' }, error: { code: 'timeout' } }]);
});
