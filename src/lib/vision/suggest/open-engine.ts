import type { WasmFiles } from './coco/wasm-files.ts';
import type { DetectorName } from './detector-names.ts';
import type { OpenEngineOutcome } from './element-detector.ts';
import { FakeDetectorEngine } from './fake-detector-engine.ts';

/**
 * Inside the worker: the detector of that name. What it needs is loaded only here.
 * @param modelsUrl where this installation serves its models, absolute, with a slash at the end
 */
export async function openDetectorEngine(
  name: DetectorName,
  modelsUrl: string,
  wasm: WasmFiles,
): Promise<OpenEngineOutcome> {
  if (name === 'fake') return { ok: true, engine: new FakeDetectorEngine() };
  const { openCocoEngine } = await import('./coco/coco-engine.ts');
  return openCocoEngine(modelsUrl, wasm);
}
