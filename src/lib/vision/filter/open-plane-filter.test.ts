import { describe, expect, test } from 'vitest';
import { makeRandom } from '../camera/robust-fit.ts';
import { openPlaneFilter } from './open-plane-filter.ts';
import { VectorFilter } from './vector-filter.ts';

const seed = Number(process.env.SEED ?? 9);
const settings = { temporal: 80, rounds: 2, support: [0.25, 0.4], sigma: 0.5 } as const;

describe(`a filter over groups of planes (seed ${seed})`, () => {
  test('there are vectors here', () => {
    expect(VectorFilter.create(16, [1], settings)).toBeDefined();
  });

  test.each([
    [16, [1]],
    [32, [13, 8]],
  ])('vectors and plain numbers come to the same: %i², groups of %j planes', (n, groups) => {
    const random = makeRandom(seed);
    const filters = [true, false].map((inVectors) => openPlaneFilter(n, groups, settings, inVectors));
    const samples = filters.map((filter) => filter.newSample());
    for (let frame = 0; frame < 3; frame += 1) {
      const planes = groups.map((count) => Float32Array.from({ length: count * n * n }, random));
      const answers = filters.map((filter, i) =>
        groups.map((_, group) => {
          const answer = new Float32Array(n * n);
          filter.measure(samples[i]!, group, planes[group]!, 0.7);
          filter.respond(samples[i]!, group, answer);
          return answer;
        }),
      );
      groups.forEach((_, group) => {
        const [vectors, plain] = [answers[0]![group]!, answers[1]![group]!];
        const highest = plain.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
        expect(frame === 0 || highest > 0).toBe(true);
        vectors.forEach((value, i) =>
          expect(Math.abs(value - plain[i]!)).toBeLessThanOrEqual(1e-3 * highest),
        );
      });
      filters.forEach((filter, i) => filter.train(samples[i]!));
    }
  });
});
