import { liveKinds } from '#domain/protocol/live-kinds.ts';
import type { CallFeature } from '../../state/call/call-feature.ts';
import { DrawFeature } from './draw-feature.svelte.ts';
import PictureMarks from './PictureMarks.svelte';

export const draw: CallFeature = {
  key: 'draw',
  topics: [],
  live: [liveKinds.stroke],
  open: (call) => new DrawFeature(call),
  layer: PictureMarks,
};
