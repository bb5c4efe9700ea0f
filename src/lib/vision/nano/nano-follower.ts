import { overlap, type Box } from '#domain/tracking/box.ts';
import { cropColour } from '../picture/crop.ts';
import type { Picture } from '../picture/picture.ts';
import { ElementFollower } from '../trackers/element-follower.ts';
import { boxOfPose, type Clearness, type Follower, type Motion, type Pose } from '../trackers/follower.ts';
import {
  answerCells,
  answerStride,
  searchSide,
  templateSide,
  type NanoAnswer,
  type NanoNet,
  type NanoTemplate,
} from './nano-net.ts';

const settings = { penalty: 0.055, window: 0.455, rate: 0.37 };
/** With so much in common the net and the filter mean the same. */
const agreeing = 0.5;
/** By so much clearer the filter has to see the element elsewhere to be believed instead of the net. */
const clearlyMore = 1.25;
/** A motion of more than this share of the element's size counts. */
const littleShift = 0.05;
const area = answerCells * answerCells;

/**
 * Follows an element with NanoTrack, and beside it with a filter that knows the element by other features. Where both
 * mean the same it lies in the middle between them, and each goes on from its own place, so that neither leads the other
 * away; where not, the net is believed unless the filter sees the element clearly better where it has it. The net is
 * sure of itself even when the element is gone: how clearly it is seen is asked of the filter.
 */
export class NanoFollower implements Follower {
  readonly patienceFrames = 60;
  readonly #net: NanoNet;
  readonly #template: NanoTemplate;
  readonly #filter: ElementFollower;
  /** What both say, and what the net alone says. */
  #pose: Pose;
  #byNet: Pose;
  #agree = true;
  #answer: Follower['answer'];

  private constructor(net: NanoNet, template: NanoTemplate, filter: ElementFollower) {
    this.#net = net;
    this.#template = template;
    this.#filter = filter;
    this.#pose = filter.pose;
    this.#byNet = filter.pose;
  }

  static async create(net: NanoNet, picture: Picture, box: Box): Promise<NanoFollower> {
    const filter = new ElementFollower(picture, box);
    const side = contextSide(box.width, box.height);
    const template = await net.describe(cropBgr(picture, filter.pose, side, templateSide));
    return new NanoFollower(net, template, filter);
  }

  get pose(): Pose {
    return this.#pose;
  }

  get answer(): Follower['answer'] {
    return this.#answer;
  }

  place(pose: Pose): void {
    this.#pose = pose;
    this.#byNet = pose;
    this.#filter.place(pose);
  }

  async locate(picture: Picture, motion?: Motion): Promise<Pose> {
    const found = await this.#find(picture, moved(this.#byNet, motion));
    const own = this.#filter.locate(picture, motion);
    const { answer } = this.#filter;
    // The net knows no turn.
    const net = { ...found, angle: own.angle };
    this.#byNet = net;
    this.#agree = overlap(boxOfPose(net), boxOfPose(own)) >= agreeing;
    if (!this.#agree) return this.#choose(picture, net, own, answer);
    this.#answer = answer;
    this.#pose = between(net, own);
    return this.#pose;
  }

  /** They mean different things: the filter says at which of the two places the element is seen. */
  #choose(picture: Picture, net: Pose, own: Pose, atOwn: Clearness | undefined): Pose {
    this.#filter.place(net);
    const there = this.#filter.locate(picture);
    const { answer: atNet } = this.#filter;
    if ((atOwn?.peak ?? 0) > clearlyMore * (atNet?.peak ?? 0)) {
      this.place(own);
      this.#agree = true;
      this.#answer = atOwn;
      return own;
    }
    const share = overlap(boxOfPose(net), boxOfPose(there));
    this.#agree = share >= agreeing;
    this.#pose = this.#agree ? between(net, there) : net;
    // Two that see different things know little of either.
    const trust = Math.min(1, share / agreeing);
    this.#answer = atNet && { peak: atNet.peak * trust, sharpness: atNet.sharpness };
    return this.#pose;
  }

  seek(picture: Picture, poses: readonly Pose[]): ReturnType<Follower['seek']> {
    return this.#filter.seek(picture, poses);
  }

