import { sql, type Kysely, type Migration } from 'kysely';

/**
 * Answers lie in the order in which they were given, and only their small keys, which are random, in that of the keys: a commit of many
 * writes half as many pages.
 */
export const commandsInOrder: Migration = { up };

async function up(db: Kysely<unknown>): Promise<void> {
  const { schema } = db;
  await schema.alterTable('commands').renameTo('commands_by_key').execute();
  await schema
    .createTable('commands')
    .addColumn('room', 'integer', (column) => column.notNull().references('rooms.key').onDelete('cascade'))
    .addColumn('actor', 'text', (column) => column.notNull())
    .addColumn('cmid', 'text', (column) => column.notNull())
    .addColumn('digest', 'text', (column) => column.notNull())
    .addColumn('answer', 'text', (column) => column.notNull())
    .addColumn('ref', 'text')
    .modifyEnd(sql`strict`)
    .execute();
  const columns = sql`room, actor, cmid, digest, answer, ref`;
  await sql`insert into commands (${columns}) select ${columns} from commands_by_key`.execute(db);
  await schema.dropTable('commands_by_key').execute();
  await schema.createIndex('commands_key').unique().on('commands').columns(['room', 'actor', 'cmid']).execute();
  await schema
    .createIndex('commands_ref')
    .on('commands')
    .columns(['room', 'ref'])
    .where(sql.ref('ref'), 'is not', null)
    .execute();
}
