import { describe, expect, it, vi } from 'vitest';
import { patienceMs } from '../harness/patience.ts';
import type { SessionId } from '#domain/ids.ts';
import type { SessionCommand } from '#domain/session/commands.ts';
import type { VideoSession } from '#domain/session/video-session.ts';
import { idOf, Log, people, say, sessionId } from '../harness/domain/sessions.ts';
import type { PersonStore, StreamsDelta } from '../../src/lib/storage/person-store.ts';
import { newest, personStores } from './stores.ts';

const epoch = 'first';

function aLog(): Log {
  return new Log().must(people.opener, say.request()).must(people.assigned, say.confirm());
}

async function opened(open: () => Promise<PersonStore>): Promise<PersonStore> {
  const store = await open();
  await store.replica.reset(epoch);
  return store;
}

/** All sessions as a listener that adds up the deltas knows them. */
function sum(store: PersonStore): { sessions: Map<SessionId, VideoSession>; stop: () => void } {
  const sessions = new Map<SessionId, VideoSession>();
  const stop = store.replica.watch('session', ({ changed, gone }: StreamsDelta<'session'>) => {
    for (const session of changed) sessions.set(session.id, session);
    for (const id of gone) sessions.delete(id as SessionId);
  });
  return { sessions, stop };
}

const command = (name: string): SessionCommand => ({
  id: idOf(name),
  streamId: sessionId,
  baseSeq: 0,
  clientAtMs: 5,
  ...say.chat(name, name),
});

