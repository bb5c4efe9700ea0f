import type { PackedFrame } from './packed-frame.ts';
import type { LookReply, LookRequest, ReadNote, VisionReply, VisionRequest } from './vision-messages.ts';

export interface ReadFrame {
  readonly frame: PackedFrame;
  readonly name: number | undefined;
}

interface TimedFrame {
  readonly timeMs: number;
  readonly name?: number;
}

/** What the reader needs of where it runs: a worker, or a test. */
export interface ReaderScope<Frame> {
  /** To the page. */
  post(reply: VisionReply): void;
  /** To whoever looks at the frames; their bytes are given away. */
  ask(request: LookRequest): void;
  /** Reads the frame and lets go of it, whatever comes of it; undefined for one that cannot be read. */
  read(frame: Frame, name: number | undefined): Promise<ReadFrame | undefined>;
  /** When a frame was taken, on its source's clock, and its name. */
  timed(frame: Frame, name: number | undefined): TimedFrame;
  /** Lets go of it. */
  discard(frame: Frame): void;
  /** On the wall clock. */
  wallMs(): number;
  breathe(): Promise<void>;
}

/** While frames are wanted for their times, so many milliseconds apart are those that are kept. */
const sparseMs = 90;
/** Frames in a row that cannot be read, after which no others are expected. */
const unreadableFrames = 30;
/** Frames that wait to be looked at, two and a half seconds of them; further ones are passed over. */
const mostWaiting = 75;

/**
 * Reads the frames of one source while others are being looked at elsewhere: browsers keep one or two frames for a
 * reader that is busy, and a mark may be made on any of them. All requests of the page come through here, each behind
 * the frames that came before it.
 */
export class FrameReader<Frame> {
  readonly #scope: ReaderScope<Frame>;
  #reader: ReadableStreamDefaultReader<Frame> | undefined;
  /** Counts the times that a source was left: what was read before is not looked at afterwards. */
  #visit = 0;
  #unreadable = 0;
  /** Frames that were sent to be looked at and were not let in yet. */
  #waiting = 0;
  /** Frames are wanted for their times. */
  #clock = false;
  /** All frames are wanted, to be looked at. */
  #looks = false;
  /** Of the frame that was read last. */
  #lastMs = Number.NEGATIVE_INFINITY;
  #running = false;
  /** Frames that came by message are read one after another. */
  #read: Promise<void> = Promise.resolve();
  /** Frames that came so far, and how many of them were read; they are read in their order. */
  #came = 0;
  #done = 0;
  /** Requests, each behind so many frames. */
  readonly #behind: { readonly frames: number; readonly request: LookRequest }[] = [];
  #reads: ReadNote[] = [];
  #taken = 0;
  #reporting = false;
  #failed = false;

  constructor(scope: ReaderScope<Frame>) {
    this.#scope = scope;
  }

  /** From the page. */
  handle(request: VisionRequest<Frame>): void {
    const scope = this.#scope;
    if (request.kind === 'stream') {
      void this.#pump(request.stream);
    } else if (request.kind === 'frame') {
      const { frame, name } = request;
      const visit = this.#visit;
      this.#came += 1;
      this.#read = this.#read.then(() => this.#take(frame, name, visit));
    } else if (request.kind === 'pause') {
      this.#leave();
    } else {
      if (request.kind === 'new-track') this.#leave();
      if (request.kind === 'want') {
        const { clock, follow } = request.wants;
        this.#clock = clock === true || follow === 'seldom';
      }
      this.#behind.push({ frames: this.#came, request });
      this.#goOn();
      if (request.kind === 'open') scope.post({ kind: 'opened' });
      this.#settle();
    }
  }

  /** From whoever looks. */
  looked(reply: LookReply): void {
    if (reply.kind === 'let-in') this.#waiting -= 1;
    else if (reply.kind === 'active') {
      this.#looks = reply.active;
      this.#settle();
    } else if (reply.kind === 'failed') this.fail();
    else this.#scope.post(reply);
  }

  /** It does nothing more. */
  fail(): void {
    if (this.#failed) return;
    this.#failed = true;
    this.#leave();
    this.#scope.post({ kind: 'failed' });
  }

  #settle(): void {
    const running = this.#clock || this.#looks;
    if (running === this.#running) return;
    this.#running = running;
    this.#scope.post({ kind: 'source', running });
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
        this.#came += 1;
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
    try {
      await this.#readOne(from, name, visit);
    } finally {
      this.#done += 1;
      this.#goOn();
    }
  }

  async #readOne(from: Frame, name: number | undefined, visit: number): Promise<void> {
    const scope = this.#scope;
    const readAtMs = scope.wallMs();
    const seen = scope.timed(from, name);
    const wanted = this.#waiting < mostWaiting && (this.#looks || this.#isDue(seen.timeMs));
    const read = wanted ? await scope.read(from, name) : undefined;
    if (!wanted) scope.discard(from);
    this.#taken += 1;
    this.#reportSoon();
    const failed = wanted && !read;
    this.#unreadable = failed ? this.#unreadable + 1 : 0;
    if (this.#unreadable >= unreadableFrames) this.fail();
    if (failed || visit !== this.#visit) return;
    this.#reads.push({ readAtMs, ...seen });
    if (!read) return;
    this.#lastMs = seen.timeMs;
    this.#waiting += 1;
    scope.ask({ kind: 'take', ...read });
  }

  /** The clock of another source may be behind. */
  #isDue(timeMs: number): boolean {
    return Math.abs(timeMs - this.#lastMs) >= sparseMs;
  }

  #goOn(): void {
    while ((this.#behind[0]?.frames ?? Number.POSITIVE_INFINITY) <= this.#done) {
      const next = this.#behind.shift();
      if (next) this.#scope.ask(next.request);
    }
  }

  /** Frames that come together are told together. */
  #reportSoon(): void {
    if (this.#reporting) return;
    this.#reporting = true;
    void this.#scope.breathe().then(() => {
      this.#reporting = false;
      this.#report();
    });
  }

  #report(): void {
    if (this.#taken === 0 && this.#reads.length === 0) return;
    const reads = this.#reads;
    const taken = this.#taken;
    this.#reads = [];
    this.#taken = 0;
    this.#scope.post({ kind: 'reads', reads, taken });
  }
}
