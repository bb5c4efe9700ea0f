import { expect, test } from 'vitest';
import { openEngine } from '../tracker-registry.ts';
import { warmEngine } from './warm-engine.ts';

test('a warmed engine follows nothing, and has breathed', async () => {
  const { engine } = await openEngine('scene-without-model', undefined);
  let breaths = 0;
  await warmEngine(engine, async () => void (breaths += 1));
  expect(breaths).toBeGreaterThan(3);
  const frame = { width: 64, height: 48, data: new Uint8Array(64 * 48), timestampMs: 0 };
  expect(await engine.update(frame)).toEqual([]);
});

test('an engine that refuses the made-up element is used as it is', async () => {
  const engine = {
    start: () => ({ ok: false, reason: 'stopped' }) as const,
    update: () => [],
    stop: () => undefined,
    lose: () => undefined,
  };
  await expect(warmEngine(engine, async () => undefined)).resolves.toBeUndefined();
});
