import type { MediaConnection } from 'peerjs';
import { trackSources, type SentFrame, type TrackSource } from '../../call-transport.ts';
import { frameNaming } from './frame-naming.ts';
import { isUp } from './link-policy.ts';
import { Negotiation } from './negotiation.ts';
import { SmallStart } from './small-start.ts';
import { encodeLinkMessage, maxLiveBytes, parseLinkMessage, type LinkMessage } from './wire.ts';

export type LocalTracks = Record<TrackSource, MediaStreamTrack | null>;

export interface MediaLinkEvents {
  /** The state of the path has changed; ask `up`, `connectionState`. */
  stateChanged(): void;
  /** The offer or answer is read: the tracks can be had by `remoteTrack`. `sent`: the answer says this one is sent. */
  trackArrived(source: TrackSource, sent: boolean): void;
  controlOpen(): void;
  message(message: LinkMessage): void;
  live(bytes: Uint8Array): void;
  /** Frames of the own camera left for the other end. */
  framesSent(frames: readonly SentFrame[]): void;
  /** The other side has ended this connection. */
  ended(): void;
  /** A message for the other end while the control channel cannot carry it. */
  outOfBand(message: LinkMessage): void;
}

const slotKinds: Record<TrackSource, 'audio' | 'video'> = {
  microphone: 'audio',
  camera: 'video',
  screen: 'video',
};
/** Datagrams are dropped rather than queued behind this much. */
const maxLiveBacklogBytes = 64 * 1024;

/**
 * One connection to one other participant. PeerJS carries the first offer, the answer and the candidates; after that
 * the connection is ours: PeerJS would close it at the first failure, and at any LEAVE of the relay.
 */
export class MediaLink {
  readonly remotePeerId: string;
  readonly id: string;
  readonly #call: MediaConnection;
  readonly #connection: RTCPeerConnection;
  readonly #events: MediaLinkEvents;
  readonly #control: RTCDataChannel;
  readonly #live: RTCDataChannel;
  readonly #negotiation: Negotiation;
  readonly #watched = new AbortController();
  #local: LocalTracks;
  #stopNaming: (() => void) | undefined;
  #smallStart: SmallStart | undefined;
  #closed = false;
  #released = false;

