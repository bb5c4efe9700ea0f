import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Box } from '#domain/tracking/box.ts';

export interface Sequence {
  readonly name: string;
  readonly folder: string;
  /** Files of the frames, in order. */
  readonly images: readonly string[];
  /** One for each image; undefined where the element cannot be seen. */
  readonly truth: readonly (Box | undefined)[];
}

/** x, y, width, height, separated by commas, tabs or blanks; `nan` where there is nothing to see. */
function parseTruth(text: string): (Box | undefined)[] {
  return text
    .trim()
    .split(/\r?\n/)
    .map((line, i) => {
      const numbers = line.trim().split(/[,\s]+/);
      if (numbers.every((one) => /^nan$/i.test(one))) return undefined;
      const [x, y, width, height] = numbers.map(Number);
      if (x === undefined || y === undefined || width === undefined || height === undefined) {
        throw new Error(`line ${i + 1} has no four numbers`);
      }
      if (![x, y, width, height].every(Number.isFinite)) throw new Error(`line ${i + 1} is no box`);
      return { x, y, width, height };
    });
}

/** Every folder with `img` and `groundtruth_rect.txt`; frames without truth at the end are left out. */
export function readSequences(data: string, maxFrames: number): Sequence[] {
  return readdirSync(data, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() || entry.isSymbolicLink())
    .map(({ name }) => ({ name, folder: join(data, name) }))
    .filter(
      ({ folder }) => existsSync(join(folder, 'img')) && existsSync(join(folder, 'groundtruth_rect.txt')),
    )
    .sort((a, b) => a.name.localeCompare(b.name))
    .map(({ name, folder }) => {
      const images = readdirSync(join(folder, 'img'))
        .filter((file) => /\.(jpe?g|png)$/i.test(file))
        .sort();
      const truth = parseTruth(readFileSync(join(folder, 'groundtruth_rect.txt'), 'utf8'));
      const count = Math.min(images.length, truth.length, maxFrames);
      return { name, folder, images: images.slice(0, count), truth: truth.slice(0, count) };
    })
    .filter(({ truth }) => truth[0] !== undefined && truth.length > 1);
}
