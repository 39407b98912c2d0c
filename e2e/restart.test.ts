/** The server goes away while people write, and pages lose the network or sleep: nothing is lost, and nothing is there twice. */
import { setTimeout as sleep } from 'node:timers/promises';
import { LIMITS } from '@lms-live/protocol';
import type { CDPSession } from 'playwright-core';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { closeEverything } from './support/cleanup.js';
import type { Chromium, ChromiumTab } from './support/chromium.js';
import { ASSISTANT, Classroom, type InChromium, MEI, NOOR, SAMUEL, TEACHER } from './support/classroom.js';
import { expectClean, expectSameLog, type Person } from './support/person.js';
import { CLASS } from './support/product.js';
import { eventually } from './support/until.js';

/** With what the tests after the first add, as many rows as the chat keeps in the document. */
const MESSAGES_EACH = 15;
/** About as fast as somebody who writes very short messages. */
const TYPING_MS = 150;
const DOWN_MS = 2_000;
const OFFLINE_MS = 20_000;
/** A silent connection is noticed within 20 s, and a leave shows 10 s later; and some time for a busy machine. */
const GONE_MS = 35_000;

/** What browsers themselves write into the console when a server is not there. */
const LOST = [
  /^WebSocket connection to '.*' failed/u,
  /establish a connection to the server at ws:/u,
  /^The connection to ws:\S+ was interrupted/u,
];

let classroom: Classroom;
let teacher: Person;
let mei: InChromium;
/** Has a device of her own. */
let noor: Person;
let laptop: Chromium;
let samuel: Person;
let everyone: readonly Person[];

/** Everything that was said so far, by whom. */
const said: { readonly name: string; readonly text: string }[] = [];

beforeAll(async () => {
  classroom = await Classroom.open();
  laptop = await classroom.newDevice();
  [teacher, mei, noor, samuel] = await Promise.all([
    classroom.enter(TEACHER),
    classroom.enter(MEI),
    classroom.enter(NOOR, { on: laptop }),
    classroom.enterInFirefox(SAMUEL),
  ]);
  everyone = [teacher, mei, noor, samuel];
});

afterEach(() => expectClean(everyone, LOST));

afterAll(closeEverything);

test('a server that is killed while people write loses nothing and doubles nothing', async () => {
  const { product } = classroom;
  const writing = Promise.all(everyone.map((person) => write(person, MESSAGES_EACH)));
  await eventually(async () => (await confirmedOf(teacher)).length).toBeGreaterThan(everyone.length * 3);

  await product.killLive();
  // What is written meanwhile is shown as on its way, and nobody has to do anything.
  for (const person of everyone) {
    await eventually(() => person.bar()).toBe('Connection lost. Reconnecting…');
    await eventually(async () => (await person.messages()).filter(({ isPending }) => isPending)).not.toHaveLength(0);
  }
  await sleep(DOWN_MS);
  const before = (await confirmedOf(mei)).length;
  await product.startLive();

  // Once more, while they send again what was not confirmed.
  await eventually(async () => (await confirmedOf(mei)).length).toBeGreaterThan(before);
  await product.killLive();
  await product.startLive();

  await writing;
  await expectAllThere();
});

test('a server that is asked to stop says goodbye, and everyone is back after the next start', async () => {
  const { product } = classroom;
  const writing = Promise.all(everyone.map((person) => write(person, 3)));
  expect(await product.terminateLive()).toBe(0);
  for (const person of everyone) await eventually(() => person.bar()).toBe('Connection lost. Reconnecting…');
  await product.startLive();
  await writing;
  await expectAllThere();
  for (const person of everyone)
    await eventually(async () => (await person.people()).map(({ name }) => name).sort()).toEqual(
      [TEACHER, MEI, NOOR, SAMUEL].sort(),
    );
});

