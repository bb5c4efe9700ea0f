import type { DetectorName } from '../../../src/lib/vision/suggest/detector-names.ts';
import type { ElementDetector, SuggestedElement } from '../../../src/lib/vision/suggest/element-detector.ts';
import { openDetector } from '../../../src/lib/vision/suggest/open-detector.ts';

/** A picture with two things of one kind, one on the left and one on the right, both large; and a plain wall. */
export interface Pictures {
  readonly things: ImageBitmap;
  /** What a detector calls them. The fake one says what was recorded, whatever it is shown. */
  readonly kind: string;
  readonly wall: ImageBitmap;
}

interface World {
  readonly name: DetectorName;
  readonly modelsUrl: string;
  readonly pictures: Pictures;
}

export interface ContractCase {
  readonly title: string;
  /** Proves that things are found: worth a look at other pictures. */
  readonly finds?: true;
  readonly run: (world: World) => Promise<void>;
}

function check(condition: boolean, what: string): asserts condition {
  if (!condition) throw new Error(what);
}

const same = (found: unknown, wanted: unknown, what: string): void =>
  check(
    JSON.stringify(found) === JSON.stringify(wanted),
    `${what}: ${JSON.stringify(found)}, not ${JSON.stringify(wanted)}`,
  );

async function open({ name, modelsUrl }: World, signal?: AbortSignal): Promise<ElementDetector> {
  const opened = await openDetector({ detector: name, modelsUrl, ...(signal && { signal }) });
  check(opened.ok, `refused to open: ${opened.ok || opened.reason}`);
  return opened.detector;
}

async function elementsOn(
  detector: ElementDetector,
  frame: ImageBitmap | VideoFrame,
): Promise<readonly SuggestedElement[]> {
  const outcome = await detector.detect(frame);
  check(outcome.ok, `refused to look: ${outcome.ok || outcome.reason}`);
  return outcome.elements;
}

/** Frames belong to the detector afterwards. */
const copy = (picture: ImageBitmap): Promise<ImageBitmap> => createImageBitmap(picture);

function checkThings(elements: readonly SuggestedElement[], { name, pictures }: World): void {
  const kind = name === 'fake' ? 'dog' : pictures.kind;
  const best = elements.find((element) => element.name === kind);
  check(best !== undefined && best.score > 0.8, `no ${kind}: ${JSON.stringify(elements)}`);
  for (const { box, score } of elements) {
    const inside =
      box.x >= 0 && box.y >= 0 && box.x + box.width <= 1.000001 && box.y + box.height <= 1.000001;
    check(inside && box.width > 0 && box.height > 0, `not in the picture: ${JSON.stringify(box)}`);
    check(score >= 0.5 && score <= 1, `score ${score}`);
  }
  const centres = elements.filter((element) => element.name === kind).map(({ box }) => box.x + box.width / 2);
  check(centres.some((x) => x < 0.4) && centres.some((x) => x > 0.5), `${kind} at ${centres.join(', ')}`);
}

/** What every detector promises, whatever it finds things by. */
export const detectorContract: readonly ContractCase[] = [
  {
    title: 'F57 offers boxes with names, in shares of the picture',
    finds: true,
    run: async (world) => {
      const detector = await open(world);
      checkThings(await elementsOn(detector, await copy(world.pictures.things)), world);
      detector.dispose();
    },
  },
  {
    title: "F57 takes a video's frames too",
    finds: true,
    run: async (world) => {
      const detector = await open(world);
      checkThings(await elementsOn(detector, new VideoFrame(world.pictures.things, { timestamp: 0 })), world);
      detector.dispose();
    },
  },
  {
    title: 'F57 a plain wall: nothing is offered',
    run: async (world) => {
      const detector = await open(world);
      same(await elementsOn(detector, await copy(world.pictures.wall)), [], 'on the wall');
      detector.dispose();
    },
  },
  {
    title: 'C10 one frame is worked on, the newest waits, those between are dropped and freed',
    run: async (world) => {
      const detector = await open(world);
      const frames = await Promise.all([0, 1, 2, 3].map(() => copy(world.pictures.things)));
      const outcomes = await Promise.all(frames.map((frame) => detector.detect(frame)));
      same(
        outcomes.map((one) => one.ok || one.reason),
        [true, 'replaced', 'replaced', true],
        'outcomes',
      );
      check(
        frames.every(({ width }) => width === 0),
        'a frame was kept',
      );
      detector.dispose();
    },
  },
  {
    title: 'T5 a frame that was closed is refused, and the next one is looked at',
    run: async (world) => {
      const detector = await open(world);
      const closed = await copy(world.pictures.things);
      closed.close();
      same(await detector.detect(closed), { ok: false, reason: 'frame-unusable' }, 'closed');
      checkThings(await elementsOn(detector, await copy(world.pictures.things)), world);
      detector.dispose();
    },
  },
  {
    title: 'F113 switched off in the middle: what waits is refused, and everything after',
    run: async (world) => {
      const switched = new AbortController();
      const detector = await open(world, switched.signal);
      const waiting = [detector.detect(await copy(world.pictures.things))];
      waiting.push(detector.detect(await copy(world.pictures.things)));
      switched.abort();
      const late = await copy(world.pictures.things);
      waiting.push(detector.detect(late));
      const stopped = { ok: false, reason: 'stopped' };
      same(await Promise.all(waiting), [stopped, stopped, stopped], 'outcomes');
      check(late.width === 0, 'a frame was kept');
    },
  },
  {
    title: 'F113 switched off before it is open',
    run: async ({ name, modelsUrl }) => {
      const switched = new AbortController();
      const opening = openDetector({ detector: name, modelsUrl, signal: switched.signal });
      switched.abort();
      same(await opening, { ok: false, reason: 'stopped' }, 'while opening');
      const again = await openDetector({ detector: name, modelsUrl, signal: switched.signal });
      same(again, { ok: false, reason: 'stopped' }, 'after it');
    },
  },
];
