import type {
  CallTransport,
  CallTransportEvents,
  LinkQuality,
  LinkState,
  RemoteMedia,
  RemoteParticipant,
  SentFrame,
  TrackSource,
} from '../../call-transport.ts';
import type { ErrorCode } from '#domain/error-codes.ts';
import { CallEmitter } from '../call-emitter.ts';

const maxLiveBytes = 1200;
const maxControlBytes = 32 * 1024;
const maxControlDepth = 12;

/** One call in memory, with links that a test can cut. Everything arrives in a later microtask, never at once. */
export class FakeCallNetwork {
  readonly #transports = new Map<string, FakeCallTransport>();
  readonly #links = new Map<string, LinkState>();

  transport(self: RemoteParticipant): FakeCallTransport {
    return new FakeCallTransport(self, this);
  }

  /** Sets the state of the link between two who have joined; both are told. */
  setLink(a: string, b: string, state: LinkState): void {
    if (this.link(a, b) === state) return;
    this.#links.set(key(a, b), state);
    this.#transports.get(a)?.linkChanged(b, state);
    this.#transports.get(b)?.linkChanged(a, state);
  }

  /** One side has done with the other: only the other one finds that the link stays away. */
  cut(dropping: string, dropped: string): void {
    this.#links.set(key(dropping, dropped), 'reconnecting');
    this.#transports.get(dropped)?.linkChanged(dropping, 'reconnecting');
  }

  link(a: string, b: string): LinkState {
    return this.#links.get(key(a, b)) ?? 'connecting';
  }

  /** The link's quality as one participant sees it. */
  setQuality(of: string, seenBy: string, quality: LinkQuality): void {
    this.#transports.get(seenBy)?.emitter.emit('qualityChanged', of, quality);
  }

  /** Frames of one participant's camera left for another. */
  sendFrames(from: string, to: string, frames: readonly SentFrame[]): void {
    this.#transports.get(from)?.emitter.emit('framesSent', to, frames);
  }

  /** The same person has gone on in another tab or device. */
  takeOver(participantId: string): void {
    this.#transports.get(participantId)?.emitter.emit('elsewhere');
  }

  fail(participantId: string, reason: ErrorCode): void {
    this.#transports.get(participantId)?.emitter.emit('failed', reason);
  }

  add(joining: FakeCallTransport): void {
    for (const other of this.#transports.values()) {
      other.emitter.emit('participantJoined', joining.self);
      joining.emitter.emit('participantJoined', other.self);
    }
    this.#transports.set(joining.self.participantId, joining);
    for (const other of this.#transports.keys()) {
      if (other !== joining.self.participantId) this.setLink(joining.self.participantId, other, 'connected');
    }
  }

  remove(leaving: FakeCallTransport): void {
    const id = leaving.self.participantId;
    if (!this.#transports.delete(id)) return;
    for (const other of this.#transports.keys()) this.#links.delete(key(id, other));
    for (const other of this.#transports.values()) other.emitter.emit('participantLeft', id);
  }

  /** Those whom a message of this participant reaches now. */
  reachable(from: string, to?: string): FakeCallTransport[] {
    return [...this.#transports.values()].filter(({ self: { participantId } }) => {
      if (participantId === from || (to !== undefined && participantId !== to)) return false;
      return this.link(from, participantId) === 'connected';
    });
  }

  get(participantId: string): FakeCallTransport | undefined {
    return this.#transports.get(participantId);
  }
}

export class FakeCallTransport implements CallTransport {
  readonly self: RemoteParticipant;
  readonly emitter = new CallEmitter();
  readonly tracks = new Map<TrackSource, MediaStreamTrack>();
  media: RemoteMedia = { microphone: 'none', camera: 'none', screen: 'none' };
  prepared = false;
  /** How often another try was asked for. */
  retries = 0;
  /** Makes the next join fail. */
  joinFailure: Error | undefined;
  readonly #network: FakeCallNetwork;

  constructor(self: RemoteParticipant, network: FakeCallNetwork) {
    this.self = self;
    this.#network = network;
  }

  on<E extends keyof CallTransportEvents>(event: E, listener: CallTransportEvents[E]): () => void {
    return this.emitter.on(event, listener);
  }

  prepare(): void {
    this.prepared = true;
  }

  async join(): Promise<void> {
    await Promise.resolve();
    if (this.joinFailure) throw this.joinFailure;
    this.#network.add(this);
  }

  async publish(source: TrackSource, track: MediaStreamTrack | null): Promise<void> {
    if (track) this.tracks.set(source, track);
    else this.tracks.delete(source);
    await Promise.resolve();
    for (const other of this.#network.reachable(this.self.participantId)) {
      other.emitter.emit('trackChanged', this.self.participantId, source, track);
    }
  }

  announceMedia(media: RemoteMedia): void {
    this.media = { ...media };
    this.#later((other) => other.emitter.emit('mediaChanged', this.self.participantId, { ...media }));
  }

  sendControl(message: unknown, to?: string): void {
    const frame = JSON.stringify(message);
    if (frame.length > maxControlBytes || depthOf(message) > maxControlDepth) return;
    const copy: unknown = JSON.parse(frame);
    this.#later((other) => other.emitter.emit('control', this.self.participantId, copy), to);
  }

  sendLive(bytes: Uint8Array, to?: string): void {
    if (bytes.length > maxLiveBytes) return;
    const copy = new Uint8Array(bytes);
    this.#later((other) => other.emitter.emit('live', this.self.participantId, copy), to);
  }

  drop(participantId: string): void {
    this.#network.cut(this.self.participantId, participantId);
    this.emitter.emit('participantLeft', participantId);
  }

  retry(): void {
    this.retries += 1;
  }

  async leave(): Promise<void> {
    this.#network.remove(this);
    this.emitter.clear();
    await Promise.resolve();
  }

  /** A link came up: both say what they have, as over a real one. */
  linkChanged(other: string, state: LinkState): void {
    this.emitter.emit('linkChanged', other, state);
    const end = this.#network.get(other);
    if (state !== 'connected' || !end) return;
    for (const [source, track] of end.tracks) this.emitter.emit('trackChanged', other, source, track);
    this.emitter.emit('mediaChanged', other, { ...end.media });
  }

  #later(act: (other: FakeCallTransport) => void, to?: string): void {
    const others = this.#network.reachable(this.self.participantId, to);
    queueMicrotask(() => others.forEach(act));
  }
}

const key = (a: string, b: string) => [a, b].sort().join(' ');

function depthOf(value: unknown): number {
  if (typeof value !== 'object' || value === null) return 0;
  return 1 + Math.max(0, ...Object.values(value).map(depthOf));
}
