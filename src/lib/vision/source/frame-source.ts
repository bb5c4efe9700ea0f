/** Where a source brings its frames. */
export interface FrameTarget {
  /** All frames from now on, until `pause`; the stream may be handed to a worker. */
  takeStream(stream: ReadableStream<VideoFrame>): void;
  /** One frame, to be closed by whoever takes it; `name` where the link tells it. False: it is not wanted now. */
  takeFrame(frame: VideoFrame, name: number | undefined): boolean;
}

/** Frames of one track. Reads nothing until `resume`. */
export interface FrameSource {
  resume(): void;
  pause(): void;
  /** Once, when the track has ended: by itself, or because it was stopped. */
  onEnded(listener: () => void): void;
  /** To be called when a stream ended by itself. */
  streamEnded(): void;
  dispose(): void;
}

interface TrackProcessor {
  readonly readable: ReadableStream<VideoFrame>;
}
type TrackProcessorConstructor = new (init: {
  readonly track: MediaStreamTrack;
  readonly maxBufferSize?: number;
}) => TrackProcessor;

interface FrameParts {
  readonly MediaStreamTrackProcessor?: TrackProcessorConstructor;
  readonly VideoFrame?: typeof VideoFrame;
}

/**
 * Frames that may wait for a worker that is busy; Chromium keeps no more than two, whatever is asked for (ADR 10). They
 * come out of the camera's own few, of which some must stay for the encoder.
 */
const waitingFrames = 6;
/** A processor that hands out its end before the track knows of it gets another try. */
const endedLookMs = 500;

/**
 * The best way this browser has: a stream that a worker reads, so that no frame comes to the page's thread; or a video
 * element, frame by frame. The track is neither cloned nor stopped: a clone would go on seeing what its owner has
 * switched off. undefined: there is none.
 */
export function openFrameSource(track: MediaStreamTrack, target: FrameTarget): FrameSource | undefined {
  const parts = globalThis as FrameParts;
  if (track.kind !== 'video' || track.readyState === 'ended') return undefined;
  if (parts.MediaStreamTrackProcessor)
    return new StreamSource(track, target, parts.MediaStreamTrackProcessor);
  const frames =
    typeof HTMLVideoElement !== 'undefined' && 'requestVideoFrameCallback' in HTMLVideoElement.prototype;
  return parts.VideoFrame && frames ? new ElementSource(track, target) : undefined;
}

/** What both ways have in common: when they run, and when the track ends. */
abstract class TrackSource implements FrameSource {
  protected readonly track: MediaStreamTrack;
  protected readonly target: FrameTarget;
  #running = false;
  /** Counts the times that frames were begun to be read. */
  #visit = 0;
  #disposed = false;
  #ended: (() => void) | undefined;
  readonly #trackEnded = (): void => this.#end();

  constructor(track: MediaStreamTrack, target: FrameTarget) {
    this.track = track;
    this.target = target;
    track.addEventListener('ended', this.#trackEnded);
  }

  protected abstract begin(): void;
  protected abstract leave(): void;

  protected get running(): boolean {
    return this.#running;
  }

  resume(): void {
    if (this.#disposed || this.#running) return;
    if (this.track.readyState === 'ended') return this.#end();
    this.#running = true;
    this.#visit += 1;
    this.begin();
  }

  pause(): void {
    if (!this.#running) return;
    this.#running = false;
    this.leave();
  }

  onEnded(listener: () => void): void {
    this.#ended = listener;
  }

  streamEnded(): void {
    if (!this.#running || this.#disposed) return;
    if (this.track.readyState === 'ended') return this.#end();
    const visit = this.#visit;
    setTimeout(() => {
      if (this.track.readyState === 'ended') return this.#end();
      if (!this.#running || visit !== this.#visit) return;
      this.leave();
      this.begin();
    }, endedLookMs);
  }

  dispose(): void {
    this.pause();
    this.#disposed = true;
    this.#ended = undefined;
    this.track.removeEventListener('ended', this.#trackEnded);
  }

  #end(): void {
    const ended = this.#ended;
    this.dispose();
    ended?.();
  }
}

class StreamSource extends TrackSource {
  readonly #Processor: TrackProcessorConstructor;

  constructor(track: MediaStreamTrack, target: FrameTarget, Processor: TrackProcessorConstructor) {
    super(track, target);
    this.#Processor = Processor;
  }

  protected begin(): void {
    const { track } = this;
    this.target.takeStream(new this.#Processor({ track, maxBufferSize: waitingFrames }).readable);
  }

  // Whoever reads the stream cancels it.
  protected leave(): void {}
}

class ElementSource extends TrackSource {
  #video: HTMLVideoElement | undefined;

  protected begin(): void {
    const video = document.createElement('video');
    video.muted = true;
    video.playsInline = true;
    video.srcObject = new MediaStream([this.track]);
    // A track that its owner stops tells nobody, but the element ends.
    video.addEventListener('ended', () => this.streamEnded());
    this.#video = video;
    // A page that may not play yet may later; frames come when it does.
    video.play().catch(() => undefined);
    this.#next(video);
  }

  protected leave(): void {
    const video = this.#video;
    this.#video = undefined;
    video?.pause();
    if (video) video.srcObject = null;
  }

  #next(video: HTMLVideoElement): void {
    video.requestVideoFrameCallback((_nowMs, metadata) => {
      if (this.#video !== video) return;
      this.#next(video);
      const frame = frameOf(video, metadata.mediaTime);
      if (!frame) return;
      const name = metadata.rtpTimestamp;
      if (!this.target.takeFrame(frame, name === undefined ? undefined : name >>> 0)) frame.close();
    });
  }
}

/** undefined while the element has no picture */
function frameOf(video: HTMLVideoElement, mediaTime: number): VideoFrame | undefined {
  try {
    return new VideoFrame(video, { timestamp: Math.round(mediaTime * 1e6) });
  } catch (error) {
    if (error instanceof DOMException) return undefined;
    throw error;
  }
}
