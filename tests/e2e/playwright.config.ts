import { defineConfig } from '@playwright/test';
import { chromiumArgs, chromiumPath } from '../harness/browsers.ts';

const calls = /(faults|firefox|main-job|turn)\.spec\.ts$/;
const highlights = /highlights\.spec\.ts$/;
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
  timeout: 120_000,
  expect: { timeout: 15_000 },
  reporter: [['list'], ['json', { outputFile: `../../test-results/${suite}.json` }]],
  projects: [
    { name: 'pages', testIgnore: [calls, highlights] },
    { name: 'calls', testMatch: calls },
    { name: 'highlights', testMatch: highlights },
  ],
  use: {
    locale: 'en-GB',
    launchOptions: { executablePath: chromiumPath(), args: chromiumArgs() },
    trace: 'off',
    screenshot: 'only-on-failure',
  },
});
