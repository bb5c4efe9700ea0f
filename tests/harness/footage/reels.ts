// What cameras show, put together of the frames of a film: MJPEG, which Chromium plays again and again.
import { heldFrames, panFrames } from './camera-path.ts';
import type { Film } from './film.ts';

const restFrames = 60;

/** What a reel is made of. */
type Shown = Pick<Film, 'frames' | 'restFrame'>;

/** The frame on which the plate stands upright. */
export const restOf = ({ frames, restFrame }: Shown): Buffer => {
  const rest = frames[restFrame];
  if (!rest) throw new Error('the footage is shorter than expected');
  return rest;
};

/** A camera that somebody holds still: what is drawn on its picture stays where it was drawn. */
export const resting = (film: Shown, frames = restFrames): Buffer =>
  Buffer.concat(Array.from({ length: frames }, () => restOf(film)));

/**
 * The whole footage, from its upright frame on, where it rests first. Each frame is shown `slowness` times: both sides
 * of the call and what watches them share one machine.
 */
export function turning(film: Film, slowness: number): Buffer {
  const { frames, restFrame } = film;
  const way = [...frames.slice(restFrame + 1), ...frames.slice(0, restFrame)];
  const slow = way.flatMap((frame) => Array.from({ length: slowness }, () => frame));
  // It rests longer, too: whoever marks something there is as slow as all the rest.
  return Buffer.concat([resting(film, Math.max(restFrames, 20 * slowness)), ...slow]);
}

/**
 * The suite's own camera rests, goes up and down `swings` times, and then it is covered for `blackFrames`. Each frame of the
 * pan is shown `slowness` times: what is proved on it must not hang on how fast the machine is.
 */
export function panAndCover(
  film: Film,
  black: Buffer,
  { swings, slowness, blackFrames }: { swings: number; slowness: number; blackFrames: number },
): Buffer {
  const forth = film.frames.slice(panFrames.first, panFrames.last + 1);
  const swing = [...forth, ...forth.slice(1, -1).toReversed()];
  const slow = swing.flatMap((frame) => Array.from({ length: slowness }, () => frame));
  const bright = Array.from({ length: swings }, () => slow).flat();
  return Buffer.concat([resting(film), ...bright, ...Array.from({ length: blackFrames }, () => black)]);
}

/** The suite's own camera, held in front of the cabinet by somebody whose hand shakes, forth and back. */
export function handHeld({ frames }: Film): Buffer {
  const forth = frames.slice(heldFrames.first, heldFrames.last + 1);
  return Buffer.concat([...forth, ...forth.slice(1, -1).toReversed()].flatMap((frame) => [frame, frame]));
}
