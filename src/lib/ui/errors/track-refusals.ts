import { maxHighlights, type TrackRefusal } from '#domain/tracking/tracking-messages.ts';
import { m } from '../messages.ts';

/** Why a highlight was not set, and the way out where there is one. */
interface RefusalSentence {
  sentence: () => string;
  wayOut?: () => string;
}

/** One row per refusal; one without a sentence does not compile. */
const trackRefusalSentences: Record<TrackRefusal, RefusalSentence> = {
  'box-malformed': { sentence: m.track_refused_malformed, wayOut: m.track_refused_malformed_way },
  'box-too-small': { sentence: m.track_refused_small, wayOut: m.track_refused_small_way },
  'box-outside': { sentence: m.track_refused_outside, wayOut: m.track_refused_outside_way },
  'box-whole-picture': { sentence: m.track_refused_whole, wayOut: m.track_refused_whole_way },
  'nothing-to-follow': { sentence: m.track_refused_nothing, wayOut: m.track_refused_nothing_way },
  'too-many-objects': {
    sentence: () => m.track_refused_many({ count: maxHighlights }),
    wayOut: m.track_refused_many_way,
  },
  'frame-gone': { sentence: m.track_refused_gone, wayOut: m.track_refused_gone_way },
  'vision-unavailable': { sentence: m.track_refused_vision, wayOut: m.track_refused_vision_way },
  forbidden: { sentence: m.track_refused_forbidden },
  'too-many-requests': { sentence: m.track_refused_often, wayOut: m.track_refused_often_way },
};

/** Both sentences in the language of the screen, as one text. */
export function trackRefusalText(reason: TrackRefusal): string {
  const { sentence, wayOut } = trackRefusalSentences[reason];
  return wayOut ? `${sentence()} ${wayOut()}` : sentence();
}
