// @ts-check
// Builds the app when what it is made of is other than what the build that is there was made of. Plain Node 20.
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import {
  findRuntime,
  PlainError,
  readOrUndefined,
  root,
  run,
  say,
  toolEnvironment,
  toolScript,
  writeWhole,
} from './prepare.mjs';

const stamp = join(root, 'node_modules', '.sightline-build');
/** Holds the process id of whoever builds. */
const lock = join(root, 'node_modules', '.sightline-building');
const lookAgainMs = 200;

const inputs = [
  'src',
  'static',
  'package.json',
  'package-lock.json',
  'vite.config.ts',
  'svelte.config.js',
  'tsconfig.json',
];
/** Made by the build itself (of `project.inlang` only the settings are ours), or read by tests alone. */
const notInput = /(^|\/)(paraglide\/|project\.inlang\/(?!settings\.json$))|\.test\.ts$|(^|\/)\.DS_Store$/;

/** @param {string} path @returns {string[]} */
function filesUnder(path) {
  const entries = readdirSync(path, { withFileTypes: true });
  return entries
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .flatMap((entry) => {
      const inside = join(path, entry.name);
      return entry.isDirectory() ? filesUnder(inside) : [inside];
    })
    .filter((file) => !notInput.test(relative(root, file).split(sep).join('/')));
}

function digestOfInputs() {
  const hash = createHash('sha256');
  for (const input of inputs) {
    const path = join(root, input);
    if (!existsSync(path)) continue;
    for (const file of input.includes('.') ? [path] : filesUnder(path)) {
      const name = relative(root, file).split(sep).join('/');
      hash.update(`${name}\0`).update(createHash('sha256').update(readFileSync(file)).digest());
    }
  }
  return hash.digest('hex');
}

/** A build made by hand has another version than the one the stamp was written for. */
function versionOfBuild() {
  if (!existsSync(join(root, 'build', 'index.html'))) return undefined;
  return readOrUndefined(join(root, 'build', '_app', 'version.json'))
    ?.toString('utf8')
    .trim();
}

/** @param {string} digest */
function isFresh(digest) {
  const version = versionOfBuild();
  return version !== undefined && readOrUndefined(stamp)?.toString('utf8') === `${digest} ${version}`;
}

/** @param {number} pid */
function isAlive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // A process of somebody else is alive as well.
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}

/** @returns {boolean} false while another process builds */
function takeLock() {
  try {
    writeFileSync(lock, `${process.pid}`, { flag: 'wx' });
    return true;
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error;
  }
  const holder = Number(readOrUndefined(lock)?.toString('utf8'));
  // Who holds it may have ended without a word; an empty lock is just being written.
  if (holder > 0 && !isAlive(holder)) rmSync(lock, { force: true });
  return false;
}

/** Two builds at once write into the same folders. */
async function withLock(/** @type {() => Promise<'built' | 'fresh'>} */ work) {
  let said = false;
  while (!takeLock()) {
    if (!said) say('The app is being built by another process; waiting for it.');
    said = true;
    await delay(lookAgainMs);
  }
  try {
    return await work();
  } finally {
    rmSync(lock, { force: true });
  }
}

async function build() {
  const digest = digestOfInputs();
  // Somebody else may have built it while this process waited.
  if (isFresh(digest)) return 'fresh';
  say('Building the app, since its sources are newer than the build.');
  const runtime = findRuntime();
  const env = toolEnvironment();
  rmSync(stamp, { force: true });
  if (!existsSync(join(root, '.svelte-kit', 'tsconfig.json'))) {
    await run(runtime, [toolScript('@sveltejs/kit', 'svelte-kit'), 'sync'], { env });
  }
  const result = await run(runtime, [toolScript('vite'), 'build'], { env, capture: true });
  const version = versionOfBuild();
  if (result.code !== 0 || !version) {
    throw new PlainError(`${result.output}\nThe app could not be built; the reason stands above.`);
  }
  writeWhole(stamp, `${digest} ${version}`);
  return 'built';
}

/**
 * Builds the app unless the build that is there was made of just these sources; one process at a time.
 * @returns {Promise<'built' | 'fresh'>}
 * @throws {PlainError} with the output of the build when it does not succeed
 */
export async function ensureBuilt() {
  return isFresh(digestOfInputs()) ? 'fresh' : withLock(build);
}
