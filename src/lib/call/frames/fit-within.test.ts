import { describe, expect, it } from 'vitest';
import { fitWithin, maxPicturePixels, maxSidePixels } from './fit-within.ts';

describe('the size of a grabbed picture', () => {
  it.each([
    [640, 360],
    [1920, 1080],
    [6528, 4896],
  ])('%i × %i stays as it is', (width, height) => {
    expect(fitWithin(width, height)).toEqual({ width, height });
  });

  it.each([
    [16000, 200],
    [200, 16000],
    [8000, 8000],
    [12000, 9000],
    [100_000, 1],
  ])('%i × %i is made smaller, in the same shape', (width, height) => {
    const size = fitWithin(width, height);
    expect(Math.max(size.width, size.height)).toBeLessThanOrEqual(maxSidePixels);
    expect(size.width * size.height).toBeLessThanOrEqual(maxPicturePixels);
    expect(Math.min(size.width, size.height)).toBeGreaterThanOrEqual(1);
    expect(Math.abs(size.width / width - size.height / height) * Math.min(width, height)).toBeLessThan(1);
  });
});
