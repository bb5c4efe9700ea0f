import { defineConfig } from '@playwright/test';
import { chromiumArgs, chromiumPath } from '../harness/browsers.ts';

const faults = /(devices|faults|firefox|turn)\.spec\.ts$/;
/** What the machine is needed for as a whole. */
const calls = /(call-pages|highlights|hostile|main-job)\.spec\.ts$/;
/** Several may run at once: each has its own folder and its own file of results. */
const suite = process.env.END_TO_END ?? 'e2e';

// Addresses are relative to this file. Tests that need several browser processes or a camera file launch their own
// through tests/harness/browsers.ts; the page fixture uses the options below.
export default defineConfig({
  testDir: '.',
  outputDir: `../../test-results/${suite}-artifacts`,
  fullyParallel: false,
  workers: 1,
  retries: 0,
  forbidOnly: process.env.CI === 'true',
  // For what hangs; no test and no expectation has a shorter one of its own.
  timeout: 600_000,
  // Where everything hangs a run still ends by itself, and says what it saw.
  globalTimeout: 2_280_000,
  expect: { timeout: 120_000 },
  reporter: [['list'], ['json', { outputFile: `../../test-results/${suite}.json` }]],
  projects: [
    { name: 'pages', testIgnore: [calls, faults] },
    { name: 'faults', testMatch: faults },
    { name: 'calls', testMatch: calls },
  ],
  use: {
    locale: 'en-GB',
    launchOptions: { executablePath: chromiumPath(), args: chromiumArgs() },
    trace: 'off',
    screenshot: 'only-on-failure',
  },
});
