import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { handheldFootage } from '../data.ts';
import type { Place } from './camera-path.ts';
import type { Film } from './film.ts';
import { splitMjpeg } from './mjpeg.ts';

/**
 * Centre of the sign's header ('Indego … 13th & MONTGOMERY') by frame (from 0), measured by eye on the frames. Where the
 * header is cut by the upper edge it is the centre of the whole header.
 */
const headerCentres: ReadonlyMap<number, Place> = new Map([
  [12, { x: 0.494, y: 0.141 }],
  [22, { x: 0.393, y: 0.179 }],
  [32, { x: 0.329, y: 0.135 }],
  [42, { x: 0.292, y: 0.143 }],
  [51, { x: 0.394, y: 0.246 }],
  [70, { x: 0.526, y: 0.186 }],
  [80, { x: 0.529, y: 0.331 }],
  [115, { x: 0.422, y: 0.087 }],
  [126, { x: 0.329, y: 0.107 }],
  [136, { x: 0.307, y: 0.145 }],
]);

/** Whether the real footage is on this machine: its licence forbids passing it on with the project. */
export const hasBoardFilm = existsSync(handheldFootage);

/** Real footage of a sign in a street, filmed by hand, turning and tilting. */
export async function loadBoardFilm(): Promise<Film> {
  return {
    name: 'real footage',
    frames: splitMjpeg(await readFile(handheldFootage)),
    restFrame: 68,
    restHeader: { from: { x: 0.378, y: 0.118 }, to: { x: 0.688, y: 0.25 } },
    judgedFrames: [...headerCentres.keys()],
    reach: 1,
    goodFrames: 8,
    cutFrames: [],
    withoutHeader: [],
    headerAt: (frame) => headerCentres.get(frame),
  };
}
