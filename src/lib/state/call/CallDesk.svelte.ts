import type { ErrorCode } from '#domain/error-codes.ts';
import { ok, refuse } from '#domain/result.ts';
import type { CallMode } from '#domain/session/events.ts';
import type { Person } from '#domain/session/subject.ts';
import type { CallFactories } from '../call-ports.ts';
import type { Outcome } from '../outcome.ts';
import type { KeptCall, SessionState } from '../SessionState.svelte.ts';
import type { CallMemory, RememberedCall } from './call-memory.ts';
import { mediaMode } from './media-mode.ts';
import { RunningCall } from './RunningCall.svelte.ts';

export interface CallDeskOptions {
  readonly factories: CallFactories;
  readonly session: (id: string) => SessionState;
  /** Undefined while nobody is signed in. */
  readonly self: () => Person | undefined;
  readonly memory: CallMemory;
}

/** What the person has pressed, and the log does not tell yet. */
export type CallDoing = 'starting' | 'answering' | 'joining' | 'leaving';

/** How the devices begin. */
interface Beginning {
  readonly mode: CallMode;
  /** Without a microphone: the camera alone. */
  readonly cameraOnly?: boolean;
  /** After a reload. */
  readonly again?: boolean;
}

/**
 * The one call that this tab can be in, from START to hang-up. Pages come and go; who wants to start, answer, join or
 * leave asks here, and what was asked for is told from the first moment on, so that nothing is offered twice.
 *
 *   press → command kept on this device → window on the screen → relay's word → devices and link
 *                     └ refused: told      └ `current`            └ refused: told, and the window closes
 */
export class CallDesk {
  readonly #options: CallDeskOptions;
  #current = $state.raw<RunningCall>();
  #doing = $state.raw<{ sessionId: string; what: CallDoing; done: Promise<Outcome> }>();
  #refused = $state.raw<{ sessionId: string; reason: ErrorCode }>();
  readonly #failed = new Set<(reason: ErrorCode) => void>();
  /** Grows with everything that ends a call, or another's coming to be. */
  #turn = 0;
  #stopWatching: (() => void) | undefined;
  /** Of the call that was hung up last: the relay may not have heard of it. */
  #leftLast: SessionState | undefined;

  constructor(options: CallDeskOptions) {
    this.#options = options;
  }

  /** The call that this tab is in; its window can be shown. */
  get current(): RunningCall | undefined {
    return this.#current;
  }

  /** What was pressed for this session a moment ago. */
  doing(sessionId: string): CallDoing | undefined {
    return this.#doing?.sessionId === sessionId ? this.#doing.what : undefined;
  }

  /** Why the last try for this session came to nothing; until the next one. */
  refusalOf(sessionId: string): ErrorCode | undefined {
    return this.#refused?.sessionId === sessionId ? this.#refused.reason : undefined;
  }

  /** Refusals inside of a running call, on whatever page. */
  onFailed(listener: (reason: ErrorCode) => void): () => void {
    this.#failed.add(listener);
    return () => this.#failed.delete(listener);
  }

  /** A call is likely soon: START is on the screen, or it rings. */
  warm(): void {
    void this.#options.factories.warm();
  }

  /** Rings the other side. Resolves when the command is kept and the window can be shown. */
  start(sessionId: string, mode?: CallMode): Promise<Outcome> {
    return this.#press(sessionId, 'starting', (session) => session.beginCall(mode));
  }

  /** Answers the call that rings, or joins the one that runs. */
  answer(sessionId: string, mode?: CallMode): Promise<Outcome> {
    return this.#press(sessionId, 'answering', (session) => session.beginAnswer(mode));
  }

