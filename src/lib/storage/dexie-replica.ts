import Dexie from 'dexie';
import type { StreamId, StreamKind } from '#domain/protocol/streams.ts';
import { ok, refuse } from '#domain/result.ts';
import { foldVersion, type PersonDatabase } from './dexie-schema.ts';
import {
  allRows,
  ofEveryKind,
  rowsOf,
  streamTables,
  type AllRows,
  type StreamRows,
} from './dexie-streams.ts';
import { follow } from './dexie-watch.ts';
import { goneSession, type GoneStream } from './gone-stream.ts';
import type { ReplicaStore } from './person-store.ts';
import { planBatch, streamsOf, type KeptState } from './plan-batch.ts';
import { storageError } from './storage-error.ts';
import { applyStreamEvent, type StateOf } from './stream-states.ts';

/** What a list shows before everything was read. */
const windowSize = 100;

/** The replica in IndexedDB. Each method is one read-write transaction over the tables it names. */
export class DexieReplica implements ReplicaStore {
  readonly #db: PersonDatabase;
  readonly #rows: AllRows;

  constructor(db: PersonDatabase) {
    this.#db = db;
    this.#rows = allRows(db);
  }

  position: ReplicaStore['position'] = async () => {
    const [epoch, position] = await this.#db.meta.bulkGet(['epoch', 'position']);
    return {
      epoch: typeof epoch?.value === 'string' ? epoch.value : null,
      position: typeof position?.value === 'number' ? position.value : 0,
    };
  };

  apply: ReplicaStore['apply'] = (batch) => {
    const db = this.#db;
    return this.#write([db.events, ...streamTables(db), db.commands, db.meta], async () => {
      const at = await this.position();
      if (at.epoch !== batch.epoch) return refuse('stale');
      const known = new Map<StreamId, StateOf<StreamKind>>();
      for (const [kind, ids] of streamsOf(batch.events))
        for (const state of await rowsOf(this.#rows, kind).some(ids)) known.set(state.id, state);
      const plan = planBatch(known, batch.events);
      if (!plan.ok) return plan;
      const { events, changed } = plan.value;
      if (events.length > 0) await db.events.bulkPut(events);
      if (changed.length > 0) await this.#put(changed);
      const arrived = batch.events.flatMap((event) => event.commandId ?? []);
      if (arrived.length > 0) await db.commands.where('id').anyOf(arrived).delete();
      await this.#dropAcceptedUpTo(changed);
      if (batch.position > at.position) await db.meta.put({ key: 'position', value: batch.position });
      return ok(changed.map(({ state }) => state.id));
    });
  };

