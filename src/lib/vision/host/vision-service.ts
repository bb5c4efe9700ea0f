import type { OpenedEngine, TrackerName } from '../tracker-registry.ts';
import type { RingLimits } from './frame-ring.ts';
import type { LookReply, LookRequest } from './vision-messages.ts';
import { VisionWatch } from './vision-watch.ts';

/** What the service needs of where it runs: a worker, or a test. */
export interface ServiceScope {
  post(reply: LookReply): void;
  openEngine(name: TrackerName, modelsUrl: string | undefined): Promise<OpenedEngine>;
  /** For durations. */
  nowMs(): number;
  breathe(): Promise<void>;
  /** What made it fail, for whoever looks for faults. */
  report(error: unknown): void;
  readonly ring?: Partial<RingLimits>;
  readonly firstFrameMs?: number;
}

/** So many turns without a frame are the end of what has come, */
const quietTurns = 2;
/** and so long at most are frames let in. */
const letInMs = 50;

/** Looks at the frames that were read: messages and frames in, messages out. */
export class VisionService {
  readonly #scope: ServiceScope;
  #watch: VisionWatch | undefined;
  /** Frames that came in so far. */
  #came = 0;

  constructor(scope: ServiceScope) {
    this.#scope = scope;
  }

  handle(request: LookRequest): void {
    const scope = this.#scope;
    const watch = this.#watch;
    if (request.kind === 'open') {
      this.#watch = this.#open(request.tracker, request.modelsUrl);
    } else if (request.kind === 'take') {
      this.#came += 1;
      watch?.take(request.frame, request.name);
      scope.post({ kind: 'let-in' });
    } else if (request.kind === 'new-track') {
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
      onActive: (active) => scope.post({ kind: 'active', active }),
      onLook: (frame, workMs) => scope.post({ kind: 'looked', frame, workMs }),
      onFailed: (error) => {
        this.#watch = undefined;
        scope.post({ kind: 'failed' });
        scope.report(error);
      },
      nowMs: () => scope.nowMs(),
      breathe: () => this.#letIn(),
      ...(scope.ring && { ring: scope.ring }),
      ...(scope.firstFrameMs !== undefined && { firstFrameMs: scope.firstFrameMs }),
    });
  }

  /** Between two pieces of work: all frames that were read meanwhile come in. */
  async #letIn(): Promise<void> {
    const scope = this.#scope;
    const untilMs = scope.nowMs() + letInMs;
    for (let quiet = 0; quiet < quietTurns && scope.nowMs() < untilMs;) {
      const before = this.#came;
      await scope.breathe();
      quiet = this.#came === before ? quiet + 1 : 0;
    }
  }
}
