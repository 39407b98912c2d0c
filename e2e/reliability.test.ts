/** What was written survives the tab, the browser and the network; and a page that was cut off is complete again before anybody wonders. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { RoomClient } from '@lms-live/client';
import type { CDPSession } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Chromium, type ChromiumTab } from './support/chromium.js';
import { Classroom, type InChromium, MEI, NOOR, SAMUEL, TEACHER } from './support/classroom.js';
import { closeEverything } from './support/cleanup.js';
import { Device } from './support/device.js';
import { FreezablePage } from './support/freezable-page.js';
import { Person } from './support/person.js';
import { CLASS } from './support/product.js';
import { eventually, until } from './support/until.js';

/** A visible page notices a dead path within 8 s of the last sign of life; and some time for a busy machine. */
const HALF_OPEN_MS = 8_000;
const FREEZE_MS = 30_000;
/** The aim is 1.5 s on a machine that has nothing else to do. What is held here is what the product does, on any machine. */
const AWAKE_MS = 5_000;
const BUSY_MS = 1_500;
/** How often a page is asked to move, and how long between two times: enough to be let in on a busy machine. */
const MOVES = 10;
const MOVE_MS = 500;
/** Crashed pages are gone after this. */
const CRASH_MS = 5_000;

type RoomElement = HTMLElement & { readonly client: RoomClient | null };
/** What a page notes down for the tests. */
type Noted = typeof globalThis & {
  notedDown?: { state: number | null };
  changes?: string[];
  openSockets?: WebSocket[];
};

let classroom: Classroom;
let teacher: InChromium;
let mei: InChromium;

beforeAll(async () => {
  classroom = await Classroom.open();
  [teacher, mei] = await Promise.all([classroom.enter(TEACHER), classroom.enter(MEI)]);
});

afterAll(closeEverything);

describe('a page that is cut off', () => {
  test('notices within 8 s that its connection is half open, and has everything when the network is back', async () => {
    const session = await sessionOf(mei);
    await mei.tab.evaluate(() => {
      const noted = { state: null as number | null };
      (globalThis as Noted).notedDown = noted;
      const client = document.querySelector<RoomElement>('lms-room')?.client;
      client?.on('connection-changed', ({ state }) => {
        if (state !== 'online') noted.state ??= performance.now();
      });
    }, null);
    const since = await mei.tab.evaluate(() => performance.now(), null);
    // The socket stays open, and nothing goes through it any more, either way.
    await setOffline(session, true);
    await mei.post('Written into a dead connection.');
    await teacher.post('Said meanwhile.');
    await until('the page has noticed', HALF_OPEN_MS * 2, async () => (await noted(mei))?.state !== null);
    const noticedMs = ((await noted(mei))?.state ?? Infinity) - since;
    console.info(`half open: noticed after ${(noticedMs / 1_000).toFixed(1)} s`);
    expect(noticedMs).toBeLessThan(HALF_OPEN_MS + BUSY_MS);
    await eventually(() => waitingNote(mei)).toContain('kept on this device');
    await setOffline(session, false);
    await expectSaid('Written into a dead connection.', 'Said meanwhile.');
    await eventually(() => waitingNote(mei)).toBe('');
  });

  test('is complete soon after it was frozen for 30 s, though nobody told it of anything', async () => {
    const texts = Array.from({ length: 30 }, (_, index) => `While Samuel’s page was frozen, ${index}`);
    const page = await FreezablePage.open({ name: SAMUEL, lmsUrl: classroom.product.lmsUrl, room: CLASS });
    await page.watchFor(texts.at(-1) ?? '');
    await page.freeze();
    const frozenAt = Date.now();
    for (const text of texts) {
      await teacher.post(text);
      await sleep(200);
    }
    await eventually(() => saidIn(teacher, 'While Samuel')).toEqual(texts);
    await sleep(Math.max(0, FREEZE_MS - (Date.now() - frozenAt)));
    await page.wake();
    await until('the page is complete', AWAKE_MS * 2, async () => (await page.noted()).complete !== null);
    const { frozen, resumed, complete } = await page.noted();
    const awakeMs = (complete ?? Infinity) - (resumed ?? Infinity);
    console.info(
      `frozen for ${(((resumed ?? 0) - (frozen ?? 0)) / 1_000).toFixed(1)} s: complete ${awakeMs.toFixed(0)} ms after it woke`,
    );
    expect((resumed ?? 0) - (frozen ?? 0)).toBeGreaterThan(FREEZE_MS - BUSY_MS);
    expect(awakeMs).toBeLessThan(AWAKE_MS);
    await eventually(() => page.messages('While Samuel')).toEqual(texts);
  });
});

