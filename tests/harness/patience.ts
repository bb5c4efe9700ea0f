/**
 * How long a test waits for what it expects before it says that it did not come. No measure of anything: a busy
 * machine may take its time, and what comes is seen at once. Below the suites' limit (vite.config.ts), so that the
 * sentence of what was waited for is said.
 */
export const patienceMs = 120_000;
