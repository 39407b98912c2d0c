import type { Migration } from 'kysely';
import { first } from './0001-first.js';
import { revisions } from './0002-revisions.js';
import { commandsInOrder } from './0003-commands-in-order.js';
import { records } from './0004-records.js';

/** In the order of their names; one that was released is never changed, and there is no way down. */
export const MIGRATIONS: Readonly<Record<string, Migration>> = {
  '0001-first': first,
  '0002-revisions': revisions,
  '0003-commands-in-order': commandsInOrder,
  '0004-records': records,
};
