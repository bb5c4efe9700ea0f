import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import type { Browser, Page } from '@playwright/test';
import { build } from 'vite';
import type { Box } from '#domain/tracking/box.ts';
import { fetchModels } from '../../signal/fetch-models.mjs';
import type { ModelOutcome } from '../../src/lib/vision/object-tracker.ts';
import { isTrackerName, trackerNames, type TrackerName } from '../../src/lib/vision/tracker-registry.ts';
import { launchChromium } from '../harness/browsers.ts';
import { handheldFootage, projectRoot, sharedDataDir } from '../harness/data.ts';
import { planFilms } from './tracking/film-script.ts';
import {
  judgeFilm,
  lineOf,
  lossLine,
  meanLine,
  type JudgedFilm,
  type TrackingLine,
} from './tracking/lines.ts';
import { readSequences, type Sequence } from './tracking/read-sequences.ts';
import { serveFolders, type Served } from './tracking/serve.ts';
import type { FilmRun, SequenceRun } from './tracking/sequence-run.ts';

/**
 * `npm run bench:tracking -- --data DIR [--tracker NAME] [--max-frames N] [--elements N]`: the tracker in its worker,
 * in Chromium, on every sequence of the folder, started with the first box, one pass. With several elements the others
 * lie around the first one; they count for the time alone. Milliseconds are those spent in the worker.
 *
 * `--models DIR`: where `nanotrack` finds the operator's weights, in a folder of its name.
 *
 * `npm run bench:tracking -- --synthetic [--films N] [--seed N]`: loss and return on made-up sequences.
 */
const maxWidth = 640;
const { values } = parseArgs({
  options: {
    data: { type: 'string', default: join(sharedDataDir, 'tracking') },
    tracker: { type: 'string', default: 'scene' },
    'max-frames': { type: 'string', default: 'Infinity' },
    elements: { type: 'string', default: '1' },
    synthetic: { type: 'boolean', default: false },
    photos: { type: 'string', default: join(sharedDataDir, 'photos') },
    films: { type: 'string', default: '15' },
    seed: { type: 'string', default: '1' },
    models: { type: 'string', default: join(sharedDataDir, 'models') },
  },
});
const atLeast = (name: 'max-frames' | 'elements' | 'films' | 'seed', least: number): number => {
  const value = Number(values[name]);
  if (!(value >= least)) throw new Error(`--${name} takes a number of at least ${least}.`);
  return value;
};
const maxFrames = atLeast('max-frames', 2);
const elements = atLeast('elements', 1);
const films = atLeast('films', 1);
const seed = atLeast('seed', 1);
const tracker: TrackerName = isTrackerName(values.tracker) ? values.tracker : unknownTracker(values.tracker);

function unknownTracker(name: string): never {
  throw new Error(`There is no tracker '${name}': ${trackerNames.join(', ')}.`);
}

const print = (line: object): void => void process.stdout.write(`${JSON.stringify(line)}\n`);
const say = (text: string): void => void process.stderr.write(`${text}\n`);

/** The models' folder; undefined where they cannot be had. */
function prepareModels(): string | undefined {
  const folder = join(projectRoot, 'node_modules', '.cache', 'sightline-models');
  try {
    fetchModels(folder);
    return folder;
  } catch (error) {
    say(`Without the model: ${error instanceof Error ? error.message : String(error)}`);
    return undefined;
  }
}

function modelsFolder(): string | undefined {
  if (tracker === 'scene') return prepareModels();
  return tracker === 'nanotrack' ? resolve(values.models) : undefined;
}

function sayModel(sequence: string, model: ModelOutcome | undefined): void {
  if (model && !model.ok) say(`${sequence}: without the model (${model.reason})`);
}

/** Boxes of the same size around another one. */
function boxesAround({ x, y, width, height }: Box, count: number): Box[] {
  return Array.from({ length: count }, (_, i) => {
    const angle = (2 * Math.PI * i) / Math.max(1, count);
    return { x: x + 1.2 * width * Math.cos(angle), y: y + 1.2 * height * Math.sin(angle), width, height };
  });
}

