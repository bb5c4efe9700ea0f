import type { CallMode } from '#domain/session/events.ts';
import type { Person } from '#domain/session/subject.ts';
import type { VideoSession } from '#domain/session/video-session.ts';
import { CallState } from './CallState.svelte.ts';
import type { CallFactories } from './call-ports.ts';
import { VisionState } from './VisionState.svelte.ts';

/** The one call that a tab can be in. It outlives the call window: the picture editor is another page. */
export class CallsState {
  current = $state.raw<CallState>();
  readonly #factories: CallFactories;
  #entering: { callId: string; done: Promise<CallState> } | undefined;

  constructor(factories: CallFactories) {
    this.#factories = factories;
  }

  /** A call is likely soon: START is on the screen, or it rings. */
  warm(): void {
    void this.#factories.warm();
  }

  /** Enters a call, or gives back the one that this tab is in already. Failures are in the call's own snapshot. */
  enter(input: {
    sessionId: string;
    callId: string;
    self: Person;
    mode: CallMode;
    /** As the log has it now. */
    session: () => VideoSession | undefined;
    onLinkUp: () => void;
  }): Promise<CallState> {
    if (this.#entering?.callId === input.callId) return this.#entering.done;
    const done = this.#enter(input);
    this.#entering = { callId: input.callId, done };
    done.catch(() => {
      if (this.#entering?.done === done) this.#entering = undefined;
    });
    return done;
  }

  async #enter(input: Parameters<CallsState['enter']>[0]): Promise<CallState> {
    await this.current?.close();
    const { sessionId, callId, self } = input;
    const engine = await this.#factories.createEngine({
      sessionId,
      callId,
      selfId: self.id,
      preferredFacing: self.kind === 'employee' ? 'user' : 'environment',
      onLinkUp: input.onLinkUp,
    });
    const call = new CallState(sessionId, callId, engine);
    this.current = call;
    void engine.join(input.mode);
    void this.#openVision(call, input);
    try {
      const strokes = await this.#factories.openStrokes({ sessionId, callId });
      if (this.current === call) call.strokes = strokes;
      else strokes.close();
    } catch (cause) {
      // Without the document strokes are still drawn and seen; they are only not kept.
      reportError(cause);
    }
    return call;
  }

  async #openVision(
    call: CallState,
    { callId, self, session }: Parameters<CallsState['enter']>[0],
  ): Promise<void> {
    try {
      const { engine } = call;
      const strokes = () => call.strokes;
      const vision = await this.#factories.openVision({ engine, callId, selfId: self.id, session, strokes });
      if (this.current === call) call.vision = new VisionState(vision);
      else vision.close();
    } catch (cause) {
      // Without it nothing is tracked and marks stay where they were made; the call goes on.
      reportError(cause);
    }
  }

  /** Tells each frame that the element shows, by the name that its link gave it. */
  watchFrames(...input: Parameters<CallFactories['watchFrames']>): ReturnType<CallFactories['watchFrames']> {
    return this.#factories.watchFrames(...input);
  }

  /** Suggests elements on what the element shows until the signal; failures are told, nothing is thrown. */
  async suggest(...[video, suggestions, signal]: Parameters<CallFactories['suggest']>): Promise<void> {
    try {
      await this.#factories.suggest(video, suggestions, signal);
    } catch (cause) {
      suggestions.onFailure('failed');
      reportError(cause);
    }
  }

  openScreenshot(screenshotId: string): ReturnType<CallFactories['openScreenshot']> {
    return this.#factories.openScreenshot(screenshotId);
  }

  /** A still of a picture, at the size that it has on this side. */
  grabFrame(source: HTMLVideoElement | MediaStreamTrack): ReturnType<CallFactories['grabFrame']> {
    return this.#factories.grabFrame(source);
  }

  /** Leaves whatever call this tab is in: media, document, locks. The command is the caller's affair. */
  async leave(): Promise<void> {
    const call = this.current;
    this.current = undefined;
    this.#entering = undefined;
    await call?.close();
  }
}
