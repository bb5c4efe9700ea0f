import { readdirSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { callFeatures } from '../../src/lib/call-features/registry.ts';
import { deviceLetters } from '../../src/lib/ui/screens/call/call-shortcuts.ts';
import { FakeFeatureCall } from '../harness/fake-feature-call.ts';
import { seedFor } from '../harness/seeded.ts';

const seed = seedFor('call features');
const offersOf = (call: FakeFeatureCall) => callFeatures.flatMap((feature) => call.opened(feature).offers);

test('F92 every folder of features is registered under its name', () => {
  const folders = readdirSync(new URL('../../src/lib/call-features', import.meta.url), {
    withFileTypes: true,
  });
  expect(callFeatures.map(({ key }) => key).sort()).toEqual(
    folders
      .filter((entry) => entry.isDirectory())
      .map(({ name }) => name)
      .sort(),
  );
});

test('no two features share a topic, an offer or a letter', () => {
  const topics = callFeatures.flatMap((feature) => feature.topics);
  expect(new Set(topics).size).toBe(topics.length);
  const offers = offersOf(new FakeFeatureCall());
  expect(new Set(offers.map(({ id }) => id)).size).toBe(offers.length);
  const letters = [...deviceLetters, ...offers.flatMap(({ shortcut }) => shortcut ?? [])];
  expect(new Set(letters).size).toBe(letters.length);
  for (const letter of letters) expect(letter).toMatch(/^[a-z]$/);
});

test('B15 every offer has an icon and words, and the word on the button is part of its name', () => {
  for (const { icon, name, label = name } of offersOf(new FakeFeatureCall())) {
    expect(icon).toBeTypeOf('function');
    expect(name.trim()).not.toBe('');
    expect(name.replaceAll('\u00ad', '').toLowerCase()).toContain(
      label.replaceAll('\u00ad', '').toLowerCase(),
    );
  }
});

describe.each(callFeatures.map((feature) => ({ key: feature.key, feature })))(
  'feature $key',
  ({ feature }) => {
    test(`T5 T28 junk from others, and from whoever has left, breaks nothing (seed ${seed})`, () => {
      const call = new FakeFeatureCall();
      call.opened(feature);
      fc.assert(
        fc.property(
          fc.anything(),
          fc.uint8Array({ maxLength: 1200 }),
          fc.constantFrom('erika', 'ghost'),
          (data, bytes, from) => {
            for (const topic of feature.topics) call.hearControl(topic, from, data);
            for (let kind = 0; kind < 8; kind += 1) call.hearLive(kind, from, bytes);
          },
        ),
        { seed, numRuns: 300 },
      );
      expect(call.failures).toEqual([]);
    });

    test('nothing of it is left when the call is over', () => {
      const call = new FakeFeatureCall();
      const opened = call.opened(feature);
      opened.close();
      expect(call.listeners).toBe(0);
    });

    test('its offers can be read before there is a picture, a document or a record', () => {
      const call = new FakeFeatureCall({ empty: true });
      expect(Array.isArray(call.opened(feature).offers)).toBe(true);
    });
  },
);
