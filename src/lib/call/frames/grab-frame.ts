import { CodedError } from '#domain/error-codes.ts';
import { fitWithin } from './fit-within.ts';

const jpegQuality = 0.92;

export interface GrabbedFrame {
  /** image/jpeg */
  blob: Blob;
  width: number;
  height: number;
  /** Of the blob's bytes, lower-case hex. */
  sha256: string;
}

/**
 * The sharpest frame that there is on this device: the full resolution of the track, not of the element on the
 * screen, and never mirrored. From a video element, or from the own camera's track.
 * Throws a CodedError `media-unsupported` when there is no frame to be had.
 */
export async function grabFrame(source: HTMLVideoElement | MediaStreamTrack): Promise<GrabbedFrame> {
  const picture = source instanceof HTMLVideoElement ? ofElement(source) : await ofTrack(source);
  try {
    return await encode(picture.image, picture.width, picture.height);
  } finally {
    picture.close();
  }
}

interface Picture {
  image: CanvasImageSource;
  width: number;
  height: number;
  close(): void;
}

function ofElement(video: HTMLVideoElement): Picture {
  const { videoWidth: width, videoHeight: height } = video;
  if (!width || !height) throw new CodedError('media-unsupported');
  return { image: video, width, height, close: () => undefined };
}

async function ofTrack(track: MediaStreamTrack): Promise<Picture> {
  if (track.kind !== 'video' || track.readyState !== 'live') throw new CodedError('media-unsupported');
  if ('ImageCapture' in globalThis) {
    try {
      const bitmap = await new ImageCapture(track).grabFrame();
      return { image: bitmap, width: bitmap.width, height: bitmap.height, close: () => bitmap.close() };
    } catch {
      // Some cameras refuse it; playing the track in an element always works.
      return playedOnce(track);
    }
  }
  return playedOnce(track);
}

async function playedOnce(track: MediaStreamTrack): Promise<Picture> {
  const video = document.createElement('video');
  video.muted = true;
  video.playsInline = true;
  video.srcObject = new MediaStream([track]);
  const close = () => {
    video.pause();
    video.srcObject = null;
  };
  try {
    await video.play();
    return { ...ofElement(video), close };
  } catch (error) {
    close();
    throw new CodedError('media-unsupported', 'no frame', { cause: error });
  }
}

async function encode(image: CanvasImageSource, width: number, height: number): Promise<GrabbedFrame> {
  const size = fitWithin(width, height);
  const canvas = new OffscreenCanvas(size.width, size.height);
  const context = canvas.getContext('2d', { alpha: false });
  if (!context) throw new CodedError('media-unsupported');
  context.imageSmoothingQuality = 'high';
  context.drawImage(image, 0, 0, size.width, size.height);
  const blob = await canvas.convertToBlob({ type: 'image/jpeg', quality: jpegQuality });
  const digest = await crypto.subtle.digest('SHA-256', await blob.arrayBuffer());
  return { blob, ...size, sha256: hex(new Uint8Array(digest)) };
}

function hex(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}
