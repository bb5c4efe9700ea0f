import { paraglideVitePlugin } from '@inlang/paraglide-js';
import { sveltekit } from '@sveltejs/kit/vite';
import type { Plugin } from 'vite';
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { basename, extname, join, relative, sep } from 'node:path';
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

/** Of every test and every hook: for what hangs. No test has a limit of its own, and none measures time by it. */
const limits = { testTimeout: 300_000, hookTimeout: 300_000, teardownTimeout: 60_000 };
/** Below the limit, so that the sentence of what was waited for is said (tests/harness/patience.ts). */
const expectations = { poll: { timeout: 120_000 } };
/** Asked for by test runs alone: a build needs no browser. */
const componentProjects = process.env.VITEST
  ? (await import('./tests/components/projects.ts')).componentProjects
  : [];

/**
 * Texts and icons are a module each: those that the same pages need share a file, and a file that would be smaller than
 * this (in source) joins its neighbour. On a link of the field a request costs more than some text of another page. For
 * larger modules it is the other way round: all joined like that, the first page takes twice the bytes.
 */
const smallestFile = 30_000;

/** The files of the app for browsers; after SvelteKit, which knows by then what it builds. */
const fewerFiles: Plugin = {
  name: 'sightline:fewer-files',
  configEnvironment: (name, _, { command, isSsrBuild }) =>
    command === 'build' && name === 'client' && !isSsrBuild
      ? {
          build: {
            rolldownOptions: {
              output: {
                // Styles of several pages would have a name with folders in it, and not find their fonts.
                assetFileNames: ({ names: [file = ''] }) =>
                  `_app/immutable/assets/${basename(file, extname(file))}.[hash][extname]`,
                codeSplitting: {
                  groups: [
                    {
                      name: 'small',
                      test: /\/paraglide\/|\/@lucide\//,
                      entriesAware: true,
                      entriesAwareMergeThreshold: smallestFile,
                    },
                  ],
                },
              },
            },
          },
        }
      : {},
};

/** By address: what tells one content of a file in `static` from another. */
function staticRevisions(): Record<string, string> {
  const folder = join(import.meta.dirname, 'static');
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true });
  return Object.fromEntries(
    entries
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name))
      .map((path) => [
        `/${relative(folder, path).split(sep).join('/')}`,
        createHash('sha256').update(readFileSync(path)).digest('hex').slice(0, 16),
      ]),
  );
}

export default defineConfig({
  // For the service worker.
  define: { __STATIC_REVISIONS__: JSON.stringify(staticRevisions()) },
  plugins: [
    paraglideVitePlugin({
      project: './src/lib/i18n/project.inlang',
      outdir: './src/lib/i18n/paraglide',
      strategy: ['localStorage', 'preferredLanguage', 'baseLocale'],
      emitTsDeclarations: true,
    }),
    sveltekit(),
    fewerFiles,
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
          ...limits,
          expect: expectations,
          include: ['src/**/*.test.ts', 'signal/**/*.test.ts', 'tests/harness/**/*.test.ts'],
        },
      },
      {
        extends: true,
        test: {
          name: 'relay',
          environment: 'node',
          ...limits,
          expect: expectations,
          include: ['tests/{architecture,contracts,convergence,faults,integration}/**/*.test.ts'],
          exclude: browserTests,
        },
      },
      {
        extends: true,
        test: {
          name: 'browser',
          environment: 'node',
          ...limits,
          expect: expectations,
          include: browserTests,
        },
      },
      ...componentProjects,
    ],
  },
});
