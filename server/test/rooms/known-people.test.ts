import { describe, expect, it } from 'vitest';
import { KnownPeople } from '../../src/rooms/known-people.js';

const no = (): Promise<boolean> => Promise.resolve(false);

async function comeIn(people: KnownPeople, sub: string): Promise<void> {
  await people.isBanned(sub, no);
  people.remember(sub, `p-${sub}`);
}

describe('the known people of a room', () => {
  it('are asked for once', async () => {
    const people = new KnownPeople();
    expect(people.find('ann')).toBeNull();
    await comeIn(people, 'ann');
    expect(people.find('ann')).toBe('p-ann');
    await expect(people.isBanned('ann', () => Promise.reject(new Error('asked again')))).resolves.toBe(false);
  });

  it('are never somebody who is banned', async () => {
    const people = new KnownPeople();
    expect(await people.isBanned('bob', () => Promise.resolve(true))).toBe(true);
    people.remember('bob', 'p-bob');
    expect(people.find('bob')).toBeNull();
  });

  it.each(['person.barred', 'erased'] as const)('are nobody after %s', async (type) => {
    const people = new KnownPeople();
    await comeIn(people, 'ann');
    people.onEvent({ type });
    expect(people.find('ann')).toBeNull();
    expect(await people.isBanned('ann', () => Promise.resolve(true))).toBe(true);
  });

  it('stay known after what anybody says', async () => {
    const people = new KnownPeople();
    await comeIn(people, 'ann');
    people.onEvent({ type: 'chat.posted' });
    expect(people.find('ann')).toBe('p-ann');
  });

  it('do not come from an answer that was under way while somebody was barred', async () => {
    const people = new KnownPeople();
    const answer = people.isBanned('ann', no);
    people.onEvent({ type: 'person.barred' });
    await answer;
    people.remember('ann', 'p-ann');
    expect(people.find('ann')).toBeNull();
  });

  it('do not come from an id that was asked for while somebody was erased', async () => {
    const people = new KnownPeople();
    await people.isBanned('ann', no);
    people.onEvent({ type: 'erased' });
    people.remember('ann', 'p-ann');
    expect(people.find('ann')).toBeNull();
  });

  it('are no more than the most: the oldest are asked for again', async () => {
    const people = new KnownPeople(2);
    for (const sub of ['ann', 'bob', 'cem']) await comeIn(people, sub);
    expect(people.size).toBe(2);
    expect([people.find('ann'), people.find('cem')]).toEqual([null, 'p-cem']);
  });
});
