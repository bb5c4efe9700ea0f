import type { TrackMessageOf } from '#domain/tracking/tracking-messages.ts';
import { initialSide, nextSide, withoutViewer } from '#domain/tracking/vision-side.ts';
import type { VisionParticipant } from './vision-link.ts';

/** Decides for the own picture which side looks at it, as what is known of the devices changes. */
export class SideKeeper {
  #state = initialSide;
  #able = true;

  get viewer(): string | undefined {
    return this.#state.viewer;
  }

  /** This device cannot look at its own picture. */
  cannot(): void {
    this.#able = false;
  }

  /** The viewer says that its device cannot either. */
  viewerCannot(viewer: string): void {
    this.#state = withoutViewer(this.#state, viewer);
  }

  /**
   * Whether the side has changed.
   * @param frameMs median time of a frame on this device; undefined while nothing is followed here
   */
  judge(others: readonly VisionParticipant[], frameMs: number | undefined, atMs: number): boolean {
    const before = this.#state;
    const able = others.filter(
      ({ participantId, linked, mayTrack }) => linked && mayTrack && !before.unable.includes(participantId),
    );
    const kept = able.find(({ participantId }) => participantId === before.viewer);
    const viewer = (kept ?? able[0])?.participantId;
    this.#state = nextSide(before, { atMs, able: this.#able, frameMs, viewer });
    return this.#state.side !== before.side || this.#state.viewer !== before.viewer;
  }

  message(pictureOf: string): TrackMessageOf<'side'> {
    const { side, viewer } = this.#state;
    return { kind: 'side', pictureOf, side, ...(viewer !== undefined && { viewer }) };
  }
}
