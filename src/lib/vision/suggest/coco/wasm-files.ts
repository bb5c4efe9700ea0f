/// <reference types="vite/client" />
import simd from '@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm-simd.wasm?url';
import plain from '@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm.wasm?url';

/** Absolute addresses. */
export interface WasmFiles {
  readonly simd: string;
  readonly plain: string;
}

/** The page tells its worker, so that the build holds them once and knows them as the page's own. */
export const wasmFiles = (): WasmFiles => ({
  simd: new URL(simd, import.meta.url).href,
  plain: new URL(plain, import.meta.url).href,
});
