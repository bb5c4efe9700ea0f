import type { Box } from '#domain/tracking/box.ts';

/** A highlight as the screen needs it. New objects at every change of it; its box moves without one. */
export interface HighlightView {
  readonly id: string;
  /** The id of the picture that it is on. */
  readonly pictureOf: string;
  /** May be empty: see `highlightNames`. */
  readonly label: string;
  /** By which an unnamed one is called, the same on all sides; undefined before the answer. */
  readonly number?: number;
  /** The participant who made it. */
  readonly by: string;
  /** `starting`: asked for, not answered yet. */
  readonly state: 'starting' | 'tracked' | 'lost';
}

/** Where the highlights of a call come from. Boxes are in shares (0…1) of the un-mirrored picture. */
export interface HighlightSource {
  readonly highlights: readonly HighlightView[];
  /** Where it is on the frame that is on the screen now; undefined before that is known. */
  boxOf(id: string): Box | undefined;
  /** Called when something may lie elsewhere on the picture: once a frame at most. */
  onMoved(pictureOf: string, listener: () => void): () => void;
  /** Called when `highlights` is another one. */
  subscribe(listener: () => void): () => void;
}
