import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { auditCommand } from '../../src/audit/audit-command.js';
import { openDriver, type Driver } from '../../src/storage/sqlite/driver.js';
import { idOf, startRig, type Rig } from '../support/rig.js';

const ROOM = 'school/algebra';

let rig: Rig;
beforeEach(async () => {
  rig = await startRig();
});
afterEach(() => rig.stop());

/** A class in which texts were changed, deleted and erased, and whose checkpoint is behind it. */
async function haveClass(): Promise<void> {
  const grace = await rig.enter({ sub: 'grace', role: 'instructor' });
  const ada = await rig.enter({ sub: 'ada' });
  const bob = await rig.enter({ sub: 'bob' });
  await ada.command('chat.post', { text: 'stays' });
  await ada.command('chat.edit', {
    id: idOf(await ada.command('chat.post', { text: 'first' })),
    text: 'changed',
  });
  await ada.command('chat.delete', { id: idOf(await ada.command('chat.post', { text: 'goes' })) });
  const asked = idOf(await ada.command('question.ask', { text: 'why?' }));
  await bob.command('vote.set', { question: asked, value: true });
  await grace.command('question.answer', { id: asked, text: 'so' });
  const other = idOf(await bob.command('question.ask', { text: 'how?' }));
  await grace.command('question.answer', { id: other, text: 'thus' });
  await bob.command('chat.post', { text: 'mine' });
  await bob.command('hand.raise', {});
  for (const { frames } of [grace, ada, bob]) expect(frames.filter(({ frame }) => frame === 'refused')).toEqual([]);
  await rig.erase('algebra', bob.welcome.participant);
  await grace.command('chat.post', { text: 'the end' });
}

/** Stops the server, changes something in the file, and audits. @returns what it says */
async function auditAfter(change: (driver: Driver) => void): Promise<string> {
  const said: string[] = [];
  const say = (text: string): void => void said.push(text);
  // The audit keeps the lock until its process ends.
  await rig.restart({ dataDir: join(rig.dataDir, 'another') }, async () => {
    const driver = await openDriver(join(rig.dataDir, 'lms-live.db'));
    driver.exec('PRAGMA foreign_keys = OFF');
    change(driver);
    driver.close();
    const code = await auditCommand({ dataDir: rig.dataDir, print: say, complain: say });
    expect(code).toBe(said.join('').includes('the file is sound') ? 0 : 1);
  });
  return said.join('');
}

function run(driver: Driver, sql: string, ...values: string[]): void {
  expect(driver.prepare(sql).run(...values)).toBeGreaterThan(0);
}

function checkpointOf(driver: Driver): { readonly heads: string; readonly rules: string } {
  const [row] = driver.prepare<{ heads: string; rules: string }>('select heads, rules from checkpoints').all();
  if (!row) throw new Error('there is no checkpoint');
  return row;
}

const changed = (text: string): string => {
  const other = text.replace('"chat.enabled":true', '"chat.enabled":false');
  expect(other).not.toBe(text);
  return other;
};

it('finds nothing in a class in which texts were changed, deleted and erased', async () => {
  await haveClass();
  const said = await auditAfter((driver) => {
    expect(checkpointOf(driver).rules).toContain('"all":');
    const gone = driver.prepare<{ count: number }>('select count(*) as count from events where body is null').all();
    expect(gone[0]?.count).toBeGreaterThan(4);
  });
  expect(said).toContain('Every log fits its hashes');
});

it('finds one checkpoint that was changed', async () => {
  await haveClass();
  const said = await auditAfter((driver) => {
    run(driver, 'update checkpoints set rules = ?', changed(checkpointOf(driver).rules));
  });
  expect(said).toContain(`room ${ROOM}: the checkpoint is not what was written`);
  expect(said).toMatch(/^1 finding\. /m);
});

it('finds a checkpoint that says something else than the log, although it fits its digest', async () => {
  await haveClass();
  const said = await auditAfter((driver) => {
    const { heads, rules } = checkpointOf(driver);
    const other = changed(rules.slice(rules.indexOf('{')));
    const digest = createHash('sha256').update(`${heads}\n${other}`).digest('hex');
    run(driver, 'update checkpoints set rules = ?', digest + other);
  });
  expect(said).toContain(`room ${ROOM}: the checkpoint says something else than the log`);
});

it('finds a text that was taken out by hand', async () => {
  await haveClass();
  const said = await auditAfter((driver) => {
    run(driver, `update events set body = null, salt = null where log = 'all' and body like '%"stays"%'`);
  });
  expect(said).toMatch(
    new RegExp(`room ${ROOM}, log all, offset \\d+: the content is gone, and nothing in the room says`),
  );
});

it('finds events of a room that does not exist', async () => {
  await haveClass();
  const said = await auditAfter((driver) => {
    run(
      driver,
      `insert into events select 99999, log, owner, "offset", id, at, type, "by", ref, salt, digest, hash, body
       from events where log = 'all' and "offset" < 3`,
    );
  });
  expect(said).toMatch(/file: rows of events that belong to none of \w+: 2/);
});
