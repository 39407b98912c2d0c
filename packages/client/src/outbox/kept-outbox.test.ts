import { IDBFactory } from 'fake-indexeddb';
import { beforeEach, describe, expect, test, vi } from 'vitest';
import { FakeClock, settle } from '../testing/fake-clock.js';
import { FakeBrowser, type FakeTab } from '../testing/fake-locks.js';
import { describeOutbox } from '../testing/outbox-contract.js';
import type { Outbox, OutboxItem, OutboxNews, OutboxOwner } from '../types.js';
import { openKeptOutbox, wipeRows, type KeptPlatform } from './kept-outbox.js';

const DAY_MS = 24 * 60 * 60 * 1_000;
const ANNA: OutboxOwner = {
  server: 'https://live.test',
  tenant: 'school',
  room: 'algebra',
  participant: 'participant-anna',
  person: '["https://lms.test","anna"]',
  storage: 'indexeddb',
};
const BEN: OutboxOwner = { ...ANNA, participant: 'participant-ben', person: '["https://lms.test","ben"]' };

let browser: FakeBrowser;
let indexedDB: IDBFactory;
let nowMs: number;
beforeEach(() => {
  browser = new FakeBrowser();
  indexedDB = new IDBFactory();
  nowMs = DAY_MS * 100;
});

const platformOf = (tab: FakeTab): KeptPlatform => ({
  indexedDB,
  locks: tab,
  openChannel: () => tab.openChannel(),
  setTimer: (callback, ms) => setTimeout(callback, ms),
  clearTimer: (timer) => clearTimeout(timer as number | undefined),
  nowMs: () => nowMs,
});

/** What an outbox has told, in order. */
class Told implements OutboxNews {
  readonly all: unknown[] = [];
  adopted(items: readonly OutboxItem[]): void {
    this.all.push(items.map(({ cmid }) => cmid));
  }
  keeps(isKept: boolean): void {
    this.all.push(isKept);
  }
}

interface Opened {
  readonly tab: FakeTab;
  readonly told: Told;
  readonly outbox: Outbox;
}

async function open(owner = ANNA, tab = browser.tab()): Promise<Opened> {
  const told = new Told();
  return { tab, told, outbox: await openKeptOutbox(owner, told, platformOf(tab)) };
}

const item = (cmid: string, at = nowMs): OutboxItem => ({ cmid, type: 'chat.post', body: { text: cmid }, at });
const cmidsOf = async ({ outbox }: Opened): Promise<string[]> => (await outbox.list()).map(({ cmid }) => cmid);
async function add({ outbox }: Opened, ...cmids: string[]): Promise<void> {
  for (const cmid of cmids) await outbox.add(item(cmid));
}

/** All that the browser has stored, whoever it is of. */
async function stored(): Promise<string[]> {
  const cmids: string[] = [];
  await wipeRows(({ cmid }) => {
    cmids.push(cmid);
    return false;
  }, platformOf(browser.tab()));
  return cmids;
}

describeOutbox('in the database', async () => (await open()).outbox);

test('keeps what a page had when it was closed, for the next one', async () => {
  const first = await open();
  await add(first, 'b', 'a');
  await first.outbox.close();
  const next = await open();
  expect(await cmidsOf(next)).toEqual(['b', 'a']);
  expect(next.told.all).toEqual([true]);
});

test('lets go of everything when it is closed', async () => {
  const one = await open();
  const other = await open();
  await one.outbox.close();
  await other.outbox.close();
  await settle();
  expect(browser.isQuiet).toBe(true);
});

describe('a tab that dies', () => {
  test('leaves what it had to the tab that lives, in its order, once', async () => {
    const dying = await open();
    const living = await open();
    await add(dying, '1', '2');
    await add(living, 'own');
    await add(dying, '3');
    await dying.outbox.remove('2');
    dying.tab.die();
    await vi.waitFor(() => expect(living.told.all).toEqual([true, ['1', '3']]));
    expect(await cmidsOf(living)).toEqual(['1', 'own', '3']);
    expect(await stored()).toEqual(['1', 'own', '3']);
  });

  test('leaves it to one of those who wait', async () => {
    const dying = await open();
    const others = [await open(), await open(), await open()];
    await add(dying, '1');
    dying.tab.die();
    await vi.waitFor(() =>
      expect(others.flatMap(({ told }) => told.all.filter((one) => one !== true))).toEqual([['1']]),
    );
    const heir = others.find(({ told }) => told.all.length > 1) as Opened;
    heir.tab.die();
    const rest = others.filter((other) => other !== heir);
    await vi.waitFor(() => expect(rest.flatMap(({ told }) => told.all.slice(1))).toEqual([['1']]));
  });

  test('is inherited from also by a tab that was there before it', async () => {
    const living = await open();
    const dying = await open();
    await add(dying, '1');
    dying.tab.die();
    await vi.waitFor(() => expect(living.told.all).toEqual([true, ['1']]));
  });

  test('leaves nothing to a tab of somebody else, nor to another class of its own person', async () => {
    const dying = await open();
    const others = [
      await open(BEN),
      await open({ ...ANNA, room: 'physics' }),
      await open({ ...ANNA, server: 'https://b' }),
    ];
    await add(dying, '1');
    dying.tab.die();
    await settle();
    others.push(await open(BEN));
    for (const other of others) {
      expect(other.told.all).toEqual([true]);
      expect(await cmidsOf(other)).toEqual([]);
    }
    expect(await cmidsOf(await open())).toEqual(['1']);
  });

  test('is not taken for dead while it lives', async () => {
    const living = await open();
    await add(living, '1');
    const other = await open();
    expect(await cmidsOf(other)).toEqual([]);
    expect(await cmidsOf(living)).toEqual(['1']);
  });

  test('may leave more than one page full, in the order in which all of it was written', async () => {
    const [one, two] = [await open(), await open()];
    for (let index = 0; index < 40; index += 1) await add(index % 2 ? one : two, `text ${index}`);
    one.tab.die();
    two.tab.die();
    await settle();
    expect(await cmidsOf(await open())).toEqual(Array.from({ length: 40 }, (_, index) => `text ${index}`));
  });
});

