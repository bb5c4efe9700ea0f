import type { DetectorEngine, SuggestedElement } from './element-detector.ts';

/** As the shipped detector finds them on a photo of two dogs and a person. */
const recorded: readonly SuggestedElement[] = [
  { box: { x: 0.03, y: 0.11, width: 0.33, height: 0.86 }, name: 'dog', score: 0.95 },
  { box: { x: 0.41, y: 0.12, width: 0.59, height: 0.87 }, name: 'dog', score: 0.87 },
];

/** Finds what was recorded, frame by frame and from the start again; nothing in a picture of one colour. */
export class FakeDetectorEngine implements DetectorEngine {
  readonly #recording: readonly (readonly SuggestedElement[])[];
  #frames = 0;

  constructor(recording: readonly (readonly SuggestedElement[])[] = [recorded]) {
    this.#recording = recording;
  }

  detect({ data }: ImageData): Promise<readonly SuggestedElement[]> {
    const found = this.#recording[this.#frames % this.#recording.length] ?? [];
    this.#frames += 1;
    const plain = data.every((value, i) => value === data[i % 4]);
    return Promise.resolve(plain ? [] : found);
  }

  dispose(): void {
    this.#frames = 0;
  }
}
