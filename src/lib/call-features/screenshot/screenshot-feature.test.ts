import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { pictureId } from '#domain/picture/picture-id.ts';
import { people } from '#harness/domain/sessions.ts';
import { FakeFeatureCall } from '#harness/fake-feature-call.ts';
import { ScreenshotFeature } from './screenshot-feature.svelte.ts';

const frame = { blob: new Blob(['jpeg']), width: 1280, height: 720 };
const stage = pictureId(people.opener.id);
const video = {} as HTMLVideoElement;
const grabFrame = vi.fn();
const takeScreenshot = vi.fn();
const reported = vi.fn();
let call: FakeFeatureCall;
let feature: ScreenshotFeature;

beforeEach(() => {
  call = new FakeFeatureCall();
  call.pictures.showing(stage, video);
  call.factories.grabFrame = grabFrame.mockResolvedValue(frame);
  call.session.takeScreenshot = takeScreenshot.mockResolvedValue({ ok: true });
  vi.stubGlobal('reportError', reported);
  feature = new ScreenshotFeature(call);
});
afterEach(() => {
  vi.resetAllMocks();
  vi.unstubAllGlobals();
});

const offer = () => feature.offers[0];

describe('a screenshot of a call', () => {
  test('F50 what is on the stage is kept in the session, with the picture that it is of', async () => {
    await feature.take();
    expect(grabFrame).toHaveBeenCalledExactlyOnceWith(video);
    expect(takeScreenshot).toHaveBeenCalledExactlyOnceWith({
      bytes: frame.blob,
      mediaType: 'image/jpeg',
      width: 1280,
      height: 720,
      callId: call.callId,
      picture: stage,
    });
    expect(call.failures).toEqual([]);
  });

  test('F50 one at a time: a second press does nothing, and the button says so until it is taken', async () => {
    const grabbed = Promise.withResolvers<typeof frame>();
    grabFrame.mockReturnValue(grabbed.promise);
    const presses = [feature.take(), feature.take()];
    expect(offer()?.disabled).toBe(true);
    grabbed.resolve(frame);
    await Promise.all(presses);
    expect(offer()?.disabled).toBe(false);
    expect(takeScreenshot).toHaveBeenCalledOnce();
  });

  test('F50 a refusal and a frame that cannot be had are said, and the next one can be taken', async () => {
    takeScreenshot.mockResolvedValueOnce({ ok: false, reason: 'forbidden' });
    await feature.take();
    grabFrame.mockRejectedValueOnce(new Error('no frame'));
    await feature.take();
    expect(call.failures).toEqual(['forbidden', 'media-unsupported']);
    expect(reported).toHaveBeenCalledOnce();
    await feature.take();
    expect(takeScreenshot).toHaveBeenCalledTimes(2);
  });

  test('F50 without a picture there is nothing to take', async () => {
    call = new FakeFeatureCall({ empty: true });
    call.factories.grabFrame = grabFrame;
    feature = new ScreenshotFeature(call);
    expect(offer()?.disabled).toBe(true);
    await feature.take();
    expect(grabFrame).not.toHaveBeenCalled();
  });
});
