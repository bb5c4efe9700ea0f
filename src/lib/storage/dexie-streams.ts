import type { Table } from 'dexie';
import { streamKinds, type StreamId, type StreamKind } from '#domain/protocol/streams.ts';
import type { OrganizationRow, PersonDatabase, SessionRow, TicketRow } from './dexie-schema.ts';
import type { StateOf } from './stream-states.ts';

/** The rows of one kind of stream: what its table holds, there and back. */
export interface StreamRows<K extends StreamKind> {
  readonly table: Table;
  ids(): Promise<StreamId[]>;
  get(id: StreamId): Promise<StateOf<K> | undefined>;
  some(ids: StreamId[]): Promise<StateOf<K>[]>;
  /** So many that changed last; undefined where that is all there are, or where nothing tells. */
  newest(count: number): Promise<StateOf<K>[] | undefined>;
  /** Those written after the given change. */
  since(change: number): Promise<{ change: number; state: StateOf<K> }[]>;
  put(states: StateOf<K>[], change: number): Promise<void>;
  remove(id: StreamId): Promise<void>;
  clear(): Promise<void>;
}

interface AnyRow {
  id: StreamId;
  change: number;
}

function rowsIn<K extends StreamKind, R extends AnyRow>(
  table: Table<R, StreamId>,
  stateOf: (row: R) => StateOf<K>,
  rowOf: (state: StateOf<K>, change: number) => R,
): StreamRows<K> {
  return {
    table,
    ids: async () => table.toCollection().primaryKeys(),
    get: async (id) => {
      const row = await table.get(id);
      return row && stateOf(row);
    },
    some: async (ids) => (await table.bulkGet(ids)).flatMap((row) => (row ? [stateOf(row)] : [])),
    newest: async (count) => {
      if (!table.schema.idxByName['updatedAtMs'] || (await table.count()) <= count) return undefined;
      const rows = await table.orderBy('updatedAtMs').reverse().limit(count).toArray();
      return rows.map(stateOf);
    },
    since: async (change) => {
      const rows = await table.where('change').above(change).toArray();
      return rows.map((row) => ({ change: row.change, state: stateOf(row) }));
    },
    put: async (states, change) => {
      await table.bulkPut(states.map((state) => rowOf(state, change)));
    },
    remove: async (id) => {
      await table.delete(id);
    },
    clear: async () => {
      await table.clear();
    },
  };
}

export type AllRows = { readonly [K in StreamKind]: StreamRows<K> };

export function allRows(db: PersonDatabase): AllRows {
  return {
    session: rowsIn<'session', SessionRow>(
      db.sessions as unknown as Table<SessionRow, StreamId>,
      (row) => row.session,
      (session, change) => ({
        id: session.id,
        status: session.status,
        updatedAtMs: session.updatedAtMs,
        deviceId: session.device.id,
        change,
        session,
      }),
    ),
    ticket: rowsIn<'ticket', TicketRow>(
      db.tickets as unknown as Table<TicketRow, StreamId>,
      (row) => row.ticket,
      (ticket, change) => ({
        id: ticket.id,
        deviceId: ticket.device.id,
        updatedAtMs: ticket.updatedAtMs,
        change,
        ticket,
      }),
    ),
    organization: rowsIn<'organization', OrganizationRow>(
      db.organizations as unknown as Table<OrganizationRow, StreamId>,
      (row) => row.organization,
      (organization, change) => ({ id: organization.id, change, organization }),
    ),
  };
}

/** The rows of a kind that is known only when it runs. */
export function rowsOf(rows: AllRows, kind: StreamKind): StreamRows<StreamKind> {
  return rows[kind] as StreamRows<StreamKind>;
}

export const streamTables = (db: PersonDatabase): Table[] => [db.sessions, db.tickets, db.organizations];

/** Calls `work` with the rows of every kind. */
export async function ofEveryKind(
  rows: AllRows,
  work: (rows: StreamRows<StreamKind>, kind: StreamKind) => Promise<void>,
): Promise<void> {
  for (const kind of streamKinds) await work(rowsOf(rows, kind), kind);
}
