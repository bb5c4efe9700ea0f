import { cropCells } from './filter/appearance-filter.ts';
import { DeepFeatures } from './deep/deep-features.ts';
import { loadBackbone } from './models/load-backbone.ts';
import type { ModelOutcome, TrackerEngine } from './object-tracker.ts';
import { FakeEngine } from './trackers/fake-engine.ts';
import { SceneTracker } from './trackers/scene-tracker.ts';

/**
 * `scene`: the shipped one. `scene-without-model`: the same on hand-made features alone. `fake`: everything stays
 * where it was started.
 */
export const trackerNames = ['scene', 'scene-without-model', 'fake'] as const;
export type TrackerName = (typeof trackerNames)[number];

export const isTrackerName = (value: unknown): value is TrackerName =>
  (trackerNames as readonly unknown[]).includes(value);

export interface OpenedEngine {
  readonly engine: TrackerEngine;
  /** undefined for a tracker that wants none */
  readonly model: ModelOutcome | undefined;
}

/** @param modelsUrl where this installation serves its models, with a slash at the end; undefined for nowhere */
export async function openEngine(name: TrackerName, modelsUrl: string | undefined): Promise<OpenedEngine> {
  if (name === 'fake') return { engine: new FakeEngine(), model: undefined };
  if (name === 'scene-without-model') return { engine: new SceneTracker(), model: undefined };
  if (modelsUrl === undefined) return { engine: new SceneTracker(), model: { ok: false, reason: 'missing' } };
  const loaded = await loadBackbone(modelsUrl);
  if (!loaded.ok) return { engine: new SceneTracker(), model: loaded };
  const features = new DeepFeatures(loaded.value, cropCells);
  return { engine: new SceneTracker({ features }), model: { ok: true } };
}
