import { packFrame, shrinkPlane, type PackedFrame, type Plane } from './packed-frame.ts';

/** The longer side of what is looked at, in pixels. */
const largestSide = 640;
/** Whole-numbered shrinking may go below, but not further than this. */
const smallestShrunkSide = 480;

const even = (value: number): number => (value + 1) >> 1;

/** Makes frames of the browser small enough to be looked at. Keeps its memory from frame to frame. */
export class FrameConverter {
  #bytes = new Uint8Array(0);
  #context: OffscreenCanvasRenderingContext2D | undefined;

  /** The frame stays open. @throws DOMException when it cannot be read */
  async convert(frame: VideoFrame, timestampMs: number): Promise<PackedFrame> {
    const shrink = planarShrink(frame);
    return shrink === undefined
      ? this.#fromCanvas(frame, timestampMs)
      : this.#fromPlanes(frame, shrink, timestampMs);
  }

  /** Cameras give brightness and colour in planes of their own: nothing has to be computed to get them. */
  async #fromPlanes(frame: VideoFrame, shrink: number, timestampMs: number): Promise<PackedFrame> {
    const size = frame.allocationSize();
    if (this.#bytes.length !== size) this.#bytes = new Uint8Array(size);
    const data = this.#bytes;
    const layout = await frame.copyTo(data);
    const planar = frame.format === 'I420';
    const full = { width: frame.displayWidth, height: frame.displayHeight };
    const half = { width: even(full.width), height: even(full.height) };
    const plane = (number: number, sides: typeof full, shift = 0, step = 1): Plane => {
      const { offset = 0, stride = sides.width } = layout[number] ?? {};
      return { data, offset: offset + shift, stride, step, ...sides };
    };
    const width = full.width / shrink;
    const height = full.height / shrink;
    const gray = new Uint8Array(width * height);
    shrinkPlane(plane(0, full), shrink, width, height, gray);
    const columns = even(width);
    const rows = even(height);
    const chroma = new Uint8Array(2 * columns * rows);
    const blue = planar ? plane(1, half) : plane(1, half, 0, 2);
    const red = planar ? plane(2, half) : plane(1, half, 1, 2);
    shrinkPlane(blue, shrink, columns, rows, chroma);
    shrinkPlane(red, shrink, columns, rows, chroma, columns * rows);
    return { width, height, timestampMs, gray, chroma, fullRange: frame.colorSpace.fullRange === true };
  }

  #fromCanvas(frame: VideoFrame, timestampMs: number): PackedFrame {
    const scale = Math.min(1, largestSide / Math.max(frame.displayWidth, frame.displayHeight));
    const width = Math.max(1, Math.round(frame.displayWidth * scale));
    const height = Math.max(1, Math.round(frame.displayHeight * scale));
    const context = this.#contextOf(width, height);
    context.drawImage(frame, 0, 0, width, height);
    const { data } = context.getImageData(0, 0, width, height);
    return packFrame({ width, height, data, timestampMs });
  }

  #contextOf(width: number, height: number): OffscreenCanvasRenderingContext2D {
    const { canvas } = this.#context ?? {};
    if (this.#context && canvas?.width === width && canvas.height === height) return this.#context;
    const context = new OffscreenCanvas(width, height).getContext('2d', {
      willReadFrequently: true,
      alpha: false,
    });
    if (!context) throw new DOMException('no canvas to draw on', 'NotSupportedError');
    return (this.#context = context);
  }
}

/** By how much to shrink the planes of a frame; undefined where they do not lie as they are shown. */
function planarShrink(frame: VideoFrame): number | undefined {
  const { format, visibleRect, displayWidth, displayHeight } = frame;
  if (format !== 'I420' && format !== 'NV12') return undefined;
  const turned = frame as VideoFrame & { readonly rotation?: number; readonly flip?: boolean };
  if ((turned.rotation ?? 0) !== 0 || turned.flip === true) return undefined;
  if (visibleRect?.width !== displayWidth || visibleRect.height !== displayHeight) return undefined;
  const side = Math.max(displayWidth, displayHeight);
  const shrink = Math.ceil(side / largestSide);
  if (displayWidth % shrink !== 0 || displayHeight % shrink !== 0) return undefined;
  return shrink === 1 || side / shrink >= smallestShrunkSide ? shrink : undefined;
}
