import { rm } from 'node:fs/promises';
import { openSqlite } from '../../signal/storage/sqlite/open-sqlite.ts';
import { tempDir } from '../harness/relay-harness.ts';
import { describeRelayStorage } from './relay-storage-suite.ts';

describeRelayStorage('SQLite', async () => {
  const dataDir = tempDir();
  return {
    open: () => openSqlite(dataDir),
    wipe: () => rm(dataDir, { recursive: true, force: true }),
  };
});
