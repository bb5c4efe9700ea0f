// @ts-check
// Gets the programs that tests drive and npm does not install: looks first, then tries the usual sources.
import { existsSync } from 'node:fs';
import { findRuntime, run, say, toolEnvironment, toolScript } from '../signal/prepare.mjs';
import { findChromium, findFirefox, findOnPath, findTurnServer } from './harness/programs.mjs';

const mayUseApt = process.getuid?.() === 0 && existsSync('/etc/debian_version') && findOnPath(['apt-get']);
let aptUpdated = false;

/** @param {string} packageName @returns {Promise<boolean>} */
async function aptInstall(packageName) {
  if (!mayUseApt) return false;
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  say(`Installing ${packageName} with apt-get.`);
  if (!aptUpdated) {
    aptUpdated = true;
    await run('apt-get', ['update', '-qq'], { env, capture: true });
  }
  const flags = ['install', '-y', '-qq', '--no-install-recommends'];
  const { code, output } = await run('apt-get', [...flags, packageName], { env, capture: true });
  if (code !== 0) say(output.trim().split('\n').slice(-3).join('\n'));
  return code === 0;
}

/** @returns {Promise<string | undefined>} */
async function chromiumInPlace() {
  const { chromium } = await import('@playwright/test');
  return findChromium(() => chromium.executablePath());
}

/** A browser without its system libraries is there but does not start. @param {string | undefined} path */
async function starts(path) {
  return path !== undefined && (await run(path, ['--version'], { capture: true })).code === 0;
}

/**
 * Finds or installs Chromium and tells the tests by CHROMIUM_PATH where it is.
 * @returns {Promise<boolean>}
 */
export async function prepareChromium() {
  let path = await chromiumInPlace();
  if (!path && !process.env.CHROMIUM_PATH) {
    say('Chromium is not installed; downloading the test browser.');
    const args = [toolScript('@playwright/test', 'playwright'), 'install', 'chromium'];
    const env = { PLAYWRIGHT_DOWNLOAD_CONNECTION_TIMEOUT: '20000', ...toolEnvironment() };
    await run(findRuntime(), args, { env, capture: true });
    path = await chromiumInPlace();
    if (!(await starts(path)) && (await aptInstall('chromium'))) path = findOnPath(['chromium']) ?? path;
  }
  if (!path) return false;
  process.env.CHROMIUM_PATH = path;
  return true;
}

/**
 * @returns {Promise<string[]>} names of the programs that could not be had
 */
export async function prepareAllPrograms() {
  const missing = [];
  if (!(await prepareChromium())) missing.push('Chromium');
  if (!findTurnServer() && !(await aptInstall('coturn'))) missing.push('coturn');
  if (!findFirefox() && !(await aptInstall('firefox-esr'))) missing.push('Firefox');
  return missing;
}
