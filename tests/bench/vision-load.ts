// What following elements costs the page's own thread, and how fast the worker is; on and off in turn.
// `npm run bench:vision-load -- [--rounds N] [--window MS] [--where worker|page] [--tracker NAME]`
import { existsSync } from 'node:fs';
import { parseArgs } from 'node:util';
import type { TrackerName } from '../../src/lib/vision/tracker-registry.ts';
import { printBench, median } from '../harness/bench-line.ts';
import { modelsDir } from '../harness/models.ts';
import { checkLoad, gapRatio, percentile95, type LoadWindow } from '../contracts/vision-load/check-load.ts';
import { openLoadPage } from './tracking/main-thread.ts';

const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '5' },
    window: { type: 'string', default: '3000' },
    where: { type: 'string', default: 'worker' },
    tracker: { type: 'string', default: 'scene' },
    port: { type: 'string', default: '8452' },
  },
});
const where = values.where === 'page' ? 'page' : 'worker';
const tracker = values.tracker as TrackerName;

for (const elements of [1, 5]) {
  const opened = await openLoadPage({
    port: Number(values.port),
    where,
    tracker,
    withModels: existsSync(modelsDir),
  });
  try {
    const on: LoadWindow[] = [];
    const off: LoadWindow[] = [];
    // The first time everything is made ready, and does not count.
    await opened.follow(elements);
    await opened.watch(1_000);
    await opened.unfollow();
    for (let round = 0; round < Number(values.rounds); round += 1) {
      off.push(await opened.watch(Number(values.window)));
      await opened.follow(elements);
      on.push(await opened.watch(Number(values.window)));
      await opened.unfollow();
    }
    const name = `vision-load.${elements}-${elements === 1 ? 'element' : 'elements'}`;
    const gaps = ({ gapsMs }: LoadWindow): number => percentile95(gapsMs);
    const longest = ({ longTasksMs }: LoadWindow): number => Math.max(0, ...longTasksMs);
    printBench(`${name}.longest-task`, 'ms', on.map(longest));
    printBench(
      `${name}.long-tasks`,
      'tasks',
      on.map(({ longTasksMs }) => longTasksMs.length),
    );
    printBench(`${name}.frame-gap-p95`, 'ms', on.map(gaps), [
      { against: 'nothing followed', samples: off.map(gaps) },
    ]);
    printBench(
      `${name}.frames-per-second`,
      'frames/s',
      on.map(({ looked, lastsMs }) => (looked * 1000) / lastsMs),
    );
    const frameMs = on.flatMap((one) => (one.frameMs === null ? [] : [one.frameMs]));
    if (frameMs.length > 0) printBench(`${name}.worker-frame`, 'ms', frameMs);
    const said = checkLoad(on, off) ? 'passes' : 'fails';
    const longTasksOff = median(off.map(({ longTasksMs }) => longTasksMs.length));
    process.stderr.write(
      `${elements} followed: ${said}; gaps ${gapRatio(on, off).toFixed(3)}, long tasks with nothing followed ${longTasksOff}\n`,
    );
  } finally {
    await opened.close();
  }
}
