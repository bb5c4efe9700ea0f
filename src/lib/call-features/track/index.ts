import { liveKinds } from '#domain/protocol/live-kinds.ts';
import { trackTopic } from '#domain/tracking/tracking-messages.ts';
import type { CallFeature } from '../../state/call/call-feature.ts';
import PictureHighlights from './PictureHighlights.svelte';
import { TrackFeature } from './track-feature.svelte.ts';
import TrackNote from './TrackNote.svelte';

export const track: CallFeature = {
  key: 'track',
  // Read by what follows elements (`lib/vision`), which marks and pictures need as well.
  topics: [trackTopic],
  live: [liveKinds.tracking],
  open: (call) => new TrackFeature(call),
  layer: PictureHighlights,
  plates: { topLeft: TrackNote },
};
