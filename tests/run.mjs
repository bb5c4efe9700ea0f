// @ts-check
// `npm test [-- static|unit|components|relay|browser|e2e|pages|faults|calls [filters]]`: every stage runs, whatever the one before it found.
import { availableParallelism } from 'node:os';
import { mkdirSync, rmSync } from 'node:fs';
import { relative } from 'node:path';
import { ensureBuilt } from '../signal/build.mjs';
import {
  beginModels,
  ensureInstalled,
  findRuntime,
  PlainError,
  reportAndExit,
  root,
  run,
  say,
  toolEnvironment,
  toolScript,
} from '../signal/prepare.mjs';
import { inCi } from './harness/programs.mjs';
import { prepareAllPrograms } from './programs.mjs';
import { count, endToEndSuites, readResults, resultFile, resultsDir, testSuites } from './results.mjs';

/** @typedef {{name: string, seconds: number, passed: number, failed: number, skipped: number}} Stage */
/** @typedef {{name: string, commands: readonly (readonly [string, ...string[]])[]}} Check */

const parts = ['static', ...testSuites, 'e2e'];
const [first, ...others] = process.argv.slice(2);
const part = first !== undefined && parts.includes(first) ? first : undefined;
const filters = part ? others : process.argv.slice(2);

const modelsPatienceMs = 120_000;

/** @type {Stage[]} */
const stages = [];

/** @param {string} name */
const wanted = (name) => part === undefined || part === name || (part === 'e2e' && endToEndSuites.has(name));
const wantsEndToEnd = [...endToEndSuites].some(wanted);

/**
 * @param {string} name
 * @param {() => Promise<{passed: number, failed: number, skipped: number}>} work
 */
async function stage(name, work) {
  const startMs = performance.now();
  const counts = await work();
  const seconds = (performance.now() - startMs) / 1000;
  stages.push({ name, seconds, ...counts });
}

/** @param {boolean} ok */
const oneCheck = (ok) => ({ passed: ok ? 1 : 0, failed: ok ? 0 : 1, skipped: 0 });

/** @returns {Check[]} */
function staticChecks() {
  const prettier = toolScript('prettier');
  const eslint = toolScript('eslint');
  const tsc = toolScript('typescript', 'tsc');
  const cache = 'node_modules/.cache';
  /** @param {string} folder @returns {Check} */
  const types = (folder) => ({ name: `types of ${folder}`, commands: [[tsc, '-p', folder]] });
  return [
    {
      name: 'types of the app',
      commands: [
        [toolScript('@sveltejs/kit', 'svelte-kit'), 'sync'],
        [
          toolScript('svelte-check'),
          '--tsconfig',
          './tsconfig.json',
          '--output',
          'human',
          '--threshold',
          'error',
        ],
      ],
    },
    {
      name: 'lint',
      commands: [
        [
          eslint,
          '--config',
          '.config/eslint.config.js',
          '--cache',
          '--cache-location',
          `${cache}/eslint/`,
          '.',
        ],
      ],
    },
    {
      name: 'promises',
      commands: [[eslint, '--config', '.config/eslint.promises.js', 'src', 'signal', 'tests']],
    },
    {
      name: 'nothing unused',
      commands: [[toolScript('knip'), '--config', '.config/knip.jsonc', '--no-progress']],
    },
    {
      name: 'format',
      commands: [
        [
          prettier,
          '--check',
          '--cache',
          '--cache-location',
          `${cache}/prettier/checked`,
          '--log-level',
          'warn',
          '.',
        ],
      ],
    },
    types('src/domain'),
    types('signal'),
    types('tests'),
    types('src/lib/vision/worker'),
    types('src/lib/vision/host'),
  ];
}

/** @param {Check} check */
async function runCheck(check) {
  for (const command of check.commands) {
    const { code, output } = await run(findRuntime(), command, { env: toolEnvironment(), capture: true });
    if (code === 0) continue;
    say(`\n✗ ${check.name}\n${output.trim()}`);
    return oneCheck(false);
  }
  say(`✓ ${check.name}`);
  return oneCheck(true);
}

/** @param {number} atOnce */
async function runStaticChecks(atOnce) {
  if (!wanted('static')) return;
  const waiting = staticChecks();
  const worker = async () => {
    for (let check = waiting.shift(); check; check = waiting.shift()) {
      const next = check;
      await stage(next.name, () => runCheck(next));
    }
  };
  await Promise.all(Array.from({ length: atOnce }, worker));
}

async function buildApp() {
  try {
    await ensureBuilt();
    return oneCheck(true);
  } catch (error) {
    if (!(error instanceof PlainError)) throw error;
    say(error.message);
    return oneCheck(false);
  }
}

