/** The first picture has this part of the camera's width and height: a key frame of it is there many times sooner. */
const firstScale = 4;
/** How long a link that stands carries the small picture, and how long until the next look where it is too slow. */
const lookAfterMs = 800;
/** A link that is estimated to carry less than this (bit/s) would freeze on a large key frame. */
const leastForFullBitrate = 200_000;

/** May the picture have its full size now? `bitrate`: what the link is estimated to carry, where that is known. */
export function mayGrow(bitrate: number | undefined): boolean {
  return bitrate === undefined || bitrate >= leastForFullBitrate;
}

/**
 * Lets a camera begin small on a fresh link and gives it its full size as soon as the link stands. A browser begins
 * with a guess of 300 kbit/s, and a whole key frame takes a second or more at that. Ends with the signal.
 */
export class SmallStart {
  readonly #sender: RTCRtpSender;
  readonly #signal: AbortSignal;
  #ready: Promise<void>;
  #linked = false;

  constructor(sender: RTCRtpSender, signal: AbortSignal) {
    this.#sender = sender;
    this.#signal = signal;
    this.#ready = this.#scale(firstScale);
  }

  /** The link stands: from here the time counts. Calling it again does nothing. */
  linked(): void {
    if (this.#linked) return;
    this.#linked = true;
    this.#lookLater();
  }

  #lookLater(): void {
    const timer = setTimeout(() => {
      this.#signal.removeEventListener('abort', stop);
      void this.#look();
    }, lookAfterMs);
    const stop = () => clearTimeout(timer);
    this.#signal.addEventListener('abort', stop, { once: true });
  }

  async #look(): Promise<void> {
    const bitrate = await this.#estimatedBitrate();
    if (this.#signal.aborted) return;
    if (mayGrow(bitrate)) {
      this.#ready = this.#ready.then(() => this.#scale(1));
    } else this.#lookLater();
  }

  async #estimatedBitrate(): Promise<number | undefined> {
    const report = await this.#sender.getStats();
    for (const row of report.values() as Iterable<{ type: string; availableOutgoingBitrate?: number }>) {
      if (row.type === 'candidate-pair' && row.availableOutgoingBitrate !== undefined) {
        return row.availableOutgoingBitrate;
      }
    }
    return undefined;
  }

  async #scale(scaleResolutionDownBy: number): Promise<void> {
    const parameters = this.#sender.getParameters();
    // Firefox lists no encodings before the negotiation: there the picture is full from the start.
    if (parameters.encodings.length === 0) return;
    for (const encoding of parameters.encodings) encoding.scaleResolutionDownBy = scaleResolutionDownBy;
    try {
      await this.#sender.setParameters(parameters);
    } catch (error) {
      // Closed meanwhile, or renegotiated between reading and writing: the picture keeps the size that it has.
      if (!(error instanceof DOMException)) throw error;
    }
  }
}
