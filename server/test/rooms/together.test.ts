import { setImmediate as turn } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { Together } from '../../src/rooms/together.js';

it('does once, at the same time, what many wait for, each key once', async () => {
  const done: (readonly string[])[] = [];
  let begin = (): void => undefined;
  const together = new Together<string>(async (take) => {
    await new Promise<void>((resolve) => {
      begin = resolve;
    });
    done.push(take());
  });
  const first = [together.add('ada'), together.add('grace'), together.add('ada')];
  await turn();
  begin();
  await Promise.all(first);
  const second = together.add('ada');
  await turn();
  begin();
  await second;
  expect(done).toEqual([['ada', 'grace'], ['ada']]);
});

it('fails for those whose work has failed, and works for the next', async () => {
  let isBroken = true;
  const together = new Together<string>((take) => {
    take();
    return isBroken ? Promise.reject(new Error('the disk is full')) : Promise.resolve();
  });
  await expect(together.add('ada')).rejects.toThrow('the disk is full');
  isBroken = false;
  await expect(together.add('ada')).resolves.toBeUndefined();
});
