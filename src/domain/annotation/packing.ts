import { BadBytes, type ByteReader, ByteWriter, parseBytes } from './bytes.ts';
import { clampToPicture } from './coordinates.ts';
import { maxMarkTextLength, maxPointsPerMark, type Mark, type Point, type StrokeWidth } from './marks.ts';

/**
 * A mark in few bytes. Layout: version (1 byte) · tool (code, or 255 and its key) · width (1 byte) · number of points
 * (varint) · first point · differences from point to point (zig-zag varints, x then y) · optional text.
 *
 * Grid: both sides of the picture are cut into 4095 steps. On a picture of nominally 2048 × 2048 pixels that is half
 * a pixel; a step up to 31 such pixels long takes one byte in each direction. A 60-point stroke takes about 161 bytes.
 */
const packingVersion = 1;
/** Steps along each side of the picture. */
export const gridSteps = 4095;

/** What a mark holds beside its id and its author, which are kept where the mark is kept. */
export type MarkBody = Pick<Mark, 'tool' | 'width' | 'points' | 'text'>;

const maxToolKeyLength = 40;
/** Common tools as one byte. Any other tool is written by its key; so this list need not grow with the tools. */
const toolCodes = ['pen', 'arrow', 'rectangle', 'ellipse', 'text'];
const spelledOut = 255;
const widthCodes: readonly StrokeWidth[] = ['thin', 'medium', 'thick'];
const toolKeyPattern = /^[a-z][a-z0-9-]*$/;

export function writeTool(writer: ByteWriter, tool: string): void {
  const code = toolCodes.indexOf(tool);
  if (code >= 0) writer.byte(code);
  else writer.byte(spelledOut).text(tool);
}

/** The tool's key, or `unknown-<code>` for a code of a newer version: such marks are kept, and named so. */
export function readTool(reader: ByteReader): string {
  const code = reader.byte();
  if (code !== spelledOut) return toolCodes[code] ?? `unknown-${code}`;
  const key = reader.text(maxToolKeyLength);
  if (!toolKeyPattern.test(key)) throw new BadBytes('no tool key');
  return key;
}

export const widthCode = (width: StrokeWidth): number => Math.max(0, widthCodes.indexOf(width));

/** A width of a newer version is shown as medium. */
export const widthFromCode = (code: number): StrokeWidth => widthCodes[code] ?? 'medium';

/** The nearest point of a grid with that many steps, as whole numbers. */
export function toGrid(point: Point, steps: number): Point {
  const { x, y } = clampToPicture(point);
  return { x: Math.round(x * steps), y: Math.round(y * steps) };
}

function writePoints(writer: ByteWriter, points: readonly Point[], steps: number): void {
  let before: Point = { x: 0, y: 0 };
  for (const point of points) {
    const now = toGrid(point, steps);
    writer.zigzag(now.x - before.x).zigzag(now.y - before.y);
    before = now;
  }
}

function readPoints(reader: ByteReader, count: number, steps: number): Point[] {
  const points: Point[] = [];
  let x = 0;
  let y = 0;
  for (let i = 0; i < count; i += 1) {
    x += reader.zigzag();
    y += reader.zigzag();
    if (x < 0 || y < 0 || x > steps || y > steps) throw new BadBytes('outside of the picture');
    points.push({ x: x / steps, y: y / steps });
  }
  return points;
}

/** Packs a mark. Points outside of the picture move to its edge; too many points or too long a text are cut off. */
export function packMark(mark: MarkBody): Uint8Array {
  const writer = new ByteWriter().byte(packingVersion);
  writeTool(writer, mark.tool);
  writer.byte(widthCode(mark.width));
  const points = mark.points.slice(0, maxPointsPerMark);
  writer.varint(points.length);
  writePoints(writer, points, gridSteps);
  if (mark.text !== undefined) writer.text(cutText(mark.text));
  return writer.done();
}

/** Reads a packed mark; undefined for anything that is none. Never throws. */
export function parseMark(bytes: unknown): MarkBody | undefined {
  return parseBytes(bytes, readMark);
}

/** The same inside a larger record: reads to its end. Throws BadBytes. */
export function readMark(reader: ByteReader): MarkBody {
  if (reader.byte() !== packingVersion) throw new BadBytes('unknown version');
  const tool = readTool(reader);
  const width = widthFromCode(reader.byte());
  const count = reader.varint();
  if (count < 1 || count > maxPointsPerMark) throw new BadBytes('number of points');
  const points = readPoints(reader, count, gridSteps);
  if (reader.left === 0) return { tool, width, points };
  const text = reader.text(maxMarkTextLength * 4);
  reader.end();
  if (text.length > maxMarkTextLength) throw new BadBytes('text too long');
  return { tool, width, points, text };
}

/** Cuts at the limit without halving a character outside of the basic plane. */
export function cutText(text: string): string {
  if (text.length <= maxMarkTextLength) return text;
  const cut = text.slice(0, maxMarkTextLength);
  const last = cut.charCodeAt(cut.length - 1);
  return last >= 0xd800 && last <= 0xdbff ? cut.slice(0, -1) : cut;
}
