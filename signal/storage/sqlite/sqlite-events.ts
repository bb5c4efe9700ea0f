import { sql, type Insertable, type Kysely, type Selectable, type Transaction } from 'kysely';
import type { CommandId, DeviceId, OrganizationId, SessionId, TicketId } from '#domain/ids.ts';
import { chainHash, type ChainedFacts } from '#domain/protocol/hash-chain.ts';
import { parseStreamEvent, type StreamEvent, type StreamId } from '#domain/protocol/streams.ts';
import { sha256Hex } from '../../secrets.ts';
import type {
  AcceptedCommand,
  AppendEntry,
  AppendResult,
  ErasedTrace,
  EventStore,
  StreamItem,
  StreamScope,
  TicketRow,
} from '../relay-storage.ts';
import type { Schema } from './schema.ts';

export type CommitProbe = (stage: 'before' | 'after') => void;

class Conflict extends Error {}

/** What stands in place of an erased stream's events. Never read as an event: it only has a position. */
const tombstone = 'stream.erased';

/** The streams in SQLite. It has one writer at a time, so positions come in the order of commits by themselves. */
export class SqliteEvents implements EventStore {
  readonly #database: Kysely<Schema>;
  readonly #onCommit: CommitProbe;

  constructor(database: Kysely<Schema>, onCommit: CommitProbe = () => undefined) {
    this.#database = database;
    this.#onCommit = onCommit;
  }

