/** Calls between two homes: what STUN alone connects, what needs TURN, and that nobody's address shows where a class forbids it. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { browserPath, FAKE_DEVICES } from '../../scripts/browsers.mjs';
import { CallPerson, expectFullCall } from '../support/call-person.js';
import { Chromium, type ChromiumTab } from '../support/chromium.js';
import { MEI, TEACHER } from '../support/classroom.js';
import { closeEverything, closeLater } from '../support/cleanup.js';
import { Coturn } from '../support/coturn.js';
import { FarProduct } from '../support/far-product.js';
import { type Home, Internet } from '../support/netns.js';
import { type Path, pathsOf, watchPaths } from '../support/path-watch.js';
import { CALL } from '../support/product.js';
import { until } from '../support/until.js';
import { placeWitness } from '../support/witness.js';

/** Where there is a way it is found in a second or two. */
const HOPELESS_MS = 10_000;
const CONNECTED_MS = 20_000;

let internet: Internet;
let product: FarProduct;
let coturn: Coturn;
let homes: readonly Home[];
let devices: readonly Chromium[];
let callers: Caller[] = [];
/** Frames of earlier, which do not count. */
const seenFrames = new WeakMap<Caller, number>();

type Caller = CallPerson & { readonly tab: ChromiumTab };

beforeAll(async () => {
  internet = Internet.open();
  const server = internet.addHost();
  homes = [internet.addHome(), internet.addHome()];
  coturn = await Coturn.start(server);
  product = await FarProduct.start(server, { classId: CALL });
  const folder = mkdtempSync(join(tmpdir(), 'lms-live-starters-'));
  closeLater(async () => {
    rmSync(folder, { recursive: true });
  });
  const { liveUrl, lmsUrl } = product;
  devices = await Promise.all(
    homes.map(({ host }) =>
      Chromium.launch({
        program: host.writeStarter(folder, browserPath('chromium')),
        servers: [liveUrl, lmsUrl],
        // Cameras are for pages with TLS, or where a person has said so.
        flags: [...FAKE_DEVICES, `--unsafely-treat-insecure-origin-as-secure=${lmsUrl},${liveUrl}`],
        scripts: [placeWitness, watchPaths],
      }),
    ),
  );
});

afterEach(async () => {
  for (const { tab } of callers) await tab.close();
  callers = [];
  for (const { router } of homes) router.reset();
});

afterAll(closeEverything);

/** Both sign in, each at home, and open the page of the call. @param disobedient whose page does not keep to relays */
async function arrive({ disobedient = '' } = {}): Promise<[Caller, Caller]> {
  const people = [TEACHER, MEI].map(async (name, index) => {
    const device = devices[index];
    if (!device) throw new Error(`There is no device for ${name}.`);
    const tab = await device.tab();
    const caller = new CallPerson({ name, tab }) as Caller;
    callers.push(caller);
    if (name === disobedient) await tab.page.addInitScript(takeEveryPath);
    await tab.open(`${product.lmsUrl}/sign-in`);
    await tab.click({ css: 'button.person', text: name });
    await until(`${name} is signed in`, CONNECTED_MS, () => tab.has({ css: '.class-list' }));
    await caller.open(`${product.lmsUrl}/classes/${CALL}`);
    return caller;
  });
  return (await Promise.all(people)) as [Caller, Caller];
}

async function enter(...people: readonly Caller[]): Promise<void> {
  for (const person of people) await person.join();
  for (const person of people) await person.speak();
}

test('two homes behind a NAT each find each other by the STUN server that is built in', async () => {
  const people = await arrive();
  await enter(...people);
  await expectFullCall(people);
  for (const path of await pathsOfAll(people)) {
    // Their own addresses mean nothing to each other: each is reached where a server or the other side has seen it.
    expect(['srflx', 'prflx']).toContain(path.remote);
    expect(path.relayBy).toBeNull();
  }
  expect(internet.directPackets()).toBeGreaterThan(0);
  // What a class that is relay-only keeps from them, see below.
  for (const person of people) {
    const received = (await framesOf(person, 'received')).join('\n');
    expect(received).toMatch(/ typ srflx/u);
    expect(homes.flatMap(addressesOf).filter((address) => received.includes(address))).toHaveLength(2);
  }
});

test.each([
  ['both homes have', [0, 1]],
  ['one home has', [1]],
])('STUN is not enough where %s a NAT that takes another port for each other side', async (_, symmetric) => {
  for (const index of symmetric) homes[index]?.router.setNat('symmetric');
  const people = await arrive();
  await enter(...people);
  await sleep(HOPELESS_MS);
  expect(await pathsOfAll(people)).toEqual([]);
  // They have tried: each knows where the STUN server has seen the other.
  for (const person of people) expect((await framesOf(person, 'received')).join('\n')).toMatch(/ typ srflx/u);
});

