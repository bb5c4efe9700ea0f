import { afterEach, describe, expect, test, vi } from 'vitest';
import { modelFiles } from '#domain/vision/model-files.ts';
import { openEngine } from '../tracker-registry.ts';
import { loadBackbone } from './load-backbone.ts';

const folder = 'http://installation.test/models/';
const { bytes, sha256 } = modelFiles['backbone.f32'];

afterEach(() => vi.unstubAllGlobals());

const serve = (answer: () => Promise<Response>) => {
  const asked: string[] = [];
  vi.stubGlobal('fetch', (url: URL, { cache = 'default' }: RequestInit) => {
    asked.push(`${cache} ${url}`);
    return answer();
  });
  return asked;
};

describe("the model's file", () => {
  test.each([
    ['other bytes', bytes],
    ['too few bytes', 12],
    ['nothing', 0],
  ])('T51 is asked of this installation alone, and refused when it holds %s', async (_what, length) => {
    const asked = serve(() => Promise.resolve(new Response(new Uint8Array(length))));
    expect(await loadBackbone(folder)).toEqual({ ok: false, reason: 'wrong-hash' });
    const address = `${folder}backbone.f32?sha256=${sha256.slice(0, 16)}`;
    // The second time past every cache: a copy there may have been damaged.
    expect(asked).toEqual([`default ${address}`, `reload ${address}`]);
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
});
