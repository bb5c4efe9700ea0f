import type { ErrorCode } from '#domain/error-codes.ts';
import type { VideoSession } from '#domain/session/video-session.ts';
import { linkedCall, people, sessionIn, callOne, sessionId } from './domain/sessions.ts';
import type { CallFeature, FeatureCall, OpenFeature } from '../../src/lib/state/call/call-feature.ts';
import { CallPeople } from '../../src/lib/state/call/CallPeople.svelte.ts';
import { CallPictures } from '../../src/lib/state/call/CallPictures.svelte.ts';
import { ToolInHand } from '../../src/lib/state/call/ToolInHand.svelte.ts';
import type { SessionState } from '../../src/lib/state/SessionState.svelte.ts';
import { VisionState } from '../../src/lib/state/VisionState.svelte.ts';
import { LiveCallVision } from '../../src/lib/vision/highlights/create-call-vision.ts';
import { offerNames, type Offer } from '../../src/lib/state/offers.ts';

type Listener<A extends unknown[]> = (...values: A) => void;

/**
 * A call as a feature sees it: two people who see each other, or (`empty`) nobody and nothing yet. With `vision` the
 * app's own reader of what others say about pictures hears it, too; on this device nothing can be followed.
 */
export class FakeFeatureCall implements FeatureCall {
  readonly sessionId = sessionId;
  readonly callId = callOne;
  readonly self = people.assigned;
  readonly hand = new ToolInHand();
  readonly people: CallPeople;
  readonly pictures: CallPictures;
  readonly strokes = undefined;
  readonly vision: VisionState | undefined;
  /** As the log has it now; a test may tell more. */
  record: VideoSession | undefined;
  readonly snapshot: FeatureCall['snapshot'];
  /** What may be done, and what is asked of the session, is the test's to say. */
  readonly session: FeatureCall['session'] & {
    offers: Record<Offer, boolean>;
    takeScreenshot: SessionState['takeScreenshot'];
  };
  readonly factories: FeatureCall['factories'];
  readonly failures: ErrorCode[] = [];
  readonly sent: { to: string | undefined; kind: number; bytes: Uint8Array }[] = [];
  readonly #opened = new Map<CallFeature, OpenFeature>();
  readonly #parts = new Set<Listener<[]>>();
  readonly #control = new Map<string, Set<Listener<[string, unknown]>>>();
  readonly #live = new Map<number, Set<Listener<[string, Uint8Array]>>>();

  constructor({ empty = false, vision = false } = {}) {
    const stream = {} as MediaStream;
    const other = {
      participantId: people.opener.id,
      kind: 'codeUser' as const,
      name: people.opener.name,
      link: 'connected' as const,
      linkChangedAtMs: 0,
      media: { microphone: 'on' as const, camera: 'on' as const, screen: 'none' as const },
      quality: { level: 'good' as const },
      audioStream: stream,
      cameraStream: stream,
      screenStream: null,
    };
    const own = { mirrored: false, cameraStream: null, cameraTrack: null };
    this.snapshot = { participants: empty ? [] : [other], own } as unknown as FeatureCall['snapshot'];
    this.record = empty ? undefined : linkedCall(sessionIn('CONFIRMED')).session;
    const offers = Object.fromEntries(offerNames.map((name) => [name, !empty]));
    this.session = { offers, session: this.record } as unknown as FakeFeatureCall['session'];
    this.factories = {} as FeatureCall['factories'];
    this.people = new CallPeople(this);
    this.pictures = new CallPictures(this);
    this.vision = vision ? new VisionState(this.#openVision()) : undefined;
  }

  /** How many listen now to anything at all. */
  get listeners(): number {
    const sets = [this.#parts, ...this.#control.values(), ...this.#live.values()];
    return sets.reduce((sum, set) => sum + set.size, 0);
  }

  /** Topics and kinds of datagrams to which somebody listens now. */
  get heard(): { topics: string[]; live: number[] } {
    const withSomebody = <K>(of: Map<K, Set<unknown>>): K[] =>
      [...of].flatMap(([key, { size }]) => (size > 0 ? [key] : []));
    return { topics: withSomebody(this.#control), live: withSomebody(this.#live) };
  }

  /** The feature in this call; the same one every time. */
  opened(feature: CallFeature): OpenFeature {
    const opened = this.#opened.get(feature) ?? feature.open(this);
    this.#opened.set(feature, opened);
    return opened;
  }

  /** The end of the call, in the order of the app's own. */
  close(): void {
    for (const opened of [...this.#opened.values()].reverse()) opened.close();
    this.vision?.live.close();
  }

  /** Gives how many heard it. */
  hearControl(topic: string, from: string, data: unknown): number {
    const listeners = [...(this.#control.get(topic) ?? [])];
    for (const listener of listeners) listener(from, data);
    return listeners.length;
  }

  /** Gives how many heard it. */
  hearLive(kind: number, from: string, bytes: Uint8Array): number {
    const listeners = [...(this.#live.get(kind) ?? [])];
    for (const listener of listeners) listener(from, bytes);
    return listeners.length;
  }

  onParts(listener: Listener<[]>): () => void {
    return added(this.#parts, listener);
  }

  sendControl(): void {
    // Nobody is there to hear it.
  }

  onControl(topic: string, listener: Listener<[string, unknown]>): () => void {
    const set = this.#control.get(topic) ?? new Set();
    this.#control.set(topic, set);
    return added(set, listener);
  }

  sendLive(kind: number, bytes: Uint8Array, to?: string): void {
    this.sent.push({ kind, bytes, to });
  }

  onLive(kind: number, listener: Listener<[string, Uint8Array]>): () => void {
    const set = this.#live.get(kind) ?? new Set();
    this.#live.set(kind, set);
    return added(set, listener);
  }

  fail(reason: ErrorCode): void {
    this.failures.push(reason);
  }

  #openVision(): LiveCallVision {
    const { self, snapshot, people: inCall } = this;
    const others = snapshot.participants.map(({ participantId }) => ({
      participantId,
      linked: true,
      mayTrack: true,
      cameraTrack: null,
    }));
    return new LiveCallVision({
      link: {
        frameNames: noNames,
        sendControl: () => this.sendControl(),
        sendLive: (kind, bytes, to) => this.sendLive(kind, bytes, to),
        onControl: (topic, listener) => this.onControl(topic, listener),
        onLive: (kind, listener) => this.onLive(kind, listener),
      },
      openHost: () => Promise.resolve({ ok: false, reason: 'vision-unavailable' }),
      call: () => ({ selfId: self.id, mayTrack: true, cameraTrack: null, others, order: inCall.order }),
      onCallChanged: () => () => undefined,
      keepPart: () => undefined,
      nextFrame: (then) => then(),
      newId: () => 'highlight'.padEnd(22, '-'),
    });
  }
}

/** No link of this call names frames. */
const noNames = {
  noteOwnFrame: () => undefined,
  timeOf: () => undefined,
  nameOf: () => undefined,
  knows: () => false,
};

function added<T>(set: Set<T>, one: T): () => void {
  set.add(one);
  return () => void set.delete(one);
}
