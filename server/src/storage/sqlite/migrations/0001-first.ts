import { sql, type Kysely, type Migration } from 'kysely';

const STRICT = sql`strict`;
/** Rows lie in the order of their key, so that a page of a log is one stretch of the file. */
const CLUSTERED = sql`strict, without rowid`;

/** Everything of a room goes with its row. Times are milliseconds since 1970. */
export const first: Migration = { up };

async function up(db: Kysely<unknown>): Promise<void> {
  const { schema } = db;
  await schema
    .createTable('rooms')
    // Never used twice: somebody may still hold the key of a room that was deleted.
    .addColumn('key', 'integer', (column) => column.primaryKey().autoIncrement())
    .addColumn('tenant', 'text', (column) => column.notNull())
    .addColumn('id', 'text', (column) => column.notNull())
    .addColumn('kind', 'text', (column) => column.notNull())
    .addColumn('state', 'text', (column) => column.notNull())
    .addColumn('visibility', 'text', (column) => column.notNull())
    .addColumn('title', 'text', (column) => column.notNull())
    .addColumn('starts_at', 'integer')
    .addColumn('ends_at', 'integer')
    .addColumn('created_at', 'integer', (column) => column.notNull())
    .addColumn('live_since', 'integer')
    .addColumn('due_at', 'integer')
    // A JSON list.
    .addColumn('owners', 'text', (column) => column.notNull())
    .addUniqueConstraint('rooms_tenant_id', ['tenant', 'id'])
    .modifyEnd(STRICT)
    .execute();
  await schema.createIndex('rooms_due').on('rooms').column('due_at').where(sql.ref('due_at'), 'is not', null).execute();

  const ofRoom = (table: string) =>
    schema
      .createTable(table)
      .addColumn('room', 'integer', (column) => column.notNull().references('rooms.key').onDelete('cascade'));
  const ofLog = (table: string) =>
    ofRoom(table)
      .addColumn('log', 'text', (column) => column.notNull())
      .addColumn('owner', 'text', (column) => column.notNull());

  await ofLog('logs')
    .addColumn('epoch', 'text', (column) => column.notNull())
    .addColumn('offset', 'integer', (column) => column.notNull())
    .addColumn('hash', 'text', (column) => column.notNull())
    .addPrimaryKeyConstraint('logs_key', ['room', 'log', 'owner'])
    .modifyEnd(CLUSTERED)
    .execute();

  await schema
    .createTable('events')
    .addColumn('room', 'integer', (column) => column.notNull())
    .addColumn('log', 'text', (column) => column.notNull())
    .addColumn('owner', 'text', (column) => column.notNull())
    .addColumn('offset', 'integer', (column) => column.notNull())
    .addColumn('id', 'text', (column) => column.notNull())
    .addColumn('at', 'integer', (column) => column.notNull())
    .addColumn('type', 'text', (column) => column.notNull())
    .addColumn('by', 'text')
    .addColumn('ref', 'text')
    .addColumn('salt', 'text')
    .addColumn('digest', 'text', (column) => column.notNull())
    .addColumn('hash', 'text', (column) => column.notNull())
    .addColumn('body', 'text')
    .addPrimaryKeyConstraint('events_key', ['room', 'log', 'owner', 'offset'])
    .addForeignKeyConstraint('events_log', ['room', 'log', 'owner'], 'logs', ['room', 'log', 'owner'], (key) =>
      key.onDelete('cascade'),
    )
    .modifyEnd(CLUSTERED)
    .execute();
  await schema
    .createIndex('events_ref')
    .on('events')
    .columns(['room', 'ref'])
    .where(sql.ref('ref'), 'is not', null)
    .execute();

  await ofRoom('participants')
    .addColumn('participant', 'text', (column) => column.notNull())
    .addColumn('sub', 'text')
    .addPrimaryKeyConstraint('participants_key', ['room', 'participant'])
    .addUniqueConstraint('participants_sub', ['room', 'sub'])
    .modifyEnd(CLUSTERED)
    .execute();

  await ofRoom('votes')
    .addColumn('question', 'text', (column) => column.notNull())
    .addColumn('participant', 'text', (column) => column.notNull())
    .addPrimaryKeyConstraint('votes_key', ['room', 'question', 'participant'])
    .modifyEnd(CLUSTERED)
    .execute();

  await ofRoom('commands')
    .addColumn('actor', 'text', (column) => column.notNull())
    .addColumn('cmid', 'text', (column) => column.notNull())
    // Empty once what the command said was wiped.
    .addColumn('digest', 'text', (column) => column.notNull())
    .addColumn('answer', 'text', (column) => column.notNull())
    .addColumn('ref', 'text')
    .addPrimaryKeyConstraint('commands_key', ['room', 'actor', 'cmid'])
    .modifyEnd(CLUSTERED)
    .execute();
  await schema
    .createIndex('commands_ref')
    .on('commands')
    .columns(['room', 'ref'])
    .where(sql.ref('ref'), 'is not', null)
    .execute();

  await ofRoom('bans')
    .addColumn('sub_hash', 'text', (column) => column.notNull())
    .addColumn('until', 'integer')
    .addPrimaryKeyConstraint('bans_key', ['room', 'sub_hash'])
    .modifyEnd(CLUSTERED)
    .execute();

  await ofRoom('checkpoints')
    // Both JSON.
    .addColumn('heads', 'text', (column) => column.notNull())
    .addColumn('rules', 'text', (column) => column.notNull())
    .addPrimaryKeyConstraint('checkpoints_key', ['room'])
    .modifyEnd(STRICT)
    .execute();

  await ofRoom('leases')
    .addColumn('participant', 'text', (column) => column.notNull())
    .addColumn('seen_at', 'integer', (column) => column.notNull())
    .addPrimaryKeyConstraint('leases_key', ['room', 'participant'])
    .modifyEnd(CLUSTERED)
    .execute();

  await schema
    .createTable('settings')
    .addColumn('name', 'text', (column) => column.notNull().primaryKey())
    .addColumn('value', 'text', (column) => column.notNull())
    .modifyEnd(CLUSTERED)
    .execute();
}
