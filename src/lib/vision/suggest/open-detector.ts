import type { OpenDetectorOutcome } from './element-detector.ts';
import {
  createDetectorWorker,
  openWorkerDetector,
  type OpenDetectorOptions,
} from './worker/worker-detector.ts';

/** A detector in a worker of its own. Opens in about a second; without worker, weights or means it says so. */
export function openDetector(options: OpenDetectorOptions): Promise<OpenDetectorOutcome> {
  const hasMeans = typeof Worker === 'function' && typeof OffscreenCanvas === 'function';
  if (!hasMeans) return Promise.resolve({ ok: false, reason: 'unsupported' });
  return openWorkerDetector(createDetectorWorker(), options);
}