  /** Enters a call in which this person has a place already: after a reload, or from another device. */
  join(sessionId: string): Promise<Outcome> {
    return this.#press(sessionId, 'joining', async (session) => {
      const { call, ownLeg } = session;
      return call && ownLeg
        ? ok({ callId: call.id, mode: ownLeg.mode, judged: Promise.resolve(ok(undefined)) })
        : refuse('no-call');
    });
  }

  /**
   * Comes back into the call that this tab was in before its page was loaded anew, as soon as the log is here. True
   * once there is nothing more to wait for. Safe to call again and again.
   */
  comeBack(): boolean {
    const { memory } = this.#options;
    const kept = memory.read();
    if (!kept || this.#current || this.#doing) return true;
    const session = this.#options.session(kept.sessionId);
    if (session.state === 'loading') return false;
    if (session.call?.id === kept.callId && session.ownLeg) {
      void this.#press(
        kept.sessionId,
        'joining',
        async () =>
          ok({
            callId: kept.callId as KeptCall['callId'],
            mode: 'text',
            judged: Promise.resolve(ok(undefined)),
          }),
        kept,
      );
    } else memory.write(undefined);
    return true;
  }

  /** Hangs up, from whatever page. What was pressed is written down before anything is waited for. */
  async hangUp(): Promise<void> {
    const sessionId = this.#current?.sessionId ?? this.#doing?.sessionId;
    if (sessionId === undefined) return;
    const session = this.#options.session(sessionId);
    this.#leftLast = session;
    const told = session.leave();
    const done = Promise.all([told, this.letGo()]).then(([outcome]) => outcome);
    const doing = { sessionId, what: 'leaving' as const, done };
    this.#doing = doing;
    try {
      const outcome = await done;
      if (!outcome.ok && outcome.reason !== 'no-call') this.#tell(outcome.reason);
    } finally {
      if (this.#doing === doing) this.#doing = undefined;
    }
  }

  /** Ends what this tab has of a call: media, documents, locks. Nothing is written. */
  async letGo(): Promise<void> {
    const call = this.#current;
    this.#turn += 1;
    this.#stopWatching?.();
    this.#stopWatching = undefined;
    this.#current = undefined;
    this.#doing = undefined;
    this.#options.memory.write(undefined);
    await call?.close();
  }

  /** The page goes. The others are told at once; a reload finds its way back by what the tab remembers. */
  pageGone(): void {
    this.#leftLast?.sayLastWord();
    const call = this.#current;
    if (!call) return;
    this.#turn += 1;
    this.#stopWatching?.();
    this.#current = undefined;
    void call.close();
  }

  /** Twice quickly is once: the second press gets the outcome of the first. */
  #press(
    sessionId: string,
    what: CallDoing,
    begin: (session: SessionState) => Promise<Outcome<KeptCall>>,
    remembered?: RememberedCall,
  ): Promise<Outcome> {
    const busy = this.#doing;
    if (busy?.sessionId === sessionId && busy.what !== 'leaving') return busy.done;
    if (this.#current?.sessionId === sessionId && this.#current.snapshot.phase !== 'failed')
      return Promise.resolve(ok(undefined));
    // One call at a time: who begins another one has hung up.
    const before = this.#current?.sessionId ?? busy?.sessionId;
    const left = before !== undefined && before !== sessionId ? this.hangUp() : undefined;
    const done = this.#begin(sessionId, begin, left, remembered);
    const doing = { sessionId, what, done };
    this.#doing = doing;
    this.#refused = undefined;
    const over = (): void => {
      if (this.#doing === doing) this.#doing = undefined;
    };
    void done.then(over, over);
    return done;
  }

  async #begin(
    sessionId: string,
    begin: (session: SessionState) => Promise<Outcome<KeptCall>>,
    left: Promise<void> | undefined,
    remembered: RememberedCall | undefined,
  ): Promise<Outcome> {
    const self = this.#options.self();
    if (!self) return refuse('not-signed-in');
    const session = this.#options.session(sessionId);
    const { factories } = this.#options;
    const turn = ++this.#turn;
    const failed = this.#current;
    const keeping = begin(session);
    const parts = Promise.all([factories.features(), factories.warm(), failed?.close(), left]);
    const kept = await keeping;
    if (!kept.ok) return this.#refuse(sessionId, kept.reason);
    const { callId, mode, judged } = kept.value;
    let call: RunningCall;
    try {
      const [features] = await parts;
      const engine = await factories.createEngine({
        sessionId,
        callId,
        selfId: self.id,
        preferredFacing: self.kind === 'employee' ? 'user' : 'environment',
        onLinkUp: () => void session.linkUp(),
      });
      call = new RunningCall({
        session,
        callId,
        self,
        engine,
        factories,
        features,
        onFail: (reason) => this.#tell(reason),
      });
    } catch (cause) {
      reportError(cause);
      void session.leave();
      return this.#refuse(sessionId, 'internal');
    }
    if (turn !== this.#turn) {
      // Hung up meanwhile, which was told.
      await call.close();
      return refuse('call-over');
    }
    this.#current = call;
    const media = mediaMode(self.kind, mode, session.session?.settings ?? { employeeCamera: false });
    void this.#run(call, judged, remembered ? beginningOf(remembered) : { mode: media });
    return ok(undefined);
  }

  /** The window stands; devices and ticket are asked for, and when the relay has judged the link comes up. */
  async #run(call: RunningCall, judged: Promise<Outcome>, how: Beginning): Promise<void> {
    call.engine.prepare(how.mode);
    const answer = await judged;
    if (this.#current !== call) return;
    if (!answer.ok) {
      this.#refuse(call.sessionId, answer.reason);
      this.#tell(answer.reason);
      return this.letGo();
    }
    this.#follow(call);
    void call.openParts();
    const joined = await call.engine.join(how.mode);
    if (joined.ok && how.cameraOnly) await call.tell(call.engine.startCamera());
    // Another tab took the call while this page was loaded anew: there it goes on.
    if (!joined.ok && how.again && this.#current === call) await this.letGo();
  }

  /** Whoever loses their place by the log is out, whatever page is shown; and what a reload must know is kept. */
  #follow(call: RunningCall): void {
    const check = (): void => {
      if (this.#current !== call) return;
      const { state, ownLeg, call: live } = call.session;
      const here = state === 'here' && ownLeg !== undefined && live?.id === call.callId;
      if (state !== 'loading' && !here) void this.letGo();
    };
    const remember = (): void => {
      if (this.#current !== call) return;
      const { phase, own } = call.engine.snapshot;
      if (phase !== 'joining' && phase !== 'joined') return;
      const { sessionId, callId } = call;
      const microphone = own.microphone === 'on' || own.microphone === 'starting';
      const camera = own.camera === 'on' || own.camera === 'starting';
      this.#options.memory.write({ sessionId, callId, microphone, camera });
    };
    const stops = [call.session.watch(check), call.engine.subscribe(remember)];
    this.#stopWatching = () => stops.forEach((stop) => stop());
    check();
  }

  #refuse(sessionId: string, reason: ErrorCode): Outcome {
    this.#refused = { sessionId, reason };
    return refuse(reason);
  }

  #tell(reason: ErrorCode): void {
    for (const listener of [...this.#failed]) listener(reason);
  }
}

function beginningOf({ microphone, camera }: RememberedCall): Beginning {
  if (microphone) return { mode: camera ? 'video' : 'voice', again: true };
  return { mode: 'text', cameraOnly: camera, again: true };
}
