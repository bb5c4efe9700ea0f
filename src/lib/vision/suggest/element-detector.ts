import type { Box } from '#domain/tracking/box.ts';

/** Something that may be meant, to be offered. */
export interface SuggestedElement {
  /** Shares of the picture, 0…1; wholly inside of it. */
  readonly box: Box;
  /** What the detector takes it for: one of the 80 names of the COCO data set, such as `cell phone`. */
  readonly name: string;
  /** 0…1 */
  readonly score: number;
}

/** What can be looked at. It belongs to the detector afterwards: an `ImageBitmap` or a `VideoFrame`. */
export type DetectorFrame = ImageBitmap | VideoFrame;

/**
 * `replaced`: a newer frame took this one's place while it waited. `frame-unusable`: closed before it came, or of no
 * size. `unsupported`: nothing on this device computes any more. `stopped`: disposed of, aborted, or the worker died.
 */
export type DetectRefusal = 'replaced' | 'frame-unusable' | 'unsupported' | 'stopped';

export type DetectOutcome =
  | { readonly ok: true; readonly elements: readonly SuggestedElement[] }
  | { readonly ok: false; readonly reason: DetectRefusal };

/** Looks for elements in one picture. It suggests, and knows few things. */
export interface ElementDetector {
  /**
   * One frame at a time, three a second at most; meanwhile only the newest waits. Takes the frame, also when it refuses.
   */
  detect(frame: DetectorFrame): Promise<DetectOutcome>;
  /** Frees what it holds. Every later call is refused with `stopped`. */
  dispose(): void;
}

/**
 * Why there is no detector: its weights are not here and cannot be had (`model-missing`), are others than this version
 * knows (`model-wrong-hash`), this device cannot compute it (`unsupported`), or it was aborted (`stopped`).
 */
export type DetectorRefusal = 'model-missing' | 'model-wrong-hash' | 'unsupported' | 'stopped';

export type OpenDetectorOutcome =
  | { readonly ok: true; readonly detector: ElementDetector }
  | { readonly ok: false; readonly reason: DetectorRefusal };

/** The same as it runs inside its worker. */
export interface DetectorEngine {
  /** undefined: nothing on this device computes any more. */
  detect(picture: ImageData): Promise<readonly SuggestedElement[] | undefined>;
  dispose(): void;
}

export type OpenEngineOutcome =
  | { readonly ok: true; readonly engine: DetectorEngine }
  | { readonly ok: false; readonly reason: Exclude<DetectorRefusal, 'stopped'> };
