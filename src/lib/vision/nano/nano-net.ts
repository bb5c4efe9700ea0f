import type * as Ort from 'onnxruntime-web';
import type { InferenceSession, Tensor } from 'onnxruntime-web';
import type { Result } from '#domain/result.ts';
import type { ModelRefusal } from '../object-tracker.ts';
import { readModel } from '../models/read-model.ts';
import { freeSizes } from './patch-model.ts';

/** Sides of the pictures of the element and of its surroundings. */
export const templateSide = 127;
export const searchSide = 255;
/** Cells along the answer, and pixels of the search picture between two of them. */
export const answerCells = 16;
export const answerStride = 16;

export interface NanoAnswer {
  /** For each cell: two numbers whose larger one says 'not here' or 'here'; the second half belongs to 'here'. */
  readonly scores: Float32Array;
  /** Four planes: how far the element reaches from the cell's place to the left, up, right and down. */
  readonly sides: Float32Array;
}

/** What an element looks like, for one net. */
export type NanoTemplate = Tensor;

/** NanoTrack v2 on onnxruntime-web, in this thread. */
export interface NanoNet {
  /** @param bgr three planes of 127 × 127 */
  describe(bgr: Float32Array): Promise<NanoTemplate>;
  /** @param bgr three planes of 255 × 255 */
  find(template: NanoTemplate, bgr: Float32Array): Promise<NanoAnswer>;
}

/** Loaded when it is first wanted: it is large, and most installations have no such weights. */
const loadRuntime = async (): Promise<typeof Ort> => {
  const ort = await import('onnxruntime-web/wasm');
  // One thread: more would need a page that is isolated from all others.
  ort.env.wasm.numThreads = 1;
  ort.env.logLevel = 'error';
  return ort;
};

/**
 * The operator's weights from this installation's models folder; nothing else is fetched when they are not there.
 * @param modelsUrl absolute, with a slash at the end
 */
export async function openNanoNet(modelsUrl: string): Promise<Result<NanoNet, ModelRefusal>> {
  const backbone = await readModel(modelsUrl, 'nanotrack/v2_backbone.onnx');
  if (!backbone.ok) return backbone;
  const head = await readModel(modelsUrl, 'nanotrack/v2_head.onnx');
  if (!head.ok) return head;
  if (typeof WebAssembly === 'undefined') return { ok: false, reason: 'unsupported' };
  const ort = await loadRuntime();
  try {
    const options: InferenceSession.SessionOptions = { executionProviders: ['wasm'] };
    const look = await ort.InferenceSession.create(freeSizes(new Uint8Array(backbone.value)), options);
    const find = await ort.InferenceSession.create(new Uint8Array(head.value), options);
    return { ok: true, value: new OrtNanoNet(ort, look, find) };
  } catch (error) {
    // The runtime throws plain errors for whatever this browser or its policy does not allow.
    if (error instanceof Error) return { ok: false, reason: 'unsupported' };
    throw error;
  }
}

class OrtNanoNet implements NanoNet {
  readonly #ort: typeof Ort;
  readonly #look: InferenceSession;
  readonly #find: InferenceSession;

  constructor(ort: typeof Ort, look: InferenceSession, find: InferenceSession) {
    this.#ort = ort;
    this.#look = look;
    this.#find = find;
  }

  describe(bgr: Float32Array): Promise<NanoTemplate> {
    return this.#features(bgr, templateSide);
  }

  async find(template: NanoTemplate, bgr: Float32Array): Promise<NanoAnswer> {
    const surroundings = await this.#features(bgr, searchSide);
    const { output1, output2 } = await this.#find.run({ input1: template, input2: surroundings });
    surroundings.dispose();
    return { scores: floatsOf(output1), sides: floatsOf(output2) };
  }

  async #features(bgr: Float32Array, side: number): Promise<Tensor> {
    const input = new this.#ort.Tensor('float32', bgr, [1, 3, side, side]);
    const { output } = await this.#look.run({ input });
    if (!output) throw new Error('the model gives no output');
    return output;
  }
}

function floatsOf(tensor: Tensor | undefined): Float32Array {
  const data = tensor?.data;
  if (!(data instanceof Float32Array)) throw new Error('the model gives no numbers');
  return data;
}
