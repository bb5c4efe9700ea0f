import type Database from 'better-sqlite3';
import type { SqliteDatabase } from 'kysely';

/** Preparing a statement costs as much as running it; lists of different lengths make ever new ones. */
const maxStatements = 300;

/** The connection with its statements prepared once. Nothing here iterates, so none is ever in use twice. */
export function keptStatements(connection: Database.Database): SqliteDatabase {
  const kept = new Map<string, ReturnType<SqliteDatabase['prepare']>>();
  return {
    close: () => connection.close(),
    prepare: (sql) => {
      const known = kept.get(sql);
      if (known) return known;
      if (kept.size >= maxStatements) kept.clear();
      const statement = connection.prepare(sql) as unknown as ReturnType<SqliteDatabase['prepare']>;
      kept.set(sql, statement);
      return statement;
    },
  };
}
