import type { Kysely, Migration } from 'kysely';

/** How often a room was committed to, and at which of these commits each of its logs moved last. */
export const revisions: Migration = { up };

async function up(db: Kysely<unknown>): Promise<void> {
  for (const table of ['rooms', 'logs']) {
    await db.schema
      .alterTable(table)
      .addColumn('revision', 'integer', (column) => column.notNull().defaultTo(0))
      .execute();
  }
}
