import { BadBytes, ByteWriter, parseBytes, type ByteReader } from '../annotation/bytes.ts';
import { readPicture, writePicture, type PictureId } from '../picture/picture-id.ts';
import type { Box } from './box.ts';
import type { ScenePose } from './scene-pose.ts';
import { maxHighlights } from './tracking-messages.ts';

/**
 * Where everything is on one frame of one picture; may be lost or come out of order.
 *
 * Layout: kind and version (1 byte, 0x21) · picture (1 or 3 bytes, see `writePicture`; never with its flag) · flags (1 byte: frame named, scene known, 4 bits
 * number of objects) · name of the frame (4 bytes, only if named) · scene: epoch (1 byte), a, b, dx, dy in 1/2^20 as
 * zig-zag varints (only if known) · for each object: index (1 byte), confidence in 1/127 with the top bit for lost
 * (1 byte), x, y, width, height in 1/4095 of the picture as zig-zag varints. About 45 bytes with two objects.
 */
export interface TrackingDatagram {
  readonly picture: PictureId;
  /** The link's rtpTimestamp of the frame; undefined where it is not known. */
  readonly frame: number | undefined;
  readonly pose: ScenePose | undefined;
  readonly objects: readonly TrackedHighlight[];
}

export interface TrackedHighlight {
  readonly index: number;
  readonly state: 'tracked' | 'lost';
  /** 0…1 */
  readonly confidence: number;
  /** In shares of the un-mirrored picture; may reach beyond it. */
  readonly box: Box;
}

export const trackingDatagramKind = 0x21;
export const maxTrackingDatagramBytes = 200;

const named = 1;
const withPose = 2;
const countShift = 2;
const poseSteps = 2 ** 20;
/** Lengths of a pose: no camera goes further than that many pictures without being lost. */
const farthestPose = 256;
const boxSteps = 4095;
const farthestBox = 4 * boxSteps;
const lostBit = 128;

/** @param order of the call's participants; undefined for a picture of somebody who is not among them */
export function encodeTracking(
  { picture, frame, pose, objects }: TrackingDatagram,
  order: readonly string[],
): Uint8Array | undefined {
  const kept = objects.slice(0, maxHighlights);
  const scene = pose && isEncodable(pose) ? pose : undefined;
  const writer = new ByteWriter().byte(trackingDatagramKind);
  if (!writePicture(writer, picture, order)) return undefined;
  writer.byte((frame === undefined ? 0 : named) | (scene ? withPose : 0) | (kept.length << countShift));
  if (frame !== undefined) writer.fixed(frame >>> 0, 4);
  if (scene) {
    writer.byte(scene.epoch);
    for (const value of [scene.a, scene.b, scene.dx, scene.dy]) writer.zigzag(Math.round(value * poseSteps));
  }
  for (const { index, state, confidence, box } of kept) {
    writer.byte(index).byte(Math.round(limit(confidence, 0, 1) * 127) | (state === 'lost' ? lostBit : 0));
    for (const value of [box.x, box.y, box.width, box.height]) {
      writer.zigzag(Math.round(limit(value * boxSteps, -farthestBox, farthestBox)));
    }
  }
  return writer.done();
}

/** Reads a datagram; undefined for anything that is none or about a picture that nobody here knows. Never throws. */
export function parseTracking(bytes: unknown, order: readonly string[]): TrackingDatagram | undefined {
  if (!(bytes instanceof Uint8Array) || bytes.length > maxTrackingDatagramBytes) return undefined;
  return parseBytes(bytes, (reader) => {
    if (reader.byte() !== trackingDatagramKind) throw new BadBytes('another kind');
    const { picture, flag } = readPicture(reader, order);
    if (picture === undefined || flag) throw new BadBytes('no known picture');
    const flags = reader.byte();
    const count = flags >> countShift;
    if (count > maxHighlights) throw new BadBytes('too many objects');
    const frame = (flags & named) === 0 ? undefined : reader.fixed(4);
    const pose = (flags & withPose) === 0 ? undefined : readPose(reader);
    const objects = Array.from({ length: count }, () => readObject(reader));
    if (new Set(objects.map(({ index }) => index)).size !== count) throw new BadBytes('an object twice');
    reader.end();
    return { picture, frame, pose, objects };
  });
}

function readPose(reader: ByteReader): ScenePose {
  const epoch = reader.byte();
  const read = (): number => {
    const value = reader.zigzag() / poseSteps;
    if (Math.abs(value) > farthestPose) throw new BadBytes('too far');
    return value;
  };
  return { epoch, a: read(), b: read(), dx: read(), dy: read() };
}

function readObject(reader: ByteReader): TrackedHighlight {
  const index = reader.byte();
  const sure = reader.byte();
  const read = (least: number): number => {
    const value = reader.zigzag();
    if (value < least || value > farthestBox) throw new BadBytes('outside of the picture');
    return value / boxSteps;
  };
  const box = { x: read(-farthestBox), y: read(-farthestBox), width: read(0), height: read(0) };
  return { index, state: (sure & lostBit) === 0 ? 'tracked' : 'lost', confidence: (sure & 127) / 127, box };
}

const isEncodable = ({ a, b, dx, dy }: ScenePose): boolean =>
  [a, b, dx, dy].every((value) => Number.isFinite(value) && Math.abs(value) <= farthestPose);

const limit = (value: number, low: number, high: number): number =>
  Number.isFinite(value) ? Math.max(low, Math.min(high, value)) : low;
