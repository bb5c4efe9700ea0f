// @ts-check
// `npm run rows`: which rows of docs/specification.md the last test run proved.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { reportAndExit, root, say } from '../signal/prepare.mjs';
import { count, readResults, testSuites } from './results.mjs';

function specificationRows() {
  const text = readFileSync(join(root, 'docs', 'specification.md'), 'utf8');
  return [...text.matchAll(/^\|\s*([FBCTX]\d+)\s*\|/gm)].map((match) => String(match[1]));
}

/** @param {string} title */
const rowsQuotedIn = (title) => new Set(title.match(/\b[FBCTX]\d+\b/g) ?? []);

try {
  const found = testSuites.map(readResults);
  const tests = found
    .flatMap((results) => results ?? [])
    .map((test) => ({ ...test, rows: rowsQuotedIn(test.title) }));
  const rows = specificationRows();
  let proved = 0;
  for (const row of rows) {
    const { passed, failed, skipped } = count(tests.filter((test) => test.rows.has(row)));
    if (passed > 0 && failed === 0) proved += 1;
    say(`${row} passed ${passed} failed ${failed} skipped ${skipped}`);
  }
  if (found.every((results) => results === undefined)) {
    process.stderr.write('There is no test run to read; `npm test` makes one.\n');
    process.exitCode = 1;
  }
  say(`proved ${proved} of ${rows.length} rows`);
} catch (error) {
  reportAndExit(error);
}
