import { boxArea, boxAround, centreDistance, type Box } from '#domain/tracking/box.ts';
import { makeRandom } from '../../../src/lib/vision/camera/robust-fit.ts';
import { Film, type FilmedFrame, type Photo, type Shot, type World } from './film.ts';

/**
 * What is hard about a made-up sequence. All have a camera that moves, turns, tilts and comes nearer, light that
 * changes, a leaving on one side with a return on another, something that covers the element in part and wholly, and a
 * fast leaving with a blurred return.
 */
export interface FilmPlan {
  readonly name: string;
  readonly seed: number;
  readonly element: 'textured' | 'plain' | 'small' | 'look-alikes';
  readonly moves: boolean;
}

const elements = ['textured', 'small', 'look-alikes', 'plain', 'textured'] as const;

/** `count` sequences from a seed, every third with an element that moves by itself. */
export function planFilms(count: number, seed: number): FilmPlan[] {
  return Array.from({ length: count }, (_, i) => {
    const moves = i % 3 === 2;
    const element = moves ? 'textured' : (elements[(i - Math.floor(i / 3)) % elements.length] ?? 'textured');
    const number = String(i + 1).padStart(2, '0');
    return {
      name: `${moves ? 'moving' : 'still'}-${number}-${element}`,
      seed: seed * 1000 + i,
      element,
      moves,
    };
  });
}

/** All photos have the same size, at least three of them. Frames are made one at a time. */
export function* makeFilm(plan: FilmPlan, photos: readonly Photo[]): Generator<FilmedFrame> {
  const random = makeRandom(plan.seed * 7919 + 13);
  for (let i = 0; i < 20; i += 1) random();
  const order = photos
    .map((photo) => ({ photo, at: random() }))
    .sort((a, b) => a.at - b.at)
    .map(({ photo }) => photo);
  const cover = order.pop();
  if (!cover) throw new RangeError('no photos');
  const world = makeWorld(plan, order, random);
  const film = new Film(world, cover, random);
  for (const shot of makeShots(plan, world.element, random)) yield film.shoot(shot);
}

function makeWorld(
  { element: kind, moves }: FilmPlan,
  photos: readonly Photo[],
  random: () => number,
): World {
  const photo = mosaic(photos, random);
  const side = kind === 'small' ? 30 + 12 * random() : 55 + 70 * random();
  const sprite = moves ? mosaic([...photos].reverse(), random) : undefined;
  const source = sprite ?? photo;
  const boxes = Array.from({ length: 60 }, (): { box: Box; spread: number } => {
    const aspect = 0.65 + 0.9 * random();
    const width = Math.round(side * Math.sqrt(aspect));
    const height = Math.round(side / Math.sqrt(aspect));
    const x = Math.round(photo.width * (0.25 + 0.5 * random()) - width / 2);
    const y = Math.round(photo.height * (0.25 + 0.5 * random()) - height / 2);
    const box = { x, y, width, height };
    return { box, spread: spreadIn(source, box) };
  }).sort((a, b) => a.spread - b.spread);
  const usable = boxes.filter(({ spread }) => spread >= 5);
  const chosen = kind === 'plain' ? usable[0] : usable[Math.floor(usable.length * (0.5 + 0.5 * random()))];
  const element = (chosen ?? boxes.at(-1))?.box;
  if (!element) throw new RangeError('no element');
  if (kind === 'look-alikes') addLookAlikes(photo, element, random);
  return { photo, element, ...(sprite && { sprite }) };
}

/** Two by two, each as it is or as in a mirror. */
function mosaic(photos: readonly Photo[], random: () => number): Photo {
  const { width, height } = photos[0] ?? { width: 0, height: 0 };
  const data = new Uint8ClampedArray(width * height * 16);
  for (let tile = 0; tile < 4; tile += 1) {
    const photo = photos[tile % photos.length];
    if (!photo) break;
    const from = new Uint32Array(photo.data.buffer, photo.data.byteOffset, width * height);
    const to = new Uint32Array(data.buffer);
    const flipped = random() < 0.5;
    const start = (tile >> 1) * height * width * 2 + (tile & 1) * width;
    for (let y = 0; y < height; y += 1) {
      for (let x = 0; x < width; x += 1) {
        to[start + y * width * 2 + x] = from[y * width + (flipped ? width - 1 - x : x)]!;
      }
    }
  }
  return { width: width * 2, height: height * 2, data };
}

/** Standard deviation of the green of a part. */
function spreadIn({ width, data }: Photo, box: Box): number {
  let sum = 0;
  let squares = 0;
  for (let y = box.y; y < box.y + box.height; y += 1) {
    for (let x = box.x; x < box.x + box.width; x += 1) {
      const value = data[(y * width + x) * 4 + 1]!;
      sum += value;
      squares += value * value;
    }
  }
  const count = boxArea(box);
  return Math.sqrt(Math.max(0, squares / count - (sum / count) ** 2));
}

function addLookAlikes({ width, data }: Photo, element: Box, random: () => number): void {
  const places: Box[] = [element];
  for (let round = 0; round < 60 && places.length < 4; round += 1) {
    const angle = 2 * Math.PI * random();
    const distance = (1.5 + 2 * random()) * Math.max(element.width, element.height);
    const x = Math.round(element.x + Math.cos(angle) * distance);
    const y = Math.round(element.y + Math.sin(angle) * distance);
    const place = { ...element, x, y };
    if (places.some((one) => centreDistance(one, place) < 1.3 * Math.max(element.width, element.height)))
      continue;
    places.push(place);
    for (let row = 0; row < element.height; row += 1) {
      const from = ((element.y + row) * width + element.x) * 4;
      data.copyWithin(((y + row) * width + x) * 4, from, from + element.width * 4);
    }
  }
}

