import { sql, type Kysely, type Transaction } from 'kysely';
import { StorageError } from '../relay-storage.ts';
import type { Schema } from './schema.ts';
import { toStreams } from './to-streams.ts';

type Migration = (database: Transaction<Schema>) => Promise<void>;

/** Forward only. A migration that has been in a release is never changed; a new one is added below it. */
const migrations: Migration[] = [createTables, toStreams, addPasskeys, addRotation];

async function createTables(database: Transaction<Schema>): Promise<void> {
  const { schema } = database;
  await schema
    .createTable('meta')
    .addColumn('key', 'text', (c) => c.primaryKey())
    .addColumn('value', 'text', (c) => c.notNull())
    .execute();
  await schema
    .createTable('organizations')
    .addColumn('id', 'text', (c) => c.primaryKey())
    .addColumn('name', 'text', (c) => c.notNull())
    .addColumn('settings', 'text', (c) => c.notNull())
    .execute();
  await schema
    .createTable('employees')
    .addColumn('id', 'text', (c) => c.primaryKey())
    .addColumn('organization_id', 'text', (c) => c.notNull().references('organizations.id'))
    .addColumn('name', 'text', (c) => c.notNull())
    .addColumn('email', 'text', (c) => c.notNull().unique())
    .addColumn('password_hash', 'text', (c) => c.notNull())
    .addColumn('role', 'text', (c) => c.notNull())
    .addColumn('responsible_all', 'integer', (c) => c.notNull())
    .addColumn('rights_revision', 'integer', (c) => c.notNull())
    .execute();
  await schema
    .createTable('devices')
    .addColumn('id', 'text', (c) => c.primaryKey())
    .addColumn('organization_id', 'text', (c) => c.notNull().references('organizations.id'))
    .addColumn('name', 'text', (c) => c.notNull())
    .addColumn('location', 'text', (c) => c.notNull())
    .addColumn('code_hash', 'text', (c) => c.notNull().unique())
    .addColumn('code_enabled', 'integer', (c) => c.notNull())
    .execute();
  await schema
    .createTable('responsibilities')
    .addColumn('employee_id', 'text', (c) => c.notNull().references('employees.id'))
    .addColumn('device_id', 'text', (c) => c.notNull().references('devices.id'))
    .addPrimaryKeyConstraint('responsibilities_key', ['employee_id', 'device_id'])
    .execute();
  await schema
    .createTable('tickets')
    .addColumn('id', 'text', (c) => c.primaryKey())
    .addColumn('organization_id', 'text', (c) => c.notNull().references('organizations.id'))
    .addColumn('device_id', 'text', (c) => c.notNull().references('devices.id'))
    .addColumn('number', 'integer', (c) => c.notNull())
    .addColumn('title', 'text', (c) => c.notNull())
    .addColumn('open', 'integer', (c) => c.notNull())
    .execute();
  await schema
    .createTable('code_users')
    .addColumn('id', 'text', (c) => c.primaryKey())
    .addColumn('organization_id', 'text', (c) => c.notNull().references('organizations.id'))
    .addColumn('device_id', 'text', (c) => c.notNull().references('devices.id'))
    .addColumn('name', 'text', (c) => c.notNull())
    .execute();
  await schema
    .createTable('sign_ins')
    .addColumn('id', 'text', (c) => c.primaryKey())
    .addColumn('token_hash', 'text', (c) => c.notNull().unique())
    .addColumn('kind', 'text', (c) => c.notNull())
    .addColumn('person_id', 'text', (c) => c.notNull())
    .addColumn('expires_at_ms', 'bigint', (c) => c.notNull())
    .execute();
  await createLog(database);
  await schema
    .createTable('documents')
    .addColumn('name', 'text', (c) => c.primaryKey())
    .addColumn('stream_id', 'text', (c) => c.notNull())
    .addColumn('state', 'blob', (c) => c.notNull())
    .execute();
  await schema
    .createTable('blobs')
    .addColumn('stream_id', 'text', (c) => c.notNull())
    .addColumn('item_id', 'text', (c) => c.notNull())
    .addColumn('sha256', 'text', (c) => c.notNull())
    .addColumn('bytes', 'integer', (c) => c.notNull())
    .addColumn('media_type', 'text', (c) => c.notNull())
    .addColumn('file_name', 'text', (c) => c.notNull())
    .addPrimaryKeyConstraint('blobs_key', ['stream_id', 'item_id'])
    .execute();
  await schema
    .createTable('uploads')
    .addColumn('upload_id', 'text', (c) => c.primaryKey())
    .addColumn('owner_id', 'text', (c) => c.notNull())
    .addColumn('sign_in_id', 'text', (c) => c.notNull())
    .addColumn('stream_id', 'text', (c) => c.notNull())
    .addColumn('item_id', 'text', (c) => c.notNull())
    .addColumn('sha256', 'text', (c) => c.notNull())
    .addColumn('bytes', 'integer', (c) => c.notNull())
    .addColumn('media_type', 'text', (c) => c.notNull())
    .execute();
}

