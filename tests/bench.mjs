// @ts-check
// `npm run bench:<name>`: tests/bench/<name>.ts or .mjs on the pinned runtime, with packages and build in place.
// Whatever is said on the way goes to standard error: standard output carries the figures alone.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { ensureBuilt } from '../signal/build.mjs';
import {
  beginModels,
  ensureInstalled,
  findRuntime,
  PlainError,
  reportAndExit,
  root,
  run,
  sayOnStandardError,
  toolEnvironment,
} from '../signal/prepare.mjs';
import { prepareChromium } from './programs.mjs';

const modelsPatienceMs = 120_000;
const [name = '', ...args] = process.argv.slice(2);
try {
  sayOnStandardError();
  const script = ['ts', 'mjs']
    .map((ending) => join(root, 'tests', 'bench', `${name}.${ending}`))
    .find((file) => name !== 'run' && existsSync(file));
  if (!script) throw new PlainError(`There is no bench '${name}' in tests/bench.`);
  await ensureInstalled();
  const models = beginModels();
  await ensureBuilt();
  await prepareChromium();
  await models.ready(modelsPatienceMs);
  const runner = join(root, 'tests', 'bench', 'run.mjs');
  const { code } = await run(findRuntime(), [runner, script, ...args], { env: toolEnvironment() });
  process.exitCode = code;
} catch (error) {
  reportAndExit(error);
}
