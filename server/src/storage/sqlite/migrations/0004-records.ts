import { sql, type Kysely, type Migration } from 'kysely';

const CLUSTERED = sql`strict, without rowid`;

/** What hosts say of rooms and people beside the logs, what is withdrawn, and what was signed. */
export const records: Migration = { up };

async function up(db: Kysely<unknown>): Promise<void> {
  const { schema } = db;
  await schema
    .alterTable('rooms')
    .addColumn('listed', 'integer', (column) => column.notNull().defaultTo(1))
    .execute();
  for (const name of ['external_ref', 'password_hash'])
    await schema.alterTable('rooms').addColumn(name, 'text').execute();
  await schema.alterTable('rooms').addColumn('expected', 'integer').execute();
  await schema
    .createIndex('rooms_external_ref')
    .on('rooms')
    .columns(['tenant', 'external_ref'])
    .where(sql.ref('external_ref'), 'is not', null)
    .execute();
  await schema
    .createIndex('participants_of_sub')
    .on('participants')
    .column('sub')
    .where(sql.ref('sub'), 'is not', null)
    .execute();

  const ofRoom = (table: string) =>
    schema
      .createTable(table)
      .addColumn('room', 'integer', (column) => column.notNull().references('rooms.key').onDelete('cascade'));
  await ofRoom('roster')
    .addColumn('sub', 'text', (column) => column.notNull())
    .addColumn('role', 'text')
    .addColumn('name', 'text')
    .addPrimaryKeyConstraint('roster_key', ['room', 'sub'])
    .modifyEnd(CLUSTERED)
    .execute();
  await schema.createIndex('roster_sub').on('roster').column('sub').execute();

  await ofRoom('statements')
    .addColumn('id', 'text', (column) => column.notNull())
    .addColumn('at', 'integer', (column) => column.notNull())
    .addColumn('jws', 'text', (column) => column.notNull())
    .addPrimaryKeyConstraint('statements_key', ['room', 'at', 'id'])
    .modifyEnd(CLUSTERED)
    .execute();

  const ofTenant = (table: string) =>
    schema.createTable(table).addColumn('tenant', 'text', (column) => column.notNull());
  await ofTenant('revocations')
    .addColumn('kind', 'text', (column) => column.notNull())
    .addColumn('value', 'text', (column) => column.notNull())
    .addColumn('before', 'integer', (column) => column.notNull())
    .addColumn('until', 'integer', (column) => column.notNull())
    .addPrimaryKeyConstraint('revocations_key', ['tenant', 'kind', 'value'])
    .modifyEnd(CLUSTERED)
    .execute();

  await ofTenant('requests')
    .addColumn('caller', 'text', (column) => column.notNull())
    .addColumn('key', 'text', (column) => column.notNull())
    .addColumn('digest', 'text', (column) => column.notNull())
    .addColumn('status', 'integer', (column) => column.notNull())
    .addColumn('body', 'text', (column) => column.notNull())
    .addColumn('at', 'integer', (column) => column.notNull())
    .addPrimaryKeyConstraint('requests_key', ['tenant', 'caller', 'key'])
    .modifyEnd(CLUSTERED)
    .execute();
  await schema.createIndex('requests_at').on('requests').column('at').execute();
}
