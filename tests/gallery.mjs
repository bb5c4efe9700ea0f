// @ts-check
// `npm run gallery [-- words]`: pictures of the screens' states in gallery/, from the fixtures of the component tests.
// Every word narrows: a screen, a state, en or de, light, dark, field or forced, a width or width×height.
import { readdirSync, rmSync, statSync } from 'node:fs';
import { join, relative } from 'node:path';
import {
  ensureInstalled,
  findRuntime,
  reportAndExit,
  root,
  run,
  say,
  toolEnvironment,
  toolScript,
} from '../signal/prepare.mjs';
import { prepareChromium } from './programs.mjs';

const folder = join(root, 'gallery');
const words = process.argv.slice(2);

/** @param {number} sinceMs */
function picturesSince(sinceMs) {
  const files = readdirSync(folder).filter((name) => name.endsWith('.png'));
  return files.filter((name) => statSync(join(folder, name)).mtimeMs >= sinceMs);
}

try {
  await ensureInstalled();
  await prepareChromium();
  // All pictures are of one state of the code; some are added to those that are there.
  if (words.length === 0) rmSync(folder, { recursive: true, force: true });
  const startedMs = Date.now();
  const command = [toolScript('vitest'), 'run', '--project', 'gallery', '--reporter=dot'];
  const env = { ...toolEnvironment(), GALLERY: JSON.stringify(words) };
  const { code, output } = await run(findRuntime(), command, { env, capture: true });
  if (code !== 0) say(output.trim());
  process.exitCode = code;
  say(`${picturesSince(startedMs).length} pictures in ${relative(root, folder)}/`);
} catch (error) {
  reportAndExit(error);
}
