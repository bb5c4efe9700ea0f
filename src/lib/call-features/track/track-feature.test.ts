import { afterEach, describe, expect, test, vi } from 'vitest';
import { FakeFeatureCall } from '#harness/fake-feature-call.ts';
import { TrackFeature } from './track-feature.svelte.ts';

let call: FakeFeatureCall;
afterEach(() => {
  call.close();
  vi.unstubAllGlobals();
});

function open(options?: ConstructorParameters<typeof FakeFeatureCall>[0]): TrackFeature {
  call = new FakeFeatureCall(options);
  return new TrackFeature(call);
}

describe('Track in the rail', () => {
  test('F57 is offered to whoever may, as soon as there is a picture', () => {
    expect(open({ vision: true }).offers).toMatchObject([
      { id: 'track', place: 'rail', shortcut: 't', disabled: false },
    ]);
  });

  test('F57 C11 is not offered to whoever may not', () => {
    const feature = open({ vision: true });
    call.session.offers.track = false;
    expect(feature.offers).toEqual([]);
  });

  test('F57 is not offered without a picture', () => {
    const feature = open({ empty: true });
    call.session.offers.track = true;
    expect(feature.offers).toEqual([]);
  });

  test('F57 cannot be pressed before what follows elements is there', () => {
    expect(open().offers[0]?.disabled).toBe(true);
  });

  test('F57 is taken in hand, laid down by a second press and with the end of the call', () => {
    const feature = open({ vision: true });
    const press = () => feature.offers[0]?.run();
    press();
    expect([feature.inHand, feature.offers[0]?.on]).toEqual([true, true]);
    press();
    expect([feature.inHand, feature.offers[0]?.on]).toEqual([false, false]);
    press();
    feature.close();
    expect(call.hand.key).toBeNull();
  });

  test('F57 the end of the call leaves the tool of another feature in hand', () => {
    const feature = open({ vision: true });
    call.hand.take('pen');
    feature.close();
    expect(call.hand.key).toBe('pen');
  });

  test('F57 what fails to be suggested is told, and nothing is thrown', async () => {
    const feature = open();
    const told: string[] = [];
    const reported: unknown[] = [];
    const cause = new Error('no model');
    call.factories.suggest = () => Promise.reject(cause);
    vi.stubGlobal('reportError', (error: unknown) => reported.push(error));
    const suggestions = { onSuggestions: () => undefined, onFailure: (why: string) => told.push(why) };
    await feature.suggest({} as HTMLVideoElement, suggestions, new AbortController().signal);
    expect([told, reported]).toEqual([['failed'], [cause]]);
  });
});
