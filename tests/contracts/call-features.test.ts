import { readdirSync } from 'node:fs';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { callFeatures } from '../../src/lib/call-features/registry.ts';
import type { CallFeature } from '../../src/lib/state/call/call-feature.ts';
import { deviceLetters } from '../../src/lib/ui/screens/call/call-shortcuts.ts';
import { people } from '../harness/domain/sessions.ts';
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

test('F92 what is heard in a call is what its features claim, no more and no less', () => {
  const call = new FakeFeatureCall({ vision: true });
  for (const feature of callFeatures) call.opened(feature);
  const { topics, live } = call.heard;
  expect(topics.sort()).toEqual(callFeatures.flatMap((feature) => feature.topics).sort());
  expect(live.sort()).toEqual(callFeatures.flatMap((feature) => feature.live ?? []).sort());
  call.close();
  expect(call.heard).toEqual({ topics: [], live: [] });
});

/** What can be heard of it, each by itself: how to say it in a call, and how many heard that. */
const claimsOf = ({ topics, live = [] }: CallFeature) => [
  ...topics.map((topic) => ({
    what: `topic ${topic}`,
    say: (call: FakeFeatureCall, from: string, data: unknown) => call.hearControl(topic, from, data),
  })),
  ...live.map((kind) => ({
    what: `datagrams ${String(kind)}`,
    say: (call: FakeFeatureCall, from: string, _data: unknown, bytes: Uint8Array) =>
      call.hearLive(kind, from, bytes),
  })),
];

describe.each(callFeatures.map((feature) => ({ key: feature.key, feature })))(
  'feature $key',
  ({ feature }) => {
    let call: FakeFeatureCall;
    beforeEach(() => {
      call = new FakeFeatureCall({ vision: true });
      call.opened(feature);
    });
    afterEach(() => call.close());

    test.each(claimsOf(feature))(
      `T5 T28 junk from others, and from whoever has left, is heard and breaks nothing ($what, seed ${seed})`,
      ({ say }) => {
        fc.assert(
          fc.property(
            fc.anything(),
            fc.uint8Array({ maxLength: 1200 }),
            fc.constantFrom(people.opener.id, call.self.id, 'ghost'),
            (data, bytes, from) => say(call, from, data, bytes) === 1,
          ),
          { seed, numRuns: 300 },
        );
        expect(call.failures).toEqual([]);
        call.close();
        expect(say(call, people.opener.id, {}, new Uint8Array())).toBe(0);
      },
    );

    test('nothing of it is left when the call is over', () => {
      call.close();
      expect(call.listeners).toBe(0);
    });

    test('its offers can be read before there is a picture, a document or a record', () => {
      const empty = new FakeFeatureCall({ empty: true });
      expect(Array.isArray(empty.opened(feature).offers)).toBe(true);
    });
  },
);
