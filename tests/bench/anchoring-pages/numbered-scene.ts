import type { Box } from '#domain/tracking/box.ts';

/** Every figure is in pixels of a picture of this size, whatever size is really painted. */
export const pictureWidth = 640;
export const pictureHeight = 480;

const worldWidth = 1000;
const worldHeight = 760;
const elementWidth = 96;
const elementHeight = 84;
/** The number stands in black and white fields along the upper edge. */
const bits = 15;
const fields = bits + 1;
const fieldHeight = 24;
const frameMs = 33;
/** How the camera moves over the photo: there and back on both axes, at about 190 pixels a second. */
const sweep = { x: 150, everyMsX: 4_200, y: 90, everyMsY: 3_100 };
/** Whoever asks for frames of long ago has waited too long. */
const keptNumbers = 3_000;

/** Goes on over all cameras, so that no frame can be taken for one of another camera. */
let number = 0;

export interface PaintedFrame {
  readonly number: number;
  readonly paintedAtMs: number;
  /** Where the element is, in pixels of the picture. */
  readonly element: Box;
}

export const newestNumber = (): number => number;

const painted = new Map<number, PaintedFrame>();
export const paintedFrame = (of: number): PaintedFrame | undefined => painted.get(of);

export interface NumberedCamera {
  readonly track: MediaStreamTrack;
  /** Another resolution of the same picture. */
  resize(width: number): void;
  stop(): void;
}

/** A photo with a part in it that is worth following. */
export interface World {
  readonly photo: ImageBitmap;
  readonly element: Box;
}

export async function loadWorld(url: string): Promise<World> {
  const response = await fetch(url);
  if (!response.ok) throw new Error(`${url}: ${response.status}`);
  const whole = await createImageBitmap(await response.blob());
  const canvas = new OffscreenCanvas(worldWidth, worldHeight);
  const context = canvas.getContext('2d', { willReadFrequently: true });
  if (!context) throw new Error('no canvas');
  const scale = Math.max(worldWidth / whole.width, worldHeight / whole.height);
  context.imageSmoothingQuality = 'high';
  context.drawImage(whole, 0, 0, whole.width * scale, whole.height * scale);
  whole.close();
  return { photo: await createImageBitmap(canvas), element: busiestBox(context) };
}

/** Of some boxes around the middle the one with the most edges in it: marks are made on things, not on walls. */
function busiestBox(context: OffscreenCanvasRenderingContext2D): Box {
  let best: { readonly edges: number; readonly element: Box } | undefined;
  for (let row = -1; row <= 1; row += 1) {
    for (let column = -1; column <= 1; column += 1) {
      const x = (worldWidth - elementWidth) / 2 + column * 50;
      const y = (worldHeight - elementHeight) / 2 + row * 40;
      const { data } = context.getImageData(x, y, elementWidth, elementHeight);
      let edges = 0;
      for (let i = 4; i < data.length; i += 4) edges += Math.abs((data[i + 1] ?? 0) - (data[i - 3] ?? 0));
      if (!best || edges > best.edges) {
        best = { edges, element: { x, y, width: elementWidth, height: elementHeight } };
      }
    }
  }
  return best?.element as Box;
}

/** @param way `clock`: frames are made one by one, on a clock of their own that began long ago */
export function openNumberedCamera(world: World, way: 'canvas' | 'clock'): NumberedCamera {
  const canvas = document.createElement('canvas');
  canvas.width = pictureWidth;
  canvas.height = pictureHeight;
  const context = canvas.getContext('2d') as CanvasRenderingContext2D;
  const output = way === 'canvas' ? undefined : new MediaStreamTrackGenerator({ kind: 'video' });
  const writer = output?.writable.getWriter();
  const beganMs = performance.now();
  const paint = (): void => {
    number += 1;
    const nowMs = performance.now();
    const turn = (everyMs: number): number => Math.sin((2 * Math.PI * nowMs) / everyMs);
    const left = (worldWidth - pictureWidth) / 2 + sweep.x * turn(sweep.everyMsX);
    const top = (worldHeight - pictureHeight) / 2 + sweep.y * turn(sweep.everyMsY);
    const scale = canvas.width / pictureWidth;
    context.setTransform(scale, 0, 0, scale, 0, 0);
    context.drawImage(
      world.photo,
      ...[left, top, pictureWidth, pictureHeight],
      ...([0, 0, pictureWidth, pictureHeight] as const),
    );
    paintNumber(context, number);
    const { element } = world;
    painted.set(number, {
      number,
      paintedAtMs: nowMs,
      element: { ...element, x: element.x - left, y: element.y - top },
    });
    painted.delete(number - keptNumbers);
    if (!writer) return;
    const timestamp = Math.round((nowMs - beganMs + 5_000_000) * 1_000);
    // Closed when it is written; a generator that has ended takes no more.
    void writer.write(new VideoFrame(canvas, { timestamp })).catch(() => undefined);
  };
  paint();
  const timer = setInterval(paint, frameMs);
  const track = output ?? canvas.captureStream().getVideoTracks()[0];
  if (!track) throw new Error('no track');
  return {
    track,
    resize(width) {
      canvas.width = width;
      canvas.height = (width * pictureHeight) / pictureWidth;
    },
    stop: () => clearInterval(timer),
  };
}

const bitOf = (value: number, field: number): boolean =>
  field < bits ? ((value >> field) & 1) === 1 : countBits(value) % 2 === 0;

function countBits(value: number): number {
  let count = 0;
  for (let rest = value; rest > 0; rest >>= 1) count += rest & 1;
  return count;
}

function paintNumber(context: CanvasRenderingContext2D, value: number): void {
  const width = pictureWidth / fields;
  for (let field = 0; field < fields; field += 1) {
    context.fillStyle = bitOf(value, field) ? '#fff' : '#000';
    context.fillRect(field * width, 0, width, fieldHeight);
  }
}

const small = new OffscreenCanvas(fields, 1);
const smallContext = small.getContext('2d', {
  willReadFrequently: true,
}) as OffscreenCanvasRenderingContext2D;

/** The number that the picture carries; undefined for one without (black, or torn). */
export function readNumber(picture: CanvasImageSource, width: number, height: number): number | undefined {
  const strip = (fieldHeight * height) / pictureHeight;
  smallContext.drawImage(picture, 0, strip * 0.3, width, strip * 0.4, 0, 0, fields, 1);
  const { data } = smallContext.getImageData(0, 0, fields, 1);
  let value = 0;
  for (let field = 0; field < bits; field += 1) if ((data[field * 4] ?? 0) > 127) value |= 1 << field;
  // A black picture has an even number of ones, and none in the last field.
  return (data[bits * 4] ?? 0) > 127 === bitOf(value, bits) ? value : undefined;
}
