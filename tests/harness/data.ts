import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { inCi } from './programs.mjs';

/** Root of the checkout, with a trailing slash. */
export const projectRoot = fileURLToPath(new URL('../..', import.meta.url));

/** Folder with footage, photos and sequences. It stands beside the project, since its licences forbid passing it on. */
export const sharedDataDir = process.env.SHARED_DATA_DIR ?? join(projectRoot, '..', 'shared', 'data');

/** Real hand-held footage, 250 frames of 1280×720, for Chromium's camera. */
export const handheldFootage = join(sharedDataDir, 'footage', 'handheld-board.mjpeg');

/**
 * @param path a file or folder below `sharedDataDir`
 * @returns why a test that needs it must skip; undefined when it is there, and in CI, where it must be
 */
export function dataSkipReason(path: string = sharedDataDir): string | undefined {
  if (inCi || existsSync(path)) return undefined;
  return `The test data is not on this machine (${path}).`;
}
