import type { OpenedEngine, TrackerName } from '../tracker-registry.ts';
import type { RingLimits } from './frame-ring.ts';
import type { PackedFrame } from './packed-frame.ts';
import type { ReadNote, VisionReply, VisionRequest } from './vision-messages.ts';
import { VisionWatch } from './vision-watch.ts';

export interface ReadFrame {
  readonly frame: PackedFrame;
  readonly name: number | undefined;
}

/** What the service needs of where it runs: a worker, or a test. */
export interface ServiceScope<Frame> {
  post(reply: VisionReply): void;
  /** Reads the frame and lets go of it, whatever comes of it; undefined for one that cannot be read. */
  read(frame: Frame, name: number | undefined): Promise<ReadFrame | undefined>;
  discard(frame: Frame): void;
  openEngine(name: TrackerName, modelsUrl: string | undefined): Promise<OpenedEngine>;
  /** For durations. */
  nowMs(): number;
  /** On the wall clock. */
  wallMs(): number;
  breathe(): Promise<void>;
  /** What made it fail, for whoever looks for faults. */
  report(error: unknown): void;
  readonly ring?: Partial<RingLimits>;
  readonly firstFrameMs?: number;
}

/** Frames in a row that cannot be read, after which no others are expected. */
const unreadableFrames = 30;

/** Reading a frame takes several turns: so many without any are the end of what has come, */
const quietTurns = 2;
/** and so long at most is waited for them. */
const letInMs = 50;

/** The worker's side of a vision host: messages in, frames in, messages out. */
export class VisionService<Frame> {
  readonly #scope: ServiceScope<Frame>;
  #watch: VisionWatch | undefined;
  #reader: ReadableStreamDefaultReader<Frame> | undefined;
  /** Counts the times that a source was left: what was read before is not looked at afterwards. */
  #visit = 0;
  #unreadable = 0;
  #readMs = 0;
  /** Frames that are being read now, and were read so far. */
  #reading = 0;
  #readSoFar = 0;
  /** Frames that came by message are read one after another. */
  #read: Promise<void> = Promise.resolve();
  #reads: ReadNote[] = [];
  #taken = 0;
  #reporting = false;

  constructor(scope: ServiceScope<Frame>) {
    this.#scope = scope;
  }

  handle(request: VisionRequest<Frame>): void {
    const scope = this.#scope;
    const watch = this.#watch;
    if (request.kind === 'open') {
      this.#watch = this.#open(request.tracker, request.modelsUrl);
      scope.post({ kind: 'opened' });
    } else if (request.kind === 'stream') {
      void this.#pump(request.stream);
    } else if (request.kind === 'frame') {
      const { frame, name } = request;
      const visit = this.#visit;
      this.#read = this.#read.then(() => this.#take(frame, name, visit));
    } else if (request.kind === 'pause') {
      this.#leave();
    } else if (request.kind === 'new-track') {
      this.#leave();
      watch?.newTrack();
    } else if (request.kind === 'want') {
      watch?.want(request.wants);
    } else if (request.kind === 'hold') {
      watch?.hold(request.timeMs);
    } else if (request.kind === 'unfollow') {
      watch?.unfollow(request.id);
    } else if (request.kind === 'follow') {
      const { call } = request;
      void watch
        ?.follow(request.box, request.timeMs)
        .then((outcome) => scope.post({ kind: 'followed', call, outcome }));
    } else {
      const { call } = request;
      void watch?.poseAt(request.timeMs).then((pose) => scope.post({ kind: 'posed', call, pose }));
    }
  }

  #open(tracker: TrackerName, modelsUrl: string | undefined): VisionWatch {
    const scope = this.#scope;
    return new VisionWatch({
      openEngine: async () => {
        const { engine, model } = await scope.openEngine(tracker, modelsUrl);
        scope.post({ kind: 'model', model });
        return engine;
      },
      onActive: (running) => scope.post({ kind: 'source', running }),
      onLook: (frame, lookMs) => {
        this.#report();
        const workMs = lookMs === undefined ? undefined : lookMs + this.#readMs;
        scope.post({ kind: 'looked', frame, workMs });
      },
      onFailed: (error) => {
        this.#fail();
        scope.report(error);
      },
      nowMs: () => scope.nowMs(),
      breathe: () => this.#letIn(),
      ...(scope.ring && { ring: scope.ring }),
      ...(scope.firstFrameMs !== undefined && { firstFrameMs: scope.firstFrameMs }),
    });
  }

  async #pump(stream: ReadableStream<Frame>): Promise<void> {
    this.#leave();
    const reader = stream.getReader();
    this.#reader = reader;
    const visit = this.#visit;
    try {
      for (;;) {
        const { value, done } = await reader.read();
        if (this.#reader !== reader) {
          if (value !== undefined) this.#scope.discard(value);
          return;
        }
        if (done) break;
        await this.#take(value, undefined, visit);
      }
    } catch {
      // A stream that breaks has ended.
      if (this.#reader !== reader) return;
    }
    this.#reader = undefined;
    this.#scope.post({ kind: 'stream-ended' });
  }

  #leave(): void {
    const reader = this.#reader;
    this.#reader = undefined;
    this.#visit += 1;
    // The stream may have ended or broken already; nothing is left to be done then.
    reader?.cancel().catch(() => undefined);
  }

  async #take(from: Frame, name: number | undefined, visit: number): Promise<void> {
    const scope = this.#scope;
    const beganMs = scope.nowMs();
    const readAtMs = scope.wallMs();
    this.#reading += 1;
    const read = await scope.read(from, name).finally(() => (this.#reading -= 1));
    this.#readSoFar += 1;
    this.#readMs = scope.nowMs() - beganMs;
    this.#unreadable = read ? 0 : this.#unreadable + 1;
    if (this.#unreadable >= unreadableFrames) this.#fail();
    this.#taken += 1;
    this.#reportSoon();
    if (!read || visit !== this.#visit) return;
    const timeMs = read.frame.timestampMs;
    this.#reads.push({ timeMs, readAtMs, ...(read.name !== undefined && { name: read.name }) });
    this.#watch?.take(read.frame, read.name);
  }

  /** Between two pieces of work: all frames that came meanwhile are read. */
  async #letIn(): Promise<void> {
    const scope = this.#scope;
    const untilMs = scope.nowMs() + letInMs;
    for (let quiet = 0; quiet < quietTurns && scope.nowMs() < untilMs;) {
      const before = this.#readSoFar;
      await scope.breathe();
      quiet = this.#reading > 0 || this.#readSoFar !== before ? 0 : quiet + 1;
    }
  }

  /** After what is being done: the reads of a busy time come together. */
  #reportSoon(): void {
    if (this.#reporting) return;
    this.#reporting = true;
    void this.#scope.breathe().then(() => {
      this.#reporting = false;
      this.#report();
    });
  }

  #report(): void {
    if (this.#taken === 0) return;
    const reads = this.#reads;
    const taken = this.#taken;
    this.#reads = [];
    this.#taken = 0;
    this.#scope.post({ kind: 'reads', reads, taken });
  }

  #fail(): void {
    this.#watch?.stop();
    this.#watch = undefined;
    this.#leave();
    this.#scope.post({ kind: 'failed' });
  }
}