describe('a server that was set back to an older copy', () => {
  test('knows the same person by another participant, who gets what was left', async () => {
    const before = await open();
    await add(before, '1', '2');
    await before.outbox.close();
    const next = await open({ ...ANNA, participant: 'participant-anew' });
    expect(await cmidsOf(next)).toEqual(['1', '2']);
    await next.outbox.remove('1');
    expect(await stored()).toEqual(['2']);
  });

  test('gives nothing to another person or class, nor to one without a name', async () => {
    const nameless = '["https://lms.test",null]';
    await add(await open(), '1');
    await add(await open({ ...ANNA, participant: 'participant-x', person: nameless }), '2');
    await add(await open({ ...ANNA, participant: 'participant-y', person: null }), '3');
    for (const changes of [
      { person: BEN.person },
      { room: 'physics' },
      { tenant: 'college' },
      { server: 'https://b' },
      { person: nameless },
      { person: null },
    ])
      expect(await cmidsOf(await open({ ...ANNA, participant: 'participant-anew', ...changes }))).toEqual([]);
  });
});

describe('where nothing may be stored', () => {
  test('there is not even a database', async () => {
    const { outbox, told } = await open({ ...ANNA, storage: 'memory' });
    await outbox.add(item('1'));
    expect(await outbox.list()).toHaveLength(1);
    expect(told.all).toEqual([]);
    expect(await indexedDB.databases()).toEqual([]);
  });

  test('what was stored when it was still allowed is taken over, and wiped', async () => {
    const before = await open();
    await add(before, '1', '2');
    await before.outbox.close();
    const now = await open({ ...ANNA, storage: 'memory' });
    expect(await cmidsOf(now)).toEqual(['1', '2']);
    expect(now.told.all).toEqual([]);
    expect(await stored()).toEqual([]);
  });

  test('wiping leaves nothing of this tab', async () => {
    const [one, other] = [await open(), await open(BEN)];
    await add(one, '1');
    await add(other, '2');
    await one.outbox.wipe?.();
    expect(await stored()).toEqual(['2']);
  });
});

describe('time', () => {
  test('what nobody has come back for in a week is wiped, whoever it is of', async () => {
    const anna = await open();
    await anna.outbox.add(item('old', nowMs - 8 * DAY_MS));
    await anna.outbox.add(item('yesterday', nowMs - DAY_MS));
    anna.tab.die();
    await open(BEN);
    expect(await stored()).toEqual(['yesterday']);
  });
});

describe('storage that fails', () => {
  test('is refused: says so by not opening', async () => {
    indexedDB.open = () => {
      throw new DOMException('Forbidden.', 'SecurityError');
    };
    await expect(open()).rejects.toMatchObject({ name: 'SecurityError' });
    expect(browser.isQuiet).toBe(true);
  });

  test('locks are refused: the same', async () => {
    browser.refuses = true;
    await expect(open()).rejects.toMatchObject({ name: 'SecurityError' });
    expect(browser.isQuiet).toBe(true);
  });

  test('is of a newer version of this code: the same', async () => {
    await new Promise((resolve) => {
      indexedDB.open('lms-live', 99).onsuccess = resolve;
    });
    await expect(open()).rejects.toMatchObject({ name: 'VersionError' });
  });

  test('does not answer: is not waited for', async () => {
    const clock = new FakeClock();
    const tab = browser.tab();
    const silent = { open: () => ({}), databases: async () => [] } as unknown as IDBFactory;
    const opened = openKeptOutbox(ANNA, new Told(), {
      ...platformOf(tab),
      indexedDB: silent,
      setTimer: clock.setTimer,
      clearTimer: clock.clearTimer,
    });
    const failed = expect(opened).rejects.toMatchObject({ name: 'TimeoutError' });
    await clock.advance(3_000);
    await failed;
    expect(clock.timers).toBe(0);
  });

  test('is full: the command goes its way, and it is said that nothing is kept', async () => {
    const one = await open();
    // What is no plain data cannot be stored, and fails as a full disk does: within the transaction.
    const unstorable = { ...item('1'), body: { text: (() => undefined) as unknown as string } };
    await expect(one.outbox.add(unstorable)).rejects.toBeInstanceOf(Error);
    expect(one.told.all).toEqual([true, false]);
  });

  test('is cleared by the browser: says that nothing is kept', async () => {
    const one = await open();
    await new Promise((resolve) => {
      indexedDB.deleteDatabase('lms-live').onsuccess = resolve;
    });
    expect(one.told.all).toEqual([true, false]);
    await expect(one.outbox.add(item('1'))).rejects.toBeInstanceOf(Error);
  });
});

describe('a logout', () => {
  test('wipes what one person has left, and only that', async () => {
    const [anna, ben] = [await open(), await open(BEN)];
    await add(anna, '1');
    await add(ben, '2');
    await wipeRows(({ person }) => person === ANNA.person, platformOf(browser.tab()));
    expect(await stored()).toEqual(['2']);
  });

  test('makes no database where there is none', async () => {
    await wipeRows(() => true, platformOf(browser.tab()));
    expect(await indexedDB.databases()).toEqual([]);
  });
});
