import * as Y from 'yjs';
import { Awareness, encodeAwarenessUpdate } from 'y-protocols/awareness';
import { StrokeSender, strokeMarkId } from '#domain/annotation/live.ts';
import type { Mark, Point } from '#domain/annotation/marks.ts';
import { packMark } from '#domain/annotation/packing.ts';
import { pictureId } from '#domain/picture/picture-id.ts';
import { CallDocument } from '../../src/lib/documents/call-document.ts';
import { StrokeInput } from '../../src/lib/annotation/stroke-input.ts';
import { findTool } from '../../src/lib/annotation/tool-registry.ts';
import { EditorPresence } from '../../src/lib/annotation/editor-presence.ts';
import { ScreenshotDocument } from '../../src/lib/documents/screenshot-document.ts';
import { Chance, seeds } from '../convergence/kit/chance.ts';
import { printBench } from '../harness/bench-line.ts';

/**
 * What one hour of drawing costs in bytes: 2,000 strokes of 60 points by two people, as a hand makes them on a
 * picture of nominally 2048 pixels (60 points a second, up to 80 pixels between two of them, 161 bytes packed).
 * Bytes are what Yjs stores and what datagrams carry; nothing here depends on the machine.
 */
const strokes = 2000;
const pointsPerStroke = 60;
const authors = ['qYpTdR1hS0mVb7x2LwKcNg', 'Zk3uJ9eAq5oGf8t4XrPiMw'];
const hourMs = 3_600_000;
const startMs = 1_800_000_000_000;
const pen = findTool('pen');

const runs = seeds(7, 11, 19);
const figures = { kept: [] as number[], floor: [] as number[], packed: [] as number[] };
const live = { ours: [] as number[], awareness: [] as number[] };
const ephemeral: number[] = [];

for (const seed of runs) {
  const marks = hourOfMarks(new Chance(seed));
  figures.packed.push(marks.reduce((sum, mark) => sum + packMark(mark).length, 0) / marks.length);
  figures.kept.push(keptBytes(marks));
  figures.floor.push(pointArrayBytes(marks));
  live.ours.push(liveBytes(marks));
  live.awareness.push(awarenessBytes(marks.slice(0, strokes / 20)) * 20);
  ephemeral.push(ephemeralBytes(marks.slice(0, 200)));
}

printBench('documents.ephemeral-bytes', 'B', ephemeral);
printBench('documents.kept-bytes', 'B', figures.kept, [
  { against: 'the same strokes as points in a Y.Array', samples: figures.floor },
]);
printBench('documents.stroke-bytes', 'B', figures.packed);
printBench('documents.live-bytes', 'B', live.ours, [
  { against: 'the whole stroke in awareness at every point', samples: live.awareness },
]);

/** Strokes as a hand makes them: it speeds up, slows down and turns. */
function hourOfMarks(chance: Chance): Mark[] {
  return Array.from({ length: strokes }, (_, i) => ({
    id: strokeMarkId(chance.below(2 ** 32)),
    tool: 'pen',
    authorId: authors[i % authors.length] ?? '',
    width: 'medium' as const,
    points: stroke(chance),
  }));
}

function stroke(chance: Chance): Point[] {
  const points: Point[] = [];
  let x = 0.2 + 0.6 * chance.next();
  let y = 0.2 + 0.6 * chance.next();
  let angle = chance.next() * 2 * Math.PI;
  const fastest = 22 + 58 * chance.next();
  for (let i = 0; i < pointsPerStroke; i += 1) {
    points.push({ x, y });
    const speed = (fastest * (0.35 + 0.65 * Math.sin((Math.PI * (i + 1)) / pointsPerStroke))) / 2048;
    angle += (chance.next() - 0.5) * 0.6;
    if (x < 0.08 || x > 0.92 || y < 0.08 || y > 0.92) angle = Math.atan2(0.5 - y, 0.5 - x);
    x = Math.min(1, Math.max(0, x + speed * Math.cos(angle)));
    y = Math.min(1, Math.max(0, y + speed * Math.sin(angle)));
  }
  return points;
}

