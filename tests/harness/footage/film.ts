import { headerBox, panFrames, restFrame, shareInPicture, type Place } from './camera-path.ts';
import { frameCount } from './camera-path.ts';
import { ownFilm } from './make-film.ts';

/** Footage of something with a plate ('header') that tests follow, and where the plate is. Places in shares of the picture. */
export interface Film {
  readonly name: string;
  /** A JPEG each, 1280×720. */
  readonly frames: readonly Buffer[];
  /** The plate stands upright on it; the cameras of tests rest there for a while, as somebody would who is marking. */
  readonly restFrame: number;
  /** Corners of the plate on it, as a person would drag a box around it. */
  readonly restHeader: { readonly from: Place; readonly to: Place };
  /** Frames by which the plate is judged: those whose truth is known and of which most of the plate is in the picture. */
  readonly judgedFrames: readonly number[];
  /** Frames without the plate. */
  readonly withoutHeader: readonly number[];
  /** How many of the judged frames the highlight lies well on, at least. */
  readonly goodFrames: number;
  /** Centre of the plate; where an edge cuts it, of the whole of it. Only of judged frames, where it was measured by eye. */
  headerAt(frame: number): Place | undefined;
}

const all = Array.from({ length: frameCount }, (_, frame) => frame);
/** From the cut-off of the way back to the rest on: after it nothing can have looked at the first ones yet. */
const inSight = (frame: number): number => shareInPicture(headerBox(frame));

/** The suite's own film, of which everything is known. */
export async function loadOwnFilm(): Promise<Film> {
  const rest = headerBox(restFrame);
  const judgedFrames = all.filter((frame) => frame % 6 === 3 && inSight(frame) > 0.8);
  return {
    name: 'own footage',
    frames: await ownFilm(),
    restFrame,
    restHeader: { from: rest, to: { x: rest.x + rest.width, y: rest.y + rest.height } },
    judgedFrames,
    withoutHeader: all.filter((frame) => inSight(frame) === 0),
    goodFrames: Math.ceil(judgedFrames.length * 0.8),
    headerAt: ownHeaderAt,
  };
}

export function ownHeaderAt(frame: number): Place {
  const { x, y, width, height } = headerBox(frame);
  return { x: x + width / 2, y: y + height / 2 };
}

export { panFrames };
