/** A frame that is on the screen now. */
export interface SeenFrame {
  /** Its name on the wire (32 bits, around); undefined for the own picture, and where the browser does not tell. */
  readonly name: number | undefined;
  /** When it came on the screen, or will in a moment, on the page's clock (`performance.now()`). */
  readonly atMs: number;
}

/**
 * Tells of every frame that a video element shows, also of another stream that it is given later, until the returned
 * function is called. Where the browser does not tell of frames, each turn of the screen counts as one without a name.
 * Nothing is told while the page is hidden.
 */
export function watchSeenFrames(video: HTMLVideoElement, listener: (frame: SeenFrame) => void): () => void {
  return 'requestVideoFrameCallback' in video ? watchFrames(video, listener) : watchScreen(listener);
}

function watchFrames(video: HTMLVideoElement, listener: (frame: SeenFrame) => void): () => void {
  const seen: VideoFrameRequestCallback = (_nowMs, metadata) => {
    // Before the listener: one that throws, or that stops, must not leave it in between.
    waiting = video.requestVideoFrameCallback(seen);
    const { rtpTimestamp, expectedDisplayTime } = metadata;
    listener({ name: rtpTimestamp, atMs: expectedDisplayTime });
  };
  let waiting = video.requestVideoFrameCallback(seen);
  return () => video.cancelVideoFrameCallback(waiting);
}

function watchScreen(listener: (frame: SeenFrame) => void): () => void {
  const turned: FrameRequestCallback = (atMs) => {
    waiting = requestAnimationFrame(turned);
    listener({ name: undefined, atMs });
  };
  let waiting = requestAnimationFrame(turned);
  return () => cancelAnimationFrame(waiting);
}
