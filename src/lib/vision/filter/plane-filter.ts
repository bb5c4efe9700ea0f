/** What one window looks like to a filter, as the filter keeps it. */
export interface FilterSample {
  /** Of its memory, in bytes or numbers. */
  readonly at: number;
}

/**
 * A filter over groups of feature planes whose answer peaks where the element is. The element is in the middle of the
 * planes when it is learnt.
 */
export interface PlaneFilter {
  newSample(): FilterSample;
  /** Puts a group's planes, times `scale`, into a sample. */
  measure(sample: FilterSample, group: number, planes: Float32Array, scale: number): void;
  /** The answer to one group; those to several add up. */
  respond(sample: FilterSample, group: number, out: Float32Array): void;
  train(sample: FilterSample): void;
}
