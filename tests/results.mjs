// @ts-check
// What the last test run found, read from the JSON that vitest and playwright wrote.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../signal/prepare.mjs';

export const resultsDir = join(root, 'test-results');
/** End-to-end tests: pages; what goes wrong, which is mostly waited for; calls and highlights, which want the whole machine. */
const endToEnd = /** @type {const} */ (['pages', 'faults', 'calls']);
export const testSuites = /** @type {const} */ (['unit', 'components', 'relay', 'browser', ...endToEnd]);
/** @type {ReadonlySet<string>} */
export const endToEndSuites = new Set(endToEnd);

/** @typedef {typeof testSuites[number]} Suite */
/** @typedef {{title: string, outcome: 'passed' | 'failed' | 'skipped', why?: string}} TestResult why: what a failed one said */

/** @param {Suite} suite */
export const resultFile = (suite) => join(resultsDir, `${suite}.json`);

/** @typedef {{name: string, status: string, assertionResults: {fullName: string, status: string, failureMessages?: string[]}[]}} VitestFile */
/** @typedef {{title: string, tests: {status: string, results?: {error?: {message?: string}}[]}[]}} PlaywrightSpec */
/** @typedef {{title: string, specs?: PlaywrightSpec[], suites?: PlaywrightSuite[]}} PlaywrightSuite */

/** @param {VitestFile} file @returns {TestResult[]} */
function fromVitest(file) {
  /** @type {TestResult[]} */
  const tests = file.assertionResults.map(({ fullName, status, failureMessages }) => ({
    title: fullName,
    outcome: status === 'passed' || status === 'failed' ? status : 'skipped',
    why: failureMessages?.[0],
  }));
  // A file that does not load, or whose set-up fails, has no failed test of its own to count.
  const failedAsWhole = file.status === 'failed' && tests.every((test) => test.outcome !== 'failed');
  return failedAsWhole ? [...tests, { title: file.name, outcome: 'failed' }] : tests;
}

/** @param {PlaywrightSuite} suite @param {string} above titles of the suites around it @returns {TestResult[]} */
function fromPlaywright(suite, above) {
  /** @type {TestResult[]} */
  const tests = (suite.specs ?? []).flatMap((spec) =>
    spec.tests.map(({ status, results }) => ({
      title: `${above} ${spec.title}`.trim(),
      outcome: status === 'expected' ? 'passed' : status === 'skipped' ? 'skipped' : 'failed',
      why: results?.at(-1)?.error?.message,
    })),
  );
  const inner = (suite.suites ?? []).flatMap((child) =>
    fromPlaywright(child, `${above} ${child.title}`.trim()),
  );
  return [...tests, ...inner];
}

/**
 * @param {Suite} suite
 * @returns {TestResult[] | undefined} undefined when the last run has no readable result of it
 */
export function readResults(suite) {
  if (!existsSync(resultFile(suite))) return undefined;
  const report = JSON.parse(readFileSync(resultFile(suite), 'utf8'));
  if (!endToEndSuites.has(suite)) return report.testResults.flatMap(fromVitest);
  /** @type {PlaywrightSuite[]} */
  const files = report.suites;
  // A file's name proves no row, so the titles begin below it.
  const tests = files.flatMap((file) => fromPlaywright(file, ''));
  /** @type {TestResult[]} */
  const errors = (report.errors ?? []).map(() => ({ title: 'error outside of tests', outcome: 'failed' }));
  return [...tests, ...errors];
}

/** @param {readonly TestResult[]} results */
export function count(results) {
  const of = (/** @type {TestResult['outcome']} */ outcome) =>
    results.filter((result) => result.outcome === outcome).length;
  return { passed: of('passed'), failed: of('failed'), skipped: of('skipped') };
}
