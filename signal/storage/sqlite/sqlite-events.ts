import type { Insertable, Kysely, Selectable, Transaction } from 'kysely';
import type { CommandId, SessionId } from '#domain/ids.ts';
import { parseSessionEvent, type SessionEvent } from '#domain/session/events.ts';
import type {
  AcceptedCommand,
  AppendEntry,
  AppendResult,
  EventStore,
  SessionItem,
  StreamScope,
} from '../relay-storage.ts';
import type { Schema } from './schema.ts';

export type CommitProbe = (stage: 'before' | 'after') => void;

class Conflict extends Error {}

/** The logs in SQLite. It has one writer at a time, so positions come in the order of commits by themselves. */
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
        const appended: SessionEvent[][] = [];
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

  async read(streamId: SessionId): Promise<SessionEvent[]> {
    const rows = await this.#database
      .selectFrom('events')
      .selectAll()
      .where('stream_id', '=', streamId)
      .orderBy('seq')
      .execute();
    return rows.map(toEvent);
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
      streamId: row.stream_id as SessionId,
      seq: row.seq,
    }));
  }

  async changedStreams(scope: StreamScope, after: number, upTo: number): Promise<SessionId[]> {
    const rows = await this.#inScope(scope)
      .select('stream_id')
      .distinct()
      .where('position', '>', after)
      .where('position', '<=', upTo)
      .execute();
    return rows.map((row) => row.stream_id as SessionId);
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

  async sessionOf(item: SessionItem): Promise<SessionId | undefined> {
    const row = await this.#database
      .selectFrom('session_items')
      .select('stream_id')
      .where('kind', '=', item.kind)
      .where('id', '=', item.id)
      .executeTakeFirst();
    return row?.stream_id as SessionId | undefined;
  }

  async unsettled(): Promise<SessionId[]> {
    const rows = await this.#database
      .selectFrom('sessions')
      .select('id')
      .where((where) => where.or([where('deadline_at_ms', 'is not', null), where('call_live', '=', 1)]))
      .execute();
    return rows.map((row) => row.id as SessionId);
  }

  #inScope(scope: StreamScope) {
    const rows = this.#database.selectFrom('events').where('organization_id', '=', scope.organizationId);
    return scope.deviceId === undefined ? rows : rows.where('device_id', '=', scope.deviceId);
  }
}

async function appendEntry(transaction: Transaction<Schema>, entry: AppendEntry): Promise<SessionEvent[]> {
  await moveSession(transaction, entry);
  for (const { commandId, personId, streamId, seq } of entry.commands) {
    await transaction
      .insertInto('commands')
      .values({ command_id: commandId, person_id: personId, stream_id: streamId, seq })
      .execute();
  }
  for (const item of entry.items) {
    await transaction
      .insertInto('session_items')
      .values({ ...item, stream_id: entry.streamId })
      .execute();
  }
  const events: SessionEvent[] = [];
  for (const event of entry.events) {
    const row: Insertable<Schema['events']> = {
      stream_id: entry.streamId,
      seq: event.seq,
      organization_id: entry.index.organizationId,
      device_id: entry.index.deviceId,
      command_id: event.commandId ?? null,
      type: event.type,
      payload: JSON.stringify(event.payload),
      actor: JSON.stringify(event.actor),
      at_ms: event.atMs,
    };
    const { position } = await transaction
      .insertInto('events')
      .values(row)
      .returning('position')
      .executeTakeFirstOrThrow();
    events.push({ ...event, streamId: entry.streamId, position });
  }
  return events;
}

/** Compare-and-set on the length of the log. */
async function moveSession(transaction: Transaction<Schema>, entry: AppendEntry): Promise<void> {
  const { index } = entry;
  const row = {
    organization_id: index.organizationId,
    device_id: index.deviceId,
    seq: entry.expectedSeq + entry.events.length,
    deadline_at_ms: index.deadlineAtMs,
    call_live: index.callLive ? 1 : 0,
  };
  if (entry.expectedSeq === 0) {
    await transaction
      .insertInto('sessions')
      .values({ ...row, id: entry.streamId })
      .execute();
    return;
  }
  const { numUpdatedRows } = await transaction
    .updateTable('sessions')
    .set(row)
    .where('id', '=', entry.streamId)
    .where('seq', '=', entry.expectedSeq)
    .executeTakeFirstOrThrow();
  if (numUpdatedRows !== 1n) throw new Conflict();
}

function toEvent(row: Selectable<Schema['events']>): SessionEvent {
  return parseSessionEvent({
    streamId: row.stream_id,
    seq: row.seq,
    position: row.position,
    ...(row.command_id === null ? {} : { commandId: row.command_id }),
    type: row.type,
    payload: JSON.parse(row.payload) as unknown,
    actor: JSON.parse(row.actor) as unknown,
    atMs: row.at_ms,
  });
}

function isUniqueViolation(error: unknown): boolean {
  const { code } = (error ?? {}) as { code?: unknown };
  return code === 'SQLITE_CONSTRAINT_UNIQUE' || code === 'SQLITE_CONSTRAINT_PRIMARYKEY';
}
