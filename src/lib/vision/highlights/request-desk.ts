import type { PictureId } from '#domain/picture/picture-id.ts';
import { Allowance } from '#domain/protocol/allowance.ts';
import type { TrackMessage, TrackRefusal } from '#domain/tracking/tracking-messages.ts';
import type { HighlightRunner } from './highlight-runner.ts';

export type TrackRequest = Exclude<
  TrackMessage,
  { kind: 'highlights' | 'refused' | 'side' | 'prepare' | 'ready' | 'spotted' }
>;

/** Requests that one participant may make. */
const requestRate = { perSecond: 10, burst: 30 };
/** While frames are being matched with their names, a request waits so long for it. */
const namingMs = 1_200;
const namingStepMs = 40;

export interface RequestDeskOptions {
  /** The runner of a picture that is looked at here. */
  readonly runnerOf: (pictureOf: PictureId) => HighlightRunner | undefined;
  /** In the call, with a link (or this device's own person). */
  readonly present: (participantId: string) => boolean;
  readonly mayTrack: (participantId: string) => boolean;
  /** Time of a frame that the participant named; undefined where it is not known (yet). */
  readonly timeOf: (from: string, pictureOf: PictureId, frame: number) => number | undefined;
  /** Whether that participant's frames are told from each other by now: one whose time is not known is gone. */
  readonly knowsNames: (from: string, pictureOf: PictureId) => boolean;
  readonly refuse: (to: string, pictureOf: PictureId, id: string, reason: TrackRefusal) => void;
  /** The others' tools over a picture have changed. */
  readonly armedChanged: (pictureOf: PictureId) => void;
  /** Of a clock that does not jump. */
  readonly nowMs: () => number;
}

/** Judges what is asked about the pictures that are looked at here. Whoever asks may have a modified client. */
export class RequestDesk {
  readonly #options: RequestDeskOptions;
  readonly #allowance = new Allowance(requestRate);
  readonly #armedBy = new Map<PictureId, Set<string>>();
  /** What was asked for and is not with its runner yet. */
  readonly #starting = new Set<{ readonly id: string; readonly by: string; readonly pictureOf: PictureId }>();
  /** The newest wish to hold a picture's frame, or to let go of it. */
  readonly #holds = new Map<PictureId, object>();

  constructor(options: RequestDeskOptions) {
    this.#options = options;
  }

  armed(pictureOf: PictureId): boolean {
    return (this.#armedBy.get(pictureOf)?.size ?? 0) > 0;
  }

  forget(participantId: string): void {
    this.#allowance.forget(participantId);
    for (const [pictureOf, armed] of this.#armedBy) {
      if (armed.delete(participantId)) this.#options.armedChanged(pictureOf);
    }
  }

  /** @param atMs the frame's time on the picture's clock, for requests of this device's own person */
  handle(from: string, request: TrackRequest, atMs?: number): void {
    const { pictureOf } = request;
    const { refuse, present, runnerOf, nowMs } = this.#options;
    if (!present(from)) return;
    const refused = (reason: TrackRefusal): void => {
      if (request.kind === 'start') refuse(from, pictureOf, request.id, reason);
    };
    if (!this.#allowance.take(from, nowMs())) return refused('too-many-requests');
    const runner = runnerOf(pictureOf);
    if (!runner) return refused('vision-unavailable');
    switch (request.kind) {
      case 'watch':
        return this.#arm(from, pictureOf, request.on);
      case 'hold':
        void this.#hold(from, request, runner, atMs);
        return;
      case 'start':
        if (!this.#options.mayTrack(from)) return refused('forbidden');
        void this.#start(from, request, runner, atMs).then((reason) => reason && refused(reason));
        return;
      case 'rename':
      case 'remove':
        return this.#change(from, request, runner);
      case 'clear':
        for (const one of this.#starting) if (one.pictureOf === pictureOf) this.#starting.delete(one);
        return runner.clear();
    }
  }

  #change(
    from: string,
    request: Extract<TrackRequest, { kind: 'rename' | 'remove' }>,
    runner: HighlightRunner,
  ): void {
    if (request.kind === 'remove') {
      for (const one of this.#starting)
        if (one.id === request.id && one.by === from) this.#starting.delete(one);
      runner.takeBack(request.id, from);
    }
    const highlight = runner.highlights.find(({ id }) => id === request.id);
    if (highlight?.by !== from && !this.#options.mayTrack(from)) return;
    if (request.kind === 'remove') runner.remove(request.id);
    else runner.rename(request.id, request.label);
  }

  async #start(
    from: string,
    { id, label, box, frame, pictureOf }: Extract<TrackRequest, { kind: 'start' }>,
    runner: HighlightRunner,
    knownMs: number | undefined,
  ): Promise<TrackRefusal | undefined> {
    const starting = { id, by: from, pictureOf };
    this.#starting.add(starting);
    const atMs = knownMs ?? (await this.#time(from, pictureOf, frame));
    // Taken back meanwhile.
    if (!this.#starting.delete(starting)) return undefined;
    if (atMs === undefined && frame !== undefined && this.#options.knowsNames(from, pictureOf))
      return 'frame-gone';
    return runner.start({ id, label, by: from }, box, atMs);
  }

  async #hold(
    from: string,
    { pictureOf, frame }: Extract<TrackRequest, { kind: 'hold' }>,
    runner: HighlightRunner,
    knownMs: number | undefined,
  ): Promise<void> {
    const holds = {};
    this.#holds.set(pictureOf, holds);
    const atMs = knownMs ?? (frame === undefined ? undefined : await this.#time(from, pictureOf, frame));
    // Another one may have been asked for meanwhile, or none any more.
    if (this.#holds.get(pictureOf) === holds) runner.hold(atMs);
  }

  /** Waits for a while where names are not told from each other yet. */
  async #time(from: string, pictureOf: PictureId, frame: number | undefined): Promise<number | undefined> {
    if (frame === undefined) return undefined;
    const { timeOf, knowsNames } = this.#options;
    for (let waitedMs = 0; waitedMs < namingMs && !knowsNames(from, pictureOf); waitedMs += namingStepMs) {
      await new Promise((resolve) => setTimeout(resolve, namingStepMs));
    }
    return timeOf(from, pictureOf, frame);
  }

  #arm(from: string, pictureOf: PictureId, on: boolean): void {
    const armed = this.#armedBy.get(pictureOf) ?? new Set();
    if (on) armed.add(from);
    else armed.delete(from);
    this.#armedBy.set(pictureOf, armed);
    this.#options.armedChanged(pictureOf);
  }
}
