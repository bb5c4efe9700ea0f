import { makeRandom } from '../camera/robust-fit.ts';
import type { TrackerEngine, VisionFrame } from '../object-tracker.ts';

const width = 320;
const height = 240;
const frames = 7;

/**
 * Lets an engine follow something made up for a few frames: what runs for the first time is several times slower, and
 * the first mark should not wait for it.
 */
export async function warmEngine(engine: TrackerEngine, breathe: () => Promise<void>): Promise<void> {
  const wall = paint();
  const side = 64;
  const started = await engine.start(shoot(wall, 0), { x: 128, y: 88, width: side, height: side });
  if (!started.ok) return;
  for (let i = 1; i < frames; i += 1) {
    await breathe();
    await engine.update(shoot(wall, 2 * i));
  }
  engine.stop(started.id);
}

const wallWidth = width + 2 * frames;

/** Plates of many sizes. */
function paint(): Uint8Array {
  const random = makeRandom(5);
  const wall = new Uint8Array(wallWidth * height).fill(120);
  for (let i = 0; i < 400; i += 1) {
    const left = Math.floor(random() * wallWidth);
    const top = Math.floor(random() * height);
    const light = random() * 255;
    const right = Math.min(wallWidth, left + 4 + random() * 30);
    const bottom = Math.min(height, top + 4 + random() * 30);
    for (let y = top; y < bottom; y += 1) wall.fill(light, y * wallWidth + left, y * wallWidth + right);
  }
  return wall;
}

function shoot(wall: Uint8Array, shift: number): VisionFrame {
  const data = new Uint8ClampedArray(width * height * 4).fill(255);
  for (let y = 0, to = 0; y < height; y += 1) {
    for (let x = 0; x < width; x += 1, to += 4) {
      data.fill(wall[y * wallWidth + x + shift]!, to, to + 3);
    }
  }
  return { width, height, data, timestampMs: shift };
}
