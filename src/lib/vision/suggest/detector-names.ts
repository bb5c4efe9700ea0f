/** `coco-ssd`: the shipped one. `fake`: finds what was recorded, without weights. */
export const detectorNames = ['coco-ssd', 'fake'] as const;
export type DetectorName = (typeof detectorNames)[number];
