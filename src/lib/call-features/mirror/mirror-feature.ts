import FlipHorizontal2 from '@lucide/svelte/icons/flip-horizontal-2';
import type { FeatureCall, FeatureOffer, OpenFeature } from '../../state/call/call-feature.ts';
import { m } from '../../ui/messages.ts';

/** Turns the picture on the stage left to right, for this viewer alone (F60, C20). */
export class MirrorFeature implements OpenFeature {
  readonly #call: FeatureCall;

  constructor(call: FeatureCall) {
    this.#call = call;
  }

  get offers(): readonly FeatureOffer[] {
    const { pictures } = this.#call;
    const { stage } = pictures;
    return [
      {
        id: 'mirror',
        place: 'rail',
        icon: FlipHorizontal2,
        name: m.call_mirror(),
        on: stage?.mirrored ?? false,
        disabled: !stage,
        run: () => {
          if (pictures.stage) pictures.flip(pictures.stage.id);
        },
      },
    ];
  }

  close(): void {
    // How this viewer looks at pictures ends with the call's own pictures.
  }
}
