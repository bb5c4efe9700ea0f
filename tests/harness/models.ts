import { join } from 'node:path';
import { hasModels } from '../../signal/fetch-models.mjs';
import { projectRoot } from './data.ts';
import { inCi } from './programs.mjs';

/** Where the set-up puts the weights of models. */
export const modelsDir = join(projectRoot, 'node_modules', '.cache', 'sightline-models');

/** Why a test must skip; undefined when the weights are there, and in CI, where they must be. */
export const modelsSkipReason = (): string | undefined =>
  inCi || hasModels(modelsDir)
    ? undefined
    : 'The weights of the models are not on this machine; `npm test` tries to get them.';