describe.each(personStores)('replica store in %s', (_name, open) => {
  it('X9 an empty replica stands at nothing', async () => {
    const store = await open();
    expect(await store.replica.position()).toEqual({ epoch: null, position: 0 });
    expect(await store.replica.get('session', sessionId)).toBeUndefined();
    store.close();
  });

  it('X9 applies a batch whole: events, folded session, position', async () => {
    const store = await opened(open);
    const log = aLog();
    const outcome = await store.replica.apply({ epoch, events: log.events, position: 7 });
    expect(outcome).toEqual({ ok: true, value: [sessionId] });
    expect(await store.replica.get('session', sessionId)).toEqual(log.current);
    expect(await store.replica.log(sessionId)).toEqual(log.events);
    expect(await store.replica.position()).toEqual({ epoch, position: 7 });
    store.close();
  });

  it('X9 the same batch twice, overlapping and shuffled, counts once and never moves back', async () => {
    const store = await opened(open);
    const log = aLog().must(people.assigned, say.chat());
    await store.replica.apply({ epoch, events: log.events.toReversed(), position: 9 });
    await store.replica.apply({ epoch, events: log.events.slice(0, 2), position: 4 });
    expect(await store.replica.get('session', sessionId)).toEqual(log.current);
    expect(await store.replica.log(sessionId)).toHaveLength(3);
    expect((await store.replica.position()).position).toBe(9);
    store.close();
  });

  it('X9 a batch with a gap is refused and nothing of it is kept', async () => {
    const store = await opened(open);
    const log = aLog().must(people.assigned, say.chat());
    const holed = [log.events[0], log.events[2]].flatMap((event) => event ?? []);
    const outcome = await store.replica.apply({ epoch, events: holed, position: 5 });
    expect(outcome).toEqual({ ok: false, reason: 'malformed' });
    expect(await store.replica.get('session', sessionId)).toBeUndefined();
    expect((await store.replica.position()).position).toBe(0);
    store.close();
  });

  it("X46 a batch of another epoch is refused as 'stale'", async () => {
    const store = await opened(open);
    const outcome = await store.replica.apply({ epoch: 'other', events: aLog().events, position: 5 });
    expect(outcome).toEqual({ ok: false, reason: 'stale' });
    store.close();
  });

  it('T15 purging leaves nothing of a session, and keeps what was not acknowledged', async () => {
    const store = await opened(open);
    await store.replica.apply({ epoch, events: aLog().events, position: 5 });
    await store.outbox.add(command('accepted'), 1);
    await store.outbox.add(command('waiting'), 2);
    await store.outbox.accept([{ id: idOf('accepted'), seq: 99 }]);
    await store.blobs.put(
      {
        itemId: idOf('picture'),
        kind: 'screenshot',
        streamId: sessionId,
        sha256: 'a'.repeat(64),
        mediaType: 'image/png',
        bytes: 3,
        state: 'verified',
        progress: 1,
        atMs: 1,
      },
      new Uint8Array([1, 2, 3]).buffer,
    );
    await store.replica.purge(sessionId, 6);
    expect(await store.replica.get('session', sessionId)).toBeUndefined();
    expect(await store.replica.log(sessionId)).toEqual([]);
    expect(await store.blobs.bytes(idOf('picture'))).toBeUndefined();
    expect(await store.blobs.all()).toEqual([]);
    expect((await store.outbox.all()).map((item) => item.id)).toEqual([idOf('waiting')]);
    expect((await store.replica.position()).position).toBe(6);
    store.close();
  });

  it('X46 a reset forgets sessions and position, and pushes accepted commands again', async () => {
    const store = await opened(open);
    await store.replica.apply({ epoch, events: aLog().events, position: 5 });
    await store.outbox.add(command('accepted'), 1);
    await store.outbox.accept([{ id: idOf('accepted'), seq: 99 }]);
    await store.replica.reset('second');
    expect(await store.replica.position()).toEqual({ epoch: 'second', position: 0 });
    expect(await store.replica.get('session', sessionId)).toBeUndefined();
    expect((await store.outbox.pending(10)).map((item) => item.id)).toEqual([idOf('accepted')]);
    store.close();
  });

  it('X8 an event takes its command out of the outbox, whatever the acknowledgement did', async () => {
    const store = await opened(open);
    const log = aLog();
    const [first, second] = log.events;
    for (const event of log.events)
      if (event.commandId) await store.outbox.add({ ...command('x'), id: event.commandId }, 1);
    if (first) await store.replica.apply({ epoch, events: [first], position: 1 });
    expect((await store.outbox.all()).map((item) => item.id)).toEqual([second?.commandId]);
    store.close();
  });

  it('B22 a listener hears everything once, then what changes and what goes', async () => {
    const store = await opened(open);
    const log = aLog();
    await store.replica.apply({ epoch, events: log.events.slice(0, 1), position: 1 });
    const { sessions, stop } = sum(store);
    const watched = newest<StreamsDelta<'session'>>((listener) => store.replica.watch('session', listener));
    await watched.until('the first delta', () => sessions.get(sessionId)?.status === 'REQUESTED');
    await store.replica.apply({ epoch, events: log.events, position: 2 });
    await watched.until('the change', () => sessions.get(sessionId)?.status === 'CONFIRMED');
    await store.replica.purge(sessionId, 3);
    await watched.until('the purge', () => sessions.size === 0);
    await store.replica.apply({ epoch, events: log.events, position: 4 });
    await watched.until('the session is back', () => sessions.get(sessionId)?.seq === 2);
    stop();
    watched.stop();
    store.close();
  });

  it('F74 of very many the newest are told first, and then all', async () => {
    const store = await opened(open);
    const count = 150;
    const logs = Array.from({ length: count }, (_, at) => {
      const id = idOf(`many ${at}`) as unknown as SessionId;
      return aLog().events.map((event) => ({
        ...event,
        streamId: id,
        atMs: event.atMs + at * 1_000,
      }));
    });
    await store.replica.apply({ epoch, events: logs.flat(), position: 1 });
    const told: StreamsDelta<'session'>[] = [];
    const stop = store.replica.watch('session', (delta) => told.push(delta));
    const all = new Map<SessionId, VideoSession>();
    await vi.waitFor(
      () => {
        for (const { changed } of told) for (const session of changed) all.set(session.id, session);
        expect(all.size).toBe(count);
        expect(told.at(-1)?.partial).toBeFalsy();
      },
      { timeout: patienceMs },
    );
    const [first] = told;
    // What is in memory is there at once.
    expect(first?.partial ?? false).toBe(store.durable);
    const newestAtMs = Math.max(...[...all.values()].map(({ updatedAtMs }) => updatedAtMs));
    const toldFirst = first?.changed.map(({ updatedAtMs }) => updatedAtMs) ?? [];
    expect(Math.max(...toldFirst)).toBe(newestAtMs);
    if (store.durable) expect(toldFirst.length).toBeLessThan(count);
    stop();
    store.close();
  });

  it('T44 clearing what the relay has leaves only what it has not', async () => {
    const store = await opened(open);
    await store.replica.apply({ epoch, events: aLog().events, position: 5 });
    await store.outbox.add(command('waiting'), 2);
    await store.clearSynced();
    expect(await store.replica.position()).toEqual({ epoch: null, position: 0 });
    expect(await store.replica.get('session', sessionId)).toBeUndefined();
    expect(await store.outbox.all()).toHaveLength(1);
    store.close();
  });
});
