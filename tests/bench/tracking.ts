import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { build } from 'vite';
import type { Box } from '#domain/tracking/box.ts';
import { scoreLoss, scoreTracking, type ScoredFrame } from '#domain/tracking/scores.ts';
import { fetchModels } from '../../signal/fetch-models.mjs';
import { isTrackerName, trackerNames } from '../../src/lib/vision/tracker-registry.ts';
import { median } from '../harness/bench-line.ts';
import { launchChromium } from '../harness/browsers.ts';
import { projectRoot, sharedDataDir } from '../harness/data.ts';
import { readSequences, type Sequence } from './tracking/read-sequences.ts';
import { serveFolders } from './tracking/serve.ts';
import type { SequenceResult, SequenceRun } from './tracking/sequence-run.ts';

/**
 * `npm run bench:tracking -- --data DIR [--tracker NAME] [--max-frames N]`: the tracker in its worker, in Chromium, on
 * every sequence of the folder, started with the first box, one pass. Milliseconds are those spent in the worker.
 */
const maxWidth = 640;
const { values } = parseArgs({
  options: {
    data: { type: 'string', default: join(sharedDataDir, 'tracking') },
    tracker: { type: 'string', default: 'scene' },
    'max-frames': { type: 'string', default: 'Infinity' },
  },
});
const maxFrames = Number(values['max-frames']);
const { tracker } = values;
if (!isTrackerName(tracker)) throw new Error(`There is no tracker '${tracker}': ${trackerNames.join(', ')}.`);
if (!(maxFrames >= 2)) throw new Error('--max-frames takes a number of at least 2.');

interface Line {
  readonly name: 'tracking';
  readonly sequence: string;
  readonly tracker: string;
  readonly auc: number;
  readonly precision20: number;
  readonly overlap50: number;
  readonly shown50: number;
  readonly msMedian: number;
  readonly msMin: number;
  readonly frames: number;
}

const rounded = (value: number): number => Number(value.toFixed(4));
const print = (line: object): void => void process.stdout.write(`${JSON.stringify(line)}\n`);
const say = (text: string): void => void process.stderr.write(`${text}\n`);

function judge(sequence: Sequence, first: Box, { frames }: SequenceResult): Line {
  const scored: ScoredFrame[] = [
    { truth: first, box: first, shown: true },
    ...frames.map(({ box, shown }, i) => ({ truth: sequence.truth[i + 1], box, shown })),
  ];
  const times = frames.map(({ workMs }) => workMs);
  const { auc, precision20, overlap50, shown50 } = scoreTracking(scored);
  const loss = sequence.truth.includes(undefined) ? scoreLoss(scored) : undefined;
  return {
    name: 'tracking',
    sequence: sequence.name,
    tracker: tracker as string,
    auc: rounded(auc),
    precision20: rounded(precision20),
    overlap50: rounded(overlap50),
    shown50: rounded(shown50),
    msMedian: rounded(median(times)),
    msMin: rounded(Math.min(...times)),
    frames: scored.length,
    ...(loss && { ...loss, wrongConfident: rounded(loss.wrongConfident) }),
  };
}

function meanLine(lines: readonly Line[]): Line {
  const mean = (of: (line: Line) => number): number =>
    rounded(lines.reduce((sum, line) => sum + of(line), 0) / lines.length);
  return {
    name: 'tracking',
    sequence: 'mean',
    tracker: tracker as string,
    auc: mean((line) => line.auc),
    precision20: mean((line) => line.precision20),
    overlap50: mean((line) => line.overlap50),
    shown50: mean((line) => line.shown50),
    msMedian: rounded(median(lines.map((line) => line.msMedian))),
    msMin: Math.min(...lines.map((line) => line.msMin)),
    frames: lines.reduce((sum, line) => sum + line.frames, 0),
  };
}

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

const data = resolve(values.data);
const sequences = readSequences(data, maxFrames);
if (sequences.length === 0) throw new Error(`${data} holds no sequences.`);
const work = mkdtempSync(join(tmpdir(), 'sightline-tracking-'));
try {
  const models = tracker === 'scene' ? prepareModels() : undefined;
  await build({
    configFile: false,
    root: join(projectRoot, 'tests', 'bench', 'tracking'),
    base: './',
    logLevel: 'error',
    build: { outDir: work, emptyOutDir: true, target: 'es2022' },
    worker: { format: 'es' },
  });
  const served = await serveFolders({ page: work, data, ...(models !== undefined && { models }) });
  const browser = await launchChromium();
  try {
    const lines: Line[] = [];
    for (const sequence of sequences) {
      const first = sequence.truth[0];
      if (!first) continue;
      const page = await browser.newPage();
      await page.goto(`${served.url}/page/index.html`);
      const run: SequenceRun = {
        tracker,
        modelsUrl: models === undefined ? undefined : `${served.url}/models/`,
        frameUrls: sequence.images.map(
          (file) => `${served.url}/data/${encodeURIComponent(sequence.name)}/img/${encodeURIComponent(file)}`,
        ),
        box: first,
        maxWidth,
      };
      const result = await page.evaluate((one) => window.runSequence(one), run);
      await page.close();
      if (result.model && !result.model.ok)
        say(`${sequence.name}: without the model (${result.model.reason})`);
      const line = judge(sequence, first, result);
      print(line);
      if (!sequence.truth.includes(undefined)) lines.push(line);
    }
    if (lines.length > 0) print(meanLine(lines));
  } finally {
    await browser.close();
    await served.close();
  }
} finally {
  rmSync(work, { recursive: true, force: true });
}