interface Stop {
  readonly frames: number;
  readonly x: number;
  readonly y: number;
  readonly scale: number;
  readonly angle: number;
  readonly tiltX: number;
  readonly tiltY: number;
  readonly gain: number;
}

/** What lies over the element from a frame on: in, stays, out; how much of it. */
interface Covering {
  readonly from: number;
  readonly stays: number;
  readonly share: number;
}

const slideFrames = 5;
const size = { width: 640, height: 480 };

function* makeShots({ moves }: FilmPlan, element: Box, random: () => number): Generator<Shot> {
  const between = (low: number, high: number): number => low + (high - low) * random();
  const sign = (): number => (random() < 0.5 ? -1 : 1);
  const inside = (frames: number, scale: number, angle = between(-0.25, 0.25)): Stop => ({
    frames,
    x: size.width * between(0.3, 0.7),
    y: size.height * between(0.3, 0.7),
    scale,
    angle,
    tiltX: between(-0.0004, 0.0004),
    tiltY: between(-0.0004, 0.0004),
    gain: between(0.75, 1.25),
  });
  const outside = (frames: number, side: number, scale: number): Stop => ({
    ...inside(frames, scale),
    x: side % 2 === 0 ? (side === 0 ? -320 : 960) : size.width / 2,
    y: side % 2 === 1 ? (side === 1 ? -320 : 800) : size.height / 2,
  });
  const corner = (frames: number, a: number, b: number, scale: number): Stop => {
    const p = outside(frames, a, scale);
    const q = outside(frames, b, scale);
    return { ...p, x: a % 2 === 0 ? p.x : q.x, y: a % 2 === 0 ? q.y : p.y };
  };
  const side = Math.floor(4 * random());
  const next = (side + (random() < 0.5 ? 1 : 3)) % 4;
  const scales = [between(0.6, 1.6), between(0.6, 1.6)] as const;
  const first = { ...inside(1, 1, 0), tiltX: 0, tiltY: 0, gain: 1 };
  const stops: Stop[] = [
    first,
    inside(22, between(0.85, 1.2)),
    inside(18, between(0.8, 1.25)),
    outside(14, side, 1),
    corner(6, side, next, scales[0]),
    outside(6, next, scales[0]),
    inside(16, scales[0]),
    // Covered in part, then wholly.
    inside(30, between(0.85, 1.2)),
    inside(36, between(0.85, 1.2)),
    outside(8, next, 1),
    corner(5, next, side, scales[1]),
    outside(5, side, scales[1]),
    inside(10, scales[1], between(0.2, 0.5) * sign()),
    inside(20, scales[1]),
  ];
  const coverings: Covering[] = [
    { from: 88, stays: 10, share: 0.4 },
    { from: 118, stays: 12, share: 1.45 },
  ];
  const fast = { from: 147, to: 178 };
  const phases = Array.from({ length: 4 }, () => 2 * Math.PI * random());
  const drift = {
    x: between(60, 140) * sign(),
    y: between(40, 110) * sign(),
    turn: between(0.1, 0.35) * sign(),
  };
  const coverSide = random() < 0.5;
  let at = 0;
  for (let k = 1; k < stops.length; k += 1) {
    const from = stops[k - 1]!;
    const to = stops[k]!;
    for (let i = 0; i < to.frames; i += 1, at += 1) {
      const share = (i + 1) / to.frames;
      const s = share * share * (3 - 2 * share);
      const mix = (of: (stop: Stop) => number): number => of(from) + (of(to) - of(from)) * s;
      const calm = Math.min(1, at / 10);
      const x = mix((one) => one.x) + calm * 6 * Math.sin(at / 3.1 + phases[0]!);
      const y = mix((one) => one.y) + calm * 6 * Math.sin(at / 2.7 + phases[1]!);
      const scale = Math.exp(mix((one) => Math.log(one.scale)));
      const own = moves
        ? {
            x: calm * drift.x * Math.sin(at / 19),
            y: calm * drift.y * Math.sin(at / 13),
            angle: calm * drift.turn * Math.sin(at / 23),
          }
        : undefined;
      const angle = mix((one) => one.angle) + calm * 0.012 * Math.sin(at / 4.3 + phases[2]!);
      const ownX = own ? scale * (Math.cos(angle) * own.x - Math.sin(angle) * own.y) : 0;
      const ownY = own ? scale * (Math.sin(angle) * own.x + Math.cos(angle) * own.y) : 0;
      const isFast = at >= fast.from && at < fast.to;
      yield {
        x,
        y,
        scale,
        angle,
        tiltX: mix((one) => one.tiltX),
        tiltY: mix((one) => one.tiltY),
        gain: mix((one) => one.gain),
        blur: isFast ? 2 : Math.sin(at / 8 + phases[3]!) > 0.8 ? 1 : 0,
        cover: coverAt(
          coverings,
          at,
          boxAround(x + ownX, y + ownY, element.width * scale, element.height * scale),
          coverSide,
        ),
        own,
      };
    }
  }
}

/** Slides over from one side; somewhat larger than what it covers. */
function coverAt(coverings: readonly Covering[], at: number, box: Box, fromLeft: boolean): Box | undefined {
  for (const { from, stays, share } of coverings) {
    const i = at - from;
    if (i < 0 || i >= stays + 2 * slideFrames) continue;
    const way = Math.min(1, (i + 1) / slideFrames, (stays + 2 * slideFrames - i) / slideFrames);
    const width = box.width * 1.9;
    const x = fromLeft
      ? box.x + way * share * box.width - width
      : box.x + box.width - way * share * box.width;
    return { x, y: box.y - 0.35 * box.height, width, height: 1.7 * box.height };
  }
  return undefined;
}
