import { load, type ObjectDetection } from '@tensorflow-models/coco-ssd';
import * as tf from '@tensorflow/tfjs-core';
import type { Result } from '#domain/result.ts';
import { detectorFiles } from '#domain/vision/model-files.ts';
import { readModel, type ReadRefusal } from '../../models/read-model.ts';
import type { DetectorEngine, OpenEngineOutcome, SuggestedElement } from '../element-detector.ts';
import { toElement } from '../to-element.ts';
import {
  backendLives,
  backendNames,
  prepareBackends,
  rankBackends,
  useBackend,
  type BackendName,
} from './computing.ts';
import type { WasmFiles } from './wasm-files.ts';

const maxElements = 20;
const minScore = 0.5;

/**
 * The shipped detector, where it runs: weights verified before use, on the backend that is fastest here.
 * @param modelsUrl absolute, with a slash at the end
 * @param rank which backends work, the best first
 */
export async function openCocoEngine(
  modelsUrl: string,
  wasm: WasmFiles,
  rank: () => Promise<readonly BackendName[]> = () => rankBackends(backendNames),
): Promise<OpenEngineOutcome> {
  const artifacts = await readArtifacts(modelsUrl);
  if (!artifacts.ok) {
    return { ok: false, reason: artifacts.reason === 'missing' ? 'model-missing' : 'model-wrong-hash' };
  }
  prepareBackends(wasm);
  const engine = new CocoEngine(modelsUrl, await rank());
  return (await engine.start(artifacts.value)) ? { ok: true, engine } : { ok: false, reason: 'unsupported' };
}

class CocoEngine implements DetectorEngine {
  readonly #modelsUrl: string;
  /** Not tried yet, the fastest first. */
  readonly #backends: BackendName[];
  #model: ObjectDetection | undefined;

  constructor(modelsUrl: string, backends: readonly BackendName[]) {
    this.#modelsUrl = modelsUrl;
    this.#backends = [...backends];
  }

  /** Loads the model on the next backend that takes it. */
  async start(artifacts: tf.io.ModelArtifacts): Promise<boolean> {
    for (let name = this.#backends.shift(); name !== undefined; name = this.#backends.shift()) {
      this.#model = (await useBackend(name)) ? await attempt(() => loadVerified(artifacts)) : undefined;
      if (this.#model) return true;
    }
    return false;
  }

  async detect(picture: ImageData): Promise<readonly SuggestedElement[] | undefined> {
    while (this.#model) {
      const model = this.#model;
      const found = await attempt(() => model.detect(picture, maxElements, minScore));
      if (found) return found.flatMap((one) => toElement(one, picture) ?? []);
      await this.#moveOn(model);
    }
    return undefined;
  }

  dispose(): void {
    this.#model?.dispose();
    this.#model = undefined;
  }

  /** The graphics were taken away, or the memory: the weights that were there are gone. */
  async #moveOn(model: ObjectDetection): Promise<void> {
    this.#model = undefined;
    await attempt(async () => model.dispose());
    const artifacts = this.#backends.length > 0 ? await readArtifacts(this.#modelsUrl) : undefined;
    if (artifacts?.ok) await this.start(artifacts.value);
  }
}

/** undefined where the backend gave up in the middle: its result would mean nothing. */
async function attempt<T>(work: () => Promise<T>): Promise<T | undefined> {
  try {
    const done = await work();
    return backendLives() ? done : undefined;
  } catch (error) {
    if (error instanceof Error) return undefined;
    throw error;
  }
}

async function readArtifacts(modelsUrl: string): Promise<Result<tf.io.ModelArtifacts, ReadRefusal>> {
  const read = await Promise.all(detectorFiles.map((name) => readModel(modelsUrl, name)));
  const files: ArrayBuffer[] = [];
  for (const one of read) {
    if (!one.ok) return one;
    files.push(one.value);
  }
  const [graph, ...shards] = files;
  // Its hash is the pinned one: it is what it is.
  const model = JSON.parse(new TextDecoder().decode(graph)) as tf.io.ModelJSON;
  return {
    ok: true,
    value: {
      modelTopology: model.modelTopology,
      weightSpecs: model.weightsManifest.flatMap(({ weights }) => weights),
      weightData: shards,
    },
  };
}

/** An address that is none: what is loaded was read and verified before. */
const verifiedModel = 'verified:coco-ssd';
let nextArtifacts: tf.io.ModelArtifacts | undefined;

tf.io.registerLoadRouter((url) =>
  url === verifiedModel
    ? { load: () => (nextArtifacts ? Promise.resolve(nextArtifacts) : Promise.reject(new Error('no model'))) }
    : // The router's type knows no refusal, its documentation does.
      (undefined as unknown as tf.io.IOHandler),
);

/** Also runs it once, so that the first frame does not wait for it. */
async function loadVerified(artifacts: tf.io.ModelArtifacts): Promise<ObjectDetection> {
  nextArtifacts = artifacts;
  try {
    return await load({ base: 'lite_mobilenet_v2', modelUrl: verifiedModel });
  } finally {
    nextArtifacts = undefined;
  }
}
