import type { MediaSession } from '@lms-live/protocol';
import { expect, test } from 'vitest';
import { newestOf, needsLink } from './mesh-plan.js';

const NONE = { audio: false, video: false, share: false };
const session = (participant: string, number: number, rest: Partial<MediaSession> = {}): MediaSession => ({
  session: `${number}~${participant}`,
  number,
  participant,
  mode: 'video',
  live: true,
  ...NONE,
  may: { ...NONE, audio: true },
  ...rest,
});

test('one session of each person counts, the newest, in the order in which they came', () => {
  const list = [session('ben', 9), session('ada', 2), session('ben', 4), session('cy', 3)];
  expect(newestOf(list).map(({ session: id }) => id)).toEqual(['2~ada', '3~cy', '9~ben']);
});

test('somebody without a place in the call is not linked', () => {
  expect(newestOf([session('ada', 1, { mode: 'none' })])).toEqual([]);
});

test('two who may both only look and listen are not linked; one who may send is enough', () => {
  const silent = session('ada', 1, { may: NONE });
  expect(needsLink(silent, session('ben', 2, { may: NONE }))).toBe(false);
  expect(needsLink(silent, session('ben', 2))).toBe(true);
  expect(needsLink(session('ben', 2), silent)).toBe(true);
});

test('whoever has no session yet may turn out to send', () => {
  expect(needsLink(session('ada', 1, { may: NONE }), null)).toBe(true);
});
