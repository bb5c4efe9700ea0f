import { openSqlite } from '../../signal/storage/sqlite/open-sqlite.ts';
import { FakeRelay } from '../../signal/testing/fake-parts.ts';
import { fileRecordsContract } from './relay-blobs-suite.ts';

fileRecordsContract('SQLite', () => openSqlite(':memory:'));

fileRecordsContract('memory', () => {
  const { documents, blobs, uploads } = new FakeRelay('/nowhere').parts;
  return Promise.resolve({ documents, blobs, uploads, close: () => Promise.resolve() });
});