test('with a TURN server they meet all the same', async () => {
  await product.startLive(coturn);
  for (const { router } of homes) router.setNat('symmetric');
  const people = await arrive();
  await enter(...people);
  await expectFullCall(people);
  expect((await pathsOfAll(people)).flatMap(({ local, remote }) => [local, remote])).toContain('relay');
});

test('where one home lets no UDP out, the call goes through the TURN server by TCP', async () => {
  homes[0]?.router.blockUdp();
  const people = await arrive();
  await enter(...people);
  await expectFullCall(people);
  const [first] = people;
  expect(await pathsOf(first.tab)).toEqual([expect.objectContaining({ local: 'relay', relayBy: 'tcp' })]);
});

test('and so where neither does', async () => {
  for (const { router } of homes) router.blockUdp();
  const people = await arrive();
  await enter(...people);
  await expectFullCall(people);
  for (const path of await pathsOfAll(people))
    expect(path).toEqual({ local: 'relay', remote: 'relay', relayBy: 'tcp' });
});

test('a call under way that becomes relay-only leaves the straight path at once', async () => {
  const people = await arrive();
  await enter(...people);
  await expectFullCall(people);
  for (const path of await pathsOfAll(people)) expect(path.relayBy).toBeNull();
  await people[0].send('room.change', { policy: { relayOnly: true } });
  await until('all media is relayed', CONNECTED_MS, async () => {
    const paths = await pathsOfAll(people);
    return (
      paths.length === people.length && paths.every(({ local, remote }) => local === 'relay' && remote === 'relay')
    );
  });
  const before = internet.directPackets();
  await expectFullCall(people);
  expect(internet.directPackets()).toBe(before);
});

test('in a class that is relay-only nobody learns where somebody is, and no packet goes straight', async () => {
  const people = await arrive();
  await makeRelayOnly(people);
  const before = internet.directPackets();
  await enter(...people);
  await expectFullCall(people);
  for (const path of await pathsOfAll(people)) expect(path).toMatchObject({ local: 'relay', remote: 'relay' });
  expect(internet.directPackets()).toBe(before);
  for (const person of people) await expectNoAddresses(person);
});

test('nor does a page that breaks the rule on its own side', async () => {
  const people = await arrive({ disobedient: MEI });
  await makeRelayOnly(people);
  const before = internet.directPackets();
  await enter(...people);
  await expectFullCall(people);
  const [teacher, mei] = people;
  // Its own candidates are of every kind, and were sent.
  expect((await framesOf(mei, 'sent')).some((text) => / typ srflx/u.test(text))).toBe(true);
  for (const person of people) await expectNoAddresses(person);
  expect((await pathsOf(mei.tab)).map(({ remote }) => remote)).toEqual(['relay']);
  expect((await pathsOf(teacher.tab)).map(({ local }) => local)).toEqual(['relay']);
  expect(internet.directPackets()).toBe(before);
});

/** The teacher sets it, and everyone opens the page again: what was found out before does not count. */
async function makeRelayOnly(people: readonly [Caller, Caller]): Promise<void> {
  await people[0].send('room.change', { policy: { relayOnly: true } });
  for (const { tab } of people) await tab.open('about:blank');
  for (const person of people) {
    seenFrames.set(person, (await person.tab.frames()).length);
    await person.open(`${product.lmsUrl}/classes/${CALL}`);
  }
}

/** Candidates came, and none of them says where anybody is. */
async function expectNoAddresses(person: Caller): Promise<void> {
  const received = await framesOf(person, 'received');
  expect(received.some((text) => / typ relay/u.test(text))).toBe(true);
  for (const text of received) {
    expect(text).not.toMatch(/ typ (?:host|srflx|prflx)/u);
    expect(homes.flatMap(addressesOf).filter((address) => text.includes(address))).toEqual([]);
  }
}

async function pathsOfAll(people: readonly CallPerson[]): Promise<Path[]> {
  return (await Promise.all(people.map(({ tab }) => pathsOf(tab)))).flat();
}

function addressesOf({ host, publicAddress }: Home): string[] {
  return [host.address, publicAddress];
}

async function framesOf(person: Caller, wanted: 'sent' | 'received'): Promise<string[]> {
  return (await person.tab.frames())
    .slice(seenFrames.get(person) ?? 0)
    .filter(({ direction }) => direction === wanted)
    .map(({ text }) => text);
}

/** Runs in the page: a connection that goes every way, whatever the class says. */
function takeEveryPath(): void {
  const page = globalThis;
  const Native = page.RTCPeerConnection;
  page.RTCPeerConnection = class extends Native {
    constructor(configuration?: RTCConfiguration) {
      super({ ...configuration, iceTransportPolicy: 'all' });
    }
    override setConfiguration(configuration?: RTCConfiguration): void {
      super.setConfiguration({ ...configuration, iceTransportPolicy: 'all' });
    }
  };
}
