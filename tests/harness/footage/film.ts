import { frameCount, headerBox, restFrame, shareInPicture, type Place } from './camera-path.ts';
import { ownFilm } from './make-film.ts';

/** Footage of a plate (the 'header') that tests follow, and where the plate is. Places in shares of the picture. */
export interface Film {
  readonly name: string;
  /** A JPEG each; as it was shot, 1280×720. */
  readonly frames: readonly Buffer[];
  /** The plate stands upright on it; the cameras of tests rest there for a while, as somebody would who is marking. */
  readonly restFrame: number;
  /** Corners of the plate on it, as a person would drag a box around it. */
  readonly restHeader: { readonly from: Place; readonly to: Place };
  /** Frames by which a highlight is judged: nearly all of the plate is in the picture, and its place is known. */
  readonly judgedFrames: readonly number[];
  /** So many frames before and after one of these count for it: neighbours may be taken for each other. */
  readonly reach: number;
  /** On how many of these a highlight must lie on the plate. */
  readonly goodFrames: number;
  /** Frames on which a good part of the plate is outside of the picture. */
  readonly cutFrames: readonly number[];
  /** Frames on which nothing of the plate is in the picture. */
  readonly withoutHeader: readonly number[];
  /** Centre of the plate; where an edge of the picture cuts it, of the whole of it. undefined where it is not known. */
  headerAt(frame: number): Place | undefined;
}

const allFrames = Array.from({ length: frameCount }, (_, frame) => frame);
const inPicture = (frame: number): number => shareInPicture(headerBox(frame));

export function ownHeaderAt(frame: number): Place {
  const { x, y, width, height } = headerBox(frame);
  return { x: x + width / 2, y: y + height / 2 };
}

/** The suite's own film, of which everything is known. */
export async function loadOwnFilm(): Promise<Film> {
  const rest = headerBox(restFrame);
  const judgedFrames = allFrames.filter((frame) => frame % 8 === 0 && inPicture(frame) > 0.9);
  return {
    name: 'own footage',
    frames: await ownFilm(),
    restFrame,
    restHeader: { from: rest, to: { x: rest.x + rest.width, y: rest.y + rest.height } },
    judgedFrames,
    reach: 3,
    goodFrames: Math.ceil(judgedFrames.length * 0.8),
    cutFrames: allFrames.filter((frame) => inPicture(frame) <= 0.9),
    withoutHeader: allFrames.filter((frame) => inPicture(frame) === 0),
    headerAt: ownHeaderAt,
  };
}
