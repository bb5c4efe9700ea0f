import { base64Url } from '../ids.ts';
import { BadBytes, ByteWriter, parseBytes } from './bytes.ts';
import type { Point, StrokeWidth } from './marks.ts';
import { maxPointsPerMark } from './marks.ts';
import { readTool, toGrid, widthCode, widthFromCode, writeTool } from './packing.ts';

/**
 * A stroke while it is drawn, as datagrams that may be lost or come out of order. Each says all that a receiver needs
 * to begin with it: tool, width, and which points of the stroke it carries — the newest, and those of the two datagrams
 * before it (four points at most), so that a lost datagram is healed by the next. Who draws is never in the datagram:
 * the link says so.
 *
 * Layout: kind and version (1 byte, 0x11) · flags (1 byte: width 2 bits, end, cancel, whole, 3 bits number of points)
 * · tool (1 byte, or 255 and its key) · stroke id (4 bytes) · index of the first point, or the revision (varint) ·
 * points on a grid of 2047 steps a side (one pixel of a nominal 2048-wide picture), first one from 0, then
 * differences as zig-zag varints. About 21 bytes for six points.
 */
const strokeDatagramKind = 0x11;
export const maxDatagramBytes = 200;
const liveGridSteps = 2047;
/** New points in one datagram at most; a writer with more makes several. */
const maxPointsPerDatagram = 24;
/** Points repeated from before at most, so that loss is healed. */
const repeatedPoints = 4;
const countEscape = 7;

export interface StrokeDatagram {
  /** 32 bits, made by the author for this stroke. */
  strokeId: number;
  tool: string;
  width: StrokeWidth;
  /** `append`: `points` are those from index `at` on. `whole`: `points` are all there are, as of revision `at`. */
  form: 'append' | 'whole';
  at: number;
  points: Point[];
  /** The pen was lifted: with the last of these points the stroke is complete. */
  end: boolean;
  /** The stroke is taken back. */
  cancel: boolean;
}

export function encodeStrokeDatagram(datagram: StrokeDatagram): Uint8Array {
  const { points } = datagram;
  const count = Math.min(points.length, countEscape);
  const writer = new ByteWriter().byte(strokeDatagramKind);
  writer.byte(
    widthCode(datagram.width) |
      (datagram.end ? 4 : 0) |
      (datagram.cancel ? 8 : 0) |
      (datagram.form === 'whole' ? 16 : 0) |
      (count << 5),
  );
  writeTool(writer, datagram.tool);
  writer.fixed(datagram.strokeId >>> 0, 4).varint(datagram.at);
  if (count === countEscape) writer.varint(points.length);
  const [first, ...rest] = points;
  if (first) {
    const origin = toGrid(first, liveGridSteps);
    writer.fixed(origin.x | (origin.y << 11), 3);
    writeRest(writer, first, rest);
  }
  return writer.done();
}

function writeRest(writer: ByteWriter, first: Point, rest: readonly Point[]): void {
  let before = toGrid(first, liveGridSteps);
  for (const point of rest) {
    const now = toGrid(point, liveGridSteps);
    writer.zigzag(now.x - before.x).zigzag(now.y - before.y);
    before = now;
  }
}

/** Reads a datagram; undefined for anything that is none, other kinds included. Never throws. */
export function parseStrokeDatagram(bytes: unknown): StrokeDatagram | undefined {
  if (!(bytes instanceof Uint8Array) || bytes.length > maxDatagramBytes) return undefined;
  return parseBytes(bytes, (reader) => {
    if (reader.byte() !== strokeDatagramKind) throw new BadBytes('another kind');
    const flags = reader.byte();
    const tool = readTool(reader);
    const strokeId = reader.fixed(4);
    const at = reader.varint();
    const countCode = flags >> 5;
    const count = countCode === countEscape ? reader.varint() : countCode;
    if (at + count > maxPointsPerMark && (flags & 16) === 0) throw new BadBytes('too many points');
    if (count > reader.left) throw new BadBytes('ended early');
    const points: Point[] = [];
    if (count > 0) {
      const packed = reader.fixed(3);
      let x = packed & 2047;
      let y = (packed >> 11) & 2047;
      points.push({ x: x / liveGridSteps, y: y / liveGridSteps });
      for (let i = 1; i < count; i += 1) {
        x += reader.zigzag();
        y += reader.zigzag();
        if (x < 0 || y < 0 || x > liveGridSteps || y > liveGridSteps) throw new BadBytes('outside');
        points.push({ x: x / liveGridSteps, y: y / liveGridSteps });
      }
    }
    reader.end();
    return {
      strokeId,
      tool,
      width: widthFromCode(flags & 3),
      form: (flags & 16) === 0 ? 'append' : 'whole',
      at,
      points,
      end: (flags & 4) !== 0,
      cancel: (flags & 8) !== 0,
    };
  });
}

