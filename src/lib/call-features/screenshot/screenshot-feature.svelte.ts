import Camera from '@lucide/svelte/icons/camera';
import type { FeatureCall, FeatureOffer, OpenFeature } from '../../state/call/call-feature.ts';
import { m } from '../../ui/messages.ts';

/** A still of the picture on the stage, kept in the session for both (F50). */
export class ScreenshotFeature implements OpenFeature {
  readonly #call: FeatureCall;
  #busy = $state(false);

  constructor(call: FeatureCall) {
    this.#call = call;
  }

  get offers(): readonly FeatureOffer[] {
    return [
      {
        id: 'screenshot',
        place: 'bar',
        icon: Camera,
        name: m.call_screenshot(),
        label: m.call_screenshot_short(),
        disabled: this.#busy || !this.#call.pictures.stage,
        shortcut: 's',
        run: () => void this.take(),
      },
    ];
  }

  /** One at a time: a second press while one is taken does nothing. */
  async take(): Promise<void> {
    const { pictures, snapshot, factories, session, callId } = this.#call;
    const { stage } = pictures;
    const source = (stage?.own && snapshot.own.cameraTrack) || pictures.video(stage?.id);
    if (!stage || !source || this.#busy) return;
    this.#busy = true;
    try {
      const { blob, width, height } = await factories.grabFrame(source);
      const taken = await session.takeScreenshot({
        bytes: blob,
        mediaType: 'image/jpeg',
        width,
        height,
        callId,
        picture: stage.id,
      });
      if (!taken.ok) this.#call.fail(taken.reason);
    } catch (cause) {
      this.#call.fail('media-unsupported');
      reportError(cause);
    } finally {
      this.#busy = false;
    }
  }

  close(): void {
    // One that is being taken is still kept: it belongs to the session.
  }
}
