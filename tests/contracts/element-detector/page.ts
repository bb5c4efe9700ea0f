import * as tf from '@tensorflow/tfjs-core';
import { MathBackendWebGL } from '@tensorflow/tfjs-backend-webgl';
import { openCocoEngine } from '../../../src/lib/vision/suggest/coco/coco-engine.ts';
import type { BackendName } from '../../../src/lib/vision/suggest/coco/computing.ts';
import { wasmFiles } from '../../../src/lib/vision/suggest/coco/wasm-files.ts';
import type { DetectorName } from '../../../src/lib/vision/suggest/detector-names.ts';
import type { DetectorEngine } from '../../../src/lib/vision/suggest/element-detector.ts';
import { openDetector } from '../../../src/lib/vision/suggest/open-detector.ts';
import { detectorContract, type Pictures } from './contract.ts';
import { drawSigns } from './draw-signs.ts';

const modelsUrl = new URL('/models/', location.href).href;

function drawWall(): ImageBitmap {
  const wall = new OffscreenCanvas(320, 240);
  const context = wall.getContext('2d');
  if (!context) throw new Error('no canvas');
  context.fillStyle = '#8a8f94';
  context.fillRect(0, 0, 320, 240);
  return wall.transferToImageBitmap();
}

const pictures: Pictures = { things: drawSigns(), kind: 'stop sign', wall: drawWall() };

/** A photo of two dogs and a person. */
async function readPhoto(): Promise<Pictures> {
  const photo = await fetch('/photo.jpg');
  return { ...pictures, things: await createImageBitmap(await photo.blob()), kind: 'dog' };
}

/** The things as the worker hands it to its engine. */
function picture(): ImageData {
  const context = new OffscreenCanvas(300, 300).getContext('2d');
  if (!context) throw new Error('no canvas');
  context.drawImage(pictures.things, 0, 0, 300, 300);
  return context.getImageData(0, 0, 300, 300);
}

async function openEngine(backends: readonly BackendName[]) {
  const opened = await openCocoEngine(modelsUrl, wasmFiles, () => Promise.resolve(backends));
  if (!opened.ok) throw new Error(opened.reason);
  return opened.engine;
}

async function count(engine: DetectorEngine, frames: number) {
  const tensors: number[] = [];
  const bytes: number[] = [];
  const times: number[] = [];
  for (let i = 0; i < frames; i += 1) {
    const beganMs = performance.now();
    await engine.detect(picture());
    times.push(performance.now() - beganMs);
    tensors.push(tf.memory().numTensors);
    bytes.push(tf.memory().numBytes);
  }
  return { tensors, bytes, times };
}

const pageTools = {
  async runContractCase(name: DetectorName, title: string, on: 'drawing' | 'photo'): Promise<void> {
    const found = detectorContract.find((one) => one.title === title);
    if (!found) throw new Error(`no case '${title}'`);
    await found.run({ name, modelsUrl, pictures: on === 'photo' ? await readPhoto() : pictures });
  },

  /** `ok`, or why there is no detector. */
  async tryToOpen(): Promise<string> {
    const opened = await openDetector({ modelsUrl });
    if (!opened.ok) return opened.reason;
    opened.detector.dispose();
    return 'ok';
  },

  /** Milliseconds for so many frames, each handed over as soon as the one before is done. */
  async pace(frames: number): Promise<number> {
    const opened = await openDetector({ modelsUrl, detector: 'fake' });
    if (!opened.ok) throw new Error(opened.reason);
    const beganMs = performance.now();
    for (let i = 0; i < frames; i += 1) await opened.detector.detect(await createImageBitmap(pictures.wall));
    opened.detector.dispose();
    return performance.now() - beganMs;
  },

  /** Tensors and their bytes after each of so many frames, the milliseconds of each, and what stays at the end. */
  async countTensors(frames: number) {
    const engine = await openEngine(['wasm']);
    const counted = await count(engine, frames);
    engine.dispose();
    return { ...counted, after: tf.memory().numTensors };
  },

  /** Takes the graphics away, between two frames or in the middle of one. */
  async loseGraphics(backends: readonly BackendName[], when: 'between' | 'in the middle') {
    const engine = await openEngine(backends);
    const before = tf.getBackend();
    const lose = (): void => {
      const backend = tf.backend();
      if (!(backend instanceof MathBackendWebGL)) throw new Error(`on ${tf.getBackend()}`);
      backend.getGPGPUContext().gl.getExtension('WEBGL_lose_context')?.loseContext();
    };
    if (when === 'between') lose();
    const looking = engine.detect(picture());
    if (when === 'in the middle') lose();
    const found = [await looking, await engine.detect(picture())];
    return {
      backends: [before, tf.getBackend()],
      names: found.map((one) => one?.map(({ name }) => name)),
    };
  },
};

export type PageTools = typeof pageTools;

Object.assign(globalThis, { pageTools });
document.title = 'ready';