  /** Must run in the same tick as `peer.call()` or `call.answer()`: what is made here belongs to the first offer. */
  constructor(options: {
    call: MediaConnection;
    local: LocalTracks;
    caller: boolean;
    polite: boolean;
    events: MediaLinkEvents;
  }) {
    this.#call = options.call;
    this.#connection = options.call.peerConnection;
    this.#events = options.events;
    this.#local = { ...options.local };
    this.remotePeerId = options.call.peer;
    this.id = options.call.connectionId;
    const connection = this.#connection;
    // PeerJS closes on 'failed', reads `streams[0]` that need not be there, and takes any channel of the other side.
    connection.oniceconnectionstatechange = null;
    connection.ontrack = null;
    connection.ondatachannel = null;
    const auxiliary: RTCDataChannel | undefined = options.call.dataChannel;
    if (auxiliary) auxiliary.onopen = auxiliary.onclose = null;

    this.#control = connection.createDataChannel('control', { negotiated: true, id: 1, ordered: true });
    this.#live = connection.createDataChannel('live', {
      negotiated: true,
      id: 2,
      ordered: false,
      maxRetransmits: 0,
    });
    this.#negotiation = new Negotiation({
      connection,
      linkId: this.id,
      polite: options.polite,
      send: (message) => this.#sendNegotiation(message),
    });
    this.#watch(options.caller);
  }

  get connectionState(): RTCPeerConnectionState {
    return this.#connection.connectionState;
  }
  get iceConnectionState(): RTCIceConnectionState {
    return this.#connection.iceConnectionState;
  }
  /** A path is there, and the channels over it are open: what is sent now arrives. */
  get up(): boolean {
    return this.controlOpen && this.#pathUp;
  }
  get #pathUp(): boolean {
    return isUp(this.#connection.connectionState, this.#connection.iceConnectionState);
  }
  get controlOpen(): boolean {
    return !this.#closed && this.#control.readyState === 'open';
  }

  /** The track that arrives for a source; it exists from the start and is silent until something is sent. */
  remoteTrack(source: TrackSource): MediaStreamTrack | null {
    return this.#slot(source)?.receiver.track ?? null;
  }

  /** Sends another track, or (null) nothing, in the place of this source. Needs no negotiation. */
  async setTrack(source: TrackSource, track: MediaStreamTrack | null): Promise<void> {
    this.#local[source] = track;
    if (this.#closed) return;
    await this.#slot(source)?.sender.replaceTrack(track);
  }

  /** False when the message could not be handed over: channel not open, or too large. */
  send(message: LinkMessage): boolean {
    const frame = this.controlOpen ? encodeLinkMessage(message) : undefined;
    if (frame === undefined) return false;
    this.#control.send(frame);
    return true;
  }

  /** False when there is no open channel; a datagram that would have to queue is dropped. */
  sendLive(bytes: Uint8Array): boolean {
    if (this.#closed || this.#live.readyState !== 'open' || !this.up) return false;
    if (this.#live.bufferedAmount <= maxLiveBacklogBytes) this.#live.send(new Uint8Array(bytes));
    return true;
  }

  /** A negotiation message that came by another way than the control channel. */
  receive(message: LinkMessage): void {
    this.#received(message);
  }

  restartIce(): void {
    this.#negotiation.restart();
  }

  statistics(): Promise<RTCStatsReport> {
    return this.#connection.getStats();
  }

  /** Ends the connection. With `farewell` the other side is told first; waits at most 200 ms for that to leave. */
  async close(farewell = false): Promise<void> {
    if (this.#closed) return;
    if (farewell && this.send({ t: 'bye' })) await this.#drained();
    this.#closed = true;
    this.#watched.abort();
    this.#stopNaming?.();
    this.#negotiation.close();
    this.#release();
    this.#call.close();
    this.#connection.close();
  }

  #slot(source: TrackSource): RTCRtpTransceiver | undefined {
    const transceiver = this.#connection.getTransceivers()[trackSources.indexOf(source)];
    return transceiver?.receiver.track.kind === slotKinds[source] ? transceiver : undefined;
  }

  #watch(caller: boolean): void {
    const connection = this.#connection;
    const { signal } = this.#watched;
    const state = () => {
      if (this.#pathUp) {
        this.#release();
        this.#smallStart?.linked();
      }
      this.#events.stateChanged();
    };
    connection.addEventListener('connectionstatechange', state, { signal });
    connection.addEventListener('iceconnectionstatechange', state, { signal });
    connection.addEventListener('track', (event) => this.#onTrack(event, caller), { signal });
    this.#control.addEventListener('open', () => this.#events.controlOpen(), { signal });
    this.#control.addEventListener('close', () => this.#events.ended(), { signal });
    this.#control.addEventListener(
      'message',
      (event) => {
        const message = parseLinkMessage(event.data);
        if (message) this.#received(message);
      },
      { signal },
    );
    this.#live.binaryType = 'arraybuffer';
    this.#live.addEventListener(
      'message',
      ({ data }: MessageEvent<unknown>) => {
        if (data instanceof ArrayBuffer && data.byteLength <= maxLiveBytes) {
          this.#events.live(new Uint8Array(data));
        }
      },
      { signal },
    );
    if (caller) {
      this.#prepareCamera();
      // The placeholders did their work when the call began: from now on only what is published is in the senders.
      for (const source of trackSources) void this.setTrack(source, this.#local[source]).catch(ignoreClosed);
    }
  }

  #onTrack({ transceiver, streams }: RTCTrackEvent, caller: boolean): void {
    const at = this.#connection.getTransceivers().indexOf(transceiver);
    const source = trackSources[at];
    if (!source || transceiver.receiver.track.kind !== slotKinds[source]) return;
    if (!caller) {
      // Between the offer and the answer: what is set here goes into the answer, so that either side may send later.
      transceiver.direction = 'sendrecv';
      if (source === 'camera') this.#prepareCamera();
      void transceiver.sender.replaceTrack(this.#local[source]).catch(ignoreClosed);
      // A stream in the answer tells the caller, ahead of the control channel, that there is something to see.
      if (this.#local[source]) transceiver.sender.setStreams?.(new MediaStream());
    }
    this.#events.trackArrived(source, caller && streams.length > 0);
  }

  /** Only in the tick in which the sender is made: set any later, it is never heard of a frame. */
  #prepareCamera(): void {
    const sender = this.#slot('camera')?.sender;
    if (!sender || this.#smallStart) return;
    this.#smallStart = new SmallStart(sender, this.#watched.signal);
    this.#stopNaming = frameNaming.name(sender, (frames) => {
      if (!this.#closed) this.#events.framesSent(frames);
    });
  }

  #received(message: LinkMessage): void {
    if (message.t === 'description' || message.t === 'candidate') {
      if (message.link === this.id) void this.#negotiation.receive(message);
    } else this.#events.message(message);
  }

  #sendNegotiation(message: LinkMessage): void {
    // While the path is down, a message on it would wait for the very path that it is to bring.
    if (!this.up || !this.send(message)) this.#events.outOfBand(message);
  }

  /** Takes the connection out of PeerJS's hands, once it stands. */
  #release(): void {
    if (this.#released) return;
    this.#released = true;
    this.#connection.onicecandidate = null;
    const provider: MediaConnection['provider'] | null = this.#call.provider;
    provider?._removeConnection(this.#call);
    this.#negotiation.takeOver();
  }

  #drained(): Promise<void> {
    if (this.#control.bufferedAmount === 0) return Promise.resolve();
    this.#control.bufferedAmountLowThreshold = 0;
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, 200);
      this.#control.addEventListener('bufferedamountlow', () => (clearTimeout(timer), resolve()), {
        once: true,
      });
    });
  }
}

/** A connection that is closed meanwhile has nothing left to send: no fault. */
function ignoreClosed(error: unknown): void {
  if (error instanceof DOMException && error.name === 'InvalidStateError') return;
  throw error;
}
