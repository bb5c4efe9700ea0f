import Dexie, { type EntityTable, type Table, type Transaction } from 'dexie';
import type { OrganizationId, SessionId, TicketId } from '#domain/ids.ts';
import type { Organization } from '#domain/organization/organization.ts';
import type { StreamEvent, StreamId } from '#domain/protocol/streams.ts';
import type { VideoSession } from '#domain/session/video-session.ts';
import type { Ticket } from '#domain/ticket/ticket.ts';
import type { BlobItem, UploadUrl } from './blob-store.ts';
import type { GoneStream } from './gone-stream.ts';
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

export interface TicketRow {
  id: TicketId;
  deviceId: string;
  updatedAtMs: number;
  change: number;
  ticket: Ticket;
}

export interface OrganizationRow {
  id: OrganizationId;
  change: number;
  organization: Organization;
}

export type OutboxRow = Omit<OutboxItem, 'order'> & { order: number };

export interface MetaRow {
  key: 'epoch' | 'position' | 'change' | 'firstOpenedAtMs' | 'foldVersion' | 'leftBehind';
  value: string | number | null | GoneStream[];
}

/** Raise it when the fold gives another session from the same events: stores then fold their logs again. */
export const foldVersion = 2;

interface SchemaStep {
  version: number;
  stores: Record<string, string>;
  /** Brings rows of the step before into the new shape. */
  upgrade?: (change: Transaction) => PromiseLike<unknown>;
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
  {
    version: 2,
    stores: {
      tickets: 'id, deviceId, updatedAtMs, change',
      organizations: 'id, change',
      blobs: 'itemId, streamId, state',
    },
    // Pictures of sessions were all that there was.
    upgrade: (change) =>
      change
        .table<Partial<BlobItem> & { sessionId?: SessionId }>('blobs')
        .toCollection()
        .modify((item) => {
          if (item.sessionId === undefined) return;
          item.streamId = item.sessionId;
          item.kind = 'screenshot';
          delete item.sessionId;
        }),
  },
];

const deviceSteps: readonly SchemaStep[] = [{ version: 1, stores: { values: 'key' } }];

function declare(database: Dexie, steps: readonly SchemaStep[]): void {
  for (const { version, stores, upgrade } of steps) {
    const declared = database.version(version).stores(stores);
    if (upgrade) declared.upgrade(upgrade);
  }
}

export class PersonDatabase extends Dexie {
  declare events: Table<StreamEvent, [StreamId, number]>;
  declare sessions: EntityTable<SessionRow, 'id'>;
  declare tickets: EntityTable<TicketRow, 'id'>;
  declare organizations: EntityTable<OrganizationRow, 'id'>;
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