  async append(entries: AppendEntry[]): Promise<AppendResult> {
    try {
      const events = await this.#database.transaction().execute(async (transaction) => {
        const appended: StreamEvent[][] = [];
        for (const entry of entries) appended.push(await appendEntry(transaction, entry));
        this.#onCommit('before');
        return appended;
      });
      this.#onCommit('after');
      return { ok: true, events };
    } catch (error) {
      if (error instanceof Conflict || isUniqueViolation(error)) return { ok: false, reason: 'conflict' };
      throw error;
    }
  }

  async read(streamId: StreamId): Promise<StreamEvent[]> {
    return (await this.#rows(streamId)).map(toEvent);
  }

  async chain(streamId: StreamId): Promise<(ChainedFacts & { hash: string })[]> {
    return (await this.#rows(streamId)).map((row) => ({ ...factsOf(row), hash: row.hash }));
  }

  async head(): Promise<number> {
    const row = await this.#database
      .selectFrom('events')
      .select((select) => select.fn.max('position').as('position'))
      .executeTakeFirst();
    return Number(row?.position ?? 0);
  }

  async findCommands(ids: CommandId[]): Promise<AcceptedCommand[]> {
    if (ids.length === 0) return [];
    const rows = await this.#database
      .selectFrom('commands')
      .selectAll()
      .where('command_id', 'in', ids)
      .execute();
    return rows.map((row) => ({
      commandId: row.command_id as CommandId,
      personId: row.person_id,
      streamId: row.stream_id as StreamId,
      seq: row.seq,
    }));
  }

  async changedStreams(
    scope: StreamScope,
    after: number,
    upTo: number,
  ): Promise<{ id: StreamId; erased: boolean; trace?: ErasedTrace }[]> {
    const rows = await this.#inScope(scope)
      .select((select) => [
        'stream_id',
        select.fn
          .max<string | null>(select.case().when('type', '=', tombstone).then(select.ref('payload')).end())
          .as('trace'),
      ])
      .where('position', '>', after)
      .where('position', '<=', upTo)
      .groupBy('stream_id')
      .execute();
    return rows.map(({ stream_id, trace }) => {
      const id = stream_id as StreamId;
      if (trace === null) return { id, erased: false };
      // Of those that were erased by earlier versions there is none.
      return trace === '{}'
        ? { id, erased: true }
        : { id, erased: true, trace: JSON.parse(trace) as ErasedTrace };
    });
  }

  async windowEnd(scope: StreamScope, after: number, count: number): Promise<number | undefined> {
    const rows = await this.#inScope(scope)
      .select('position')
      .where('position', '>', after)
      .orderBy('position')
      .limit(count)
      .execute();
    return rows.at(-1)?.position;
  }

  async streamOf(item: StreamItem): Promise<StreamId | undefined> {
    const row = await this.#database
      .selectFrom('stream_items')
      .select('stream_id')
      .where('kind', '=', item.kind)
      .where('id', '=', item.id)
      .executeTakeFirst();
    return row?.stream_id as StreamId | undefined;
  }

  async unsettled(): Promise<SessionId[]> {
    const rows = await this.#database
      .selectFrom('streams')
      .select('id')
      .where('kind', '=', 'session')
      .where((where) => where.or([where('deadline_at_ms', 'is not', null), where('call_live', '=', 1)]))
      .execute();
    return rows.map((row) => row.id as SessionId);
  }

  async openTickets(organizationId: OrganizationId, limit: number): Promise<TicketRow[]> {
    const rows = await this.#database
      .selectFrom('tickets')
      .selectAll()
      .where('organization_id', '=', organizationId)
      .where('open', '=', 1)
      .orderBy('number', 'desc')
      .limit(limit)
      .execute();
    return rows.map((row) => ({
      id: row.id as TicketId,
      organizationId,
      deviceId: row.device_id as DeviceId,
      number: row.number,
      title: row.title,
      open: true,
    }));
  }

  async lastTicketNumber(organizationId: OrganizationId): Promise<number> {
    const row = await this.#database
      .selectFrom('tickets')
      .select((select) => select.fn.max('number').as('number'))
      .where('organization_id', '=', organizationId)
      .executeTakeFirst();
    return Number(row?.number ?? 0);
  }

  async isErased(streamId: StreamId): Promise<boolean> {
    const row = await this.#database
      .selectFrom('streams')
      .select('erased_at_ms')
      .where('id', '=', streamId)
      .executeTakeFirst();
    return row !== undefined && row.erased_at_ms !== null;
  }

  async erase(
    streamId: StreamId,
    nowMs: number,
    summary: unknown,
    trace?: ErasedTrace,
  ): Promise<{ position: number; fileNames: string[] } | undefined> {
    const erased = await this.#database.transaction().execute(async (transaction) => {
      const stream = await transaction
        .selectFrom('streams')
        .selectAll()
        .where('id', '=', streamId)
        .where('erased_at_ms', 'is', null)
        .executeTakeFirst();
      if (!stream) return undefined;
      const files = await transaction
        .selectFrom('blobs')
        .select('file_name')
        .where('stream_id', '=', streamId)
        .execute();
      for (const table of ['events', 'blobs', 'uploads', 'documents'] as const)
        await transaction.deleteFrom(table).where('stream_id', '=', streamId).execute();
      await transaction.deleteFrom('tickets').where('id', '=', streamId).execute();
      const { position } = await transaction
        .insertInto('events')
        .values({
          stream_id: streamId,
          seq: stream.seq + 1,
          kind: stream.kind,
          organization_id: stream.organization_id,
          device_id: stream.device_id,
          command_id: null,
          type: tombstone,
          payload: JSON.stringify(trace ?? {}),
          actor: '{"kind":"relay"}',
          at_ms: nowMs,
          hash: '',
        })
        .returning('position')
        .executeTakeFirstOrThrow();
      await transaction
        .updateTable('streams')
        .set({
          seq: stream.seq + 1,
          head_hash: '',
          erased_at_ms: nowMs,
          summary: JSON.stringify(summary),
          deadline_at_ms: null,
          call_live: 0,
        })
        .where('id', '=', streamId)
        .execute();
      return { position, fileNames: files.map((row) => row.file_name) };
    });
    // The write-ahead log still has the pages as they were.
    if (erased) await sql.raw('pragma wal_checkpoint(truncate)').execute(this.#database);
    return erased;
  }

  #rows(streamId: StreamId): Promise<Selectable<Schema['events']>[]> {
    return this.#database
      .selectFrom('events')
      .selectAll()
      .where('stream_id', '=', streamId)
      .where('type', '!=', tombstone)
      .orderBy('seq')
      .execute();
  }

  #inScope({ organizationId, deviceId, kinds }: StreamScope) {
    const rows = this.#database
      .selectFrom('events')
      .where('organization_id', '=', organizationId)
      .where('kind', 'in', kinds);
    return deviceId === undefined ? rows : rows.where('device_id', '=', deviceId);
  }
}

