import { Allowance } from '#domain/tracking/allowance.ts';
import type { TrackMessage, TrackRefusal } from '#domain/tracking/tracking-messages.ts';
import type { HighlightRunner } from './highlight-runner.ts';

export type TrackRequest = Exclude<
  TrackMessage,
  { kind: 'highlights' | 'refused' | 'side' | 'prepare' | 'ready' }
>;

/** Requests that one participant may make. */
const requestRate = { perSecond: 10, burst: 30 };
/** While frames are being matched with their names, a request waits so long for it. */
const namingMs = 800;
const namingStepMs = 40;

export interface RequestDeskOptions {
  /** The runner of a picture that is looked at here. */
  readonly runnerOf: (pictureOf: string) => HighlightRunner | undefined;
  /** In the call, with a link (or this device's own person). */
  readonly present: (participantId: string) => boolean;
  readonly mayTrack: (participantId: string) => boolean;
  /** Time of a frame that the participant named; undefined where it is not known (yet). */
  readonly timeOf: (from: string, pictureOf: string, frame: number) => number | undefined;
  readonly refuse: (to: string, pictureOf: string, id: string, reason: TrackRefusal) => void;
  /** The others' tools over a picture have changed. */
  readonly armedChanged: (pictureOf: string) => void;
  /** Of a clock that does not jump. */
  readonly nowMs: () => number;
}

/** Judges what is asked about the pictures that are looked at here. Whoever asks may have a modified client. */
export class RequestDesk {
  readonly #options: RequestDeskOptions;
  readonly #allowance = new Allowance(requestRate);
  readonly #armedBy = new Map<string, Set<string>>();

  constructor(options: RequestDeskOptions) {
    this.#options = options;
  }

  armed(pictureOf: string): boolean {
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
        return runner.hold(atMs ?? this.#time(from, pictureOf, request.frame));
      case 'start':
        if (!this.#options.mayTrack(from)) return refused('forbidden');
        void this.#start(from, request, runner, atMs).then((reason) => reason && refused(reason));
        return;
      case 'rename':
      case 'remove':
        return this.#change(from, request, runner);
      case 'clear':
        return runner.clear();
    }
  }

  #change(
    from: string,
    request: Extract<TrackRequest, { kind: 'rename' | 'remove' }>,
    runner: HighlightRunner,
  ): void {
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
    let atMs = knownMs ?? this.#time(from, pictureOf, frame);
    for (let waitedMs = 0; atMs === undefined && frame !== undefined && waitedMs < namingMs;) {
      await new Promise((resolve) => setTimeout(resolve, namingStepMs));
      waitedMs += namingStepMs;
      atMs = this.#time(from, pictureOf, frame);
    }
    return runner.start({ id, label, by: from }, box, atMs);
  }

  #time(from: string, pictureOf: string, frame: number | undefined): number | undefined {
    return frame === undefined ? undefined : this.#options.timeOf(from, pictureOf, frame);
  }

  #arm(from: string, pictureOf: string, on: boolean): void {
    const armed = this.#armedBy.get(pictureOf) ?? new Set();
    if (on) armed.add(from);
    else armed.delete(from);
    this.#armedBy.set(pictureOf, armed);
    this.#options.armedChanged(pictureOf);
  }
}
