import { readFileSync } from 'node:fs';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { openEngine } from '../tracker-registry.ts';
import { loadBackbone } from './load-backbone.ts';

const folder = 'http://installation.test/models/';

afterEach(() => vi.unstubAllGlobals());

const serve = (answer: () => Promise<Response>) => {
  const asked: string[] = [];
  vi.stubGlobal('fetch', (url: URL) => {
    asked.push(String(url));
    return answer();
  });
  return asked;
};

describe("the model's file", () => {
  test('T51 is asked of this installation alone, and refused when it holds something else', async () => {
    const asked = serve(() => Promise.resolve(new Response(new Uint8Array(214_912))));
    expect(await loadBackbone(folder)).toEqual({ ok: false, reason: 'wrong-hash' });
    expect(asked).toEqual([`${folder}backbone.f32`]);
  });

  test.each([
    ['is not there', () => Promise.resolve(new Response('', { status: 404 }))],
    ['cannot be reached', () => Promise.reject(new TypeError('Failed to fetch'))],
  ])('T51 %s: said, and the tracker opens without it', async (_what, answer) => {
    serve(answer);
    expect(await loadBackbone(folder)).toEqual({ ok: false, reason: 'missing' });
    const { engine, model } = await openEngine('scene', folder);
    expect(model).toEqual({ ok: false, reason: 'missing' });
    expect(engine).toBeDefined();
  });

  test('T51 the set-up step and the worker expect the same hash', () => {
    const hashes = ['fetch-models.mjs', 'load-backbone.ts'].map((file) => {
      const text = readFileSync(new URL(file, import.meta.url), 'utf8');
      return /(?:backboneHash|hash) = '([0-9a-f]{64})'/.exec(text)?.[1];
    });
    expect(hashes[0]).toMatch(/^[0-9a-f]{64}$/);
    expect(hashes[1]).toBe(hashes[0]);
  });
});