test('a page without network keeps what is written in it, and has everything when the network is back', async () => {
  const session = await sessionOf(mei);
  await setOffline(session, true);
  const before = await confirmedOf(mei);
  const back = sleep(OFFLINE_MS);

  await eventually(() => mei.bar()).toBe('Connection lost. Reconnecting…');
  await Promise.all(everyone.map((person) => write(person, 5)));
  for (const person of [teacher, noor, samuel])
    await eventually(async () => (await confirmedOf(person)).length).toBe(before.length + 15);
  expect(await confirmedOf(mei)).toEqual(before);
  expect((await mei.messages()).filter(({ isPending }) => isPending)).toHaveLength(5);

  await back;
  await setOffline(session, false);
  await expectAllThere();
});

test('a device that sleeps leaves the class, and has everything when it wakes, though the server was started again', async () => {
  const before = await confirmedOf(noor);
  await laptop.sleep();
  // Nobody told the server: it has to notice.
  await eventually(async () => (await teacher.people()).map(({ name }) => name), GONE_MS).not.toContain(NOOR);

  await classroom.product.killLive();
  await classroom.product.startLive();
  await Promise.all([teacher, mei, samuel].map((person) => write(person, 5)));
  for (const person of [teacher, mei, samuel])
    await eventually(async () => (await confirmedOf(person)).length).toBe(before.length + 15);

  laptop.wake();
  await expectAllThere();
  for (const person of everyone)
    await eventually(async () => (await person.people()).map(({ name }) => name)).toContain(NOOR);
});

test('who opens the page while the server is away is told so, and comes in later to everything', async () => {
  const order = await confirmedOf(teacher);
  await classroom.product.killLive();
  const assistant = await classroom.arrive(ASSISTANT);
  await assistant.tab.open(`${classroom.product.lmsUrl}/classes/${CLASS}`);
  const notice = assistant.tab.page.locator('.unreachable');
  await eventually(() => notice.isVisible()).toBe(true);
  expect(await notice.textContent()).toContain('The live server cannot be reached.');
  expectClean([assistant], [...LOST, /^Failed to load resource: net::ERR_CONNECTION_REFUSED/u]);

  await classroom.product.startLive();
  await assistant.tab.click({ css: '.unreachable .button' });
  await assistant.inClass();
  // Who comes late is given the newest; the older ones come as they scroll up.
  await eventually(() => confirmedOf(assistant)).toEqual(order.slice(-LIMITS.snapshotMessages));
  await assistant.tab.page.locator('lms-chat .scroller').evaluate((scroller) => scroller.scrollTo(0, 0));
  await eventually(() => confirmedOf(assistant)).toEqual(order);
  everyone = [...everyone, assistant];
  await expectAllThere();
});

test('the live server had nothing to warn of', () => {
  expect(classroom.product.log('live-server')).toBe('');
});

/** Writes so many messages as a person does: without waiting for the server. */
async function write(person: Person, count: number): Promise<void> {
  for (let index = 0; index < count; index += 1) {
    const text = `${person.name.split(' ')[0] ?? ''} says no. ${said.length}`;
    said.push({ name: person.name, text });
    await person.post(text);
    await sleep(TYPING_MS);
  }
}

async function confirmedOf(person: Person): Promise<string[]> {
  return (await person.messages()).filter(({ isPending }) => !isPending).map(({ text }) => text);
}

/** Everyone sees every message once, those of each in the order in which they were written, and in the same order as everyone else. */
async function expectAllThere(): Promise<void> {
  for (const person of everyone) {
    await eventually(async () => (await confirmedOf(person)).sort()).toEqual(said.map(({ text }) => text).sort());
    expect((await person.messages()).filter(({ isPending }) => isPending)).toEqual([]);
    await eventually(() => person.bar()).toBe('');
  }
  await expectSameLog(everyone);
  const order = await confirmedOf(teacher);
  for (const person of everyone) {
    expect(await confirmedOf(person)).toEqual(order);
    const own = said.filter(({ name }) => name === person.name).map(({ text }) => text);
    expect(order.filter((text) => own.includes(text))).toEqual(own);
  }
}

function sessionOf({ tab: { page } }: { readonly tab: ChromiumTab }): Promise<CDPSession> {
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