/** @param {typeof testSuites[number]} suite @returns {string[]} */
function suiteCommand(suite) {
  if (endToEndSuites.has(suite)) {
    const config = ['--config', 'tests/e2e/playwright.config.ts', '--project', suite];
    const some = filters.length > 0 ? ['--pass-with-no-tests'] : [];
    return [toolScript('@playwright/test', 'playwright'), 'test', ...config, ...some, ...filters];
  }
  const json = ['--reporter=json', `--outputFile.json=${relative(root, resultFile(suite))}`];
  // These wait more than they work; of its own accord Vitest leaves one processor free.
  const workers = suite === 'relay' ? ['--maxWorkers=2'] : [];
  const vitest = [toolScript('vitest'), 'run', '--project', suite, '--reporter=default'];
  return [...vitest, ...workers, ...json, ...filters];
}

/**
 * @param {typeof testSuites[number]} suite
 * @param {boolean} aside its output is said as one, when it is over
 */
async function runSuite(suite, aside) {
  if (!aside) say(`\n— ${suite} —`);
  const options = { env: { ...toolEnvironment(), END_TO_END: suite }, capture: aside };
  const { code, output } = await run(findRuntime(), suiteCommand(suite), options);
  if (aside) say(`\n— ${suite} —\n${output.trim()}`);
  const counts = count(readResults(suite) ?? []);
  // An error outside of any test, or no result at all, must not pass unseen.
  return code !== 0 && counts.failed === 0 ? { ...counts, failed: 1 } : counts;
}

/** Two suites at a time, since most tests wait more than they work; calls run alone. */
async function runSuites() {
  const run = (/** @type {typeof testSuites[number]} */ suite, aside = false) =>
    wanted(suite) ? stage(suite, () => runSuite(suite, aside)) : undefined;
  const whole = part === undefined;
  const inBrowsers = async () => {
    await run('browser', whole);
    // Of all tests pages mind it least when something else works hard.
    await Promise.all([run('pages', whole || part === 'e2e'), whole && runStaticChecks(1)]);
  };
  const others = async () => {
    await run('unit');
    await run('components');
    await run('relay');
    await run('faults');
  };
  await Promise.all([inBrowsers(), others()]);
  await run('calls');
}

/** Whoever sees only the end of a long output still sees what failed. */
function sayFailures() {
  for (const suite of testSuites) {
    const failed = wanted(suite)
      ? (readResults(suite) ?? []).filter(({ outcome }) => outcome === 'failed')
      : [];
    for (const { title, why } of failed) say(`✗ ${suite}: ${title}\n${(why ?? '').slice(0, 2_000)}\n`);
  }
}

/** @param {keyof Stage} what */
const total = (what) => stages.reduce((sum, one) => sum + Number(one[what]), 0);

try {
  await ensureInstalled();
  const withPrograms = wantsEndToEnd || wanted('components') || wanted('relay') || wanted('browser');
  const models = withPrograms ? beginModels() : undefined;
  rmSync(resultsDir, { recursive: true, force: true });
  mkdirSync(resultsDir, { recursive: true });
  if (withPrograms) {
    const missing = await prepareAllPrograms();
    if (missing.length > 0) say(`Not on this machine and not to be had: ${missing.join(', ')}.`);
    if (missing.length > 0 && inCi) await stage('programs', async () => oneCheck(false));
  }
  // The build also writes the generated sources that the type check reads.
  if (wanted('static') || wantsEndToEnd) await stage('build', buildApp);
  if (part === 'static') await runStaticChecks(Math.min(2, availableParallelism()));
  const modelsThere = (await models?.ready(modelsPatienceMs)) ?? true;
  if (!modelsThere && inCi) await stage('models', async () => oneCheck(false));
  await runSuites();

  say('');
  sayFailures();
  for (const { name, seconds, passed, failed, skipped } of stages) {
    const time = `${seconds.toFixed(1)} s`.padStart(8);
    say(`${time}  ${name.padEnd(20)} ${passed} passed, ${failed} failed, ${skipped} skipped`);
  }
  const tested = stages.some(
    (one) => testSuites.some((suite) => suite === one.name) && one.passed + one.failed > 0,
  );
  if (part !== 'static' && !tested) say('No test ran.');
  process.exitCode = total('failed') > 0 || (part !== 'static' && !tested) ? 1 : 0;
  say(`${total('passed')} passed, ${total('failed')} failed, ${total('skipped')} skipped`);
} catch (error) {
  reportAndExit(error);
}
