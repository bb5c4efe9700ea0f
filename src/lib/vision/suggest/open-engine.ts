import { openCocoEngine } from './coco/coco-engine.ts';
import type { WasmFiles } from './coco/wasm-files.ts';
import type { DetectorName } from './detector-names.ts';
import type { OpenEngineOutcome } from './element-detector.ts';
import { FakeDetectorEngine } from './fake-detector-engine.ts';

/**
 * Inside the worker: the detector of that name. The worker is one file, so that it can be kept as one.
 * @param modelsUrl where this installation serves its models, absolute, with a slash at the end
 */
export async function openDetectorEngine(
  name: DetectorName,
  modelsUrl: string,
  wasm: WasmFiles,
): Promise<OpenEngineOutcome> {
  if (name === 'fake') return { ok: true, engine: new FakeDetectorEngine() };
  return openCocoEngine(modelsUrl, wasm);
}
