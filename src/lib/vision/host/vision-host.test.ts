import { describe } from 'vitest';
import { SyntheticScene } from '../testing/synthetic-scene.ts';
import { FakeEngine } from '../trackers/fake-engine.ts';
import { FakeVisionHost } from './fake-vision-host.ts';
import { openInProcess, someTrack } from './testing/in-process-host.ts';
import { visionHostContract } from './vision-host.contract.ts';

const { frame } = new SyntheticScene(2, 160, 120).shoot({ x: 550, y: 395 });

describe('vision host with its worker', () => {
  visionHostContract(async () => {
    const { host, worker } = await openInProcess({
      openEngine: async () => ({ engine: new FakeEngine(), model: undefined }),
    });
    return {
      host,
      frame: (timestampMs) => {
        worker.give({ ...frame, timestampMs });
        return worker.settled();
      },
      die: () => worker.die(),
    };
  });
});

describe('vision host that sees what it is told', () => {
  visionHostContract(async () => {
    const host = new FakeVisionHost({ track: someTrack });
    return {
      host,
      frame: async (timeMs) => host.frame({ timeMs }),
      die: () => host.die(),
    };
  });
});