/** The id of a live stroke's mark, the same on every side and in the call's document. */
export function strokeMarkId(strokeId: number): string {
  return base64Url(Uint8Array.from([24, 16, 8, 0].map((shift) => (strokeId >>> shift) & 255)));
}

/** Takes a stroke back, by the id of its mark; undefined for marks that were never drawn live. */
export function cancelDatagram(mark: {
  id: string;
  tool: string;
  width: StrokeWidth;
}): Uint8Array | undefined {
  const strokeId = strokeIdOf(mark.id);
  if (strokeId === undefined) return undefined;
  const { tool, width } = mark;
  return encodeStrokeDatagram({
    strokeId,
    tool,
    width,
    form: 'append',
    at: 0,
    points: [],
    end: false,
    cancel: true,
  });
}

/** The stroke id in a mark's id; undefined if it holds none. */
export function strokeIdOf(markId: string): number | undefined {
  if (!/^[A-Za-z0-9_-]{6}$/.test(markId)) return undefined;
  const digits = [...markId].map((letter) => base64UrlLetters.indexOf(letter));
  const bits = digits.reduce((sum, digit) => sum * 64 + digit, 0);
  // Six letters are 36 bits; the last four are padding.
  return bits % 16 === 0 ? bits / 16 : undefined;
}
const base64UrlLetters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';

/** The drawing side: turns a growing stroke into datagrams. */
export class StrokeSender {
  readonly #head: Pick<StrokeDatagram, 'strokeId' | 'tool' | 'width' | 'form'>;
  #sent = 0;
  /** What was sent before the last datagram, and before the one ahead of it. */
  #sentBefore = 0;
  #sentLongBefore = 0;
  #revision = 0;

  constructor(head: Pick<StrokeDatagram, 'strokeId' | 'tool' | 'width' | 'form'>) {
    this.#head = head;
  }

  /** Datagrams that bring a receiver from the last call up to these points. None if there is nothing new. */
  next(points: readonly Point[], options: { end?: boolean; again?: boolean } = {}): Uint8Array[] {
    const end = options.end ?? false;
    if (this.#head.form === 'whole') {
      this.#revision += 1;
      return [this.#encode(this.#revision, points, end)];
    }
    const datagrams: Uint8Array[] = [];
    while (points.length - this.#sent > maxPointsPerDatagram) {
      const upTo = this.#sent + maxPointsPerDatagram;
      datagrams.push(this.#range(points, upTo, false));
    }
    if (points.length > this.#sent || end || options.again) {
      datagrams.push(this.#range(points, points.length, end));
    }
    return datagrams;
  }

  cancel(): Uint8Array {
    return encodeStrokeDatagram({ ...this.#head, at: 0, points: [], end: false, cancel: true });
  }

  #range(points: readonly Point[], upTo: number, end: boolean): Uint8Array {
    // A repeated end needs no more than the last two points: whoever has less heals from the kept stroke.
    const back = this.#sent === upTo ? 2 : Math.min(repeatedPoints, this.#sent - this.#sentLongBefore);
    const from = Math.max(0, this.#sent - back);
    if (upTo > this.#sent) {
      this.#sentLongBefore = this.#sentBefore;
      this.#sentBefore = this.#sent;
    }
    this.#sent = upTo;
    return this.#encode(from, points.slice(from, upTo), end);
  }

  #encode(at: number, points: readonly Point[], end: boolean): Uint8Array {
    return encodeStrokeDatagram({ ...this.#head, at, points: [...points], end, cancel: false });
  }
}

/** The seeing side of one stroke. Pure: takes datagrams in any order, with gaps and doubles. */
export interface LiveStroke {
  strokeId: number;
  tool: string;
  width: StrokeWidth;
  /** By index; a lost stretch has holes that `strokePoints` skips. */
  points: (Point | undefined)[];
  revision: number;
  /** Number of points when the pen was lifted; null while it is drawn. */
  endedAt: number | null;
}

export function beginLiveStroke(datagram: StrokeDatagram): LiveStroke {
  const { strokeId, tool, width } = datagram;
  return joinDatagram({ strokeId, tool, width, points: [], revision: -1, endedAt: null }, datagram);
}

/** The stroke after one more datagram of it. */
export function joinDatagram(stroke: LiveStroke, datagram: StrokeDatagram): LiveStroke {
  if (datagram.form === 'whole') {
    if (datagram.at <= stroke.revision) return stroke;
    const endedAt = datagram.end ? datagram.points.length : stroke.endedAt;
    return { ...stroke, points: [...datagram.points], revision: datagram.at, endedAt };
  }
  const points = [...stroke.points];
  datagram.points.forEach((point, i) => {
    points[datagram.at + i] ??= point;
  });
  const endedAt = datagram.end ? datagram.at + datagram.points.length : stroke.endedAt;
  return { ...stroke, points, endedAt };
}

/** What is known of the stroke so far, in order. */
export function strokePoints(stroke: LiveStroke): Point[] {
  const points: Point[] = [];
  for (const point of stroke.points) if (point) points.push(point);
  return points;
}
