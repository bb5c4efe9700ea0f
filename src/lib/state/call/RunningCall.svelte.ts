import { createSubscriber } from 'svelte/reactivity';
import type { ErrorCode } from '#domain/error-codes.ts';
import type { Person } from '#domain/session/subject.ts';
import type { VideoSession } from '#domain/session/video-session.ts';
import type { CallEngine } from '../../call/call-engine.ts';
import type { CallSnapshot } from '../../call/call-snapshot.ts';
import type { CallFactories, KeptStrokes } from '../call-ports.ts';
import type { SessionState } from '../SessionState.svelte.ts';
import { VisionState } from '../VisionState.svelte.ts';
import type { CallFeature, FeatureCall, OpenFeature } from './call-feature.ts';
import { CallLink } from './CallLink.svelte.ts';
import { CallPeople } from './CallPeople.svelte.ts';
import { CallPictures } from './CallPictures.svelte.ts';
import { CallSound } from './CallSound.svelte.ts';
import { ClosedNotices } from './ClosedNotices.svelte.ts';
import { ToolInHand } from './ToolInHand.svelte.ts';

/** A feature, and what it is in this call. */
export interface RunningFeature {
  readonly feature: CallFeature;
  readonly opened: OpenFeature;
}

export interface RunningCallOptions {
  session: SessionState;
  callId: string;
  self: Person;
  engine: CallEngine;
  factories: CallFactories;
  features: readonly CallFeature[];
  onFail: (reason: ErrorCode) => void;
}

/**
 * The call that this tab is in, from START to hang-up, whatever page is on the screen: its people, pictures, sound,
 * link, documents and features. Pages only show it.
 */
export class RunningCall implements FeatureCall {
  readonly sessionId: string;
  readonly callId: string;
  readonly self: Person;
  readonly session: SessionState;
  readonly engine: CallEngine;
  readonly factories: CallFactories;
  readonly people: CallPeople;
  readonly pictures: CallPictures;
  readonly sound: CallSound;
  readonly link: CallLink;
  readonly hand = new ToolInHand();
  readonly closedNotices = new ClosedNotices();
  readonly features: readonly RunningFeature[];
  #strokes = $state.raw<KeptStrokes>();
  #vision = $state.raw<VisionState>();
  readonly #partsListeners = new Set<() => void>();
  readonly #onFail: (reason: ErrorCode) => void;
  readonly #subscribe: () => void;
  readonly #stops: (() => void)[];
  #closed = false;

  constructor(options: RunningCallOptions) {
    const { session, engine } = options;
    this.sessionId = session.id;
    this.callId = options.callId;
    this.self = options.self;
    this.session = session;
    this.engine = engine;
    this.factories = options.factories;
    this.#onFail = options.onFail;
    this.#subscribe = createSubscriber((update) => engine.subscribe(() => update()));
    this.people = new CallPeople(this);
    this.pictures = new CallPictures(this);
    this.sound = new CallSound(this);
    this.link = new CallLink(this);
    this.#stops = [
      session.watch(() => this.#dropThoseWhoLeft()),
      engine.subscribe(() => this.#dropThoseWhoLeft()),
      engine.subscribe(({ deviceNotices }) => this.closedNotices.keepOnly(deviceNotices)),
    ];
    this.features = options.features.map((feature) => ({ feature, opened: feature.open(this) }));
  }

  get snapshot(): CallSnapshot {
    this.#subscribe();
    return this.engine.snapshot;
  }

  get record(): VideoSession | undefined {
    return this.session.session;
  }

  get strokes(): KeptStrokes | undefined {
    return this.#strokes;
  }

  get vision(): VisionState | undefined {
    return this.#vision;
  }

  get closed(): boolean {
    return this.#closed;
  }

  onParts(listener: () => void): () => void {
    this.#partsListeners.add(listener);
    return () => this.#partsListeners.delete(listener);
  }

  sendControl(topic: string, data: unknown, to?: string): void {
    this.engine.sendControl(topic, data, to);
  }

  onControl(topic: string, listener: (from: string, data: unknown) => void): () => void {
    return this.engine.onControl(topic, listener);
  }

  sendLive(kind: number, bytes: Uint8Array, to?: string): void {
    this.engine.sendLive(kind, bytes, to);
  }

  onLive(kind: number, listener: (from: string, bytes: Uint8Array) => void): () => void {
    return this.engine.onLive(kind, listener);
  }

  fail(reason: ErrorCode): void {
    this.#onFail(reason);
  }

  /** Says a refusal; what went well says itself. */
  async tell(outcome: Promise<{ ok: true } | { ok: false; reason: ErrorCode }>): Promise<void> {
    const result = await outcome;
    if (!result.ok) this.fail(result.reason);
  }

  /** Mutes or unmutes; gets a microphone where there is none yet. */
  toggleMicrophone(): void {
    if (this.engine.snapshot.own.microphone === 'starting') return;
    void this.tell(this.engine.toggleMicrophone());
  }

  toggleCamera(): void {
    const { camera } = this.engine.snapshot.own;
    // A press while it starts does nothing: it would undo what was just asked for.
    if (camera === 'starting') return;
    const on = camera === 'on' || camera === 'paused';
    void this.tell(on ? this.engine.stopCamera() : this.engine.startCamera());
  }

  /** Gets the call's document and what follows elements. Without them the call goes on: they are only missing. */
  async openParts(): Promise<void> {
    await Promise.all([this.#openStrokes(), this.#openVision()]);
  }

  /** Leaves: nothing is sent, captured or heard any more. The command is the desk's affair. */
  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    for (const stop of this.#stops) stop();
    for (const { opened } of [...this.features].reverse()) opened.close();
    // What was followed is written down before its place is closed.
    this.#vision?.live.close();
    this.#strokes?.close();
    await this.engine.hangUp();
  }

  async #openStrokes(): Promise<void> {
    try {
      const { sessionId, callId } = this;
      const strokes = await this.factories.openStrokes({ sessionId, callId });
      if (this.#closed) return strokes.close();
      this.#strokes = strokes;
      this.#partsCame();
    } catch (cause) {
      // Without the document strokes are still drawn and seen; they are only not kept.
      reportError(cause);
    }
  }

  async #openVision(): Promise<void> {
    try {
      const vision = await this.factories.openVision({
        engine: this.engine,
        callId: this.callId,
        selfId: this.self.id,
        session: () => this.record,
        strokes: () => this.#strokes,
      });
      if (this.#closed) return vision.close();
      this.#vision = new VisionState(vision);
      this.#partsCame();
    } catch (cause) {
      // Without it nothing is tracked and marks stay where they were made; the call goes on.
      reportError(cause);
    }
  }

  #partsCame(): void {
    for (const listener of [...this.#partsListeners]) listener();
  }

  /** Whoever has left by the log is let go of here too, whatever their device says. */
  #dropThoseWhoLeft(): void {
    for (const participantId of this.people.leftByLog) this.engine.dropParticipant(participantId);
  }
}
