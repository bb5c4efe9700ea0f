import type { PictureId } from './picture-id.ts';

/** A frame of one picture, so that a mark can be told to lie on it. */
export interface MarkAnchor {
  readonly picture: PictureId;
  /** Milliseconds on the picture's own clock (own picture) or on the link's (another's); undefined: not known yet. */
  readonly atMs: number | undefined;
  /** As a participant named it: names may be learnt after the mark has come. */
  readonly named?: { readonly from: string; readonly frame: number };
}