interface Place {
  readonly page: Page;
  readonly served: Served;
  readonly modelsUrl: string | undefined;
}

async function runSequence(place: Place, sequence: Sequence, first: Box): Promise<TrackingLine> {
  const run: SequenceRun = {
    tracker,
    modelsUrl: place.modelsUrl,
    frameUrls: sequence.images.map(
      (file) =>
        `${place.served.url}/data/${encodeURIComponent(sequence.name)}/img/${encodeURIComponent(file)}`,
    ),
    box: first,
    others: boxesAround(first, elements - 1),
    maxWidth,
  };
  const result = await place.page.evaluate((one) => window.runSequence(one), run);
  sayModel(sequence.name, result.model);
  return lineOf(tracker, sequence, first, result);
}

async function followSequences(browser: Browser, open: (browser: Browser) => Promise<Place>): Promise<void> {
  const data = resolve(values.data);
  const sequences = readSequences(data, maxFrames);
  if (sequences.length === 0) throw new Error(`${data} holds no sequences.`);
  const lines: TrackingLine[] = [];
  for (const sequence of sequences) {
    const first = sequence.truth[0];
    if (!first) continue;
    const place = await open(browser);
    const line = await runSequence(place, sequence, first);
    await place.page.close();
    print(line);
    if (!sequence.truth.includes(undefined)) lines.push(line);
  }
  if (lines.length > 0) print(meanLine(lines));
}

async function followFilms(browser: Browser, open: (browser: Browser) => Promise<Place>): Promise<void> {
  const photos = readdirSync(values.photos)
    .filter((file) => /\.(jpe?g|png)$/i.test(file))
    .sort();
  if (photos.length < 2) throw new Error(`${values.photos} holds fewer than two photos.`);
  const place = await open(browser);
  const judged: JudgedFilm[] = [];
  for (const plan of planFilms(films, seed)) {
    const run: FilmRun = {
      tracker,
      modelsUrl: place.modelsUrl,
      plan,
      photoUrls: photos.map((file) => `${place.served.url}/photos/${encodeURIComponent(file)}`),
      footage: existsSync(handheldFootage)
        ? {
            url: `${place.served.url}/footage/${encodeURIComponent(basename(handheldFootage))}`,
            frames: [5, 120, 200],
          }
        : undefined,
    };
    const result = await place.page.evaluate((one) => window.runFilm(one), run);
    sayModel(plan.name, result.model);
    const film = judgeFilm(plan, result);
    print(lossLine(tracker, plan.name, [film]));
    judged.push(film);
  }
  for (const moves of [false, true]) {
    const some = judged.filter(({ plan }) => plan.moves === moves);
    if (some.length > 0) print(lossLine(tracker, moves ? 'all that move' : 'all that stand still', some));
  }
}

const work = mkdtempSync(join(tmpdir(), 'sightline-tracking-'));
try {
  const models = modelsFolder();
  await build({
    configFile: false,
    root: join(projectRoot, 'tests', 'bench', 'tracking'),
    base: './',
    logLevel: 'error',
    build: { outDir: work, emptyOutDir: true, target: 'es2022' },
    worker: { format: 'es' },
  });
  const served = await serveFolders({
    page: work,
    data: resolve(values.data),
    photos: resolve(values.photos),
    footage: dirname(handheldFootage),
    ...(models !== undefined && { models }),
  });
  const browser = await launchChromium();
  const open = async (): Promise<Place> => {
    const page = await browser.newPage();
    await page.goto(`${served.url}/page/index.html`);
    return { page, served, modelsUrl: models === undefined ? undefined : `${served.url}/models/` };
  };
  try {
    await (values.synthetic ? followFilms : followSequences)(browser, open);
  } finally {
    await browser.close();
    await served.close();
  }
} finally {
  rmSync(work, { recursive: true, force: true });
}
