import { expect, test, vi } from 'vitest';
import { patienceMs } from '#harness/patience.ts';
import { HighlightRunner } from './highlight-runner.ts';
import { nameOf, ScriptedHost } from './testing/test-call.ts';

test('F58 a frame of a link is found by its name, or the one next to it once a later one was read; over the wrap-around too', async () => {
  const hosts: ScriptedHost[] = [];
  const nothing = (): void => undefined;
  const runner = new HighlightRunner({
    openHost: (input) => {
      const host = new ScriptedHost(input);
      hosts.push(host);
      return Promise.resolve({ ok: true, host });
    },
    onFrame: nothing,
    onChange: nothing,
    onPart: nothing,
    onUnable: nothing,
    nameOf,
    wallMs: () => 0,
  });
  runner.want({ frames: true, motion: false });
  runner.setTrack({ id: 'tablet' } as MediaStreamTrack);
  await vi.waitFor(() => expect(hosts).toHaveLength(1), { timeout: patienceMs });
  const read = (ms: number): void => hosts[0]?.read(ms + 7_000, nameOf(ms));
  // Names wrap around at 500.
  read(440);
  expect([runner.nearestRead(440), runner.nearestRead(480)]).toEqual([7_440, undefined]);
  read(510);
  expect([runner.nearestRead(480), runner.nearestRead(470)]).toEqual([7_510, 7_440]);
  read(700);
  expect([590, 610, 650].map((ms) => runner.nearestRead(ms))).toEqual([undefined, undefined, 7_700]);
  expect([runner.nearestRead(700), runner.nearestRead(720)]).toEqual([7_700, undefined]);
  runner.close();
});