describe('a page whose server asks it to move', () => {
  test('goes from socket to socket while people write, and nobody notices', async () => {
    const { lmsUrl, liveUrl } = classroom.product;
    const device = await Chromium.launch({ servers: [lmsUrl, liveUrl], scripts: [keepSockets] });
    const noor = await classroom.enter(NOOR, { on: device });
    await eventually(async () => (await teacher.people()).map(({ name }) => name)).toContain(NOOR);
    await Promise.all([noor, teacher].map((person) => noteChanges(person)));
    const texts: string[] = [];
    for (let index = 0; index < MOVES; index += 1) {
      const text = `Noor, on the move: ${index}`;
      texts.push(text);
      // On its way when the page is asked to move.
      await noor.post(text);
      await noor.tab.evaluate(askToMove, null);
      await teacher.post(`To Noor, on the move: ${index}`);
      await sleep(MOVE_MS);
    }
    for (const person of [noor, teacher]) await eventually(() => saidIn(person, 'Noor, on the move')).toEqual(texts);
    expect(await saidIn(noor, 'To Noor')).toHaveLength(MOVES);
    await eventually(() => pendingOf(noor)).toEqual([]);
    // Every move was one: another socket, and the old one closed.
    await eventually(() => noor.tab.record.sockets).toEqual({ opened: MOVES + 1, closed: MOVES });
    expect(await changesOf(noor)).toEqual([]);
    expect(await changesOf(teacher)).toEqual([]);
    await noor.tab.close();
  });
});

