import { rmSync, statSync, truncateSync, writeFileSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { expect, test } from 'vitest';
import type { MessageId, SessionId } from '#domain/ids.ts';
import type { SessionCommand } from '#domain/session/commands.ts';
import type { StreamId } from '#domain/protocol/streams.ts';
import { StorageError } from '../../signal/storage/relay-storage.ts';
import { databaseFileName, openSqlite } from '../../signal/storage/sqlite/open-sqlite.ts';
import {
  Client,
  codes,
  command,
  emails,
  eventually,
  newId,
  opening,
  request,
  startRelay,
  tempDir,
} from '../harness/relay-harness.ts';
import { seededRandom, seedFor } from '../harness/seeded.ts';

const chat = (id: SessionId, text: string): SessionCommand =>
  command(id, 0, { type: 'chat.send', payload: { messageId: newId<MessageId>(), text } });

test('X8 P31 the acknowledgement lost after the commit, the same command again counts once', async () => {
  const relay = await startRelay();
  const pump = await Client.codeUser(relay, codes.pump);
  let socket = await pump.sync();
  const id = await request(socket);
  for (let i = 0; i < 20; i += 1) {
    const lost = chat(id, `message ${i}`);
    const dying = socket;
    const stop = relay.sessions.onAppended(() => dying.webSocket.terminate());
    dying.say({ t: 'push', requestId: 1000 + i, commands: [lost] });
    await dying.closed;
    stop();
    expect(dying.messages.some((one) => one.t === 'pushed' && one.requestId === 1000 + i)).toBe(false);
    // Everything that came before the loss is here; the client goes on from there.
    socket = await pump.sync(dying);
    expect(await socket.push(lost, lost)).toEqual([
      { ok: true, commandId: lost.id, seq: i + 2 },
      { ok: true, commandId: lost.id, seq: i + 2 },
    ]);
  }
  const session = await relay.sessions.get(id);
  expect(session?.chat.map((one) => one.text)).toEqual(Array.from({ length: 20 }, (_, i) => `message ${i}`));
  expect(socket.session(id)).toEqual(session);
  await relay.dispose();
});

test('X9 P31 duplicated and reordered pushes over several sockets leave one history that all replicas share', async () => {
  const seed = seedFor('X9');
  const random = seededRandom(seed);
  const relay = await startRelay();
  const pump = await Client.codeUser(relay, codes.pump);
  const erika = await Client.employee(relay, emails.erika);
  const sockets = await Promise.all([pump.sync(), pump.sync(), erika.sync()]);
  const sessions = Array.from({ length: 8 }, () => newId<SessionId>());
  const mine: SessionCommand[] = sessions.flatMap((id) => [
    command(id, 0, { type: 'session.request', payload: opening(`about ${id}`) }),
    ...Array.from({ length: 12 }, (_, i) => chat(id, `line ${i}`)),
  ]);
  const pending = new Map(mine.map((one) => [one.id as string, one]));
  for (let round = 0; pending.size > 0 && round < 50; round += 1) {
    // Each twice, in any order, over either socket, in frames of any size.
    const frames = [...pending.values(), ...pending.values()].sort(() => random() - 0.5);
    const answers = [];
    while (frames.length > 0) {
      const socket = sockets[random() < 0.5 ? 0 : 1] ?? sockets[0];
      answers.push(socket.push(...frames.splice(0, 1 + Math.floor(random() * 20))));
    }
    for (const outcome of (await Promise.all(answers)).flat()) {
      if (outcome.ok) pending.delete(outcome.commandId);
      else expect(outcome.reason, `seed ${seed}`).toBe('not-found');
    }
  }
  expect(pending.size, `seed ${seed}`).toBe(0);
  for (const id of sessions) {
    const loaded = await relay.streams.load(id);
    const caused = loaded?.events.map((event) => event.commandId as string) ?? [];
    expect(new Set(caused).size).toBe(caused.length);
    expect(caused.length).toBe(13);
    for (const socket of sockets) {
      await eventually(() => socket.session(id)?.seq === 13, 'all events');
      expect(socket.session(id)).toEqual(loaded?.state);
    }
  }
  // A replica that starts late or stood still meanwhile comes to the same.
  const late = await erika.sync();
  expect([...late.events.keys()].sort()).toEqual([...sessions].sort());
  for (const id of sessions) expect(late.session(id)).toEqual(await relay.sessions.get(id));
  await relay.dispose();
});

test('P23 a long history arrives whole while it grows, in steps that a client can go on from', async () => {
  const relay = await startRelay();
  const pump = await Client.codeUser(relay, codes.pump);
  const writer = await pump.sync();
  const ids: SessionId[] = [];
  for (let i = 0; i < 6; i += 1) ids.push(await request(writer, `session ${i}`));
  for (let i = 0; i < 20; i += 1)
    await writer.push(...Array.from({ length: 120 }, (_, k) => chat(ids[k % 6] ?? newId(), `message ${k}`)));
  const growing = writer.push(...Array.from({ length: 120 }, (_, k) => chat(ids[k % 6] ?? newId(), 'late')));
  const reader = await pump.sync();
  await growing;
  const steps = reader.messages.flatMap((one) => (one.t === 'events' ? [one.position] : []));
  expect(steps).toEqual([...steps].sort((a, b) => a - b));
  expect(Math.max(...reader.raw.map((frame) => frame.length))).toBeLessThanOrEqual(64 * 1024);
  // Breaking off at any step and going on from there gives the same.
  for (const cut of [1, Math.floor(steps.length / 3), Math.floor(steps.length / 2)]) {
    const position = steps[cut] ?? 0;
    const head = reader.messages.slice(
      0,
      reader.messages.findIndex((one) => one.t === 'events' && one.position === position) + 1,
    );
    const events = new Map<StreamId, never[]>();
    for (const message of head)
      if (message.t === 'events')
        for (const event of message.events) {
          const log = events.get(event.streamId) ?? [];
          if (event.seq === log.length + 1) events.set(event.streamId, [...log, event as never]);
        }
    const resumed = await pump.sync({ epoch: reader.epoch, position, events });
    for (const id of ids) {
      await eventually(() => resumed.session(id)?.seq === writer.session(id)?.seq, 'the whole log');
      expect(resumed.session(id)).toEqual(await relay.sessions.get(id));
    }
  }
  await relay.dispose();
});

test('X37 X39 P34 P50 when the store cannot commit nothing is acknowledged, others read, and it goes on afterwards', async () => {
  let failure: (Error & { code?: string }) | undefined;
  const relay = await startRelay(
    {},
    {
      openStorage: (dir) =>
        openSqlite(dir, {
          onCommit(stage) {
            if (stage === 'before' && failure) throw failure;
          },
        }),
    },
  );
  const pump = await Client.codeUser(relay, codes.pump);
  const socket = await pump.sync();
  const id = await request(socket);
  const kept = chat(id, 'kept for later');
  for (const [code, reason] of [
    ['SQLITE_FULL', 'storage-full'],
    ['SQLITE_IOERR_FSYNC', 'internal'],
  ] as const) {
    failure = Object.assign(new Error(code), { code });
    expect(await socket.propose(kept)).toBe(reason);
    expect((await pump.sync()).session(id)?.chat).toEqual([]);
  }
  failure = undefined;
  expect(await socket.propose(kept)).toBe('ok');
  expect((await relay.sessions.get(id))?.chat.length).toBe(1);
  await relay.dispose();
});

test('X46 P22 a replica that is ahead of a restored backup is told to begin anew', async () => {
  const relay = await startRelay();
  const pump = await Client.codeUser(relay, codes.pump);
  const socket = await pump.sync();
  const id = await request(socket);
  const ahead = await pump.sync({ epoch: socket.epoch, position: socket.position + 500 });
  expect(ahead.messages.find((one) => one.t === 'welcome')).toMatchObject({ reset: true });
  expect(ahead.session(id)?.seq).toBe(1);
  const stranger = await pump.sync({ epoch: 'another', position: 1 });
  expect(stranger.messages.find((one) => one.t === 'welcome')).toMatchObject({ reset: true });
  await relay.dispose();
});

test('X36 P51 a database of a newer version is refused', async () => {
  const dataDir = tempDir();
  await (await openSqlite(dataDir)).close();
  const database = new Database(join(dataDir, databaseFileName));
  database.prepare('insert into migrations values (99, 0)').run();
  database.close();
  await expect(openSqlite(dataDir)).rejects.toThrow(StorageError);
  await expect(openSqlite(dataDir)).rejects.toThrow(/newer version/);
  rmSync(dataDir, { recursive: true });
});

test('X38 P51 a damaged database is refused with what to do, and left as it is', async () => {
  const seed = seedFor('X38');
  const random = seededRandom(seed);
  const dataDir = tempDir();
  const path = join(dataDir, databaseFileName);
  await (await openSqlite(dataDir)).close();
  const whole = readFileSync(path);
  for (let i = 0; i < 20; i += 1) {
    const bytes = Buffer.from(whole);
    // Whole pages of noise, the first one among them.
    const page = i === 0 ? 0 : Math.floor(random() * 8);
    for (let at = page * 4096; at < (page + 1) * 4096; at += 1) bytes[at] = Math.floor(random() * 256);
    writeFileSync(path, bytes);
    await expect(openSqlite(dataDir), `seed ${seed}, page ${page}`).rejects.toThrow(
      /Restore the data folder/,
    );
    expect(readFileSync(path).equals(bytes)).toBe(true);
  }
  truncateSync(path, Math.floor(statSync(path).size / 2));
  await expect(openSqlite(dataDir)).rejects.toThrow(StorageError);
  rmSync(dataDir, { recursive: true });
});

test('F33 X18 of two offline decisions the first that arrives stands, and the other is told why not', async () => {
  const relay = await startRelay();
  const pump = await Client.codeUser(relay, codes.pump);
  const erika = await Client.employee(relay, emails.erika);
  const [tablet, office] = [await pump.sync(), await erika.sync()];
  const id = await request(tablet);
  const withdraw = command(id, 1, { type: 'session.withdraw', payload: { reason: 'Runs again' } });
  const confirm = command(id, 1, { type: 'session.confirm', payload: {} });
  const answers = await Promise.all([tablet.propose(withdraw), office.propose(confirm)]);
  expect(answers.filter((one) => one === 'ok').length).toBe(1);
  expect(answers.filter((one) => one === 'stale').length).toBe(1);
  const session = await relay.sessions.get(id);
  expect(tablet.session(id)?.status ?? 'none').toBe(session?.status);
  await relay.dispose();
});
