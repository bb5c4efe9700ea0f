import { paraglideVitePlugin } from '@inlang/paraglide-js';
import { sveltekit } from '@sveltejs/kit/vite';
import { defineConfig } from 'vitest/config';

const relayPort = process.env.RELAY_PORT ?? '8080';
const relay = { target: `http://127.0.0.1:${relayPort}`, ws: true, changeOrigin: false };

/** Tests that drive a browser: they wait more than they work, so they run beside all others. */
const browserTests = [
  'tests/contracts/footage.test.ts',
  'tests/contracts/call-transport/peerjs*.test.ts',
  'tests/contracts/element-detector.test.ts',
  'tests/contracts/vision-host/*.test.ts',
  'tests/contracts/vision-load.test.ts',
];

export default defineConfig({
  plugins: [
    paraglideVitePlugin({
      project: './src/lib/i18n/project.inlang',
      outdir: './src/lib/i18n/paraglide',
      strategy: ['localStorage', 'preferredLanguage', 'baseLocale'],
      emitTsDeclarations: true,
    }),
    sveltekit(),
  ],
  server: {
    proxy: { '/api': relay, '/healthz': relay, '/models': relay, '/sockets': relay },
  },
  build: { target: 'es2022' },
  // Code that few need is a file of its own in workers, too.
  worker: { format: 'es' },
  test: {
    reporters: ['default'],
    projects: [
      {
        extends: true,
        test: {
          name: 'unit',
          environment: 'node',
          include: ['src/**/*.test.ts', 'signal/**/*.test.ts'],
        },
      },
      {
        extends: true,
        test: {
          name: 'relay',
          environment: 'node',
          testTimeout: 60_000,
          include: ['tests/{architecture,contracts,convergence,faults,integration}/**/*.test.ts'],
          exclude: browserTests,
        },
      },
      {
        extends: true,
        test: { name: 'browser', environment: 'node', testTimeout: 60_000, include: browserTests },
      },
    ],
  },
});
