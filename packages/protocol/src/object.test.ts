import { afterEach, expect, test } from 'vitest';
import { decodeServerFrame, readEvent } from './index.js';

/** What an old library leaves on the prototype of everything, for each `for … in` to find. */
const LEFT = ['foo', 'polluted', 'note'];
const LEFT_BEHIND = { value: 1, enumerable: true, configurable: true, writable: true };

afterEach(() => {
  for (const name of LEFT) Reflect.deleteProperty(Object.prototype, name);
});

test('frames and events are read where something stands on the prototype of everything', () => {
  const frames = [
    { frame: 'ice', ice: [] },
    { frame: 'lobby', count: 1, people: [{ participant: 'p1', name: 'Ada', since: 1, why: 'lobby' }] },
  ].map((frame) => JSON.stringify(frame));
  const event = { log: 'all' as const, offset: 1, id: 'e1', at: 1, type: 'chat.posted', by: 'p1' };
  const read = (): unknown => [
    ...frames.map((frame) => decodeServerFrame(frame)),
    readEvent({ ...event, body: { id: 'm1', text: 'Hello' } }),
    readEvent({ ...event, type: 'room.changed', body: { title: 'Algebra' } }),
  ];
  const before = JSON.stringify(read());
  expect(before).not.toContain('"ok":false');
  for (const name of ['foo', 'polluted']) Object.defineProperty(Object.prototype, name, LEFT_BEHIND);
  expect(JSON.stringify(read())).toBe(before);
});

test('a field of ours on the prototype of everything is refused, and throws nothing', () => {
  Object.defineProperty(Object.prototype, 'note', LEFT_BEHIND);
  const frame = { frame: 'lobby', count: 1, people: [{ participant: 'p1', name: 'Ada', since: 1, why: 'lobby' }] };
  expect(decodeServerFrame(JSON.stringify(frame))).toMatchObject({ ok: false, code: 'frame_malformed' });
});