async function appendEntry(transaction: Transaction<Schema>, entry: AppendEntry): Promise<StreamEvent[]> {
  const { index, streamId } = entry;
  let hash = await headHash(transaction, entry);
  const events: StreamEvent[] = [];
  for (const event of entry.events) {
    const row: Insertable<Schema['events']> = {
      stream_id: streamId,
      seq: event.seq,
      kind: index.kind,
      organization_id: index.organizationId,
      device_id: index.deviceId ?? '',
      command_id: event.commandId ?? null,
      type: event.type,
      payload: JSON.stringify(event.payload),
      actor: JSON.stringify(event.actor),
      at_ms: event.atMs,
      hash: (hash = chainHash(hash, { ...event, streamId }, sha256Hex)),
    };
    const { position } = await transaction
      .insertInto('events')
      .values(row)
      .returning('position')
      .executeTakeFirstOrThrow();
    events.push({ ...event, streamId, position } as StreamEvent);
  }
  await moveStream(transaction, entry, hash);
  for (const { commandId, personId, seq } of entry.commands) {
    await transaction
      .insertInto('commands')
      .values({ command_id: commandId, person_id: personId, stream_id: streamId, seq })
      .execute();
  }
  for (const item of entry.items) {
    await transaction
      .insertInto('stream_items')
      .values({ ...item, stream_id: streamId })
      .execute();
  }
  if (index.ticket) await indexTicket(transaction, entry, index.ticket);
  return events;
}

async function headHash(transaction: Transaction<Schema>, entry: AppendEntry): Promise<string> {
  const row = await transaction
    .selectFrom('streams')
    .select(['head_hash', 'seq'])
    .where('id', '=', entry.streamId)
    .executeTakeFirst();
  if ((row?.seq ?? 0) !== entry.expectedSeq) throw new Conflict();
  return row?.head_hash ?? '';
}

/** Compare-and-set on the length of the stream. */
async function moveStream(
  transaction: Transaction<Schema>,
  entry: AppendEntry,
  headHashNow: string,
): Promise<void> {
  const { index } = entry;
  const row = {
    organization_id: index.organizationId,
    device_id: index.deviceId ?? '',
    seq: entry.expectedSeq + entry.events.length,
    head_hash: headHashNow,
    deadline_at_ms: index.deadlineAtMs,
    call_live: index.callLive ? 1 : 0,
  };
  if (entry.expectedSeq === 0) {
    await transaction
      .insertInto('streams')
      .values({ ...row, id: entry.streamId, kind: index.kind, erased_at_ms: null, summary: null })
      .execute();
    return;
  }
  const { numUpdatedRows } = await transaction
    .updateTable('streams')
    .set(row)
    .where('id', '=', entry.streamId)
    .where('seq', '=', entry.expectedSeq)
    .where('erased_at_ms', 'is', null)
    .executeTakeFirstOrThrow();
  if (numUpdatedRows !== 1n) throw new Conflict();
}

async function indexTicket(
  transaction: Transaction<Schema>,
  { streamId, index }: AppendEntry,
  { number, title, open }: { number: number; title: string; open: boolean },
): Promise<void> {
  const row = {
    organization_id: index.organizationId,
    device_id: index.deviceId ?? '',
    number,
    title,
    open: open ? 1 : 0,
  };
  await transaction
    .insertInto('tickets')
    .values({ id: streamId, ...row })
    .onConflict((conflict) => conflict.column('id').doUpdateSet(row))
    .execute();
}

function factsOf(row: Selectable<Schema['events']>): ChainedFacts {
  return {
    streamId: row.stream_id,
    seq: row.seq,
    type: row.type,
    payload: JSON.parse(row.payload) as unknown,
    actor: JSON.parse(row.actor) as unknown,
    atMs: row.at_ms,
    ...(row.command_id === null ? {} : { commandId: row.command_id }),
  };
}

function toEvent(row: Selectable<Schema['events']>): StreamEvent {
  return parseStreamEvent({ ...factsOf(row), position: row.position });
}

function isUniqueViolation(error: unknown): boolean {
  const { code } = (error ?? {}) as { code?: unknown };
  return code === 'SQLITE_CONSTRAINT_UNIQUE' || code === 'SQLITE_CONSTRAINT_PRIMARYKEY';
}
