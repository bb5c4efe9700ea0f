import type { ErrorCode } from '#domain/error-codes.ts';
import type { VideoSession } from '#domain/session/video-session.ts';
import { linkedCall, people, sessionIn, callOne, sessionId } from './domain/sessions.ts';
import type { CallFeature, FeatureCall, OpenFeature } from '../../src/lib/state/call/call-feature.ts';
import { CallPeople } from '../../src/lib/state/call/CallPeople.svelte.ts';
import { CallPictures } from '../../src/lib/state/call/CallPictures.svelte.ts';
import { ToolInHand } from '../../src/lib/state/call/ToolInHand.svelte.ts';
import { offerNames } from '../../src/lib/state/offers.ts';

type Listener<A extends unknown[]> = (...values: A) => void;

/** A call as a feature sees it: two people who see each other, or (`empty`) nobody and nothing yet. */
export class FakeFeatureCall implements FeatureCall {
  readonly sessionId = sessionId;
  readonly callId = callOne;
  readonly self = people.assigned;
  readonly hand = new ToolInHand();
  readonly people: CallPeople;
  readonly pictures: CallPictures;
  readonly strokes = undefined;
  readonly vision = undefined;
  readonly record: VideoSession | undefined;
  readonly snapshot: FeatureCall['snapshot'];
  readonly session: FeatureCall['session'];
  readonly factories: FeatureCall['factories'];
  readonly failures: ErrorCode[] = [];
  readonly sent: { to: string | undefined; kind: number; bytes: Uint8Array }[] = [];
  readonly #opened = new Map<CallFeature, OpenFeature>();
  readonly #parts = new Set<Listener<[]>>();
  readonly #control = new Map<string, Set<Listener<[string, unknown]>>>();
  readonly #live = new Map<number, Set<Listener<[string, Uint8Array]>>>();

  constructor({ empty = false } = {}) {
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
    this.session = { offers, session: this.record } as unknown as FeatureCall['session'];
    this.factories = {} as FeatureCall['factories'];
    this.people = new CallPeople(this);
    this.pictures = new CallPictures(this);
  }

  /** Everything that a feature listens to now. */
  get listeners(): number {
    const sets = [this.#parts, ...this.#control.values(), ...this.#live.values()];
    return sets.reduce((sum, set) => sum + set.size, 0);
  }

  /** The feature in this call; the same one every time. */
  opened(feature: CallFeature): OpenFeature {
    const opened = this.#opened.get(feature) ?? feature.open(this);
    this.#opened.set(feature, opened);
    return opened;
  }

  hearControl(topic: string, from: string, data: unknown): void {
    for (const listener of this.#control.get(topic) ?? []) listener(from, data);
  }

  hearLive(kind: number, from: string, bytes: Uint8Array): void {
    for (const listener of this.#live.get(kind) ?? []) listener(from, bytes);
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
}

function added<T>(set: Set<T>, one: T): () => void {
  set.add(one);
  return () => void set.delete(one);
}
