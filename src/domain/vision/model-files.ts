import pins from './model-files.json' with { type: 'json' };

/** What a model's file must be, to the byte. */
export interface ModelFile {
  readonly bytes: number;
  /** Hex. */
  readonly sha256: string;
}

/** Files that come with the installation. Names are paths below the models folder. */
export type InstalledModel = keyof typeof pins.installed;
/** Files that the operator may provide. */
type OptionalModel = keyof typeof pins.optional;
export type ModelName = InstalledModel | OptionalModel;

/** Every file of a model that this version knows, by its name; nothing else is fetched, served or run. */
export const modelFiles: Readonly<Record<ModelName, ModelFile>> = { ...pins.installed, ...pins.optional };

/** The detector's files: the graph first, then its weights in their order. */
export const detectorFiles = [
  'coco-ssd/model.json',
  'coco-ssd/group1-shard1of5',
  'coco-ssd/group1-shard2of5',
  'coco-ssd/group1-shard3of5',
  'coco-ssd/group1-shard4of5',
  'coco-ssd/group1-shard5of5',
] as const satisfies readonly InstalledModel[];

export const trackerFile = 'backbone.f32' as const satisfies InstalledModel;

export const isModelName = (name: string): name is ModelName => Object.hasOwn(modelFiles, name);

/** Marks an address as that of one content, so that it may be kept for good. */
export const contentKey = 'sha256';

/** The file's address, relative to the models folder. */
export const modelAddress = (name: ModelName): string =>
  `${name}?${contentKey}=${modelFiles[name].sha256.slice(0, 16)}`;
