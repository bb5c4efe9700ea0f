import { compileScene, type SceneKernels } from './scene-kernels.ts';

/** Of any picture that a camera gives: one set of kernels, whose memory grows with the pictures. */
export class SceneVectors {
  readonly kernels: SceneKernels;
  readonly #memory: WebAssembly.Memory;
  #bytes: Uint8Array;

  private constructor(kernels: SceneKernels, memory: WebAssembly.Memory) {
    this.kernels = kernels;
    this.#memory = memory;
    this.#bytes = new Uint8Array(memory.buffer);
  }

  static create(): SceneVectors | undefined {
    if (typeof WebAssembly === 'undefined') return undefined;
    const memory = new WebAssembly.Memory({ initial: 8 });
    const kernels = compileScene(memory);
    return kernels && new SceneVectors(kernels, memory);
  }

  /** The memory, with at least so many bytes; what was in it stays until the next call. */
  reserve(size: number): Uint8Array {
    const missing = size - this.#bytes.length;
    if (missing > 0) {
      this.#memory.grow(Math.ceil(missing / 65_536));
      this.#bytes = new Uint8Array(this.#memory.buffer);
    }
    return this.#bytes;
  }
}

let shared: SceneVectors | undefined | null = null;

/** One for all: each use is over before the next begins. undefined where the browser has none. */
export function sceneVectors(): SceneVectors | undefined {
  if (shared === null) shared = SceneVectors.create();
  return shared;
}
