import type { Mark } from '#domain/annotation/marks.ts';
import type { Author } from './authors.ts';
import { paint, type PaintingContext } from './marks-painter.ts';

export interface RenderOptions {
  /** The longer side of the result at most, in pixels; the picture's own size without it. */
  maxSide?: number;
  type?: 'image/jpeg' | 'image/png' | 'image/webp';
  /** 0 to 1, for JPEG and WebP. */
  quality?: number;
}

/** Draws marks over a picture of that size, with their authors' names where `named` says so. */
export function drawMarks(
  context: PaintingContext,
  size: { width: number; height: number },
  marks: readonly Mark[],
  authors: (authorId: string) => Author,
  named: (mark: Mark) => boolean = () => false,
): void {
  paint(context, {
    box: {
      boxWidth: size.width,
      boxHeight: size.height,
      pictureWidth: size.width,
      pictureHeight: size.height,
      fit: 'contain',
      mirrored: false,
    },
    authors,
    marks: marks.map((mark) => ({ mark, live: false, opacity: 1 })),
    named: ({ mark }) => named(mark),
  });
}

/** The picture with its marks as a file, for downloads and thumbnails. Rejects where the canvas gives no file. */
export async function renderToBlob(
  image: CanvasImageSource & { width: number; height: number },
  marks: readonly Mark[],
  authors: (authorId: string) => Author,
  options: RenderOptions = {},
): Promise<Blob> {
  const natural = naturalSize(image);
  const scale = Math.min(1, (options.maxSide ?? Infinity) / Math.max(natural.width, natural.height));
  const size = {
    width: Math.max(1, Math.round(natural.width * scale)),
    height: Math.max(1, Math.round(natural.height * scale)),
  };
  const type = options.type ?? 'image/jpeg';
  const quality = options.quality ?? 0.9;
  if (typeof OffscreenCanvas !== 'undefined') {
    const canvas = new OffscreenCanvas(size.width, size.height);
    const context = canvas.getContext('2d');
    if (!context) throw new Error('no canvas');
    context.drawImage(image, 0, 0, size.width, size.height);
    drawMarks(context, size, marks, authors);
    return canvas.convertToBlob({ type, quality });
  }
  const canvas = document.createElement('canvas');
  Object.assign(canvas, size);
  const context = canvas.getContext('2d');
  if (!context) throw new Error('no canvas');
  context.drawImage(image, 0, 0, size.width, size.height);
  drawMarks(context, size, marks, authors);
  return new Promise((resolve, reject) => {
    const done = (blob: Blob | null): void => (blob ? resolve(blob) : reject(new Error('no picture')));
    canvas.toBlob(done, type, quality);
  });
}

function naturalSize(image: { width: number; height: number }): { width: number; height: number } {
  if ('naturalWidth' in image && 'naturalHeight' in image) {
    return { width: Number(image.naturalWidth), height: Number(image.naturalHeight) };
  }
  return image;
}
