import Dexie, { type EntityTable, type Table } from 'dexie';
import type { SessionId } from '#domain/ids.ts';
import type { SessionEvent } from '#domain/session/events.ts';
import type { VideoSession } from '#domain/session/video-session.ts';
import type { BlobItem, UploadUrl } from './blob-store.ts';
import type { OutboxItem } from './person-store.ts';

/** A folded session, with what it is looked up by. `change` grows with every write: what a listener has not seen. */
export interface SessionRow {
  id: SessionId;
  status: string;
  updatedAtMs: number;
  deviceId: string;
  change: number;
  session: VideoSession;
}

export type OutboxRow = Omit<OutboxItem, 'order'> & { order: number };

export interface MetaRow {
  key: 'epoch' | 'position' | 'change' | 'firstOpenedAtMs' | 'foldVersion';
  value: string | number | null;
}

/** Raise it when the fold gives another session from the same events: stores then fold their logs again. */
export const foldVersion = 1;

interface SchemaStep {
  version: number;
  stores: Record<string, string>;
}

/**
 * Forward only, and only adding: a step once released is never edited. `durability` is strict for the whole
 * database, because a batch of events and the outbox it empties are one transaction.
 */
const personSteps: readonly SchemaStep[] = [
  {
    version: 1,
    stores: {
      events: '[streamId+seq], streamId',
      sessions: 'id, status, updatedAtMs, deviceId, change',
      commands: '++order, &id, state, streamId',
      blobs: 'itemId, sessionId, state',
      blobBytes: 'itemId',
      uploadUrls: 'key, fingerprint',
      seen: 'id',
      meta: 'key',
    },
  },
];

const deviceSteps: readonly SchemaStep[] = [{ version: 1, stores: { values: 'key' } }];

function declare(database: Dexie, steps: readonly SchemaStep[]): void {
  for (const { version, stores } of steps) database.version(version).stores(stores);
}

export class PersonDatabase extends Dexie {
  declare events: Table<SessionEvent, [SessionId, number]>;
  declare sessions: EntityTable<SessionRow, 'id'>;
  declare commands: EntityTable<OutboxRow, 'order'>;
  declare blobs: EntityTable<BlobItem, 'itemId'>;
  declare blobBytes: EntityTable<{ itemId: BlobItem['itemId']; bytes: ArrayBuffer }, 'itemId'>;
  declare uploadUrls: EntityTable<UploadUrl, 'key'>;
  declare seen: EntityTable<{ id: string }, 'id'>;
  declare meta: EntityTable<MetaRow, 'key'>;

  constructor(name: string) {
    super(name, { autoOpen: false, chromeTransactionDurability: 'strict' });
    declare(this, personSteps);
  }

  async number(key: MetaRow['key']): Promise<number> {
    const row = await this.meta.get(key);
    return typeof row?.value === 'number' ? row.value : 0;
  }
}

export class DeviceDatabase extends Dexie {
  declare values: EntityTable<{ key: string; value: unknown }, 'key'>;

  constructor(name: string) {
    super(name, { autoOpen: false, chromeTransactionDurability: 'strict' });
    declare(this, deviceSteps);
  }
}
