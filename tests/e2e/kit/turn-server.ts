import { spawn } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { turnServerPath } from '../../harness/browsers.ts';
import { freePort } from '../../harness/relay-process.ts';
import { until } from '../../harness/until.ts';

export interface TurnServer {
  /** For TURN_URL. */
  readonly url: string;
  /** For TURN_SECRET. */
  readonly secret: string;
  log(): string;
  stop(): Promise<void>;
}

/** coturn on loopback, with the shared secret of its REST interface. */
export async function startTurnServer(): Promise<TurnServer> {
  const port = await freePort();
  const secret = 'a-secret-of-this-test';
  const folder = await mkdtemp(join(tmpdir(), 'sightline-turn-'));
  const child = spawn(
    turnServerPath(),
    [
      ...['-n', '--lt-cred-mech', '--use-auth-secret', `--static-auth-secret=${secret}`, '--realm=sightline'],
      ...['--listening-ip=127.0.0.1', '--relay-ip=127.0.0.1', `--listening-port=${port}`],
      ...['--allow-loopback-peers', '--no-tls', '--no-dtls', '--no-cli', '--no-multicast-peers'],
      ...['--log-file=stdout', '--simple-log', `--pidfile=${join(folder, 'pid')}`],
      ...[`--userdb=${join(folder, 'users')}`],
    ],
    { stdio: ['ignore', 'pipe', 'pipe'] },
  );
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => (output += text));
  }
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  await until('coturn answering', async () => {
    if (child.exitCode !== null) throw new Error(`coturn ended:\n${output}`);
    return answersBinding(port);
  });
  return {
    url: `turn:127.0.0.1:${port}?transport=udp`,
    secret,
    log: () => output,
    stop: async () => {
      child.kill('SIGTERM');
      await ended;
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** Asks once, as any client begins: a STUN binding request over UDP. */
function answersBinding(port: number): Promise<boolean> {
  const request = Buffer.alloc(20);
  request.writeUInt16BE(0x0001, 0);
  request.writeUInt32BE(0x2112a442, 4);
  const socket = createSocket('udp4');
  return new Promise<boolean>((resolve) => {
    const late = setTimeout(() => resolve(false), 200);
    const done = (answered: boolean): void => {
      clearTimeout(late);
      resolve(answered);
    };
    socket.once('message', () => done(true));
    socket.once('error', () => done(false));
    socket.send(request, port, '127.0.0.1');
  }).finally(() => socket.close());
}