describe('what was typed without a connection', () => {
  test('is sent once and in order when the browser was killed and the page is opened again; nobody else on that computer sends or sees it', async () => {
    const computer = await newDevice();
    const noor = await enterOn(computer, NOOR);
    await setOffline(await sessionOf(noor), true);
    const texts = ['one', 'two', 'three', 'four', 'five'].map((word) => `Noor, offline: ${word}`);
    for (const text of texts) await noor.post(text);
    await eventually(async () => (await pendingOf(noor)).length).toBe(5);
    await eventually(() => waitingNote(noor)).toContain('kept on this device');
    await eventually(() => storedOn(noor)).toHaveLength(5);
    await computer.kill();

    await computer.start();
    const samuel = await enterOn(computer, SAMUEL);
    await samuel.post('Samuel, at the same computer.');
    await expectSaid('Samuel, at the same computer.');
    expect(await pendingOf(samuel)).toEqual([]);
    expect(await saidIn(teacher, 'Noor, offline')).toEqual([]);
    expect(await storedOn(samuel)).toHaveLength(5);
    await signOut(samuel);

    const again = await enterOn(computer, NOOR, samuel.tab);
    await eventually(() => saidIn(teacher, 'Noor, offline')).toEqual(texts);
    await eventually(() => pendingOf(again)).toEqual([]);
    await eventually(() => storedOn(again)).toEqual([]);
    expect(await saidIn(again, 'Noor, offline')).toEqual(texts);
    await again.reload();
    expect(await saidIn(teacher, 'Noor, offline')).toEqual(texts);
  });

  test('is sent by the other tab of the same person when its own one crashes', async () => {
    const computer = await newDevice();
    const one = await enterOn(computer, NOOR);
    const other = await openSecond(computer, one);
    await setOffline(await sessionOf(one), true);
    const texts = ['a', 'b', 'c'].map((letter) => `Noor, in the tab that dies: ${letter}`);
    for (const text of texts) await one.post(text);
    await eventually(() => storedOn(one)).toHaveLength(3);
    expect(await saidIn(teacher, 'Noor, in the tab')).toEqual([]);
    await crash(one);
    await eventually(() => saidIn(teacher, 'Noor, in the tab')).toEqual(texts);
    await eventually(() => storedOn(other)).toEqual([]);
    expect(await pendingOf(other)).toEqual([]);
  });

  test('is in no database where the class says so, and is lost with the page, which says so', async () => {
    const kept = await enterOn(await newDevice(), SAMUEL);
    const session = await sessionOf(kept);
    await setOffline(session, true);
    await kept.post('Samuel, before the class allowed it no more.');
    await eventually(() => storedOn(kept)).toHaveLength(1);
    await teacher.send('room.change', { policy: { clientStorage: 'memory' } });

    const computer = await newDevice();
    const noor = await enterOn(computer, NOOR);
    await setOffline(await sessionOf(noor), true);
    await noor.post('Noor, not kept.');
    await eventually(() => waitingNote(noor)).toContain('keep this page open');
    expect(await databasesOf(noor)).toEqual([]);
    await computer.kill();
    await computer.start();
    const again = await enterOn(computer, NOOR);
    expect(await pendingOf(again)).toEqual([]);
    expect(await saidIn(teacher, 'Noor, not kept.')).toEqual([]);
    expect(await databasesOf(again)).toEqual([]);

    // What was kept before the class said so is sent, and is not in the database any more.
    await setOffline(session, false);
    await expectSaid('Samuel, before the class allowed it no more.');
    await eventually(() => storedOn(kept)).toEqual([]);
    await teacher.send('room.change', { policy: { clientStorage: 'indexeddb' } });
  });

  test('is said to live as long as the page where the browser refuses storage, and is sent all the same', async () => {
    const noor = await enterOn(await newDevice([refuseStorage]), NOOR);
    const session = await sessionOf(noor);
    await setOffline(session, true);
    await noor.post('Noor, without storage.');
    await eventually(() => waitingNote(noor)).toContain('keep this page open');
    await setOffline(session, false);
    await expectSaid('Noor, without storage.');
    expect(noor.tab.record.errors.filter((error) => !error.includes('WebSocket'))).toEqual([]);
  });
});

function newDevice(scripts: readonly (() => void)[] = []): Promise<Device> {
  const { lmsUrl, liveUrl } = classroom.product;
  return Device.open({ servers: [lmsUrl, liveUrl], scripts });
}

async function enterOn(device: Device, name: string, tab?: ChromiumTab): Promise<InChromium> {
  const person = new Person({ name, tab: tab ?? (await device.tab()), product: classroom.product });
  await person.signIn();
  await person.openClass();
  return person as InChromium;
}

/** Another tab of somebody who is in the class already. */
async function openSecond(device: Device, { name }: Person): Promise<InChromium> {
  const tab = await device.tab();
  const person = new Person({ name, tab, product: classroom.product });
  await tab.open(`${classroom.product.lmsUrl}/classes/${CLASS}`);
  await person.inClass();
  return person as InChromium;
}

async function signOut({ tab }: InChromium): Promise<void> {
  await tab.page.click('form[action="/sign-out"] button');
}

/** Runs in the page, before its own scripts. */
function keepSockets(): void {
  const page = globalThis as Noted;
  const sockets: WebSocket[] = [];
  page.openSockets = sockets;
  page.WebSocket = class extends WebSocket {
    constructor(url: string | URL, protocols?: string | string[]) {
      super(url, protocols);
      sockets.push(this);
    }
  };
}

/** As the server does it before it goes away; runs in the page. */
function askToMove(): void {
  const open = (globalThis as Noted).openSockets?.filter(({ readyState }) => readyState === WebSocket.OPEN);
  open?.at(-1)?.dispatchEvent(new MessageEvent('message', { data: '{"frame":"drain","inMs":0}' }));
}