  train(picture: Picture): void {
    if (!this.#agree) this.#filter.place(this.#byNet);
    this.#filter.train(picture);
  }

  async #find(picture: Picture, from: Pose): Promise<Pose> {
    const zoom = templateSide / contextSide(from.width, from.height);
    const found = await this.#net.find(this.#template, cropBgr(picture, from, searchSide / zoom, searchSide));
    const best = bestBox(found, from.width * zoom, from.height * zoom);
    const rate = best.surety * settings.rate;
    return {
      x: clamp(from.x + best.x / zoom, 0, picture.width),
      y: clamp(from.y + best.y / zoom, 0, picture.height),
      width: clamp(from.width + rate * (best.width / zoom - from.width), 6, picture.width),
      height: clamp(from.height + rate * (best.height / zoom - from.height), 6, picture.height),
      angle: from.angle,
    };
  }
}

/** The middle of both. */
const between = (net: Pose, filter: Pose): Pose => ({
  x: (net.x + filter.x) / 2,
  y: (net.y + filter.y) / 2,
  width: Math.sqrt(net.width * filter.width),
  height: Math.sqrt(net.height * filter.height),
  angle: filter.angle,
});

function moved(pose: Pose, motion: Motion | undefined): Pose {
  if (!motion || Math.hypot(motion.dx, motion.dy) <= littleShift * Math.sqrt(pose.width * pose.height)) {
    return pose;
  }
  return { ...pose, x: pose.x + motion.dx, y: pose.y + motion.dy };
}

/** Side of the square that shows the element with half of its size around it. */
function contextSide(width: number, height: number): number {
  const margin = (width + height) / 2;
  return Math.sqrt((width + margin) * (height + margin));
}

/** Three planes of blue, green and red, 0…255, around the pose's centre. */
function cropBgr(picture: Picture, { x, y }: Pose, size: number, pixels: number): Float32Array {
  const rgb = new Uint8Array(pixels * pixels * 3);
  cropColour(picture, { x, y, width: size, height: size, angle: 0 }, pixels, pixels, rgb);
  const plane = pixels * pixels;
  const planes = new Float32Array(plane * 3);
  for (let i = 0, at = 0; i < plane; i += 1, at += 3) {
    planes[i] = rgb[at + 2]!;
    planes[plane + i] = rgb[at + 1]!;
    planes[2 * plane + i] = rgb[at]!;
  }
  return planes;
}

const hann = Float32Array.from(
  { length: answerCells },
  (_, i) => 0.5 - 0.5 * Math.cos((2 * Math.PI * i) / (answerCells - 1)),
);

interface FoundBox {
  /** Of its centre, from the middle of the search picture. */
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  /** 0…1 */
  readonly surety: number;
}

/** The surest box; one of another size or shape than before, or far away, has to be surer. */
export function bestBox({ scores, sides }: NanoAnswer, width: number, height: number): FoundBox {
  const before = contextSide(width, height);
  let best: FoundBox | undefined;
  let highest = -Infinity;
  for (let row = 0, i = 0; row < answerCells; row += 1) {
    for (let column = 0; column < answerCells; column += 1, i += 1) {
      const score = 1 / (1 + Math.exp(scores[i]! - scores[area + i]!));
      const left = column * answerStride - searchSide / 2 - sides[i]!;
      const right = column * answerStride - searchSide / 2 + sides[2 * area + i]!;
      const top = row * answerStride - searchSide / 2 - sides[area + i]!;
      const bottom = row * answerStride - searchSide / 2 + sides[3 * area + i]!;
      const w = right - left;
      const h = bottom - top;
      const size = change(contextSide(w, h) / before);
      const shape = change(width / height / (w / h));
      const penalty = Math.exp((1 - size * shape) * settings.penalty);
      const value = penalty * score * (1 - settings.window) + hann[column]! * hann[row]! * settings.window;
      if (!(value > highest)) continue;
      highest = value;
      best = { x: (left + right) / 2, y: (top + bottom) / 2, width: w, height: h, surety: penalty * score };
    }
  }
  return best ?? { x: 0, y: 0, width, height, surety: 0 };
}

const change = (ratio: number): number => Math.max(ratio, 1 / ratio);
const clamp = (value: number, low: number, high: number): number => Math.max(low, Math.min(high, value));
