import { expect, test } from 'vitest';
import { remoteDeviceSentences, remoteDeviceWays } from './device-sentences.ts';

test('X43 every reason of every device has a sentence of its own, with the name in it', () => {
  const sentences = Object.values(remoteDeviceSentences).flatMap((reasons) => Object.values(reasons));
  const texts = sentences.map((sentence) => sentence({ name: 'Bert' }));
  expect(new Set(texts).size).toBe(texts.length);
  expect(texts.every((text) => /Bert.*\.$/u.test(text))).toBe(true);
});

test('X43 whatever has failed there has a way to mend it', () => {
  const without = Object.entries(remoteDeviceWays).filter(([, way]) => way === undefined);
  expect(without.map(([reason]) => reason)).toEqual(['starting']);
});
