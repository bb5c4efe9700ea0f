import type { Photo } from './film.ts';

const width = 1000;
const height = 700;

async function toPhoto(blob: Blob): Promise<Photo> {
  const bitmap = await createImageBitmap(blob);
  const context = new OffscreenCanvas(width, height).getContext('2d', { willReadFrequently: true });
  if (!context) throw new Error('no canvas');
  context.imageSmoothingQuality = 'high';
  // Fills the whole; what is too long is cut off on both sides.
  const scale = Math.max(width / bitmap.width, height / bitmap.height);
  const wide = bitmap.width * scale;
  const high = bitmap.height * scale;
  context.drawImage(bitmap, (width - wide) / 2, (height - high) / 2, wide, high);
  bitmap.close();
  return { width, height, data: context.getImageData(0, 0, width, height).data };
}

async function fetched(url: string): Promise<ArrayBuffer> {
  const response = await fetch(url);
  if (!response.ok) throw new Error(`${url}: ${response.status}`);
  return response.arrayBuffer();
}

export const loadPhoto = async (url: string): Promise<Photo> => toPhoto(new Blob([await fetched(url)]));

/** Pictures of a file in which they stand one after the other (MJPEG). */
export async function loadFootage(url: string, frames: readonly number[]): Promise<Photo[]> {
  const bytes = new Uint8Array(await fetched(url));
  const starts: number[] = [];
  for (let i = 0; i + 2 < bytes.length; i += 1) {
    if (bytes[i] === 0xff && bytes[i + 1] === 0xd8 && bytes[i + 2] === 0xff) starts.push(i);
  }
  const photos: Photo[] = [];
  for (const frame of frames) {
    const start = starts[frame];
    if (start === undefined) throw new RangeError(`the footage has no frame ${frame}`);
    photos.push(await toPhoto(new Blob([bytes.slice(start, starts[frame + 1])])));
  }
  return photos;
}