  purge: ReplicaStore['purge'] = (id, position) => {
    const db = this.#db;
    const tables = [db.events, ...streamTables(db), db.commands, db.blobs, db.blobBytes, db.uploadUrls];
    return this.#write([...tables, db.seen, db.meta], async () => {
      await db.events.where('streamId').equals(id).delete();
      await ofEveryKind(this.#rows, (rows) => rows.remove(id));
      await db.commands
        .where('streamId')
        .equals(id)
        .filter((row) => row.state === 'sent')
        .delete();
      const blobs = await db.blobs
        .where('streamId')
        .equals(id)
        .filter((item) => item.kind === 'screenshot' || item.state === 'verified')
        .primaryKeys();
      await db.blobs.bulkDelete(blobs);
      await db.blobBytes.bulkDelete(blobs);
      await db.uploadUrls.where('fingerprint').anyOf(blobs).delete();
      await db.seen.where('id').startsWith(`${id}:`).delete();
      if (position > (await db.number('position'))) await db.meta.put({ key: 'position', value: position });
    });
  };

  reset: ReplicaStore['reset'] = (epoch) => {
    const db = this.#db;
    return this.#write([db.events, ...streamTables(db), db.commands, db.meta], async () => {
      const sessions = await this.#rows.session.since(-1);
      const tickets = await this.#rows.ticket.ids();
      const here = [
        ...sessions.map(({ state }) => goneSession(state)),
        ...tickets.map((streamId) => ({ streamId, documents: [] })),
      ];
      // Over several resets until one of them has been caught up with.
      await db.meta.put({ key: 'leftBehind', value: [...(await this.#kept()), ...here] });
      await db.events.clear();
      await ofEveryKind(this.#rows, (rows) => rows.clear());
      await db.commands.where('state').equals('sent').modify(toPending);
      await db.meta.bulkPut([
        { key: 'epoch', value: epoch },
        { key: 'position', value: 0 },
      ]);
    });
  };

  leftBehind: ReplicaStore['leftBehind'] = async () => {
    const kept = await this.#kept();
    if (kept.length === 0) return kept;
    const here = new Set([...(await this.#rows.session.ids()), ...(await this.#rows.ticket.ids())]);
    return kept.filter(({ streamId }) => !here.has(streamId));
  };

  clearLeftBehind: ReplicaStore['clearLeftBehind'] = () => this.#db.meta.delete('leftBehind');

  get: ReplicaStore['get'] = (kind, id) => this.#of(kind).get(id);

  log: ReplicaStore['log'] = (id) =>
    this.#db.events
      .where('[streamId+seq]')
      .between([id, Dexie.minKey], [id, Dexie.maxKey])
      .toArray()
      .then((events) => events);

  watch: ReplicaStore['watch'] = (kind, listener) => {
    const db = this.#db;
    const rows = this.#of(kind);
    let seen = -1;
    let known = new Set<StreamId>();
    // One transaction, so that a stream is never seen as changed by one half and as gone by the other.
    const query = () =>
      db.transaction('r', rows.table, async () => ({
        changed: await rows.since(seen),
        ids: await rows.ids(),
      }));
    let stop: (() => void) | undefined;
    let stopped = false;
    const begin = (newest: StateOf<typeof kind>[] | undefined): void => {
      if (stopped) return;
      if (newest) {
        known = new Set(newest.map(({ id }) => id));
        listener({ changed: newest, gone: [], partial: true });
      }
      stop = follow(query, take);
    };
    const take = ({ changed, ids }: Awaited<ReturnType<typeof query>>): void => {
      const fresh = changed.filter((row) => row.change > seen);
      const here = new Set(ids);
      const gone = [...known].filter((id) => !here.has(id));
      const first = seen === -1;
      known = here;
      for (const row of fresh) seen = Math.max(seen, row.change);
      if (first && seen === -1) seen = 0;
      if (first || fresh.length > 0 || gone.length > 0)
        listener({ changed: fresh.map((row) => row.state), gone });
    };
    // A store that cannot be read is told of by whoever writes to it.
    rows.newest(windowSize).then(begin, () => begin(undefined));
    return () => {
      stopped = true;
      stop?.();
    };
  };

  /** Folds the kept logs again when another version of the fold made what is kept. */
  async refoldIfNeeded(): Promise<void> {
    const db = this.#db;
    if ((await db.number('foldVersion')) === foldVersion) return;
    await this.#write([db.events, ...streamTables(db), db.meta], async () => {
      await ofEveryKind(this.#rows, async (rows, kind) => {
        for (const id of await rows.ids()) {
          let state: StateOf<StreamKind> | undefined;
          for (const event of await this.log(id)) state = applyStreamEvent(kind, state, event);
          if (state) await this.#put([{ kind, state } as KeptState]);
        }
      });
      await db.meta.put({ key: 'foldVersion', value: foldVersion });
    });
  }

  async #kept(): Promise<GoneStream[]> {
    const value = (await this.#db.meta.get('leftBehind'))?.value;
    return Array.isArray(value) ? value : [];
  }

  #of<K extends StreamKind>(kind: K): StreamRows<K> {
    return this.#rows[kind];
  }

  async #put(kept: KeptState[]): Promise<void> {
    const db = this.#db;
    const change = (await db.number('change')) + 1;
    await ofEveryKind(this.#rows, async (rows, kind) => {
      const states = kept.filter((one) => one.kind === kind).map((one) => one.state);
      if (states.length > 0) await rows.put(states, change);
    });
    await db.meta.put({ key: 'change', value: change });
  }

  async #dropAcceptedUpTo(changed: KeptState[]): Promise<void> {
    if (changed.length === 0) return;
    const seqs = new Map<StreamId, number>(changed.map(({ state }) => [state.id, state.seq]));
    await this.#db.commands
      .where('state')
      .equals('sent')
      .filter((row) => (seqs.get(row.streamId) ?? -1) >= (row.seq ?? 0))
      .delete();
  }

  async #write<T>(tables: Dexie.Table[], work: () => Promise<T>): Promise<T> {
    try {
      return await this.#db.transaction('rw', tables, work);
    } catch (error) {
      throw storageError(error);
    }
  }
}

/** For `modify`: changes the row in place. */
export function toPending(row: { state: string; seq?: number; reason?: string }): void {
  row.state = 'pending';
  delete row.seq;
  delete row.reason;
}
