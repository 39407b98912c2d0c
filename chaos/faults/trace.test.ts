import { expect, it } from 'vitest';
import { readTrace } from './trace.js';

const WRITE = String.raw`7 pwrite64(21</d/lms-live.db-wal>, "\1traced-ann-1----\2", 16, 32) = 16`;
const FLUSH = '7 fdatasync(21</d/lms-live.db-wal>) = 0';
const ACK = String.raw`5 sendto(30<socket:[9]>, "\201~{\"frame\":\"ack\",\"cmid\":\"traced-ann-1----\"}", 40, 0, NULL, 0) = 40`;
const early = (...lines: string[]) => readTrace(lines.join('\n')).early.map(({ why }) => why);

it('takes an ack for safe that comes after the flush of its write', () => {
  expect(readTrace([WRITE, FLUSH, ACK].join('\n'))).toEqual({ acks: 1, flushes: 1, early: [] });
});

it('finds an ack that was not written, not flushed, or flushed too late or too early', () => {
  expect(early(FLUSH, ACK)).toEqual(['never written']);
  expect(early(WRITE, ACK)).toEqual(['never flushed before the ack']);
  expect(early(WRITE, ACK, FLUSH)).toEqual(['never flushed before the ack']);
  expect(early(FLUSH, WRITE, ACK)).toEqual(['never flushed before the ack']);
});

it('counts no flush that failed, or of another file', () => {
  expect(early(WRITE, '7 fdatasync(21</d/lms-live.db-wal>) = -1 EIO (Input/output error)', ACK)).toHaveLength(1);
  expect(early(WRITE, '7 fdatasync(20</d/lms-live.db>) = 0', ACK)).toHaveLength(1);
});

it('puts calls together between which another thread came', () => {
  const begins = '7 fdatasync(21</d/lms-live.db-wal> <unfinished ...>';
  const ends = '7 <... fdatasync resumed>) = 0';
  expect(early(WRITE, begins, ends, ACK)).toEqual([]);
  expect(early(WRITE, begins, ACK, ends)).toHaveLength(1);
  // What is written while a flush is under way is not part of it.
  expect(early(begins, WRITE, ends, ACK)).toHaveLength(1);
});
