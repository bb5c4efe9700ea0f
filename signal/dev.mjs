// @ts-check
// `npm run dev`: the app with reload on one port, the relay restarting on change on another behind it.
import { spawn } from 'node:child_process';
import { createServer } from 'node:net';
import './parent-watch.mjs';
import {
  beginModels,
  ensureInstalled,
  findRuntime,
  reportAndExit,
  root,
  say,
  toolEnvironment,
  toolScript,
} from './prepare.mjs';

/** @returns {Promise<number>} */
function freePort() {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once('error', reject);
    probe.listen(0, '127.0.0.1', () => {
      const address = probe.address();
      const port = typeof address === 'object' && address ? address.port : 0;
      probe.close(() => resolve(port));
    });
  });
}

try {
  await ensureInstalled();
  await beginModels().ready();
  const runtime = findRuntime();
  const appPort = process.env.PORT ?? '5173';
  const relayPort = process.env.RELAY_PORT ?? String(await freePort());
  const origins = [`http://127.0.0.1:${appPort}`, `http://localhost:${appPort}`].join(',');
  const env = toolEnvironment();
  say(`App with reload: http://127.0.0.1:${appPort}; its relay listens on port ${relayPort}.`);
  const relay = spawn(runtime, ['--watch', '--watch-preserve-output', 'signal/main.ts'], {
    cwd: root,
    stdio: 'inherit',
    env: {
      ...env,
      PORT: relayPort,
      HOST: '127.0.0.1',
      ALLOWED_ORIGINS: process.env.ALLOWED_ORIGINS ?? origins,
    },
  });
  const app = spawn(
    runtime,
    [toolScript('vite'), 'dev', '--host', '127.0.0.1', '--port', appPort, '--strictPort'],
    { cwd: root, stdio: 'inherit', env: { ...env, RELAY_PORT: relayPort } },
  );
  const both = [relay, app];
  for (const signal of /** @type {const} */ (['SIGINT', 'SIGTERM', 'SIGHUP'])) {
    process.on(signal, () => both.forEach((child) => child.kill('SIGTERM')));
  }
  for (const child of both) {
    child.once('error', reportAndExit);
    child.once('exit', (code) => {
      both.forEach((other) => other.kill('SIGTERM'));
      process.exitCode = code ?? 0;
    });
  }
} catch (error) {
  reportAndExit(error);
}
