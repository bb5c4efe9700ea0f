import Focus from '@lucide/svelte/icons/focus';
import type { FeatureCall, FeatureOffer, OpenFeature } from '../../state/call/call-feature.ts';
import type { CallFactories } from '../../state/call-ports.ts';
import { visionSentence } from '../../ui/call/vision-place.ts';
import { m } from '../../ui/messages.ts';
import { actorName } from '../../ui/screens/session-view.ts';

const tool = 'track';

/** Marking an element that stays marked while the camera moves (F57). */
export class TrackFeature implements OpenFeature {
  readonly #call: FeatureCall;

  constructor(call: FeatureCall) {
    this.#call = call;
  }

  get mayTrack(): boolean {
    return this.#call.session.offers.track;
  }

  get inHand(): boolean {
    return this.#call.hand.key === tool;
  }

  get offers(): readonly FeatureOffer[] {
    const { pictures, vision, hand } = this.#call;
    if (!this.mayTrack || !pictures.stage) return [];
    return [
      {
        id: tool,
        place: 'rail',
        icon: Focus,
        name: m.call_track(),
        on: this.inHand,
        disabled: vision === undefined,
        shortcut: 't',
        run: () => hand.toggle(tool),
      },
    ];
  }

  /** Why the tool in hand does nothing, or who does the work. */
  get note(): string | undefined {
    const { pictures, vision, people } = this.#call;
    const { stage } = pictures;
    if (!this.inHand || !stage || !vision) return undefined;
    const name = stage.own ? undefined : actorName(people.actorOf(stage.participantId));
    return visionSentence(vision.visionOf(stage.id), name);
  }

  /** Suggests elements until the signal; failures are told, nothing is thrown. */
  async suggest(...[video, suggestions, signal]: Parameters<CallFactories['suggest']>): Promise<void> {
    try {
      await this.#call.factories.suggest(video, suggestions, signal);
    } catch (cause) {
      suggestions.onFailure('failed');
      reportError(cause);
    }
  }

  close(): void {
    if (this.inHand) this.#call.hand.layDown();
  }
}
