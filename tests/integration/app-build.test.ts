import { spawn } from 'node:child_process';
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { projectRoot } from '../harness/data.ts';
import { until } from '../harness/until.ts';

const folders: string[] = [];
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

/** Writes what the real one writes into the sources as well, and ends only when nobody holds it back. */
const bundler = `
import { appendFileSync, existsSync, mkdirSync, writeFileSync } from 'node:fs';
appendFileSync('builds', 'x');
mkdirSync('src/project.inlang/cache', { recursive: true });
writeFileSync('src/project.inlang/README.md', String(Date.now()));
writeFileSync('src/project.inlang/cache/plugin', String(Date.now()));
mkdirSync('src/paraglide', { recursive: true });
writeFileSync('src/paraglide/messages.js', String(Date.now()));
while (existsSync('held')) await new Promise((resolve) => setTimeout(resolve, 20));
mkdirSync('build/_app', { recursive: true });
writeFileSync('build/index.html', '');
writeFileSync('build/_app/version.json', String(Date.now()));
`;

/** A checkout of the build alone, whose bundler counts how often it ran. */
function checkout() {
  const root = mkdtempSync(join(tmpdir(), 'sightline-build-'));
  folders.push(root);
  const write = (path: string, text: string) => {
    mkdirSync(join(root, dirname(path)), { recursive: true });
    writeFileSync(join(root, path), text);
  };
  for (const file of [
    'signal/build.mjs',
    'signal/prepare.mjs',
    'signal/fetch-models.mjs',
    'src/domain/vision/model-files.json',
  ]) {
    mkdirSync(join(root, dirname(file)), { recursive: true });
    copyFileSync(join(projectRoot, file), join(root, file));
  }
  write('package.json', '{ "type": "module" }');
  write('src/project.inlang/settings.json', '{}');
  write('.svelte-kit/tsconfig.json', '{}');
  write('node_modules/vite/package.json', '{ "type": "module", "bin": { "vite": "vite.js" } }');
  write('node_modules/vite/vite.js', bundler);
  /** In a process of its own, as `npm start` does it. */
  const start = () => {
    const code =
      "import('./signal/build.mjs').then(async ({ ensureBuilt }) => console.log(await ensureBuilt()));";
    const child = spawn(process.execPath, ['-e', code], { cwd: root, stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => (output += text));
    child.stderr.setEncoding('utf8').on('data', (text: string) => (output += text));
    const ended = new Promise((resolve) => child.once('close', resolve));
    const result = ended.then(() => output.trim().split('\n').at(-1));
    return { said: () => output, result };
  };
  const ensureBuilt = () => start().result;
  const builds = () =>
    existsSync(join(root, 'builds')) ? readFileSync(join(root, 'builds'), 'utf8').length : 0;
  const remove = (path: string) => rmSync(join(root, path));
  return { write, remove, start, ensureBuilt, builds };
}

describe('building the app', () => {
  test('what the first build writes into the sources is no reason for a second one', async () => {
    const { write, ensureBuilt, builds } = checkout();
    expect(await ensureBuilt()).toBe('built');
    expect(await ensureBuilt()).toBe('fresh');
    write('src/project.inlang/settings.json', '{ "locales": ["en"] }');
    expect(await ensureBuilt()).toBe('built');
    write('src/a.test.ts', '');
    expect(await ensureBuilt()).toBe('fresh');
    write('src/a.ts', '');
    expect(await ensureBuilt()).toBe('built');
    expect(builds()).toBe(3);
  });

  test('started twice at once it is built once, and both wait for that build', async () => {
    const { write, remove, start, builds } = checkout();
    write('held', '');
    const first = start();
    await until('a build', () => builds() === 1);
    const second = start();
    await until('the second one waiting', () => second.said().includes('being built by another process'));
    remove('held');
    expect([await first.result, await second.result]).toEqual(['built', 'fresh']);
    expect(builds()).toBe(1);
  });

  test('a build that died in the middle does not hold up the next one', async () => {
    const { write, ensureBuilt } = checkout();
    // No process has a number this large.
    write('node_modules/.sightline-building', '4194305');
    expect(await ensureBuilt()).toBe('built');
  });
});
