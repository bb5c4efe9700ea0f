import { expect, type Locator, type Page } from '@playwright/test';
import { patienceMs } from '../../harness/patience.ts';
import { flow } from './observe.ts';

export const ownVideo = (page: Page): Locator => page.getByRole('region', { name: 'Your video' });
export const remoteVideo = (page: Page, name = /^Video of /): Locator => page.getByRole('region', { name });

export interface Seen {
  readonly width: number;
  readonly height: number;
  /** Brightest minus darkest, 0..255: a picture, or a plain plate. */
  readonly contrast: number;
}

/**
 * Proves that a video runs: new frames arrive on its track, the element plays them, and they show something.
 * @throws when `frames` do not arrive
 */
export async function expectAdvancing(tile: Locator, frames = 8): Promise<Seen> {
  const video = tile.locator('video');
  await expect(video).toHaveCount(1);
  await expect
    .poll(() => video.evaluate((element: HTMLVideoElement) => element.videoWidth))
    .toBeGreaterThan(0);
  const played = (): Promise<number> =>
    video.evaluate((element: HTMLVideoElement) => element.getVideoPlaybackQuality().totalVideoFrames);
  const before = await played();
  await arrivingFrames(video, frames);
  await expect.poll(played, { message: 'the element paints frames' }).toBeGreaterThan(before + frames / 2);
  return video.evaluate((element: HTMLVideoElement) => {
    const canvas = document.createElement('canvas');
    const wide = (canvas.width = 64);
    const high = (canvas.height = 36);
    const context = canvas.getContext('2d');
    if (!context) throw new Error('no canvas');
    context.drawImage(element, 0, 0, wide, high);
    const { data } = context.getImageData(0, 0, wide, high);
    let low = 255;
    let top = 0;
    for (let at = 0; at < data.length; at += 4) {
      const grey = ((data[at] ?? 0) + (data[at + 1] ?? 0) + (data[at + 2] ?? 0)) / 3;
      low = Math.min(low, grey);
      top = Math.max(top, grey);
    }
    return { width: element.videoWidth, height: element.videoHeight, contrast: top - low };
  });
}

/** Reads frames from the track itself, which also works where nothing is painted. */
function arrivingFrames(video: Locator, wanted: number): Promise<number> {
  return video.evaluate(
    async (element: HTMLVideoElement, [count, waitMs]) => {
      interface Processor {
        readonly readable: ReadableStream<VideoFrame>;
      }
      const scope = window as unknown as {
        MediaStreamTrackProcessor: new (init: { track: MediaStreamTrack }) => Processor;
      };
      const stream = element.srcObject;
      const track = stream instanceof MediaStream ? stream.getVideoTracks()[0] : undefined;
      if (!track) throw new Error('the video has no track');
      const copy = track.clone();
      const reader = new scope.MediaStreamTrackProcessor({ track: copy }).readable.getReader();
      const times = new Set<number>();
      const late = new Promise<never>((_, reject) =>
        setTimeout(() => reject(new Error(`${times.size} of ${count} frames arrived`)), waitMs),
      );
      try {
        while (times.size < count) {
          const { value, done } = await Promise.race([reader.read(), late]);
          if (done) throw new Error('the track has ended');
          times.add(value.timestamp);
          value.close();
        }
      } finally {
        copy.stop();
        late.catch(() => undefined);
        void reader.cancel();
      }
      return times.size;
    },
    [wanted, patienceMs] as const,
  );
}

/** Proves that sound comes in: packets, and something to be heard in them. */
export async function expectAudio(page: Page): Promise<void> {
  const before = await flow(page);
  await expect
    .poll(
      async () => {
        const now = await flow(page);
        return now.audioPackets > before.audioPackets + 20 && now.audioEnergy > before.audioEnergy;
      },
      { message: 'sound arrives' },
    )
    .toBe(true);
}
