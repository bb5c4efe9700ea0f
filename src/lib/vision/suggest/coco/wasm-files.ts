/// <reference types="vite/client" />
import simd from '@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm-simd.wasm?url';
import plain from '@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm.wasm?url';

/** Addresses that mean the same to the page and to its workers. */
export interface WasmFiles {
  readonly simd: string;
  readonly plain: string;
}

/** The page tells its worker, so that the build holds them once and knows them as the page's own. */
export const wasmFiles: WasmFiles = { simd, plain };
