import { expect, test } from 'vitest';
import { MeshMailbox } from './mesh-mailbox.js';

const body = (seq: number): { epoch: number; ack: number; seq: number } => ({ epoch: 1, ack: 0, seq });

test('gives what was kept once and in order', () => {
  const mailbox = new MeshMailbox();
  mailbox.put('a', body(1));
  mailbox.put('b', body(7));
  mailbox.put('a', body(2));
  expect(mailbox.take('a')).toEqual([body(1), body(2)]);
  expect(mailbox.take('a')).toEqual([]);
  expect(mailbox.take('b')).toEqual([body(7)]);
});

test('keeps 64 signals of each of 16 sessions at most, and forgets the oldest session', () => {
  const mailbox = new MeshMailbox();
  for (let session = 0; session < 17; session += 1)
    for (let seq = 1; seq <= 70; seq += 1) mailbox.put(`s${session}`, body(seq));
  expect(mailbox.take('s0')).toEqual([]);
  expect(mailbox.take('s1')).toHaveLength(64);
});
