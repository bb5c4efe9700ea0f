import type { LinkMessage } from './wire.ts';

type NegotiationMessage = Extract<LinkMessage, { t: 'description' | 'candidate' }>;

/**
 * Perfect negotiation on a connection that PeerJS has set up: offers may cross, the polite side gives way. Used for
 * restarts of the link; sources never need it, since all of them are negotiated from the start.
 */
export class Negotiation {
  readonly #connection: RTCPeerConnection;
  readonly #linkId: string;
  readonly #polite: boolean;
  readonly #send: (message: NegotiationMessage) => void;
  readonly #watched = new AbortController();
  #active = false;
  #makingOffer = false;
  #ignoreOffer = false;
  /** Messages are handled one after the other: a candidate must not overtake its description. */
  #queue: Promise<void> = Promise.resolve();

  constructor(options: {
    connection: RTCPeerConnection;
    linkId: string;
    polite: boolean;
    send: (message: NegotiationMessage) => void;
  }) {
    this.#connection = options.connection;
    this.#linkId = options.linkId;
    this.#polite = options.polite;
    this.#send = options.send;
  }

  /** From here on, what the connection wants said is said by us. */
  takeOver(): void {
    if (this.#active) return;
    this.#active = true;
    const { signal } = this.#watched;
    this.#connection.addEventListener('negotiationneeded', () => void this.#offer(), { signal });
    this.#connection.addEventListener('icecandidate', ({ candidate }) => this.#candidate(candidate), {
      signal,
    });
  }

  restart(): void {
    if (this.#watched.signal.aborted || this.#connection.signalingState === 'closed') return;
    this.takeOver();
    // An offer that was never answered (the path was gone) would block the new one for good.
    if (this.#connection.signalingState === 'have-local-offer') {
      void this.#connection.setLocalDescription({ type: 'rollback' }).then(
        () => this.#connection.restartIce(),
        () => this.#connection.restartIce(),
      );
    } else this.#connection.restartIce();
  }

  receive(message: NegotiationMessage): Promise<void> {
    this.#queue = this.#queue.then(() => this.#handle(message)).catch(() => undefined);
    return this.#queue;
  }

  close(): void {
    this.#watched.abort();
  }

  #candidate(candidate: RTCIceCandidate | null): void {
    if (!candidate?.candidate) return;
    const { sdpMid, sdpMLineIndex, usernameFragment } = candidate;
    this.#send({
      t: 'candidate',
      link: this.#linkId,
      candidate: { candidate: candidate.candidate, sdpMid, sdpMLineIndex, usernameFragment },
    });
  }

  async #offer(): Promise<void> {
    if (this.#connection.signalingState === 'closed') return;
    try {
      this.#makingOffer = true;
      await this.#connection.setLocalDescription();
      this.#sendDescription();
    } catch (error) {
      // Closed meanwhile, or an offer of the other side came first: either way theirs goes on, and ours is not needed.
      if (!(error instanceof DOMException)) throw error;
    } finally {
      this.#makingOffer = false;
    }
  }

  #sendDescription(): void {
    const description = this.#connection.localDescription;
    if (!description || this.#watched.signal.aborted) return;
    this.#send({
      t: 'description',
      link: this.#linkId,
      description: { type: description.type, sdp: description.sdp },
    });
  }

  async #handle(message: NegotiationMessage): Promise<void> {
    if (this.#watched.signal.aborted) return;
    const connection = this.#connection;
    if (message.t === 'candidate') {
      try {
        await connection.addIceCandidate(message.candidate ?? undefined);
      } catch (error) {
        if (!this.#ignoreOffer) throw error;
      }
      return;
    }
    const { description } = message;
    const collision =
      description.type === 'offer' && (this.#makingOffer || connection.signalingState !== 'stable');
    this.#ignoreOffer = !this.#polite && collision;
    if (this.#ignoreOffer) return;
    // An answer to an offer that was taken back meanwhile.
    if (description.type === 'answer' && connection.signalingState !== 'have-local-offer') return;
    this.takeOver();
    await connection.setRemoteDescription(description);
    if (description.type === 'offer') {
      await connection.setLocalDescription();
      this.#sendDescription();
    }
  }
}
