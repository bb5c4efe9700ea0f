import { cropCells } from './filter/appearance-filter.ts';
import { DeepFeatures } from './deep/deep-features.ts';
import { loadBackbone } from './models/load-backbone.ts';
import type { ModelOutcome, TrackerEngine } from './object-tracker.ts';
import { NanoFollower } from './nano/nano-follower.ts';
import { openNanoNet } from './nano/nano-net.ts';
import { ElementFollower } from './trackers/element-follower.ts';
import { FakeEngine } from './trackers/fake-engine.ts';
import type { MakeFollower } from './trackers/follower.ts';
import { SceneTracker } from './trackers/scene-tracker.ts';

/**
 * `scene`: the shipped one. `scene-without-model`: the same on hand-made features alone. `nanotrack`: the same with a
 * net whose weights the operator provides; without them as `scene-without-model`. `fake`: everything stays where it was
 * started.
 */
export const trackerNames = ['scene', 'scene-without-model', 'nanotrack', 'fake'] as const;
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
  if (name === 'nanotrack') return openNano(modelsUrl);
  const loaded = await loadBackbone(modelsUrl);
  if (!loaded.ok) return { engine: new SceneTracker(), model: loaded };
  const features = new DeepFeatures(loaded.value, cropCells);
  const makeFollower: MakeFollower = (picture, box) => new ElementFollower(picture, box, features);
  return { engine: new SceneTracker({ makeFollower }), model: { ok: true } };
}

async function openNano(modelsUrl: string): Promise<OpenedEngine> {
  const opened = await openNanoNet(modelsUrl);
  if (!opened.ok) return { engine: new SceneTracker(), model: opened };
  const net = opened.value;
  const makeFollower: MakeFollower = (picture, box) => NanoFollower.create(net, picture, box);
  return { engine: new SceneTracker({ makeFollower }), model: { ok: true } };
}
