/**
 * The first layers of coco-ssd's MobileNetV2, batch norm folded in. `npm run` scripts write their numbers one after
 * the other as little-endian floats: for each layer its weights, then its biases (signal/fetch-models.mjs).
 */
export interface BackboneLayer {
  readonly kind: 'first' | 'expand' | 'depthwise' | 'project';
  readonly inputs: number;
  readonly outputs: number;
  readonly stride: 1 | 2;
  /** Adds what went into the block. */
  readonly residual: boolean;
}

type Block = readonly [inputs: number, wide: number, outputs: number, stride: 1 | 2];

const blocks: readonly Block[] = [
  [16, 96, 24, 2],
  [24, 144, 24, 1],
  [24, 144, 32, 2],
  [32, 192, 32, 1],
  [32, 192, 32, 1],
];

const layer = (
  kind: BackboneLayer['kind'],
  inputs: number,
  outputs: number,
  stride: 1 | 2 = 1,
  residual = false,
): BackboneLayer => ({ kind, inputs, outputs, stride, residual });

export const backboneLayers: readonly BackboneLayer[] = [
  layer('first', 27, 32, 2),
  layer('depthwise', 32, 32),
  layer('project', 32, 16),
  ...blocks.flatMap(([inputs, wide, outputs, stride]) => [
    layer('expand', inputs, wide),
    layer('depthwise', wide, wide, stride),
    layer('project', wide, outputs, 1, stride === 1 && inputs === outputs),
  ]),
];

export const weightCount = ({ kind, inputs, outputs }: BackboneLayer): number =>
  kind === 'depthwise' ? 9 * outputs : inputs * outputs;

/** Floats in the file of numbers. */
export const backboneFloats = backboneLayers.reduce((sum, one) => sum + weightCount(one) + one.outputs, 0);
/** Planes that come out, and how many pixels of the input one of their cells stands for. */
export const backboneChannels = 32;
export const backboneStride = 8;
