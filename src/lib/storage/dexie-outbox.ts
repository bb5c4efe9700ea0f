import { kindOfType, type StreamId } from '#domain/protocol/streams.ts';
import type { PersonDatabase } from './dexie-schema.ts';
import { allRows, rowsOf, streamTables, type AllRows } from './dexie-streams.ts';
import { toPending } from './dexie-replica.ts';
import { follow } from './dexie-watch.ts';
import type { OutboxItem, OutboxStore } from './person-store.ts';
import { seqOfUnfollowed } from './plan-batch.ts';
import { storageError } from './storage-error.ts';

/** The outbox in IndexedDB, written with strict durability: what is answered as kept survives a power cut. */
export class DexieOutbox implements OutboxStore {
  readonly #db: PersonDatabase;
  readonly #rows: AllRows;

  constructor(db: PersonDatabase) {
    this.#db = db;
    this.#rows = allRows(db);
  }

  add: OutboxStore['add'] = (command, atMs) =>
    this.#write(async () => {
      const known = await this.#db.commands.get({ id: command.id });
      if (known) return known;
      const row = { id: command.id, streamId: command.streamId, command, state: 'pending' as const, atMs };
      const order = await this.#db.commands.add(row);
      return { ...row, order };
    });

  get: OutboxStore['get'] = (id) => this.#db.commands.get({ id }).then((row) => row);

  pending: OutboxStore['pending'] = (limit) =>
    this.#db.commands
      .orderBy('order')
      .filter((row) => row.state === 'pending')
      .limit(limit)
      .toArray()
      .then((rows) => rows);

  accept: OutboxStore['accept'] = (outcomes) =>
    this.#write(async () => {
      const seqs = new Map<StreamId, number>();
      for (const { id, seq } of outcomes) {
        const row = await this.#db.commands.get({ id });
        if (!row) continue;
        const known = seqs.get(row.streamId) ?? (await this.#seqOf(row)) ?? seqOfUnfollowed(row);
        seqs.set(row.streamId, known);
        if (known >= seq) await this.#db.commands.delete(row.order);
        else await this.#db.commands.put({ ...without(row), state: 'sent', seq });
      }
    });

  refuse: OutboxStore['refuse'] = (outcomes) =>
    this.#write(async () => {
      for (const { id, reason } of outcomes)
        await this.#db.commands.where('id').equals(id).modify({ state: 'refused', reason });
    });

  settle: OutboxStore['settle'] = () =>
    this.#write(async () => {
      for (const row of await this.#db.commands.where('state').equals('sent').toArray()) {
        const seq = await this.#seqOf(row);
        if (seq === undefined || seq >= (row.seq ?? 0)) await this.#db.commands.delete(row.order);
        else await this.#db.commands.put({ ...without(row), state: 'pending' });
      }
    });

  retry: OutboxStore['retry'] = (id) =>
    this.#write(async () => {
      const row = await this.#db.commands.get({ id });
      if (row?.state !== 'refused') return;
      await this.#db.commands.delete(row.order);
      const { order: _order, ...again } = without(row);
      await this.#db.commands.add({ ...again, state: 'pending' });
    });

  remove: OutboxStore['remove'] = (ids) =>
    this.#write(async () => {
      await this.#db.commands.where('id').anyOf(ids).delete();
    });

  all: OutboxStore['all'] = () =>
    this.#db.commands
      .orderBy('order')
      .toArray()
      .then((rows) => rows);

  watch: OutboxStore['watch'] = (listener) => follow(this.all, listener);

  async #seqOf(row: OutboxItem): Promise<number | undefined> {
    return (await rowsOf(this.#rows, kindOfType(row.command.type)).get(row.streamId))?.seq;
  }

  async #write<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await this.#db.transaction('rw', [this.#db.commands, ...streamTables(this.#db)], work);
    } catch (error) {
      throw storageError(error);
    }
  }
}

function without(row: OutboxItem): OutboxItem {
  const plain = { ...row };
  toPending(plain);
  return plain;
}
