import { spawn, type ChildProcess, type SpawnOptions } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { findRuntime, toolEnvironment } from '../../signal/prepare.mjs';
import { projectRoot } from './data.ts';
import { until } from './until.ts';

export interface RelayOptions {
  /** 'npm' is what people type; 'node' starts the relay alone, faster and without the app's build. */
  readonly via?: 'npm' | 'node';
  /** Loopback port; a free one without it. */
  readonly port?: number;
  /** Kept by the caller when given; otherwise a fresh temporary folder that `dispose` removes. */
  readonly dataDir?: string;
  readonly env?: Readonly<Record<string, string>>;
}

export interface RelayProcess {
  /** `http://127.0.0.1:<port>`, without a trailing slash. */
  readonly url: string;
  readonly port: number;
  readonly dataDir: string;
  /** Everything it has written, over all its starts. */
  log(): string;
  /** Process id of the relay, or of npm; undefined while it is stopped. */
  pid(): number | undefined;
  /** SIGTERM to the whole group; resolves when it has ended. */
  stop(): Promise<void>;
  /** SIGKILL to the whole group; resolves when it has ended. */
  kill9(): Promise<void>;
  /** Starts it again on the same port and data; stops it first if it runs. */
  restart(): Promise<void>;
  /** Stops it and removes its data folder if it was a temporary one. */
  dispose(): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}

const stopWithinMs = 15_000;
const readyWithinMs = { npm: 240_000, node: 30_000 };

/** A loopback port that nobody listens on at this moment. */
export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once('error', reject);
    probe.listen(0, '127.0.0.1', () => {
      const address = probe.address();
      const port = typeof address === 'object' && address ? address.port : undefined;
      probe.close(() => (port === undefined ? reject(new Error('no free port')) : resolve(port)));
    });
  });
}

async function answers(url: string): Promise<boolean> {
  try {
    const response = await fetch(`${url}/healthz`, { signal: AbortSignal.timeout(2_000) });
    await response.body?.cancel();
    return response.ok;
  } catch {
    return false; // Not listening yet: asked again until the deadline.
  }
}

/**
 * Starts the relay as a process of its own and waits until /healthz answers.
 * @throws Error with its output when it ends or does not answer in time
 */
export async function startRelay(options: RelayOptions = {}): Promise<RelayProcess> {
  const via = options.via ?? 'node';
  const port = options.port ?? (await freePort());
  const dataDir = options.dataDir ?? (await mkdtemp(join(tmpdir(), 'sightline-')));
  const url = `http://127.0.0.1:${port}`;
  const output: string[] = [];
  let child: ChildProcess | undefined;
  let ended: Promise<void> = Promise.resolve();

  function launch(): ChildProcess {
    const env = {
      ...toolEnvironment(),
      HOST: '127.0.0.1',
      ...options.env,
      PORT: `${port}`,
      DATA_DIR: dataDir,
    };
    const watch = pathToFileURL(join(projectRoot, 'signal', 'parent-watch.mjs')).href;
    // A group of its own, so that a signal reaches npm, its shell and the relay alike.
    const settings: SpawnOptions = {
      cwd: projectRoot,
      env,
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe'],
    };
    return via === 'npm'
      ? spawn('npm', ['start'], settings)
      : spawn(findRuntime(), ['--import', watch, 'signal/main.ts'], settings);
  }

  async function start(): Promise<void> {
    const started = launch();
    child = started;
    let failure: string | undefined;
    for (const stream of [started.stdout, started.stderr]) {
      stream?.setEncoding('utf8').on('data', (text: string) => output.push(text));
    }
    ended = new Promise<void>((resolve) => {
      started.once('error', (error) => {
        failure = error.message;
        resolve();
      });
      started.once('exit', (code, signal) => {
        failure = `it ended with ${signal ?? `code ${code}`}`;
        resolve();
      });
    }).then(() => {
      if (child === started) child = undefined;
    });
    try {
      await until(
        'the relay answering /healthz',
        async () => {
          if (failure !== undefined) throw new Error(`The relay did not start: ${failure}`);
          return answers(url);
        },
        { timeoutMs: readyWithinMs[via], everyMs: 50 },
      );
    } catch (cause) {
      await end('SIGKILL');
      throw new Error(`${cause instanceof Error ? cause.message : cause}\n${output.join('')}`, { cause });
    }
  }

  function signalGroup(pid: number, signal: NodeJS.Signals): void {
    try {
      process.kill(-pid, signal);
    } catch (error) {
      const gone = error instanceof Error && 'code' in error && error.code === 'ESRCH';
      if (!gone) throw error;
    }
  }

  async function end(signal: 'SIGTERM' | 'SIGKILL'): Promise<void> {
    const pid = child?.pid;
    if (pid === undefined) return;
    signalGroup(pid, signal);
    const hard = setTimeout(() => signalGroup(pid, 'SIGKILL'), stopWithinMs);
    await ended;
    clearTimeout(hard);
    // npm may end before the relay below it does; the port says when all of them are gone.
    await until('the relay leaving its port', async () => !(await answers(url)), { timeoutMs: stopWithinMs });
  }

  /** What went wrong in the relay stands beside the test that saw only its answer. */
  function sayFaults(): void {
    const faults = output
      .join('')
      .split('\n')
      .filter((line) => /"level":[56]0/.test(line));
    if (faults.length === 0) return;
    process.stderr.write(`The relay at ${url} reported:\n${faults.slice(0, 20).join('\n')}\n`);
  }

  await start();
  const relay: RelayProcess = {
    url,
    port,
    dataDir,
    log: () => output.join(''),
    pid: () => child?.pid,
    stop: () => end('SIGTERM'),
    kill9: () => end('SIGKILL'),
    async restart() {
      await end('SIGTERM');
      await start();
    },
    async dispose() {
      await end('SIGTERM');
      sayFaults();
      if (options.dataDir === undefined) await rm(dataDir, { recursive: true, force: true });
    },
    [Symbol.asyncDispose]: () => relay.dispose(),
  };
  return relay;
}
