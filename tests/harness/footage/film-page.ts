// Runs in a page, one picture after the other: the wall as the moving camera sees it.
import { focus, poseAt } from './camera-path.ts';
import { paintWall } from './paint-wall.ts';
import { pictureSize, wallSize } from './panel.ts';

const { width, height } = pictureSize;

function context2d(canvas: OffscreenCanvas): OffscreenCanvasRenderingContext2D {
  const context = canvas.getContext('2d', { willReadFrequently: true });
  if (!context) throw new Error('no canvas');
  return context;
}

// Signed: they stay whole numbers of the processor.
const wall = new Int32Array(
  context2d(paintWall()).getImageData(0, 0, wallSize.width, wallSize.height).data.buffer,
);

/** Fills a picture with what the camera sees: the way back from each of its pixels to the wall, between four of whose pixels it lies. */
function shoot(frame: number, into: Int32Array): void {
  const { x, y, distance, turn, roll } = poseAt(frame);
  const [cosTurn, sinTurn] = [Math.cos(turn), Math.sin(turn)];
  const [cosRoll, sinRoll] = [Math.cos(roll) / focus, Math.sin(roll) / focus];
  const [lastX, lastY] = [wallSize.width - 1.01, wallSize.height - 1.01];
  for (let row = 0, at = 0; row < height; row += 1) {
    const v = row + 0.5 - height / 2;
    for (let column = 0; column < width; column += 1, at += 1) {
      const u = column + 0.5 - width / 2;
      const a = cosRoll * u + sinRoll * v;
      const b = cosRoll * v - sinRoll * u;
      const across = (a * distance) / (cosTurn + a * sinTurn);
      const wx = Math.min(lastX, Math.max(0, x + across - 0.5));
      const wy = Math.min(lastY, Math.max(0, y + b * (distance - across * sinTurn) - 0.5));
      const left = wx | 0;
      const top = wy | 0;
      // Two colours at a time, in 128ths.
      const fx = ((wx - left) * 128) | 0;
      const fy = ((wy - top) * 128) | 0;
      const from = top * wallSize.width + left;
      const [one, two] = [wall[from] ?? 0, wall[from + 1] ?? 0];
      const [three, four] = [wall[from + wallSize.width] ?? 0, wall[from + wallSize.width + 1] ?? 0];
      const w4 = (fx * fy) >> 7;
      const w2 = fx - w4;
      const w3 = fy - w4;
      const w1 = 128 - fx - fy + w4;
      const redBlue =
        (one & 0xff00ff) * w1 + (two & 0xff00ff) * w2 + (three & 0xff00ff) * w3 + (four & 0xff00ff) * w4;
      const green = (one & 0xff00) * w1 + (two & 0xff00) * w2 + (three & 0xff00) * w3 + (four & 0xff00) * w4;
      into[at] = 0xff000000 | ((redBlue >>> 7) & 0xff00ff) | ((green >>> 7) & 0xff00);
    }
  }
}

async function toJpeg(frame: number): Promise<string> {
  const canvas = new OffscreenCanvas(width, height);
  const picture = new ImageData(width, height);
  shoot(frame, new Int32Array(picture.data.buffer));
  context2d(canvas).putImageData(picture, 0, 0);
  const blob = await canvas.convertToBlob({ type: 'image/jpeg', quality: 0.85 });
  const bytes = new Uint8Array(await blob.arrayBuffer());
  let text = '';
  for (let from = 0; from < bytes.length; from += 8_192)
    text += String.fromCharCode(...bytes.subarray(from, from + 8_192));
  return btoa(text);
}

/** JPEGs of so many frames, in base64: while one is encoded, the next is computed. */
const toJpegs = (from: number, count: number): Promise<string[]> =>
  Promise.all(Array.from({ length: count }, (_, index) => toJpeg(from + index)));

export type FilmPage = typeof filmPage;
const filmPage = { toJpegs };
Object.assign(globalThis, { filmPage });
