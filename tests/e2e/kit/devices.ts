import type { BrowserContext, Page } from '@playwright/test';

export type DeviceWord = 'microphone' | 'camera';

interface SteeredDevices {
  /** What the page was given, the newest last. */
  readonly given: MediaStreamTrack[];
  readonly gone: Set<string>;
  /** Lets the browser answer, where it was held back. */
  answer(): void;
}

declare global {
  interface Window {
    steered: SteeredDevices;
  }
}

/** Puts the devices of every page of the context into the test's hand, before the app's first line runs. */
export async function steerDevices(context: BrowserContext, options: { held?: boolean } = {}): Promise<void> {
  await context.addInitScript((held: boolean) => {
    let answer: () => void = () => undefined;
    const answered = held ? new Promise<void>((resolve) => (answer = resolve)) : Promise.resolve();
    const steered: SteeredDevices = { given: [], gone: new Set(), answer: () => answer() };
    window.steered = steered;
    const devices = navigator.mediaDevices;
    const real = devices.getUserMedia.bind(devices);
    devices.getUserMedia = async (constraints = {}) => {
      await answered;
      const { audio, video } = constraints;
      if ((audio && steered.gone.has('audioinput')) || (video && steered.gone.has('videoinput')))
        throw new DOMException('pulled out by the test', 'NotFoundError');
      const stream = await real(constraints);
      steered.given.push(...stream.getTracks());
      return stream;
    };
    const all = devices.enumerateDevices.bind(devices);
    devices.enumerateDevices = async () => (await all()).filter(({ kind }) => !steered.gone.has(kind));
  }, options.held ?? false);
}

const words = {
  microphone: { kind: 'audio', listedAs: 'audioinput' },
  camera: { kind: 'video', listedAs: 'videoinput' },
} as const;

/** The plug is pulled: the list loses the device, and its track ends by itself. */
export const pullOut = (page: Page, device: DeviceWord): Promise<void> =>
  page.evaluate(({ kind, listedAs }) => {
    window.steered.gone.add(listedAs);
    const track = window.steered.given.findLast((one) => one.kind === kind);
    track?.stop();
    track?.dispatchEvent(new Event('ended'));
    navigator.mediaDevices.dispatchEvent(new Event('devicechange'));
  }, words[device]);

export const plugIn = (page: Page, device: DeviceWord): Promise<void> =>
  page.evaluate(({ listedAs }) => {
    window.steered.gone.delete(listedAs);
    navigator.mediaDevices.dispatchEvent(new Event('devicechange'));
  }, words[device]);

/** The system ends the track; the device stays in the list. */
export const endBySystem = (page: Page, device: DeviceWord): Promise<void> =>
  page.evaluate(({ kind }) => {
    const track = window.steered.given.findLast((one) => one.kind === kind);
    track?.stop();
    track?.dispatchEvent(new Event('ended'));
  }, words[device]);

/** As in a phone call: the system mutes the track, or gives it back. */
export const interrupt = (page: Page, device: DeviceWord, muted: boolean): Promise<void> =>
  page.evaluate(
    ({ kind, muted }) => {
      const track = window.steered.given.findLast((one) => one.kind === kind);
      if (!track) throw new Error(`no ${kind} was given`);
      Object.defineProperty(track, 'muted', { value: muted, configurable: true });
      track.dispatchEvent(new Event(muted ? 'mute' : 'unmute'));
    },
    { kind: words[device].kind, muted },
  );

export const answer = (page: Page): Promise<void> => page.evaluate(() => window.steered.answer());
