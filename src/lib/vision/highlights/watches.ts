import { pictureId, type PictureId } from '#domain/picture/picture-id.ts';
import type { Highlight } from '#domain/tracking/tracking-messages.ts';
import type { OpenVisionHost, VisionWants } from '../host/vision-host.ts';
import { HighlightRunner, type RunFrame, type TrackedPart } from './highlight-runner.ts';
import { LinkTime } from './link-time.ts';
import type { PathBox } from './picture-path.ts';
import { TakeOver, type ToldFrame } from './take-over.ts';

export interface WatchesOptions {
  readonly openHost: OpenVisionHost;
  readonly nowMs: () => number;
  readonly selfId: () => string;
  /** The camera's track of a picture, as it stands now. */
  readonly trackOf: (pictureOf: PictureId) => MediaStreamTrack | null;
  /** What is wanted of a picture that this side looks at. */
  readonly wantsOf: (pictureOf: PictureId) => VisionWants;
  /** Whether it is this side's word that counts about a picture; it may only be getting ready. */
  readonly looksAt: (pictureOf: PictureId) => boolean;
  readonly onFrame: (pictureOf: PictureId, frame: RunFrame) => void;
  /** A frame of the own picture, at which another side looks: what is borne in mind here was looked for in it. */
  readonly onGlimpse: (frame: RunFrame) => void;
  /** The highlights of a picture that this side looks at have changed. */
  readonly onListed: (pictureOf: PictureId, list: readonly Highlight[]) => void;
  readonly onPart: (pictureOf: PictureId, part: TrackedPart) => void;
  /** A frame of the own camera was read. */
  readonly onOwnRead: (timeMs: number, readAtMs: number) => void;
  readonly onUnable: (pictureOf: PictureId) => void;
  /** Everything on a picture that its own side still looks at is followed here, too. */
  readonly onReady: (pictureOf: PictureId) => void;
}

/** The pictures that this side looks at, or is getting ready to. */
export class Watches {
  readonly #options: WatchesOptions;
  readonly #runners = new Map<PictureId, HighlightRunner>();
  readonly #takeOvers = new Map<PictureId, TakeOver>();

  constructor(options: WatchesOptions) {
    this.#options = options;
  }

  /** Of a picture that this side looks at, or is getting ready to. */
  of(pictureOf: PictureId): HighlightRunner | undefined {
    return this.#runners.get(pictureOf);
  }

  /** Those that others take this side's word for. */
  get told(): [pictureOf: PictureId, runner: HighlightRunner][] {
    return [...this.#runners].filter(([pictureOf]) => this.#options.looksAt(pictureOf));
  }

  /** Begins to look, if it does not yet. */
  begin(pictureOf: PictureId): HighlightRunner {
    return this.#runners.get(pictureOf) ?? this.#run(pictureOf);
  }

  /** The picture's own side is too slow: it goes on until this one has all highlights, too. */
  prepare(pictureOf: PictureId): void {
    if (this.#takeOvers.has(pictureOf)) return;
    const { onReady, nowMs } = this.#options;
    this.#takeOvers.set(pictureOf, new TakeOver(this.begin(pictureOf), () => onReady(pictureOf), nowMs));
    this.want(pictureOf);
  }

  /** What the side that still looks has seen, where this one is getting ready. */
  hear(pictureOf: PictureId, frame: ToldFrame): void {
    void this.#takeOvers.get(pictureOf)?.see(frame);
  }

  /** This side looks from now on: what it has not got yet goes on from where it was seen last. */
  takeOver(
    pictureOf: PictureId,
    seen: readonly { readonly highlight: Highlight; readonly at: PathBox | undefined }[],
  ): void {
    this.#takeOvers.delete(pictureOf);
    void this.begin(pictureOf).goOn(seen);
    this.want(pictureOf);
  }

  /** Another side looks at the own picture from now on: what is known of its highlights is borne in mind here. */
  bearInMind(pictureOf: PictureId): void {
    const runner = this.#runners.get(pictureOf);
    if (!runner?.highlights.some(({ id }) => runner.follows(id))) return this.end(pictureOf);
    runner.bearInMind();
  }

  /** Looks no longer; what was seen so far is kept, where it was this side that looked. */
  end(pictureOf: PictureId): void {
    this.#runners.get(pictureOf)?.close();
    this.#runners.delete(pictureOf);
    this.#takeOvers.delete(pictureOf);
  }

  want(pictureOf: PictureId): void {
    const wants = this.#options.wantsOf(pictureOf);
    const frames = wants.frames || this.#takeOvers.has(pictureOf);
    this.#runners.get(pictureOf)?.want({ ...wants, frames });
  }

  close(): void {
    for (const pictureOf of [...this.#runners.keys()]) this.end(pictureOf);
  }

  #run(pictureOf: PictureId): HighlightRunner {
    const { openHost, onFrame, onGlimpse, onListed, onPart, onOwnRead, onUnable, looksAt, selfId } =
      this.#options;
    const own = pictureOf === pictureId(selfId());
    const runner = new HighlightRunner({
      openHost,
      wallMs: Date.now,
      onFrame: (frame) => {
        if (looksAt(pictureOf)) onFrame(pictureOf, frame);
        else if (own) onGlimpse(frame);
      },
      onChange: () => {
        if (looksAt(pictureOf)) onListed(pictureOf, runner.highlights);
      },
      onPart: (part) => {
        if (looksAt(pictureOf)) onPart(pictureOf, part);
      },
      onUnable: () => {
        if (!looksAt(pictureOf)) this.end(pictureOf);
        onUnable(pictureOf);
      },
      ...(own ? { onRead: onOwnRead } : { nameOf: (timeMs: number) => LinkTime.nameOf(timeMs) }),
    });
    this.#runners.set(pictureOf, runner);
    runner.setTrack(this.#options.trackOf(pictureOf));
    this.want(pictureOf);
    return runner;
  }
}
