import type { TrackMessageOf } from '#domain/tracking/tracking-messages.ts';
import { initialSide, isWorthTheChange, nextSide, withoutViewer } from '#domain/tracking/vision-side.ts';
import type { PictureVision } from './call-vision.ts';
import type { VisionParticipant } from './vision-link.ts';

export interface SideKeeperOptions {
  /** What everybody has been told. */
  readonly told: () => PictureVision;
  /** Somebody is to get ready, while this side goes on looking. */
  readonly prepare: (viewer: string) => void;
  /** Tells everybody. */
  readonly change: (vision: Pick<TrackMessageOf<'side'>, 'side' | 'viewer'>) => void;
}

/** Decides for the own picture which side looks at it, as what is known of the devices changes. */
export class SideKeeper {
  readonly #options: SideKeeperOptions;
  #state = initialSide;
  #able = true;
  /** Median time of a frame on this device. */
  #frameMs: number | undefined;
  /** The viewer who gets ready to look. */
  #handingTo: string | undefined;

  constructor(options: SideKeeperOptions) {
    this.#options = options;
  }

  /** This device cannot look at its own picture. */
  cannot(): void {
    this.#able = false;
  }

  /** The viewer says that its device cannot either. */
  viewerCannot(viewer: string): void {
    if (viewer === this.#state.viewer) this.#state = withoutViewer(this.#state, viewer);
  }

  /**
   * The viewer who was asked to get ready is.
   * @param frameMs median time of a frame there; undefined when it is not known
   */
  viewerReady(viewer: string, frameMs: number | undefined): void {
    if (viewer !== this.#handingTo) return;
    if (isWorthTheChange(this.#frameMs, frameMs)) return this.#change();
    // It is asked no more, and told with everybody else that this side goes on: it stops getting ready.
    this.#state = { ...withoutViewer(this.#state, viewer), side: 'camera', viewer: undefined, given: false };
    this.#change();
  }

  /** Somebody's link is up, maybe again: what they were told before may be lost. */
  linked(participantId: string): void {
    if (participantId === this.#handingTo) this.#options.prepare(participantId);
  }

  /** @param frameMs median time of a frame on this device; undefined while nothing is followed here */
  judge(others: readonly VisionParticipant[], frameMs: number | undefined, atMs: number): void {
    const before = this.#state;
    this.#frameMs = frameMs;
    const able = others.filter(
      ({ participantId, linked, mayTrack }) => linked && mayTrack && !before.unable.includes(participantId),
    );
    const kept = able.find(({ participantId }) => participantId === before.viewer);
    const free = (kept ?? able[0])?.participantId;
    this.#state = nextSide(before, { atMs, able: this.#able, frameMs, viewer: free });
    const { side, viewer } = this.#state;
    const asBefore = side === before.side && viewer === before.viewer;
    // A device that fails while somebody gets ready waits for nobody.
    if (asBefore && (this.#handingTo === undefined || this.#able)) return;
    const gently = this.#able && this.#options.told().side === 'camera';
    this.#handingTo = side === 'viewer' && gently ? viewer : undefined;
    if (this.#handingTo === undefined) this.#change();
    else this.#options.prepare(this.#handingTo);
  }

  #change(): void {
    this.#handingTo = undefined;
    const { side, viewer } = this.#state;
    this.#options.change({ side, viewer });
  }
}
