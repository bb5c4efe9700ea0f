import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Root of the checkout, with a trailing slash. */
export const projectRoot = fileURLToPath(new URL('../..', import.meta.url));

/**
 * Folder with real footage, photos and sequences. It stands beside the project, since its licences forbid passing it on.
 * The suite brings its own (`footage/`); where the folder is, some tests are there for the real ones as well.
 */
export const sharedDataDir = process.env.SHARED_DATA_DIR ?? join(projectRoot, '..', 'shared', 'data');

/** Real hand-held footage, 250 frames of 1280×720, for Chromium's camera. */
export const handheldFootage = join(sharedDataDir, 'footage', 'handheld-board.mjpeg');
