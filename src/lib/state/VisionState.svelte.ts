import { createSubscriber } from 'svelte/reactivity';
import type { PictureId } from '#domain/picture/picture-id.ts';
import type { CallVision, ShownHighlight } from '../vision/highlights/call-vision.ts';

/** The highlights of the call that this tab is in. What moves at video rate goes past runes, straight to `live`. */
export class VisionState {
  /** Boxes, frames and riding marks: for the render loop. */
  readonly live: CallVision;
  readonly #subscribe: () => void;

  constructor(vision: CallVision) {
    this.live = vision;
    this.#subscribe = createSubscriber((update) => vision.subscribe(update));
  }

  get highlights(): readonly ShownHighlight[] {
    this.#subscribe();
    return this.live.highlights;
  }

  visionOf(picture: PictureId): ReturnType<CallVision['visionOf']> {
    this.#subscribe();
    return this.live.visionOf(picture);
  }
}