/** The call's document after the hour, written by both sides in turn and synced. */
function keptBytes(marks: Mark[]): number {
  const docs = authors.map(() => new Y.Doc());
  const documents = docs.map((doc, i) => new CallDocument(doc, authors[i] ?? ''));
  docs.forEach((doc, i) => {
    doc.on('update', (update: Uint8Array, origin: unknown) => {
      const other = docs[1 - i];
      if (origin !== 'network' && other) Y.applyUpdate(other, update, 'network');
    });
  });
  marks.forEach((mark, i) => {
    documents[i % authors.length]?.add(mark, startMs + (i * hourMs) / strokes, pictureId(authors[1] ?? ''));
  });
  const [one, other] = docs;
  if (!one || !other || documents[0]?.strokes().length !== strokes) throw new Error('strokes are missing');
  return Math.max(Y.encodeStateAsUpdate(one).length, Y.encodeStateAsUpdate(other).length);
}

function pointArrayBytes(marks: Mark[]): number {
  const doc = new Y.Doc();
  const list = doc.getArray<Y.Array<Point>>('strokes');
  for (const mark of marks) {
    const points = new Y.Array<Point>();
    list.push([points]);
    for (const point of mark.points) points.push([point]);
  }
  return Y.encodeStateAsUpdate(doc).length;
}

/** Datagrams of every stroke as the product spaces them, evenly over the hour, with the end said three times. */
function liveBytes(marks: Mark[]): number {
  let bytes = 0;
  const count = (datagrams: Uint8Array[]) => {
    for (const datagram of datagrams) bytes += datagram.length;
  };
  const inputs = authors.map((author) => inputOf(author, count));
  marks.forEach((mark, i) => {
    const input = inputs[i % inputs.length];
    if (input) draw(input, mark.points, (i * hourMs) / strokes);
  });
  return bytes;
}

function inputOf(author: string, live: (datagrams: Uint8Array[]) => void): StrokeInput {
  const ignore = () => undefined;
  return new StrokeInput(author, () => 1, {
    began: ignore,
    live,
    drawn: ignore,
    finished: ignore,
    cancelled: ignore,
  });
}

/** As a hand and the timers of a page would: a point every sixtieth of a second, and what is due between them. */
function draw(input: StrokeInput, points: readonly Point[], beganMs: number): void {
  const [first, ...rest] = points;
  if (!pen || !first || !input.begin(pen, 'medium', first, beganMs)) throw new Error('no stroke');
  let nowMs = beganMs;
  for (const point of rest) {
    const pointAtMs = nowMs + 1000 / 60;
    for (let dueMs = input.dueInMs(nowMs); dueMs !== null; dueMs = input.dueInMs(nowMs)) {
      if (nowMs + Math.max(1, dueMs) >= pointAtMs) break;
      nowMs += Math.max(1, dueMs);
      input.flush(nowMs);
    }
    nowMs = pointAtMs;
    input.move(point, nowMs);
    input.flush(nowMs);
  }
  const sayEndAgain = input.end({ aspect: 16 / 9, tap: false }, nowMs);
  sayEndAgain?.();
  sayEndAgain?.();
}

function awarenessBytes(marks: Mark[]): number {
  const awareness = new Awareness(new Y.Doc());
  let bytes = 0;
  for (const mark of marks) {
    for (let upTo = 1; upTo <= mark.points.length; upTo += 1) {
      awareness.setLocalStateField('stroke', mark.points.slice(0, upTo));
      bytes += encodeAwarenessUpdate(awareness, [awareness.clientID]).length;
    }
  }
  awareness.destroy();
  return bytes;
}

/** What pointers and strokes in the making leave in the documents that they were made over. */
function ephemeralBytes(marks: Mark[]): number {
  const doc = new Y.Doc();
  const awareness = new Awareness(doc);
  const empty = Y.encodeStateAsUpdate(doc).length;
  const call = new CallDocument(doc, authors[0] ?? '');
  const screenshot = new ScreenshotDocument(doc, authors[0] ?? '');
  const presence = new EditorPresence(awareness, authors[0] ?? '');
  for (const mark of marks) {
    const sender = new StrokeSender({ strokeId: 1, tool: mark.tool, width: mark.width, form: 'append' });
    for (let upTo = 2; upTo <= mark.points.length; upTo += 2) {
      presence.tellCursor(mark.points[upTo - 1] ?? null);
      for (const datagram of sender.next(mark.points.slice(0, upTo))) presence.tellStroke(datagram);
    }
    for (const datagram of sender.next(mark.points, { end: true })) presence.tellStroke(datagram);
  }
  presence.destroy();
  const left = Y.encodeStateAsUpdate(doc).length - empty;
  if (call.strokes().length + screenshot.marks().length > 0) throw new Error('something was kept');
  awareness.destroy();
  return left;
}
