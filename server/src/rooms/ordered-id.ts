import { nanoid } from 'nanoid';

/** The characters of a nanoid, in the order in which a store sorts them. */
const DIGITS = '-0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz';
const BITS_OF_DIGIT = 6;
/** 42 bits of milliseconds: until the year 2109. */
const TIME_DIGITS = 7;
const RANDOM_DIGITS = 14;

/**
 * An id as long as a nanoid that begins with the time, then 84 random bits: ids made one after the other lie side by side in an index, so
 * that a commit of many messages writes few of its pages.
 * @param nowMs since 1970
 */
export function orderedId(nowMs: number): string {
  let time = '';
  let rest = nowMs;
  for (let digit = 0; digit < TIME_DIGITS; digit += 1) {
    time = DIGITS.charAt(rest % (1 << BITS_OF_DIGIT)) + time;
    rest = Math.floor(rest / (1 << BITS_OF_DIGIT));
  }
  return time + nanoid(RANDOM_DIGITS);
}