async function createLog(database: Transaction<Schema>): Promise<void> {
  const { schema } = database;
  await schema
    .createTable('sessions')
    .addColumn('id', 'text', (c) => c.primaryKey())
    .addColumn('organization_id', 'text', (c) => c.notNull())
    .addColumn('device_id', 'text', (c) => c.notNull())
    .addColumn('seq', 'integer', (c) => c.notNull())
    .addColumn('deadline_at_ms', 'bigint')
    .addColumn('call_live', 'integer', (c) => c.notNull())
    .execute();
  await schema
    .createTable('events')
    .addColumn('position', 'integer', (c) => c.primaryKey().autoIncrement())
    .addColumn('stream_id', 'text', (c) => c.notNull())
    .addColumn('seq', 'integer', (c) => c.notNull())
    .addColumn('organization_id', 'text', (c) => c.notNull())
    .addColumn('device_id', 'text', (c) => c.notNull())
    .addColumn('command_id', 'text')
    .addColumn('type', 'text', (c) => c.notNull())
    .addColumn('payload', 'text', (c) => c.notNull())
    .addColumn('actor', 'text', (c) => c.notNull())
    .addColumn('at_ms', 'bigint', (c) => c.notNull())
    .addUniqueConstraint('events_place', ['stream_id', 'seq'])
    .execute();
  await schema
    .createIndex('events_of_organization')
    .on('events')
    .columns(['organization_id', 'position'])
    .execute();
  await schema
    .createIndex('events_of_device')
    .on('events')
    .columns(['organization_id', 'device_id', 'position'])
    .execute();
  // One command may cause several events, or none: that it was accepted is kept by itself.
  await schema
    .createTable('commands')
    .addColumn('command_id', 'text', (c) => c.primaryKey())
    .addColumn('person_id', 'text', (c) => c.notNull())
    .addColumn('stream_id', 'text', (c) => c.notNull())
    .addColumn('seq', 'integer', (c) => c.notNull())
    .execute();
  await schema
    .createTable('session_items')
    .addColumn('kind', 'text', (c) => c.notNull())
    .addColumn('id', 'text', (c) => c.notNull())
    .addColumn('stream_id', 'text', (c) => c.notNull())
    .addPrimaryKeyConstraint('session_items_key', ['kind', 'id'])
    .execute();
}

async function addPasskeys(database: Transaction<Schema>): Promise<void> {
  const { schema } = database;
  await schema
    .createTable('passkeys')
    .addColumn('id', 'text', (c) => c.primaryKey())
    .addColumn('organization_id', 'text', (c) => c.notNull())
    .addColumn('employee_id', 'text', (c) => c.notNull())
    .addColumn('credential_id', 'text', (c) => c.notNull().unique())
    .addColumn('public_key', 'text', (c) => c.notNull())
    .addColumn('counter', 'bigint', (c) => c.notNull())
    .addColumn('transports', 'text', (c) => c.notNull())
    .addColumn('name', 'text', (c) => c.notNull())
    .addColumn('created_at_ms', 'bigint', (c) => c.notNull())
    .addColumn('last_used_at_ms', 'bigint')
    .execute();
  await schema.createIndex('passkeys_of_employee').on('passkeys').column('employee_id').execute();
}

async function addRotation(database: Transaction<Schema>): Promise<void> {
  const { schema } = database;
  await schema
    .createTable('rotated_tokens')
    .addColumn('token_hash', 'text', (c) => c.primaryKey())
    .addColumn('sign_in_id', 'text', (c) => c.notNull())
    .addColumn('retired_at_ms', 'bigint')
    .execute();
  await schema
    .createIndex('rotated_tokens_of_sign_in')
    .on('rotated_tokens')
    .columns(['sign_in_id', 'retired_at_ms'])
    .execute();
}

const schemaVersion = migrations.length;

/** Brings the schema up to this version, one transaction a step. Throws StorageError for a newer one. */
export async function migrate(database: Kysely<Schema>, nowMs: number): Promise<void> {
  await sql`create table if not exists migrations (version integer primary key, applied_at_ms bigint not null)`.execute(
    database,
  );
  const applied = await database.selectFrom('migrations').select('version').execute();
  const current = Math.max(0, ...applied.map((row) => row.version));
  if (current > schemaVersion) {
    throw new StorageError(
      `The data was written by a newer version of Sightline (schema ${current}, this one knows ${schemaVersion}). Start that version, or restore a backup.`,
    );
  }
  for (const [index, step] of migrations.entries()) {
    const version = index + 1;
    if (version <= current) continue;
    await database.transaction().execute(async (transaction) => {
      await step(transaction);
      await transaction.insertInto('migrations').values({ version, applied_at_ms: nowMs }).execute();
    });
  }
}
