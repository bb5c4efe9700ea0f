import '@tensorflow/tfjs-backend-cpu';
import * as tf from '@tensorflow/tfjs-core';
import { MathBackendWebGL } from '@tensorflow/tfjs-backend-webgl';
import { setWasmPaths } from '@tensorflow/tfjs-backend-wasm';
import type { WasmFiles } from './wasm-files.ts';

/** What may compute the network. Plain JavaScript is far too slow; it only sorts the results. */
export const backendNames = ['webgl', 'wasm'] as const;
export type BackendName = (typeof backendNames)[number];

/** Call once before anything else. */
export function prepareBackends({ simd, plain }: WasmFiles): void {
  tf.enableProdMode();
  // Threads would need the page to be isolated from other origins; then the third file would have to be served too.
  tf.env().set('WASM_HAS_MULTITHREAD_SUPPORT', false);
  setWasmPaths({
    'tfjs-backend-wasm.wasm': plain,
    'tfjs-backend-wasm-simd.wasm': simd,
    'tfjs-backend-wasm-threaded-simd.wasm': simd,
  });
}

/**
 * The backends that work on this device, the fastest first: each is tried with a piece of work like the network's.
 * @param candidates of which none is tried twice
 */
export async function rankBackends(candidates: readonly BackendName[]): Promise<BackendName[]> {
  const ranked: { readonly name: BackendName; readonly ms: number }[] = [];
  for (const name of candidates) {
    const ms = await probe(name);
    if (ms !== undefined) ranked.push({ name, ms });
  }
  return ranked.sort((a, b) => a.ms - b.ms).map(({ name }) => name);
}

export async function useBackend(name: BackendName): Promise<boolean> {
  return (await ready(name)) && tf.getBackend() === name;
}

/** Whether its numbers still mean something: a graphics context may be taken away at any time. */
export function backendLives(): boolean {
  const backend = tf.backend();
  return !(backend instanceof MathBackendWebGL) || !backend.getGPGPUContext().gl.isContextLost();
}

const side = 38;
const channels = 64;

/** Milliseconds, best of three; undefined where it cannot be started or computes something else. */
async function probe(name: BackendName): Promise<number | undefined> {
  if (!(await useBackend(name))) return undefined;
  try {
    let bestMs = Infinity;
    // The first one also compiles.
    for (let i = 0; i < 4; i += 1) {
      const beganMs = performance.now();
      const result = tf.tidy(() => {
        const picture = tf.ones<tf.Rank.R4>([1, side, side, channels]);
        const wide = tf.fill<tf.Rank.R4>([1, 1, channels, channels], 1 / channels);
        const deep = tf.fill<tf.Rank.R4>([3, 3, channels, 1], 1 / 9);
        const layer = (x: tf.Tensor4D): tf.Tensor4D =>
          tf.relu6(tf.conv2d(tf.depthwiseConv2d(x, deep, 1, 'valid'), wide, 1, 'same'));
        return tf.mean(layer(layer(layer(picture))));
      });
      const [mean] = await result.data();
      result.dispose();
      if (i > 0) bestMs = Math.min(bestMs, performance.now() - beganMs);
      if (mean === undefined || !(Math.abs(mean - 1) < 0.01)) return undefined;
    }
    return backendLives() ? bestMs : undefined;
  } catch (error) {
    return isFailure(error) ? undefined : Promise.reject(error);
  }
}

async function ready(name: BackendName): Promise<boolean> {
  try {
    return await tf.setBackend(name);
  } catch (error) {
    // Its file cannot be had, or it was refused by the browser.
    if (isFailure(error)) return false;
    throw error;
  }
}

/** Whatever TensorFlow throws for want of means: errors of all kinds, and once a bare object. */
const isFailure = (error: unknown): boolean => typeof error === 'object' && error !== null;
