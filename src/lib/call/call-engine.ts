import { codeOf, type ErrorCode } from '#domain/error-codes.ts';
import { Allowance } from '#domain/protocol/allowance.ts';
import type { CallMode } from '#domain/session/events.ts';
import type { CallOutcome, CallSnapshot } from './call-snapshot.ts';
import type { CallRef, CallTransport, CallTransportFactory } from './call-transport.ts';
import { deviceNotices } from './device-notices.ts';
import type { LocalMedia } from './devices/local-media.ts';
import type { DeviceKind } from './devices/media-failure.ts';
import { FrameNames } from './frames/frame-names.ts';
import { holdCallLock, type HeldLock, type Locks } from './hold-call-lock.ts';
import { OwnStreams, ownMediaOf, saidOfOwn } from './own-media.ts';
import { Others } from './others.ts';
import { keepAwake, type Awake, type ScreenAwake } from './screen-awake.ts';

/** Largest part of a datagram that is the caller's own. */
const maxDatagramBytes = 1199;
/**
 * Datagrams that are taken from one participant; what is more is lost, as datagrams may be. A stroke, a pointer and
 * what is followed are a hundred a second at most, and after a halt of the network they come at once.
 */
const liveRate = { perSecond: 240, burst: 480 };

export interface CallEngineOptions {
  call: CallRef;
  transport: CallTransportFactory;
  media: LocalMedia;
  /** Called once, when the first link is up. */
  onLinkUp: () => void;
  /** Undefined where the browser has none: then a second tab is not noticed. */
  locks?: Locks | undefined;
  /** How long another tab may take to leave the call, when it was taken over; by default 1.5 s. */
  lockWaitMs?: number | undefined;
  screen?: ScreenAwake | undefined;
  makeStream: (track: MediaStreamTrack) => MediaStream;
  nowMs?: () => number;
}

const devicesOf: Readonly<Record<CallMode, readonly DeviceKind[]>> = {
  video: ['microphone', 'camera'],
  voice: ['microphone'],
  text: [],
};

type LiveListener = (from: string, bytes: Uint8Array) => void;
type ControlListener = (from: string, data: unknown) => void;

/**
 * One person's part in one call: joins, publishes what the mode and the buttons say, follows the others, and leaves
 * nothing running. Knows nothing of screens; a new snapshot is given at every change.
 */
