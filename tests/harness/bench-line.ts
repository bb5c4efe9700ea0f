/** One figure of a bench, as `npm run bench:<name>` prints it: one JSON object a line. */
export interface BenchLine {
  /** Begins with the bench, such as `call.first-frame`. */
  readonly name: string;
  /** The floor or peer measured in the same run; null where there is none. */
  readonly against: string | null;
  /** Median. */
  readonly value: number;
  readonly unit: string;
  /** Median of the floor or peer. */
  readonly floor: number | null;
  /** Median of value over floor. */
  readonly ratio: number | null;
  readonly min: number;
  readonly max: number;
  readonly n: number;
}

export interface BenchPeer {
  readonly against: string;
  readonly samples: readonly number[];
}

/** @throws RangeError for an empty list */
export function median(samples: readonly number[]): number {
  const sorted = [...samples].sort((a, b) => a - b);
  const upper = sorted[sorted.length >> 1];
  const lower = sorted[(sorted.length - 1) >> 1];
  if (upper === undefined || lower === undefined) throw new RangeError('a median needs at least one sample');
  return (lower + upper) / 2;
}

const rounded = (value: number): number => Number(value.toPrecision(6));

/** Runs are interleaved, so the n-th sample and the n-th of the peer saw the same machine: their ratios are compared. */
function medianRatio(samples: readonly number[], floor: readonly number[]): number | null {
  const pairs =
    samples.length === floor.length ? samples.map((value, i) => value / (floor[i] ?? Number.NaN)) : [];
  const usable = pairs.length > 0 && pairs.every(Number.isFinite);
  const ratio = usable ? median(pairs) : median(samples) / median(floor);
  return Number.isFinite(ratio) ? rounded(ratio) : null;
}

/** @returns one line for each peer, or a single one without a peer */
export function benchLines(
  name: string,
  unit: string,
  samples: readonly number[],
  peers: readonly BenchPeer[] = [],
): BenchLine[] {
  const own = {
    value: rounded(median(samples)),
    min: rounded(Math.min(...samples)),
    max: rounded(Math.max(...samples)),
    n: samples.length,
  };
  if (peers.length === 0) {
    return [
      {
        name,
        against: null,
        value: own.value,
        unit,
        floor: null,
        ratio: null,
        min: own.min,
        max: own.max,
        n: own.n,
      },
    ];
  }
  return peers.map((peer) => ({
    name,
    against: peer.against,
    value: own.value,
    unit,
    floor: rounded(median(peer.samples)),
    ratio: medianRatio(samples, peer.samples),
    min: own.min,
    max: own.max,
    n: own.n,
  }));
}

/** Prints the lines of one figure on standard output. */
export function printBench(...figure: Parameters<typeof benchLines>): void {
  for (const line of benchLines(...figure)) process.stdout.write(`${JSON.stringify(line)}\n`);
}
