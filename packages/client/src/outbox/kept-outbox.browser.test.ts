/// <reference types="mocha" />
import { expect } from '@open-wc/testing';
import { connect } from '../index.js';
import { forget } from '../forget.js';
import { createLoopbackServer, type LoopbackServer } from '../loopback.js';
import { createEnvironment } from '../environment.js';
import type { Environment, Outbox, OutboxItem, OutboxNews, OutboxOwner, RoomClient } from '../types.js';
import { browserPlatform, openKeptOutbox, wipeRows } from './kept-outbox.js';

const OWNER: OutboxOwner = {
  server: 'https://live.test',
  tenant: 'school',
  room: 'algebra',
  participant: 'participant-anna',
  person: '["https://lms.test","anna"]',
  storage: 'indexeddb',
};
const PATIENCE_MS = 5_000;

/** The real database, real locks and the real channel between tabs, in Chromium. */
describe('the outbox on the device', function () {
  this.timeout(20_000);

  const open: Outbox[] = [];
  const clients: RoomClient[] = [];
  let server: LoopbackServer;
  beforeEach(async () => {
    await forget();
    server = createLoopbackServer();
  });
  afterEach(async () => {
    for (const client of clients.splice(0)) client.release();
    server.stop();
    for (const outbox of open.splice(0)) await outbox.close();
  });

  async function opened(owner = OWNER, news: Partial<OutboxNews> = {}): Promise<Outbox> {
    const outbox = await openKeptOutbox(owner, { adopted: () => undefined, keeps: () => undefined, ...news });
    open.push(outbox);
    return outbox;
  }

  /** With the storage of the browser, as on a page. */
  function enter(person: string, more: Partial<Parameters<typeof connect>[0]> = {}): RoomClient {
    const { createOutbox } = createEnvironment();
    const client = connect({
      server: server.url,
      token: server.tokenFor(person),
      environment: { ...server.environment(person), createOutbox },
      ...more,
    });
    clients.push(client);
    return client;
  }

  it('lists what an earlier page has left, the oldest first', async () => {
    const before = await opened();
    for (const cmid of ['c', 'a', 'b']) await before.add(item(cmid));
    await before.remove('a');
    await before.close();
    expect(cmids(await (await opened()).list())).to.deep.equal(['c', 'b']);
  });

  it('is left to a tab that lives by one that dies', async () => {
    const adopted: string[][] = [];
    await opened(OWNER, { adopted: (items) => adopted.push(cmids(items)) });
    await opened({ ...OWNER, participant: 'participant-ben' }, { adopted: () => adopted.push(['of somebody else']) });
    // A frame is another agent: what it holds is taken from it when it goes, as from a tab.
    const frame = document.createElement('iframe');
    frame.src = 'about:blank';
    document.body.append(frame);
    const other = frame.contentWindow as Window & typeof globalThis;
    const dying = await openKeptOutbox(
      OWNER,
      { adopted: () => undefined, keeps: () => undefined },
      {
        ...browserPlatform(),
        indexedDB: other.indexedDB,
        locks: other.navigator.locks,
        openChannel: (name) => new other.BroadcastChannel(name),
      },
    );
    await dying.add(item('1'));
    await dying.add(item('2'));
    frame.remove();
    await until(() => adopted.length > 0);
    expect(adopted).to.deep.equal([['1', '2']]);
  });

  it('makes no database where nothing may be stored', async () => {
    await new Promise((resolve) => (indexedDB.deleteDatabase('lms-live').onsuccess = resolve));
    const client = enter('student', { clientStorage: 'memory' });
    await until(() => client.getState().connection.synced);
    await client.send('chat.post', { text: 'Hello' });
    expect(client.getState().connection.outbox).to.equal('memory');
    expect(await indexedDB.databases()).to.deep.equal([]);
  });

  it('has nothing left of what was answered', async () => {
    const client = enter('student');
    await until(() => client.getState().connection.outbox === 'kept');
    await client.send('chat.post', { text: 'Hello' });
    await until(async () => (await stored()).length === 0);
  });

  it('keeps what is written without a connection, and the next page sends it, once and in order', async () => {
    const first = enter('student');
    await until(() => first.getState().connection.outbox === 'kept');
    server.stop();
    for (const text of ['one', 'two', 'three']) first.send('chat.post', { text }).catch(() => undefined);
    await until(async () => (await stored()).length === 3);
    first.release();
    await until(() => first.getState().connection.state === 'closed');
    server.start();
    const next = enter('student');
    const texts = (): unknown[] => [...next.getState().views.all.messages].map(({ text }) => text);
    await until(() => texts().length === 3);
    expect(texts()).to.deep.equal(['one', 'two', 'three']);
    await until(async () => (await stored()).length === 0);
  });

  it('goes on in memory, and says so, where storage is refused', async () => {
    const { createOutbox: _createOutbox, ...environment } = server.environment('student');
    const refused: Environment['createOutbox'] = (owner, news) =>
      openKeptOutbox(owner, news, {
        ...browserPlatform(),
        indexedDB: {
          open: () => {
            throw new DOMException('Forbidden.', 'SecurityError');
          },
        } as unknown as IDBFactory,
      });
    const client = enter('student', { environment: { ...environment, createOutbox: refused } });
    await until(() => client.getState().connection.synced);
    await client.send('chat.post', { text: 'Hello' });
    expect(client.getState().connection.outbox).to.equal('memory');
  });

  it('says that nothing is kept any more when the browser is cleared', async () => {
    const client = enter('student');
    await until(() => client.getState().connection.outbox === 'kept');
    await new Promise((resolve) => (indexedDB.deleteDatabase('lms-live').onsuccess = resolve));
    await until(() => client.getState().connection.outbox === 'memory');
    await client.send('chat.post', { text: 'Hello' });
  });

  it('is wiped by a logout, for one person or for all', async () => {
    const [anna, ben] = [
      await opened(),
      await opened({ ...OWNER, participant: 'p', person: '["https://lms.test","ben"]' }),
    ];
    await anna.add(item('a'));
    await ben.add(item('b'));
    const payload = btoa(JSON.stringify({ iss: 'https://lms.test', sub: 'anna' }));
    expect(await forget({ server: 'https://live.test', token: `e30.${payload}.` })).to.equal(true);
    expect(await stored()).to.deep.equal(['b']);
    expect(await forget({ server: 'https://elsewhere.test' })).to.equal(true);
    expect(await stored()).to.deep.equal(['b']);
    await forget();
    expect(await stored()).to.deep.equal([]);
  });
});

function item(cmid: string): OutboxItem {
  return { cmid, type: 'chat.post', body: { text: cmid }, at: Date.now() };
}

function cmids(items: readonly OutboxItem[]): string[] {
  return items.map(({ cmid }) => cmid);
}

async function stored(): Promise<string[]> {
  const found: string[] = [];
  await wipeRows(({ cmid }) => {
    found.push(cmid);
    return false;
  });
  return found;
}

async function until(probe: () => boolean | Promise<boolean>): Promise<void> {
  const since = performance.now();
  while (!(await probe())) {
    if (performance.now() - since > PATIENCE_MS) throw new Error(`Not in time: ${String(probe)}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
