import { describe, expect, test } from 'vitest';
import { makeRandom } from '../camera/robust-fit.ts';
import { CorrelationFilter } from './correlation-filter.ts';
import { Fourier } from './fourier.ts';

const seed = Number(process.env.SEED ?? 7);

describe(`spectra and the filter on them (seed ${seed})`, () => {
  test('planes come back, an odd number of them too', () => {
    const random = makeRandom(seed);
    const fourier = new Fourier(16);
    const planes = Float32Array.from({ length: 3 * 256 }, random);
    const re = new Float32Array(3 * fourier.length);
    const im = new Float32Array(3 * fourier.length);
    fourier.forward(planes, 3, re, im);
    const back = new Float32Array(planes.length);
    fourier.backward(re, im, 3, back);
    expect(Math.max(...planes.map((value, i) => Math.abs(value - back[i]!)))).toBeLessThan(1e-5);
    // The first number of a spectrum is the sum of its plane.
    expect(re[fourier.length]).toBeCloseTo(
      planes.subarray(256, 512).reduce((sum, value) => sum + value, 0),
      3,
    );
  });

  test('what lies further from the origin than the limit is set to zero', () => {
    const random = makeRandom(seed);
    const fourier = new Fourier(16);
    const planes = Float32Array.from({ length: 2 * 256 }, random);
    const spectrum = (): Float32Array => new Float32Array(2 * fourier.length);
    const [re, im, nearRe, nearIm] = [spectrum(), spectrum(), spectrum(), spectrum()];
    fourier.forward(planes, 2, re, im);
    fourier.limit(re, im, 2, [4, 3], nearRe, nearIm);
    const back = new Float32Array(planes.length);
    fourier.backward(nearRe, nearIm, 2, back);
    expect(back[4]).toBeCloseTo(planes[4]!, 5);
    expect(back[5]).toBeCloseTo(0, 5);
    expect(back[256 + 13 * 16]).toBeCloseTo(planes[256 + 13 * 16]!, 5);
    expect(back[256 + 12 * 16]).toBeCloseTo(0, 5);
  });

  test('F57 the answer peaks where the learnt pattern has moved to', () => {
    const random = makeRandom(seed);
    const n = 32;
    const fourier = new Fourier(n);
    const pattern = Float32Array.from({ length: n * n }, random);
    const filter = new CorrelationFilter(fourier, 1, {
      temporal: 20,
      rounds: 2,
      support: [0.25, 0.25],
      sigma: 0.5,
    });
    const re = new Float32Array(fourier.length);
    const im = new Float32Array(fourier.length);
    fourier.forward(pattern, 1, re, im);
    filter.train(re, im);
    const moved = pattern.map(
      (_, i) => pattern[((Math.floor(i / n) - 3 + n) % n) * n + (((i % n) - 5 + n) % n)]!,
    );
    fourier.forward(moved, 1, re, im);
    const answer = new Float32Array(n * n);
    filter.respond(re, im, answer);
    const peak = answer.indexOf(Math.max(...answer));
    expect([peak % n, Math.floor(peak / n)]).toEqual([n / 2 + 5, n / 2 + 3]);
  });
});
