/** Kernels in WebAssembly, and a memory of theirs that grows with what is worked on. */
export class KernelMemory<Kernels> {
  readonly kernels: Kernels;
  readonly #memory: WebAssembly.Memory;
  #bytes: Uint8Array<ArrayBuffer>;

  private constructor(kernels: Kernels, memory: WebAssembly.Memory) {
    this.kernels = kernels;
    this.#memory = memory;
    this.#bytes = new Uint8Array(memory.buffer);
  }

  static create<Kernels>(
    compile: (memory: WebAssembly.Memory) => Kernels | undefined,
  ): KernelMemory<Kernels> | undefined {
    if (typeof WebAssembly === 'undefined') return undefined;
    const memory = new WebAssembly.Memory({ initial: 8 });
    const kernels = compile(memory);
    return kernels && new KernelMemory(kernels, memory);
  }

  /** The memory, with at least so many bytes; what was in it stays until the next call. */
  reserve(size: number): Uint8Array<ArrayBuffer> {
    const missing = size - this.#bytes.length;
    if (missing > 0) {
      this.#memory.grow(Math.ceil(missing / 65_536));
      this.#bytes = new Uint8Array(this.#memory.buffer);
    }
    return this.#bytes;
  }
}

/** One for all, made when it is first asked for: each use is over before the next. undefined where the browser has none. */
export function sharedKernels<Kernels>(
  compile: (memory: WebAssembly.Memory) => Kernels | undefined,
): () => KernelMemory<Kernels> | undefined {
  let shared: KernelMemory<Kernels> | undefined | null = null;
  return () => {
    if (shared === null) shared = KernelMemory.create(compile);
    return shared;
  };
}
