import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { Kysely, SqliteDialect } from 'kysely';
import { newId, newToken } from '../../secrets.ts';
import { StorageError, type RelayStorage } from '../relay-storage.ts';
import { keptStatements } from './kept-statements.ts';
import { migrate } from './migrations.ts';
import type { Schema } from './schema.ts';
import { SqliteDirectory } from './sqlite-directory.ts';
import { SqliteEvents, type CommitProbe } from './sqlite-events.ts';
import { sqliteFiles } from './sqlite-files.ts';

export const databaseFileName = 'sightline.sqlite';

export interface SqliteOptions {
  nowMs?: () => number;
  /** Called right before and right after each commit of events. For tests of crashes. */
  onCommit?: CommitProbe;
}

/** Opens the SQLite store in `dataDir` (':memory:' for none). Throws StorageError with a sentence for the operator. */
export async function openSqlite(dataDir: string, options: SqliteOptions = {}): Promise<RelayStorage> {
  const nowMs = options.nowMs ?? Date.now;
  if (dataDir !== ':memory:') mkdirSync(dataDir, { recursive: true, mode: 0o700 });
  const path = dataDir === ':memory:' ? dataDir : join(dataDir, databaseFileName);
  const connection = connect(path);
  const database = new Kysely<Schema>({
    dialect: new SqliteDialect({ database: keptStatements(connection) }),
  });
  try {
    await migrate(database, nowMs());
    const meta = await loadMeta(database);
    return {
      ...meta,
      events: new SqliteEvents(database, options.onCommit),
      directory: new SqliteDirectory(database),
      ...sqliteFiles(database),
      close: () => database.destroy(),
    };
  } catch (error) {
    await database.destroy();
    throw error instanceof StorageError ? error : damaged(error);
  }
}

function connect(path: string): Database.Database {
  try {
    const connection = new Database(path);
    connection.pragma('journal_mode = WAL');
    // An accepted command must be there after a power cut, too.
    connection.pragma('synchronous = FULL');
    // What is erased is overwritten, not only forgotten.
    connection.pragma('secure_delete = ON');
    connection.pragma('foreign_keys = ON');
    connection.pragma('busy_timeout = 5000');
    const check = connection.pragma('quick_check(1)', { simple: true });
    if (check !== 'ok') throw new Error('quick_check');
    return connection;
  } catch (error) {
    throw damaged(error);
  }
}

function damaged(cause: unknown): StorageError {
  return new StorageError(
    'The database cannot be read. Restore the data folder from a backup; nothing in it was changed.',
    { cause },
  );
}

async function loadMeta(database: Kysely<Schema>): Promise<{ epoch: string; secretKey: string }> {
  const value = async (key: string, fresh: () => string): Promise<string> => {
    await database
      .insertInto('meta')
      .values({ key, value: fresh() })
      .onConflict((conflict) => conflict.column('key').doNothing())
      .execute();
    const row = await database
      .selectFrom('meta')
      .select('value')
      .where('key', '=', key)
      .executeTakeFirstOrThrow();
    return row.value;
  };
  return { epoch: await value('epoch', newId), secretKey: await value('secretKey', newToken) };
}
