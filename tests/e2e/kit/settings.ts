import Database from 'better-sqlite3';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';

/** Changes switches of the demo organization in the relay's own database; it reads them anew at every command. */
export function changeSettings(dataDir: string, change: Readonly<Record<string, unknown>>): void {
  const file = readdirSync(dataDir).find((name) => /\.(db|sqlite3?)$/.test(name));
  if (file === undefined) throw new Error(`no database in ${dataDir}`);
  const database = new Database(join(dataDir, file));
  try {
    const row: unknown = database
      .prepare(`select id, settings from organizations where name = 'Demo Service GmbH'`)
      .get();
    if (!isRow(row)) throw new Error('the demo organization is not there');
    const settings = { ...JSON.parse(row.settings), ...change };
    database
      .prepare('update organizations set settings = ? where id = ?')
      .run(JSON.stringify(settings), row.id);
  } finally {
    database.close();
  }
}

function isRow(row: unknown): row is { id: string; settings: string } {
  return typeof row === 'object' && row !== null && 'id' in row && 'settings' in row;
}
