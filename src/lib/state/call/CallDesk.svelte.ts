import { codeOf, type ErrorCode } from '#domain/error-codes.ts';
import { ok, refuse } from '#domain/result.ts';
import type { CallMode } from '#domain/session/events.ts';
import type { Person } from '#domain/session/subject.ts';
import type { Outcome } from '../outcome.ts';
import type { KeptCall, SessionState } from '../SessionState.svelte.ts';
import type { CallMemory } from './call-memory.ts';
import { beginningOf, type Beginning } from './beginning.ts';
import type { CallFactoriesWithFeatures } from './call-feature.ts';
import { leaveOnceThere } from './leave-once-there.ts';
import { RunningCall } from './RunningCall.svelte.ts';

export interface CallDeskOptions {
  readonly factories: CallFactoriesWithFeatures;
  readonly session: (id: string) => SessionState;
  /** Undefined while nobody is signed in. */
  readonly self: () => Person | undefined;
  readonly memory: CallMemory;
}

/** The engine's ways to say what the log says as well: no failure, and nothing to try again. */
const overForMe: ReadonlySet<ErrorCode> = new Set(['call-over', 'no-call']);

/** What the person has pressed, and the log does not tell yet. */
export type CallDoing = 'starting' | 'answering' | 'joining' | 'leaving';

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
  readonly #failed = new Set<(reason: ErrorCode, endedId: string | undefined) => void>();
  /** Grows with everything that ends a call, or another's coming to be. */
  #turn = 0;
  #stopWatching: (() => void) | undefined;
  /** The session of the call in which this page was when it went; it may be shown again. */
  #away = $state.raw<string>();
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
    if (this.#away === sessionId) return 'joining';
    return this.#doing?.sessionId === sessionId ? this.#doing.what : undefined;
  }

  /** Why the last try for this session came to nothing; until the next one. */
  refusalOf(sessionId: string): ErrorCode | undefined {
    return this.#refused?.sessionId === sessionId ? this.#refused.reason : undefined;
  }

  /**
   * Refusals inside of a running call, on whatever page; `endedId` is the session of a call that this has ended, which
   * `refusalOf` tells from then on.
   */
  onFailed(listener: (reason: ErrorCode, endedId: string | undefined) => void): () => void {
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
    if (kept && !this.#current && !this.#doing) {
      const session = this.#options.session(kept.sessionId);
      if (session.state === 'loading') return false;
      if (session.call?.id === kept.callId && session.ownLeg) void this.join(kept.sessionId);
      else memory.write(undefined);
    }
    this.#away = undefined;
    return true;
  }

  /**
   * Hangs up, from whatever page; also a call in which this person has a place, and this tab none. What was pressed is
   * written down before anything is waited for, and what is still being kept is taken back when it is.
   */
  async hangUp(sessionId = this.#current?.sessionId ?? this.#doing?.sessionId): Promise<void> {
    if (sessionId === undefined) return;
    const pressed = this.#doing?.sessionId === sessionId ? this.#doing : undefined;
    if (pressed?.what === 'leaving') return void (await pressed.done);
    const session = this.#options.session(sessionId);
    this.#leftLast = session;
    const told = session.leave();
    const gone = pressed || this.#current?.sessionId === sessionId ? this.letGo() : undefined;
    const done = Promise.allSettled([pressed?.done]).then(() => told);
    const doing = { sessionId, what: 'leaving' as const, done };
    this.#doing = doing;
    try {
      const outcome = await done;
      if (!outcome.ok && outcome.reason !== 'no-call') this.#tell(outcome.reason);
    } finally {
      if (this.#doing === doing) this.#doing = undefined;
    }
    await gone;
  }

  /** Ends what this tab has of a call: media, documents, locks. Nothing is written. */
  async letGo(): Promise<void> {
    this.#options.memory.write(undefined);
    await this.#takeOff();
  }

  /** The page goes. The others are told at once; a reload finds its way back by what the tab remembers. */
  pageGone(): void {
    this.#leftLast?.sayLastWord();
    if (!this.#current) return;
    this.#away = this.#current.sessionId;
    void this.#takeOff();
  }

  /** The desk is empty from now on; resolves when what lay on it has ended. */
  async #takeOff(): Promise<void> {
    const call = this.#current;
    this.#turn += 1;
    this.#stopWatching?.();
    this.#stopWatching = undefined;
    this.#current = undefined;
    this.#doing = undefined;
    await call?.close();
  }

  /** Twice quickly is once: the second press gets the outcome of the first. */
  #press(
    sessionId: string,
    what: CallDoing,
    begin: (session: SessionState) => Promise<Outcome<KeptCall>>,
  ): Promise<Outcome> {
    const busy = this.#doing;
    if (busy?.sessionId === sessionId && busy.what !== 'leaving') return busy.done;
    if (this.#current?.sessionId === sessionId) return Promise.resolve(ok(undefined));
    // One call at a time: who begins another one has hung up.
    const before = this.#current?.sessionId ?? busy?.sessionId;
    if (before !== undefined && before !== sessionId) void this.hangUp(before);
    const done = this.#begin(sessionId, begin);
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
  ): Promise<Outcome> {
    const self = this.#options.self();
    if (!self) return refuse('not-signed-in');
    const session = this.#options.session(sessionId);
    const { factories } = this.#options;
    const turn = ++this.#turn;
    const keeping = begin(session);
    const parts = Promise.all([factories.features(), factories.warm()]);
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
      const reason = codeOf(cause);
      if (reason === 'internal') reportError(cause);
      void session.leave();
      return this.#refuse(sessionId, reason);
    }
    if (turn !== this.#turn) {
      // Hung up meanwhile: before it was kept there was nothing that could be left.
      if (session.call?.id === callId && session.ownLeg) void session.leave();
      await call.close();
      return refuse('call-over');
    }
    this.#current = call;
    const remembered = this.#options.memory.read();
    const settings = session.session?.settings;
    const how = beginningOf({ callId, kind: self.kind, mode, settings, remembered });
    void this.#run(call, judged, how);
    return ok(undefined);
  }

  /** The window stands; devices and ticket are asked for, and when the relay has judged the link comes up. */
  async #run(call: RunningCall, judged: Promise<Outcome>, how: Beginning): Promise<void> {
    call.engine.prepare(how.mode);
    const answer = await judged;
    if (this.#current !== call) return;
    if (!answer.ok) {
      if (answer.reason === 'relay-unreachable') leaveOnceThere(call.session, call.callId);
      return this.#end(call, answer.reason);
    }
    this.#follow(call);
    void call.openParts();
    const joined = await call.engine.join(how.mode);
    if (joined.ok && how.cameraOnly) await call.tell(call.engine.startCamera());
  }

  /** Whoever loses their place by the log is out, whatever page is shown; and what a reload must know is kept. */
  #follow(call: RunningCall): void {
    const check = (): void => {
      if (this.#current !== call) return;
      const { state, ownLeg, call: live } = call.session;
      const here = state === 'here' && ownLeg !== undefined && live?.id === call.callId;
      if (state !== 'loading' && !here) void this.letGo();
    };
    const changed = (): void => {
      if (this.#current !== call) return;
      const { phase, failure, own } = call.engine.snapshot;
      // The call's own sockets may say sooner than the log that it is over for this person.
      if (phase === 'failed' && failure && overForMe.has(failure)) void this.letGo();
      else if (phase === 'failed') void this.#end(call, failure ?? 'internal');
      // Before that the devices are not what was wanted of them.
      if (phase !== 'joined') return;
      const { sessionId, callId } = call;
      const microphone = own.microphone === 'on' || own.microphone === 'starting';
      const camera = own.camera === 'on' || own.camera === 'starting';
      this.#options.memory.write({ sessionId, callId, microphone, camera });
    };
    const stops = [call.session.watch(check), call.engine.subscribe(changed)];
    this.#stopWatching = () => stops.forEach((stop) => stop());
    check();
  }

  /** The call has failed for this tab. Why is told, and another try is up to the person: as it was, if it may be one. */
  async #end(call: RunningCall, reason: ErrorCode): Promise<void> {
    if (reason !== 'relay-unreachable') this.#options.memory.write(undefined);
    this.#refuse(call.sessionId, reason);
    const ended = this.#takeOff();
    this.#tell(reason, call.sessionId);
    await ended;
  }

  #refuse(sessionId: string, reason: ErrorCode): Outcome {
    this.#refused = { sessionId, reason };
    return refuse(reason);
  }

  #tell(reason: ErrorCode, endedId?: string): void {
    for (const listener of [...this.#failed]) listener(reason, endedId);
  }
}
