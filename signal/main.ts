import { networkInterfaces } from 'node:os';
import { ConfigError, isLoopback, readConfig } from './config.ts';
import { createRelay, type Relay } from './create-relay.ts';
import { createLog } from './log.ts';
import { demoLines } from './people/demo.ts';
import { StorageError } from './storage/relay-storage.ts';

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}

/** Every address under which this relay can be reached. */
function addresses({ settings, port, origin }: Relay): string[] {
  if (settings.host !== '0.0.0.0' && settings.host !== '::')
    return isLoopback(settings.host) ? [origin] : [`http://${settings.host}:${port}`];
  const others = Object.values(networkInterfaces())
    .flatMap((list) => list ?? [])
    .filter((one) => one.family === 'IPv4' && !one.internal)
    .map((one) => `http://${one.address}:${port}`);
  return [`http://localhost:${port}`, ...others];
}

/** A failure that whoever starts the relay can mend: one sentence instead of a stack. */
function sentenceFor(error: unknown): string | undefined {
  if (error instanceof ConfigError || error instanceof StorageError) return error.message;
  const { code, port } = (error ?? {}) as { code?: unknown; port?: unknown };
  if (code === 'EADDRINUSE') return `Port ${String(port)} is taken. Set PORT to another one.`;
  if (code === 'EACCES' || code === 'EROFS')
    return 'The data folder or the port may not be used by this user.';
  if (code === 'EADDRNOTAVAIL') return 'HOST is no address of this machine.';
  return undefined;
}

async function main(): Promise<void> {
  const settings = readConfig(process.env);
  const log = createLog(settings.logLevel);
  const relay = await createRelay(settings, { log });
  let stopping = false;
  const stop = (): void => {
    if (stopping) return;
    stopping = true;
    // Whatever hangs must not keep the process.
    setTimeout(() => process.exit(1), 4_000).unref();
    relay.stop().then(
      () => process.exit(0),
      (error: unknown) => {
        log.error({ err: error }, 'stop');
        process.exit(1);
      },
    );
  };
  process.once('SIGTERM', stop);
  process.once('SIGINT', stop);
  process.once('SIGHUP', stop);
  // Started by a process that talks to it: without that one it has no purpose.
  if (process.channel) process.once('disconnect', stop);
  if (process.env.EXIT_WITH_STDIN === '1') process.stdin.resume().once('end', stop).once('close', stop);
  process.on('unhandledRejection', (error) => log.error({ err: error }, 'unhandled'));
  // Whoever reads this may send a signal at once: everything that answers one stands by now.
  say(`Sightline is ready: ${addresses(relay).join('  ')}`);
  if (settings.demo) for (const line of demoLines(relay.origin)) say(line);
  if (process.send) process.send({ ready: true, port: relay.port });
}

main().catch((error: unknown) => {
  const sentence = sentenceFor(error);
  process.stderr.write(`${sentence ?? (error instanceof Error ? error.stack : String(error))}\n`);
  process.exit(1);
});
