// @ts-check
// `npm start`: installs and builds what is missing, then becomes the relay.
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { ensureBuilt } from './build.mjs';
import {
  beginModels,
  ensureInstalled,
  findRuntime,
  reportAndExit,
  root,
  toolEnvironment,
} from './prepare.mjs';

/** @param {string} runtime @param {NodeJS.ProcessEnv} env */
async function becomeRelay(runtime, env) {
  const main = join(root, 'signal', 'main.ts');
  const watch = ['--import', pathToFileURL(join(root, 'signal', 'parent-watch.mjs')).href];
  process.chdir(root);
  // Replacing this process leaves nothing between npm and the relay that could die alone.
  if (typeof process.execve === 'function' && process.platform !== 'win32') {
    const underNpm = process.env.npm_lifecycle_event !== undefined;
    process.execve(runtime, [runtime, ...(underNpm ? watch : []), main], env);
  }
  const relay = spawn(runtime, [...watch, main], { cwd: root, env, stdio: 'inherit' });
  await import('./parent-watch.mjs');
  for (const signal of /** @type {const} */ (['SIGINT', 'SIGTERM', 'SIGHUP'])) {
    process.on(signal, () => relay.kill(signal));
  }
  relay.once('error', reportAndExit);
  relay.once('exit', (code, signal) => {
    if (signal) process.exit(signal === 'SIGKILL' ? 137 : 143);
    process.exit(code ?? 1);
  });
}

try {
  await ensureInstalled();
  const models = beginModels();
  await ensureBuilt();
  await models.ready();
  await becomeRelay(findRuntime(), toolEnvironment());
} catch (error) {
  reportAndExit(error);
}
