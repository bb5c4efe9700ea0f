import type { Box } from '#domain/tracking/box.ts';
import {
  quantile,
  scoreLoss,
  scoreTracking,
  type LossScores,
  type ScoredFrame,
} from '../../harness/domain/scores.ts';
import { median } from '../../harness/bench-line.ts';
import type { FilmPlan } from './film-script.ts';
import type { Sequence } from './read-sequences.ts';
import type { FilmResult, SequenceResult } from './sequence-run.ts';

/** One line of `bench:tracking`; vision.md of the design says what each figure is. */
export interface TrackingLine {
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
  /** Where there are frames without the element. */
  readonly hiddenAfter?: number | null;
  readonly foundAfter?: number | null;
  readonly wrongConfident?: number;
}

const rounded = (value: number): number => Number(value.toFixed(4));
const mean = (values: readonly number[]): number => values.reduce((sum, one) => sum + one, 0) / values.length;

export function lineOf(
  tracker: string,
  sequence: Sequence,
  first: Box,
  { frames }: SequenceResult,
): TrackingLine {
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
    tracker,
    auc: rounded(auc),
    precision20: rounded(precision20),
    overlap50: rounded(overlap50),
    shown50: rounded(shown50),
    msMedian: rounded(median(times)),
    msMin: rounded(Math.min(...times)),
    frames: scored.length,
    ...(loss && {
      hiddenAfter: loss.hiddenAfter,
      foundAfter: loss.foundAfter,
      wrongConfident: rounded(loss.wrongConfident),
    }),
  };
}

export function meanLine(lines: readonly TrackingLine[]): TrackingLine {
  const of = (figure: (line: TrackingLine) => number): number => rounded(mean(lines.map(figure)));
  return {
    name: 'tracking',
    sequence: 'mean',
    tracker: lines[0]?.tracker ?? '',
    auc: of((line) => line.auc),
    precision20: of((line) => line.precision20),
    overlap50: of((line) => line.overlap50),
    shown50: of((line) => line.shown50),
    msMedian: rounded(median(lines.map((line) => line.msMedian))),
    msMin: Math.min(...lines.map((line) => line.msMin)),
    frames: lines.reduce((sum, line) => sum + line.frames, 0),
  };
}

export interface LossLine {
  readonly name: 'tracking-loss';
  readonly sequence: string;
  readonly tracker: string;
  readonly moves: boolean;
  /** Frames; of all sequences the 90th percentile. null for never. */
  readonly hiddenAfter: number | null;
  readonly foundAfter: number | null;
  readonly neverFound: number;
  readonly wrongConfident: number;
  readonly goodHidden: number | null;
  readonly msMedian: number;
  readonly frames: number;
}

export interface JudgedFilm {
  readonly plan: FilmPlan;
  readonly loss: LossScores;
  readonly result: FilmResult;
}

export const judgeFilm = (plan: FilmPlan, result: FilmResult): JudgedFilm => ({
  plan,
  result,
  loss: scoreLoss(result.frames),
});

const percentile = 0.9;
const share = (counts: readonly (number | null)[], of: number): number | null =>
  counts.length > 0 ? quantile(counts, of) : null;

/** @param sequence its own name for one film; for several all their leavings and returns are counted together */
export function lossLine(tracker: string, sequence: string, films: readonly JudgedFilm[]): LossLine {
  const whole = films.length === 1 ? 1 : percentile;
  const returns = films.flatMap(({ loss }) => loss.returns);
  const hidden = films.flatMap(({ loss }) => (loss.goodHidden === null ? [] : [loss.goodHidden]));
  return {
    name: 'tracking-loss',
    sequence,
    tracker,
    moves: films.some(({ plan }) => plan.moves),
    hiddenAfter: share(
      films.flatMap(({ loss }) => loss.leavings),
      whole,
    ),
    foundAfter: share(returns, whole),
    neverFound: returns.filter((count) => count === null).length,
    wrongConfident: rounded(mean(films.map(({ loss }) => loss.wrongConfident))),
    goodHidden: hidden.length > 0 ? rounded(mean(hidden)) : null,
    msMedian: rounded(median(films.flatMap(({ result }) => result.frames.map(({ workMs }) => workMs)))),
    frames: films.reduce((sum, { result }) => sum + result.frames.length, 0),
  };
}