export class CallEngine {
  /** Which own frame the others mean when they name one, and back. */
  readonly frameNames = new FrameNames();
  readonly #options: CallEngineOptions;
  readonly #media: LocalMedia;
  readonly #transport: CallTransport;
  readonly #others: Others;
  readonly #ownStreams: OwnStreams;
  readonly #nowMs: () => number;
  readonly #listeners = new Set<(snapshot: CallSnapshot) => void>();
  readonly #live = new Map<number, Set<LiveListener>>();
  readonly #liveAllowance = new Allowance(liveRate);
  readonly #control = new Map<string, Set<ControlListener>>();
  readonly #ends: (() => void)[] = [];
  /** Sources are published one after the other, so that the last wish wins. */
  readonly #publishing: Record<DeviceKind, Promise<void>> = {
    camera: Promise.resolve(),
    microphone: Promise.resolve(),
  };
  readonly #published: Record<DeviceKind, MediaStreamTrack | null> = { camera: null, microphone: null };
  /** Asked for by the mode or a button, and waiting for the lock, or for the start. */
  readonly #waiting = new Set<DeviceKind>();
  /** What the mode has asked for once: stopped or refused since, it is not asked for again by joining. */
  readonly #askedByMode = new Set<DeviceKind>();
  #mediaFollowed = false;
  /** Only who is joining publishes anything. */
  #mayPublish = false;
  #announced = '';
  #lock: Promise<HeldLock | undefined> | undefined;
  #awake: Awake | undefined;
  #phase: CallSnapshot['phase'] = 'idle';
  #failure: ErrorCode | null = null;
  #mode: CallMode = 'text';
  #linkedAtMs: number | null = null;
  #reconnectingSinceMs: number | null = null;
  #snapshot: CallSnapshot;

  constructor(options: CallEngineOptions) {
    this.#options = options;
    this.#media = options.media;
    this.#nowMs = options.nowMs ?? Date.now;
    this.#transport = options.transport(options.call);
    this.#others = new Others({ makeStream: options.makeStream, nowMs: this.#nowMs });
    this.#ownStreams = new OwnStreams(options.makeStream);
    this.#snapshot = this.#build();
  }

  get snapshot(): CallSnapshot {
    return this.#snapshot;
  }

  /** Calls back at every change from now on; returns the way to stop. */
  subscribe(listener: (snapshot: CallSnapshot) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /**
   * Asks for devices and address while the relay judges the command that gives the place in the call. Call it within
   * the gesture; `join` goes on with what is there by then, `hangUp` takes it back. The devices are in the snapshot from
   * now on; the others are told nothing before `join`.
   */
  prepare(mode: CallMode): void {
    if (this.#phase !== 'idle') return;
    this.#askFor(mode);
    // The relay is asked first: its answer takes longest, and neither waits for the other.
    this.#transport.prepare();
    this.#update();
    // A second tab does not so much as light up the camera.
    this.#holdLock().then(
      (lock) => {
        if (lock && !this.#over()) void this.#startWaiting();
      },
      // `join` waits for the same lock, and says why there is none.
      () => this.#waitNoMore(),
    );
  }

  /**
   * Joins with camera and microphone (`video`), the microphone (`voice`), or nothing (`text`). Call it within the
   * gesture. The call is joined also without devices that are refused, missing or busy; see `own` in the snapshot.
   * An engine joins once: for another try after `failed` make a new one.
   */
  async join(mode: CallMode): Promise<CallOutcome> {
    if (this.#phase !== 'idle') return { ok: false, reason: 'already-answered' };
    this.#phase = 'joining';
    this.#mode = mode;
    this.#askFor(mode);
    this.#update();
    try {
      const lock = await this.#holdLock();
      if (this.#over()) return this.#refusedByLeaving();
      if (!lock) return await this.#endWith('open-elsewhere');
      this.#follow();
      // The relay is asked first: its answer takes longest, and neither waits for the other.
      const joined = this.#transport.join();
      void this.#startWaiting();
      this.#mayPublish = true;
      this.#publishOwn();
      this.#update();
      await joined;
    } catch (error) {
      if (this.#over()) return this.#refusedByLeaving();
      return this.#endWith(codeOf(error));
    }
    if (this.#over()) return this.#refusedByLeaving();
    this.#phase = 'joined';
    this.#awake = keepAwake(this.#options.screen);
    this.#update();
    return { ok: true };
  }

  /** Mutes: the track is really off, and the others are told. Gets a microphone where there is none yet. */
  async toggleMicrophone(): Promise<CallOutcome> {
    const state = this.#media.state('microphone');
    if (state === 'on' || state === 'disabled') {
      this.#media.setEnabled('microphone', state === 'disabled');
      return { ok: true };
    }
    if (state === 'interrupted') this.#media.stop('microphone');
    if (this.#mode === 'text') this.#mode = 'voice';
    return this.#startDevice('microphone');
  }

  startCamera(): Promise<CallOutcome> {
    if (this.#media.state('camera') === 'interrupted') this.#media.stop('camera');
    this.#mode = 'video';
    return this.#startDevice('camera');
  }

  /** The camera goes off (its light too), and nothing of it is sent any more. */
  async stopCamera(): Promise<CallOutcome> {
    this.#waiting.delete('camera');
    this.#media.stop('camera');
    if (this.#mode === 'video') this.#mode = 'voice';
    this.#update();
    await this.#publishing.camera;
    return { ok: true };
  }

  pauseCamera(): void {
    this.#media.setEnabled('camera', false);
  }

  resumeCamera(): void {
    this.#media.setEnabled('camera', true);
  }

  /** The other camera. When it cannot be had the one before comes back, and the call goes on either way. */
  async switchCamera(): Promise<CallOutcome> {
    if (this.#media.state('camera') === 'off') return { ok: false, reason: 'camera-missing' };
    const result = await this.#media.switchCamera();
    await this.#publishing.camera;
    return result.ok ? { ok: true } : result;
  }

  /** Leaves: nothing is captured, sent or awake any more. The command `call.leave` is the window's own affair. */
  async hangUp(): Promise<void> {
    if (this.#phase === 'left') return;
    this.#phase = 'left';
    await this.#end();
    this.#others.clear();
    this.#update();
  }

  /** The session's log says that somebody has left: they hear and see nothing any more, whatever their device does. */
  dropParticipant(participantId: string): void {
    this.#transport.drop(participantId);
  }

  /** Another try for links that are down, and for devices that were interrupted. Within a gesture. */
  retry(): void {
    this.#transport.retry();
    void this.#media.resume();
  }

  /** Another try for one device that failed or is there again. Within a gesture. */
  async retryDevice(kind: DeviceKind): Promise<CallOutcome> {
    if (this.#over()) return { ok: false, reason: 'call-over' };
    await this.#media.restart(kind);
    await this.#publishing[kind];
    const failure = this.#media.failure(kind);
    return failure ? { ok: false, reason: failure } : { ok: true };
  }

  /** Sends a datagram to everybody, or to one; it may be lost, and is not sent at all when it is too large. */
  sendLive(kind: number, bytes: Uint8Array, to?: string): void {
    if (bytes.length > maxDatagramBytes || this.#phase !== 'joined') return;
    const datagram = new Uint8Array(bytes.length + 1);
    datagram[0] = kind;
    datagram.set(bytes, 1);
    this.#transport.sendLive(datagram, to);
  }

  onLive(kind: number, listener: LiveListener): () => void {
    return addTo(this.#live, kind, listener);
  }

  /** Sends a small message in order to everybody whose link is up, or to one of them. */
  sendControl(topic: string, data: unknown, to?: string): void {
    if (this.#phase === 'joined') this.#transport.sendControl({ topic, data }, to);
  }

  onControl(topic: string, listener: ControlListener): () => void {
    return addTo(this.#control, topic, listener);
  }

  async #startDevice(kind: DeviceKind): Promise<CallOutcome> {
    if (this.#over()) return { ok: false, reason: 'call-over' };
    this.#waiting.add(kind);
    this.#update();
    const lock = await this.#holdLock();
    if (this.#over()) return { ok: false, reason: 'call-over' };
    if (!lock) return { ok: false, reason: 'open-elsewhere' };
    await this.#startWaiting();
    await this.#publishing[kind];
    const failure = this.#media.failure(kind);
    return failure ? { ok: false, reason: failure } : { ok: true };
  }

  /** The one place that this browser's devices have in the call; asked for once, and given back at the end. */
  #holdLock(): Promise<HeldLock | undefined> {
    const { call, locks, lockWaitMs } = this.#options;
    return (this.#lock ??= holdCallLock(locks, call.callId, lockWaitMs).then((lock) => {
      if (lock && this.#over()) lock.release();
      else if (lock) this.#ends.push(lock.release);
      else this.#waitNoMore();
      return lock;
    }));
  }

  /** From here on devices are seen; they are started when the lock is held. */
  #askFor(mode: CallMode): void {
    for (const kind of devicesOf[mode]) {
      if (!this.#askedByMode.has(kind)) this.#waiting.add(kind);
      this.#askedByMode.add(kind);
    }
    if (this.#mediaFollowed) return;
    this.#mediaFollowed = true;
    const changed = () => {
      this.#publishOwn();
      this.#update();
    };
    this.#ends.push(this.#media.subscribe(changed));
  }

  /** Starts what waits. Only with the lock. */
  #startWaiting(): Promise<void> {
    const started = this.#media.start({
      microphone: this.#waiting.has('microphone'),
      camera: this.#waiting.has('camera'),
    });
    this.#waitNoMore();
    return started;
  }

  #waitNoMore(): void {
    this.#waiting.clear();
    this.#update();
  }

  #follow(): void {
    const transport = this.#transport;
    const update = () => this.#update();
    this.#ends.push(
      this.#others.follow(transport, update),
      transport.on('linkChanged', () => this.#noteLinks()),
      transport.on('participantLeft', (participantId) => {
        this.frameNames.forget(participantId);
        this.#noteLinks();
      }),
      transport.on('framesSent', (participantId, frames) => this.frameNames.noteSent(participantId, frames)),
      transport.on('elsewhere', () => void this.#endWith('open-elsewhere')),
      transport.on('failed', (reason) => void this.#endWith(reason)),
      transport.on('live', (from, bytes) => this.#onLive(from, bytes)),
      transport.on('control', (from, message) => this.#onControl(from, message)),
    );
  }

  #noteLinks(): void {
    const link = this.#others.link;
    const before = this.#linkedAtMs;
    if (link === 'connected') {
      this.#linkedAtMs ??= this.#nowMs();
      this.#reconnectingSinceMs = null;
    } else if (before !== null) this.#reconnectingSinceMs ??= this.#nowMs();
    this.#update();
    if (before === null && this.#linkedAtMs !== null) this.#options.onLinkUp();
  }

  #onLive(from: string, bytes: Uint8Array): void {
    const [kind] = bytes;
    const listeners = kind === undefined ? undefined : this.#live.get(kind);
    if (!this.#liveAllowance.take(from, this.#nowMs()) || !listeners) return;
    for (const listener of [...listeners]) listener(from, bytes.subarray(1));
  }

  #onControl(from: string, message: unknown): void {
    if (typeof message !== 'object' || message === null) return;
    const { topic, data } = message as { topic?: unknown; data?: unknown };
    if (typeof topic !== 'string') return;
    for (const listener of [...(this.#control.get(topic) ?? [])]) listener(from, data);
  }

  /** Brings what is sent and what is said in line with the real tracks. */
  #publishOwn(): void {
    if (!this.#mayPublish || this.#over()) return;
    for (const kind of ['camera', 'microphone'] as const) {
      const held = this.#media.track(kind);
      const track = held?.readyState === 'live' ? held : null;
      if (this.#published[kind] === track) continue;
      this.#published[kind] = track;
      if (kind === 'camera') this.frameNames.cameraChanged();
      this.#publishing[kind] = this.#publishing[kind].then(() => {
        // Replaced by a newer wish meanwhile: that one follows in the queue.
        return this.#published[kind] === track ? this.#transport.publish(kind, track) : undefined;
      });
    }
    const media = saidOfOwn(this.#media);
    const said = JSON.stringify(media);
    if (said === this.#announced) return;
    this.#announced = said;
    this.#transport.announceMedia(media);
  }

  #over(): boolean {
    return this.#phase === 'left' || this.#phase === 'failed';
  }

  /** The one way to fail: whatever was opened by then is ended, also what only `prepare` has opened. */
  async #endWith(reason: ErrorCode): Promise<CallOutcome> {
    if (this.#over()) return this.#refusedByLeaving();
    this.#phase = 'failed';
    this.#failure = reason;
    const ended = this.#end();
    this.#update();
    await ended;
    return { ok: false, reason };
  }

  #refusedByLeaving(): CallOutcome {
    this.#releaseMedia();
    return { ok: false, reason: this.#failure ?? 'call-over' };
  }

  async #end(): Promise<void> {
    for (const end of this.#ends.splice(0).reverse()) end();
    this.#releaseMedia();
    this.frameNames.clear();
    this.#awake?.release();
    await this.#transport.leave();
  }

  #releaseMedia(): void {
    this.#waiting.clear();
    this.#media.close();
  }

  #update(): void {
    this.#snapshot = this.#build();
    for (const listener of [...this.#listeners]) listener(this.#snapshot);
  }

  #build(): CallSnapshot {
    const own = ownMediaOf(this.#media, this.#ownStreams, this.#waiting);
    const { participants } = this.#others;
    return Object.freeze({
      phase: this.#phase,
      failure: this.#failure,
      mode: this.#mode,
      link: this.#others.link,
      linkedAtMs: this.#linkedAtMs,
      reconnectingSinceMs: this.#reconnectingSinceMs,
      quality: this.#others.quality,
      participants,
      own,
      deviceNotices: deviceNotices({ own, participants }),
    });
  }
}

function addTo<K, L>(map: Map<K, Set<L>>, key: K, listener: L): () => void {
  const set = map.get(key) ?? new Set<L>();
  map.set(key, set.add(listener));
  return () => set.delete(listener);
}
