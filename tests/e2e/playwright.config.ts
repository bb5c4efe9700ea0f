import { defineConfig } from '@playwright/test';
import { chromiumArgs, chromiumPath } from '../harness/browsers.ts';

// Addresses are relative to this file. Tests that need several browser processes or a camera file launch their own
// through tests/harness/browsers.ts; the page fixture uses the options below.
export default defineConfig({
  testDir: '.',
  outputDir: '../../test-results/e2e-artifacts',
  fullyParallel: false,
  workers: 1,
  retries: 0,
  forbidOnly: process.env.CI === 'true',
  timeout: 120_000,
  expect: { timeout: 15_000 },
  reporter: [['list'], ['json', { outputFile: '../../test-results/e2e.json' }]],
  use: {
    locale: 'en-GB',
    launchOptions: { executablePath: chromiumPath(), args: chromiumArgs() },
    trace: 'off',
    screenshot: 'only-on-failure',
  },
});
