import { seededRandom } from '../../harness/seeded.ts';

const width = 640;
const height = 480;
const margin = 120;

/** A camera that moves to and fro before a wall full of coloured boxes; about 30 frames a second. */
export function openTexturedCamera(seed: number): { readonly track: MediaStreamTrack; stop(): void } {
  const random = seededRandom(seed);
  const wall = new OffscreenCanvas(width + 2 * margin, height + 2 * margin);
  const paint = wall.getContext('2d') as OffscreenCanvasRenderingContext2D;
  for (let i = 0; i < 1_500; i += 1) {
    paint.fillStyle = `hsl(${360 * random()} 60% ${20 + 60 * random()}%)`;
    paint.fillRect(
      random() * wall.width - 20,
      random() * wall.height - 20,
      10 + 40 * random(),
      10 + 40 * random(),
    );
  }
  const picture = wall.transferToImageBitmap();
  const canvas = document.createElement('canvas');
  canvas.width = width;
  canvas.height = height;
  const context = canvas.getContext('2d') as CanvasRenderingContext2D;
  const shoot = (): void => {
    const nowMs = performance.now();
    const left = margin + 80 * Math.sin(nowMs / 900);
    const top = margin + 60 * Math.sin(nowMs / 700);
    context.drawImage(picture, -left, -top);
  };
  shoot();
  const timer = setInterval(shoot, 33);
  const track = canvas.captureStream().getVideoTracks()[0];
  if (!track) throw new Error('no track');
  return { track, stop: () => clearInterval(timer) };
}
