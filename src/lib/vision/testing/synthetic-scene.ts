import { shareInside, type Box } from '#domain/tracking/box.ts';
import { makeRandom } from '../camera/robust-fit.ts';
import type { VisionFrame } from '../picture/picture.ts';

/** Where the camera looks: the picture's centre in the scene, scene pixels per picture pixel, turn in radians. */
export interface CameraPose {
  readonly x: number;
  readonly y: number;
  readonly zoom?: number;
  readonly angle?: number;
}

export interface SyntheticShot {
  readonly frame: VisionFrame;
  /** undefined where the element cannot be seen. */
  readonly truth: Box | undefined;
}

const worldWidth = 1100;
const worldHeight = 800;

/** A textured wall from a seed, with an element on it, filmed by a camera that moves as it is told to. */
export class SyntheticScene {
  readonly width: number;
  readonly height: number;
  readonly element: Box = { x: 520, y: 370, width: 60, height: 50 };
  readonly #world: Uint8Array;
  readonly #cover: Uint8Array;
  #number = 0;

  constructor(seed: number, width = 320, height = 240) {
    this.width = width;
    this.height = height;
    this.#world = paintWall(makeRandom(seed));
    this.#cover = paintWall(makeRandom(seed + 77_777));
  }

  /**
   * @param covered share of the element, from its left, behind something textured
   * @param gain of the light
   */
  shoot(
    { x, y, zoom = 1, angle = 0 }: CameraPose,
    { covered = 0, gain = 1, dark = false } = {},
  ): SyntheticShot {
    const { width, height } = this;
    const data = new Uint8Array(width * height);
    const cos = Math.cos(angle) * zoom;
    const sin = Math.sin(angle) * zoom;
    const hidden: Box = {
      x: this.element.x - 30,
      y: this.element.y - 30,
      width: (this.element.width + 60) * covered,
      height: this.element.height + 60,
    };
    for (let row = 0, i = 0; row < height && !dark; row += 1) {
      for (let column = 0; column < width; column += 1, i += 1) {
        const u = column - width / 2;
        const v = row - height / 2;
        const wx = x + cos * u - sin * v;
        const wy = y + sin * u + cos * v;
        const isHidden =
          wx >= hidden.x && wx < hidden.x + hidden.width && wy >= hidden.y && wy < hidden.y + hidden.height;
        data[i] = Math.min(255, gain * sample(isHidden ? this.#cover : this.#world, wx, wy));
      }
    }
    const timestampMs = (this.#number += 1) * 40;
    const truth = this.#truth(x, y, zoom, angle);
    const gone = dark || covered > 0.9 || shareInside(truth, this) < 0.2;
    return { frame: { width, height, data, timestampMs }, truth: gone ? undefined : truth };
  }

  #truth(x: number, y: number, zoom: number, angle: number): Box {
    const dx = (this.element.x + this.element.width / 2 - x) / zoom;
    const dy = (this.element.y + this.element.height / 2 - y) / zoom;
    const centreX = Math.cos(angle) * dx + Math.sin(angle) * dy + this.width / 2;
    const centreY = -Math.sin(angle) * dx + Math.cos(angle) * dy + this.height / 2;
    const width = this.element.width / zoom;
    const height = this.element.height / zoom;
    return { x: centreX - width / 2, y: centreY - height / 2, width, height };
  }
}

/** Blotches of several sizes, then plates, screws and stripes. */
function paintWall(random: () => number): Uint8Array {
  const wall = new Float32Array(worldWidth * worldHeight).fill(120);
  for (const size of [80, 34, 13]) addNoise(wall, size, 34, random);
  for (let i = 0; i < 420; i += 1) {
    const x = Math.floor(random() * worldWidth);
    const y = Math.floor(random() * worldHeight);
    const w = 4 + Math.floor(random() * 34);
    const h = 4 + Math.floor(random() * 34);
    const light = random() * 220 + 20;
    const round = random() < 0.5;
    for (let dy = 0; dy < h && y + dy < worldHeight; dy += 1) {
      for (let dx = 0; dx < w && x + dx < worldWidth; dx += 1) {
        const outside = ((dx + 0.5) / w - 0.5) ** 2 + ((dy + 0.5) / h - 0.5) ** 2 > 0.25;
        if (!round || !outside) wall[(y + dy) * worldWidth + x + dx] = light;
      }
    }
  }
  return Uint8Array.from(wall, (value) => Math.max(0, Math.min(255, value)));
}

function addNoise(wall: Float32Array, size: number, strength: number, random: () => number): void {
  const columns = Math.ceil(worldWidth / size) + 2;
  const knots = Float32Array.from(
    { length: columns * (Math.ceil(worldHeight / size) + 2) },
    () => random() - 0.5,
  );
  for (let y = 0, i = 0; y < worldHeight; y += 1) {
    const row = Math.floor(y / size) * columns;
    const fy = (y % size) / size;
    for (let x = 0; x < worldWidth; x += 1, i += 1) {
      const at = row + Math.floor(x / size);
      const fx = (x % size) / size;
      const upper = knots[at]! * (1 - fx) + knots[at + 1]! * fx;
      const lower = knots[at + columns]! * (1 - fx) + knots[at + columns + 1]! * fx;
      wall[i]! += 2 * strength * (upper * (1 - fy) + lower * fy);
    }
  }
}

function sample(world: Uint8Array, x: number, y: number): number {
  const px = Math.max(0, Math.min(worldWidth - 1.001, x));
  const py = Math.max(0, Math.min(worldHeight - 1.001, y));
  const x0 = Math.floor(px);
  const y0 = Math.floor(py);
  const fx = px - x0;
  const at = y0 * worldWidth + x0;
  const upper = world[at]! + (world[at + 1]! - world[at]!) * fx;
  const lower = world[at + worldWidth]! + (world[at + worldWidth + 1]! - world[at + worldWidth]!) * fx;
  return upper + (lower - upper) * (py - y0);
}
