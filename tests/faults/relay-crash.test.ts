import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import Database from 'better-sqlite3';
import { afterEach, expect, test } from 'vitest';
import type { SessionId } from '#domain/ids.ts';
import type { CommandOutcome } from '#domain/protocol/sync-messages.ts';
import type { SessionCommand } from '#domain/session/commands.ts';
import { databaseFileName } from '../../signal/storage/sqlite/open-sqlite.ts';
import { Client, codes, command, newId, opening, tempDir } from '../harness/relay-harness.ts';
import { seededRandom, seedFor } from '../harness/seeded.ts';

const running: ChildProcess[] = [];
const folders: string[] = [];
afterEach(() => {
  for (const child of running.splice(0)) child.kill('SIGKILL');
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

/** Starts a relay that dies at the `lives`-th commit. */
async function start(dataDir: string, stage: 'before' | 'after', lives: number) {
  const script = join(import.meta.dirname, 'relay-crash-child.ts');
  const child = spawn(process.execPath, [script, dataDir, stage, String(lives)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  running.push(child);
  const lines = createInterface({ input: child.stdout });
  const [origin] = (await once(lines, 'line')) as [string];
  return { child, origin, ended: once(child, 'exit') };
}

/** A push whose relay may die under it. */
async function tryPush(client: Client, command_: unknown): Promise<CommandOutcome | undefined> {
  try {
    const socket = await client.sync();
    return await Promise.race([
      socket.push(command_).then(([outcome]) => outcome),
      socket.closed.then(() => undefined),
    ]);
  } catch {
    return undefined;
  }
}

test('X2 P31 P50 killed right before and after commits, each command is applied exactly once and the database is whole', async () => {
  const random = seededRandom(seedFor('X2'));
  const dataDir = tempDir();
  folders.push(dataDir);
  const session = newId<SessionId>();
  const chat = (): SessionCommand =>
    command(session, 1, { type: 'chat.send', payload: { messageId: newId(), text: 'kept' } });
  const outbox: SessionCommand[] = [
    command(session, 0, { type: 'session.request', payload: opening('It drips') }),
    ...Array.from({ length: 60 }, chat),
  ];
  const sent = [...outbox];
  const acknowledged = new Set<string>();
  // Coming in by a new code is a commit, too: done before the first failpoint.
  const entrance = await start(dataDir, 'before', 0);
  const { cookie } = await Client.codeUser(entrance, codes.pump);
  entrance.child.kill('SIGKILL');
  await entrance.ended;
  let kills = 0;
  for (let round = 0; outbox.length > 0 && round < 60; round += 1) {
    const stage = round % 2 === 0 ? 'before' : 'after';
    const lives = kills < 14 ? 1 + Math.floor(random() * 4) : 0;
    const relay = await start(dataDir, stage, lives);
    const client = new Client(relay.origin);
    client.cookie = cookie;
    for (let next = outbox[0]; next; next = outbox[0]) {
      const outcome = await tryPush(client, next);
      if (!outcome) break;
      expect(outcome, next.type).toMatchObject({ ok: true });
      acknowledged.add(next.id);
      outbox.shift();
    }
    client.close();
    if (outbox.length > 0) kills += 1;
    else relay.child.kill('SIGKILL');
    await relay.ended;
  }
  expect(kills).toBeGreaterThanOrEqual(14);
  expect(acknowledged.size).toBe(sent.length);

  const database = new Database(join(dataDir, databaseFileName));
  expect(database.pragma('integrity_check', { simple: true })).toBe('ok');
  const rows = database
    .prepare('select command_id, seq from events where stream_id = ? order by position')
    .all(session) as { command_id: string; seq: number }[];
  database.close();
  expect(rows.map((row) => row.command_id)).toEqual(sent.map((one) => one.id));
  expect(rows.map((row) => row.seq)).toEqual(sent.map((_, index) => index + 1));
});

interface Ended {
  code: number | null;
  output: string;
}

function runMain(env: NodeJS.ProcessEnv) {
  const child = spawn(process.execPath, [join(import.meta.dirname, '../../signal/main.ts')], {
    env: { ...process.env, ...env },
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  running.push(child);
  let output = '';
  const take = (text: Buffer) => (output += text.toString());
  child.stdout.on('data', take);
  child.stderr.on('data', take);
  const ended = once(child, 'close').then(([code]): Ended => ({ code: code as number | null, output }));
  const says = async (text: string) => {
    while (!output.includes(text) && child.exitCode === null) await once(child.stdout, 'data');
    return output;
  };
  return { child, ended, says };
}

test('X1 the relay says its addresses and sign-ins, ends cleanly on SIGTERM and starts again on its data', async () => {
  const dataDir = tempDir();
  folders.push(dataDir);
  const env = { PORT: '8141', DATA_DIR: dataDir, LOG_LEVEL: 'silent' };
  for (let start_ = 0; start_ < 2; start_ += 1) {
    const relay = runMain(env);
    const output = await relay.says('PRESS-X1-DEMO');
    expect(output).toContain('http://127.0.0.1:8141');
    expect(output).toContain('erika@demo.example');
    if (start_ === 0) {
      const second = await runMain({ ...env, DATA_DIR: tempDirHere() }).ended;
      expect(second.code).toBe(1);
      expect(second.output).toContain('Port 8141 is taken');
    }
    relay.child.kill('SIGTERM');
    expect((await relay.ended).code).toBe(0);
  }
});

test('settings that nobody can mean are refused with a sentence', async () => {
  const env = { DATA_DIR: tempDirHere(), LOG_LEVEL: 'silent' };
  const wrong: [NodeJS.ProcessEnv, string][] = [
    [{ PORT: 'eighty' }, 'PORT must be a number'],
    [{ PORT: '8142', ALLOWED_ORIGINS: 'help.example.com' }, 'ALLOWED_ORIGINS'],
    [{ PORT: '8142', TURN_URL: 'turn:x' }, 'belong together'],
  ];
  for (const [more, sentence] of wrong) {
    const { code, output } = await runMain({ ...env, ...more }).ended;
    expect(code).toBe(1);
    expect(output).toContain(sentence);
    expect(output).not.toContain('    at ');
  }
});

test('a relay that was started to end with its parent ends when the input closes', async () => {
  const env = { PORT: '8143', DATA_DIR: tempDirHere(), LOG_LEVEL: 'silent', EXIT_WITH_STDIN: '1' };
  const relay = runMain(env);
  await relay.says('Sightline is ready');
  relay.child.stdin.end();
  expect((await relay.ended).code).toBe(0);
});

function tempDirHere(): string {
  const dataDir = tempDir();
  folders.push(dataDir);
  return dataDir;
}
