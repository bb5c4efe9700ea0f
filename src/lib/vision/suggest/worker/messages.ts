import type { WasmFiles } from '../coco/wasm-files.ts';
import type { DetectorName } from '../detector-names.ts';
import type { DetectorFrame, DetectorRefusal, DetectOutcome } from '../element-detector.ts';

/** What the page asks of the detector's worker. Both ends are built together: no versions, no parsing. */
export type DetectorRequest =
  | {
      readonly kind: 'open';
      readonly detector: DetectorName;
      readonly modelsUrl: string;
      readonly wasm: WasmFiles;
    }
  | { readonly kind: 'detect'; readonly call: number; readonly frame: DetectorFrame };

export type DetectorReply =
  | {
      readonly kind: 'opened';
      readonly outcome: { readonly ok: true } | { readonly ok: false; readonly reason: DetectorRefusal };
    }
  | { readonly kind: 'detected'; readonly call: number; readonly outcome: DetectOutcome };
