import type { Result } from '#domain/result.ts';
import { trackerFile } from '#domain/vision/model-files.ts';
import { Backbone } from '../deep/backbone.ts';
import { cropSide } from '../filter/appearance-filter.ts';
import type { ModelRefusal } from '../object-tracker.ts';
import { readModel } from './read-model.ts';

/**
 * The detector's first layers from this installation's own models folder.
 * @param modelsUrl absolute, with a slash at the end
 */
export async function loadBackbone(modelsUrl: string): Promise<Result<Backbone, ModelRefusal>> {
  const read = await readModel(modelsUrl, trackerFile);
  if (!read.ok) return read;
  const backbone = Backbone.create(new Float32Array(read.value), cropSide);
  return backbone ? { ok: true, value: backbone } : { ok: false, reason: 'unsupported' };
}
