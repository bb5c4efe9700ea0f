import Dexie from 'dexie';
import type { SessionId } from '#domain/ids.ts';
import { ok, refuse } from '#domain/result.ts';
import { foldSession } from '#domain/session/fold.ts';
import type { VideoSession } from '#domain/session/video-session.ts';
import { foldVersion, type PersonDatabase, type SessionRow } from './dexie-schema.ts';
import { follow } from './dexie-watch.ts';
import type { ReplicaStore } from './person-store.ts';
import { planBatch, streamsOf } from './plan-batch.ts';
import { storageError } from './storage-error.ts';

const rowOf = (session: VideoSession, change: number): SessionRow => ({
  id: session.id,
  status: session.status,
  updatedAtMs: session.updatedAtMs,
  deviceId: session.device.id,
  change,
  session,
});

/** The replica in IndexedDB. Each method is one read-write transaction over the tables it names. */
export class DexieReplica implements ReplicaStore {
  readonly #db: PersonDatabase;

  constructor(db: PersonDatabase) {
    this.#db = db;
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
    return this.#write([db.events, db.sessions, db.commands, db.meta], async () => {
      const at = await this.position();
      if (at.epoch !== batch.epoch) return refuse('stale');
      const rows = await db.sessions.bulkGet(streamsOf(batch.events));
      const known = new Map(rows.flatMap((row) => (row ? [[row.id, row.session] as const] : [])));
      const plan = planBatch(known, batch.events);
      if (!plan.ok) return plan;
      const { events, sessions } = plan.value;
      if (events.length > 0) await db.events.bulkPut(events);
      if (sessions.length > 0) await this.#putSessions(sessions);
      const arrived = batch.events.flatMap((event) => event.commandId ?? []);
      if (arrived.length > 0) await db.commands.where('id').anyOf(arrived).delete();
      await this.#dropAcceptedUpTo(sessions);
      if (batch.position > at.position) await db.meta.put({ key: 'position', value: batch.position });
      return ok(sessions.map((session) => session.id));
    });
  };

  purge: ReplicaStore['purge'] = (id, position) => {
    const db = this.#db;
    const tables = [db.events, db.sessions, db.commands, db.blobs, db.blobBytes, db.meta];
    return this.#write(tables, async () => {
      await db.events.where('streamId').equals(id).delete();
      await db.sessions.delete(id);
      await db.commands
        .where('streamId')
        .equals(id)
        .filter((row) => row.state === 'sent')
        .delete();
      const pictures = await db.blobs.where('sessionId').equals(id).primaryKeys();
      await db.blobs.bulkDelete(pictures);
      await db.blobBytes.bulkDelete(pictures);
      if (position > (await db.number('position'))) await db.meta.put({ key: 'position', value: position });
    });
  };

  reset: ReplicaStore['reset'] = (epoch) => {
    const db = this.#db;
    return this.#write([db.events, db.sessions, db.commands, db.meta], async () => {
      await db.events.clear();
      await db.sessions.clear();
      await db.commands.where('state').equals('sent').modify(toPending);
      await db.meta.bulkPut([
        { key: 'epoch', value: epoch },
        { key: 'position', value: 0 },
      ]);
    });
  };

  session: ReplicaStore['session'] = async (id) => (await this.#db.sessions.get(id))?.session;

  log: ReplicaStore['log'] = (id) =>
    this.#db.events
      .where('[streamId+seq]')
      .between([id, Dexie.minKey], [id, Dexie.maxKey])
      .toArray()
      .then((events) => events);

  watch: ReplicaStore['watch'] = (listener) => {
    const db = this.#db;
    let seen = -1;
    let known = new Set<SessionId>();
    // One transaction, so that a session is never seen as changed by one half and as gone by the other.
    const query = () =>
      db.transaction('r', db.sessions, async () => ({
        changed: await db.sessions.where('change').above(seen).toArray(),
        ids: await db.sessions.toCollection().primaryKeys(),
      }));
    return follow(query, ({ changed, ids }) => {
      const fresh = changed.filter((row) => row.change > seen);
      const here = new Set(ids);
      const gone = [...known].filter((id) => !here.has(id));
      const first = seen === -1;
      known = here;
      for (const row of fresh) seen = Math.max(seen, row.change);
      if (first && seen === -1) seen = 0;
      if (first || fresh.length > 0 || gone.length > 0)
        listener({ changed: fresh.map((row) => row.session), gone });
    });
  };

  /** Folds the kept logs again when another version of the fold made the kept sessions. */
  async refoldIfNeeded(): Promise<void> {
    const db = this.#db;
    if ((await db.number('foldVersion')) === foldVersion) return;
    await this.#write([db.events, db.sessions, db.meta], async () => {
      const ids = await db.sessions.toCollection().primaryKeys();
      for (const id of ids) {
        const session = foldSession(await this.log(id));
        if (session) await this.#putSessions([session]);
      }
      await db.meta.put({ key: 'foldVersion', value: foldVersion });
    });
  }

  async #putSessions(sessions: VideoSession[]): Promise<void> {
    const db = this.#db;
    const change = (await db.number('change')) + 1;
    await db.sessions.bulkPut(sessions.map((session) => rowOf(session, change)));
    await db.meta.put({ key: 'change', value: change });
  }

  async #dropAcceptedUpTo(sessions: VideoSession[]): Promise<void> {
    if (sessions.length === 0) return;
    const seqs = new Map(sessions.map((session) => [session.id, session.seq]));
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
