// @ts-check
// Where the programs are that tests drive but npm does not install. Plain Node 20: the test command asks before
// anything is installed, the tests ask again.
import { accessSync, constants, existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';

/** In CI a missing program fails the run; elsewhere its tests skip and say why. */
export const inCi = process.env.CI === 'true' || process.env.CI === '1';

/** @param {string} path */
function isExecutable(path) {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/**
 * @param {readonly string[]} names
 * @returns {string | undefined} path of the first that the search path has
 */
export function findOnPath(names) {
  const folders = (process.env.PATH ?? '').split(delimiter).filter((folder) => folder !== '');
  const endings = process.platform === 'win32' ? ['.exe', ''] : [''];
  for (const name of names) {
    for (const folder of folders) {
      const found = endings.map((ending) => join(folder, name + ending)).find(isExecutable);
      if (found) return found;
    }
  }
  return undefined;
}

/**
 * @param {() => string} downloaded path at which the test browser would lie if it was downloaded
 * @returns {string | undefined}
 */
export function findChromium(downloaded) {
  const wanted = process.env.CHROMIUM_PATH;
  if (wanted) return existsSync(wanted) ? wanted : undefined;
  const installed = findOnPath(['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable']);
  if (installed) return installed;
  const path = downloaded();
  return path && existsSync(path) ? path : undefined;
}

/** @returns {string | undefined} path of coturn's server */
export function findTurnServer() {
  return process.env.TURNSERVER_PATH ?? findOnPath(['turnserver']);
}

/** @returns {string | undefined} */
export function findFirefox() {
  return process.env.FIREFOX_PATH ?? findOnPath(['firefox-esr', 'firefox']);
}
