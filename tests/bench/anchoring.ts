// Marks made on a late picture: how far from what was meant they are on the camera's side, and whether the frame on
// which they were put is the one that was seen. `npm run bench:anchoring -- [--delays 200,500,1000] [--marks N]
// [--by buffer|network] [--tracker NAME] [--photo FILE] [--seed N]`
import { existsSync, readdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import type { Page } from '@playwright/test';
import { FrameClock } from '#domain/tracking/frame-clock.ts';
import { isTrackerName, trackerNames } from '../../src/lib/vision/tracker-registry.ts';
import { serveMediaPages } from '../contracts/call-transport/media-server.ts';
import { benchLines, median, printBench } from '../harness/bench-line.ts';
import { launchChromium } from '../harness/browsers.ts';
import { sharedDataDir } from '../harness/data.ts';
import { modelsDir } from '../harness/models.ts';
import type { AnchoringPage, BeginInput, Change, MarkResult } from './anchoring-pages/anchoring-page.ts';

const { values } = parseArgs({
  options: {
    delays: { type: 'string', default: '200,500,1000' },
    /** Of each kind, with and without anchoring. */
    marks: { type: 'string', default: '15' },
    /** After each change of what is sent. */
    'marks-after': { type: 'string', default: '5' },
    by: { type: 'string', default: 'buffer' },
    tracker: { type: 'string', default: 'scene' },
    photo: { type: 'string' },
    seed: { type: 'string', default: '1' },
    port: { type: 'string', default: '8450' },
  },
});
const delays = values.delays.split(',').map(Number);
const { by, tracker } = values;
if (!delays.every((ms) => ms >= 0)) throw new Error('--delays takes milliseconds, with commas between them.');
if (by !== 'buffer' && by !== 'network') throw new Error('--by takes buffer or network.');
if (!isTrackerName(tracker)) throw new Error(`There is no tracker '${tracker}': ${trackerNames.join(', ')}.`);

const changes: readonly Change[] = ['another camera', 'another resolution', 'a pause'];
const kinds = ['highlight', 'stroke'] as const;
const say = (text: string): void => void process.stderr.write(`${text}\n`);

function photoFile(): string | undefined {
  if (values.photo !== undefined) return resolve(values.photo);
  const folder = join(sharedDataDir, 'photos');
  if (!existsSync(folder)) return undefined;
  const name = readdirSync(folder)
    .filter((file) => /\.(jpe?g|png)$/i.test(file))
    .sort()
    .at(-1);
  return name === undefined ? undefined : join(folder, name);
}

interface Made {
  readonly anchored: MarkResult[];
  readonly not: MarkResult[];
}

type With = { readonly anchoring: AnchoringPage };

async function makeMarks(page: Page, kind: (typeof kinds)[number], count: number): Promise<Made> {
  const made: Made = { anchored: [], not: [] };
  for (let turn = 0; turn < 2 * count; turn += 1) {
    // Each goes first in turn.
    const anchored = (turn + (turn >> 1)) % 2 === 0;
    const result = await page.evaluate((input) => (globalThis as unknown as With).anchoring.mark(input), {
      kind,
      anchored,
    });
    if (process.env.BENCH_VERBOSE) say(JSON.stringify({ kind, anchored, ...result }));
    made[anchored ? 'anchored' : 'not'].push(result);
  }
  return made;
}

const distancesOf = (marks: readonly MarkResult[]): number[] =>
  marks.flatMap(({ distance }) => (distance === undefined ? [] : [distance]));

interface About {
  readonly delayMs: number;
  readonly after?: Change;
}

const print = (line: object): void => void process.stdout.write(`${JSON.stringify(line)}\n`);

/** `delayMs` is what was asked for, `measuredMs` the age of the frames on which marks were made (median). */
function printDistance(about: About & { readonly mark: string }, { anchored, not }: Made): void {
  const with_ = distancesOf(anchored);
  const without = distancesOf(not);
  const { name, ...figures } = benchLines(
    'anchoring.distance',
    'px',
    with_.length > 0 ? with_ : [Number.NaN],
    [{ against: 'without anchoring', samples: [without.length ? median(without) : Number.NaN] }],
  )[0] as NonNullable<ReturnType<typeof benchLines>[0]>;
  const measuredMs = Math.round(median(anchored.map(({ ageMs }) => ageMs)));
  const unseen = anchored.length - with_.length;
  print({ name, ...about, measuredMs, ...figures, unseen });
}

function printFrames(about: About, marks: readonly MarkResult[]): void {
  const right = marks.map(({ chosen, seen }) => (chosen === seen ? 1 : 0));
  const share = right.reduce<number>((sum, one) => sum + one, 0) / right.length;
  const line = benchLines('anchoring.right-frame', 'share', right)[0];
  const measuredMs = Math.round(median(marks.map(({ ageMs }) => ageMs)));
  const { name, ...figures } = line as NonNullable<typeof line>;
  print({ name, ...about, measuredMs, ...figures, value: share });
}

async function measure(page: Page, about: About, count: number): Promise<void> {
  const all: MarkResult[] = [];
  for (const mark of kinds) {
    const made = await makeMarks(page, mark, count);
    printDistance({ ...about, mark }, made);
    all.push(...made.anchored);
  }
  printFrames(about, all);
}

async function bench(photo: string): Promise<void> {
  const port = Number(values.port);
  const server = await serveMediaPages(['tests/bench/anchoring-pages/anchoring-page.html'], port);
  const browser = await launchChromium({ extraArgs: ['--autoplay-policy=no-user-gesture-required'] });
  try {
    const page = await browser.newPage();
    page.on('pageerror', (error) => say(error.stack ?? error.message));
    await page.route('**/photo', (route) => route.fulfill({ path: photo, contentType: 'image/jpeg' }));
    await page.route('**/models/**', (route) => {
      const file = new URL(route.request().url()).pathname.slice('/models/'.length);
      return route.fulfill({ path: join(modelsDir, file) });
    });
    const network = await page.context().newCDPSession(page);
    await network.send('Network.enable');
    const setLatency = (latency: number) =>
      network.send('Network.emulateNetworkConditions', {
        offline: false,
        latency,
        downloadThroughput: 1e8,
        uploadThroughput: 1e8,
        packetLoss: 0,
        packetQueueLength: 0,
      });
    if (by === 'network') await setLatency(5);
    const url = new URL(server.pageUrl('anchoring-page.html'));
    await page.goto(url.href);
    await page.waitForFunction(() => document.title === 'ready');
    const input: BeginInput = {
      photoUrl: `${url.origin}/photo`,
      tracker: tracker as BeginInput['tracker'],
      modelsUrl: existsSync(modelsDir) ? `${url.origin}/models/` : undefined,
      seed: Number(values.seed),
    };
    await page.evaluate((one) => (globalThis as unknown as With).anchoring.begin(one), input);
    const ageMs = () => page.evaluate(() => (globalThis as unknown as With).anchoring.delayMs());
    const holdBack = (ms: number) =>
      page.evaluate((one) => (globalThis as unknown as With).anchoring.holdBack(one), ms);
    const shortestMs = await ageMs();
    for (const delayMs of delays) {
      // A buffer fills slowly, and holds back less than it is told to.
      let more = Math.max(0, delayMs - shortestMs);
      await (by === 'network' ? setLatency(more) : holdBack(more));
      for (let tries = 0, age = 0; tries < 10 && Math.abs(age - delayMs) > 0.15 * delayMs; tries += 1) {
        age = await ageMs();
        say(`asked for ${delayMs} ms: frames are ${Math.round(age)} ms old`);
        if (tries % 2 === 0) continue;
        more = Math.max(0, more + delayMs - age);
        await (by === 'network' ? setLatency(more) : holdBack(more));
      }
      await measure(page, { delayMs }, Number(values.marks));
    }
    const delayMs = delays[delays.length >> 1] ?? 0;
    if (by === 'buffer') await holdBack(Math.max(0, delayMs - shortestMs));
    else await setLatency(Math.max(0, delayMs - shortestMs));
    for (const after of Number(values['marks-after']) > 0 ? changes : []) {
      await page.evaluate((one) => (globalThis as unknown as With).anchoring.change(one), after);
      await measure(page, { delayMs, after }, Number(values['marks-after']));
    }
    const side = await page.evaluate(() => (globalThis as unknown as With).anchoring.side());
    if (side !== 'camera') say(`The camera's side was too slow here: the ${side} looked in the end.`);
    await page.evaluate(() => (globalThis as unknown as With).anchoring.end());
  } finally {
    await browser.close();
    await server.close();
  }
}

/** What names of frames cost the page: a minute of film with 60 frames a second, in milliseconds of work. */
function frameClockMs(): number {
  const clock = new FrameClock();
  const beganMs = performance.now();
  for (let frame = 0; frame < 3_600; frame += 1) {
    const timeMs = (frame * 1_000) / 60;
    clock.noteRaw(timeMs, timeMs + 1);
    const name = 90 * Math.round(timeMs);
    clock.noteSent(name, timeMs + 12);
    clock.timeOf(name);
    clock.nameOf(timeMs);
  }
  return performance.now() - beganMs;
}

printBench('anchoring.frame-clock', 'ms per minute of film', [
  frameClockMs(),
  frameClockMs(),
  frameClockMs(),
]);

const photo = photoFile();
if (photo === undefined || !existsSync(photo))
  say('Skipped: there is no photo to look at (see ../shared/data).');
else await bench(photo);