/** Notes down when the connection of a page is another, and when somebody seems to have left. */
async function noteChanges(person: Person): Promise<void> {
  await person.tab.evaluate(() => {
    const changes: string[] = [];
    (globalThis as Noted).changes = changes;
    const client = document.querySelector<RoomElement>('lms-room')?.client;
    client?.on('connection-changed', ({ state }) => changes.push(state));
    client?.on('person-left', ({ name }) => changes.push(`${String(name)} left`));
    client?.on('person-joined', ({ name }) => changes.push(`${String(name)} joined`));
  }, null);
}

async function changesOf(person: Person): Promise<string[]> {
  return (await person.tab.evaluate(() => (globalThis as Noted).changes, null)) ?? [];
}

/** Runs in the page, before its own scripts. */
function refuseStorage(): void {
  IDBFactory.prototype.open = () => {
    throw new DOMException('Refused by this test.', 'SecurityError');
  };
}

async function crash({ tab }: InChromium): Promise<void> {
  const crashed = new Promise((resolve) => tab.page.once('crash', resolve));
  const session = await tab.page.context().newCDPSession(tab.page);
  // The answer does not come: nobody is there any more to give it.
  session.send('Page.crash').catch(() => undefined);
  await Promise.race([crashed, sleep(CRASH_MS)]);
}

function confirmedOf(messages: readonly { readonly isPending: boolean; readonly text: string }[]): string[] {
  return messages.filter(({ isPending }) => !isPending).map(({ text }) => text);
}

async function pendingOf(person: Person): Promise<string[]> {
  return (await person.messages()).filter(({ isPending }) => isPending).map(({ text }) => text);
}

async function saidIn(person: Person, beginning: string): Promise<string[]> {
  return confirmedOf(await person.messages()).filter((text) => text.startsWith(beginning));
}

/** The teacher and Mei see each of them once. */
async function expectSaid(...texts: readonly string[]): Promise<void> {
  for (const person of [teacher, mei])
    for (const text of texts) await eventually(() => saidIn(person, text)).toEqual([text]);
}

/** What the chat says of that which waits. */
function waitingNote(person: Person): Promise<string> {
  return person.tab.evaluate(
    () =>
      document.querySelector('lms-chat')?.shadowRoot?.querySelector('[part~="waiting-note"]')?.textContent.trim() ?? '',
    null,
  );
}

function noted(person: Person): Promise<Noted['notedDown'] | undefined> {
  return person.tab.evaluate(() => (globalThis as Noted).notedDown, null);
}

function databasesOf(person: Person): Promise<(string | undefined)[]> {
  return person.tab.evaluate(async () => (await indexedDB.databases()).map(({ name }) => name), null);
}

/** Everything that is in the databases of the page, as text. */
function storedOn(person: Person): Promise<string[]> {
  return person.tab.evaluate(async () => {
    const ask = <T>(request: IDBRequest<T>): Promise<T> =>
      new Promise((resolve, reject) => {
        request.onsuccess = () => resolve(request.result);
        request.onerror = () => reject(new Error('The database does not answer.'));
      });
    const found: string[] = [];
    for (const { name = '' } of await indexedDB.databases()) {
      const database = await ask(indexedDB.open(name));
      for (const table of database.objectStoreNames)
        for (const row of await ask(database.transaction(table).objectStore(table).getAll() as IDBRequest<unknown[]>))
          found.push(JSON.stringify(row));
      database.close();
    }
    return found;
  }, null);
}

function sessionOf({ tab: { page } }: InChromium): Promise<CDPSession> {
  return page.context().newCDPSession(page);
}

async function setOffline(session: CDPSession, offline: boolean): Promise<void> {
  await session.send('Network.enable');
  await session.send('Network.emulateNetworkConditions', {
    offline,
    latency: 0,
    downloadThroughput: -1,
    uploadThroughput: -1,
  });
}
