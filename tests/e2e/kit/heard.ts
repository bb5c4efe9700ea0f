import { expect, type Page } from '@playwright/test';

declare global {
  interface Window {
    /** What listens to the page's own sound: by the stream that an element plays. */
    listening?: { context: AudioContext; streams: Map<MediaStream, AnalyserNode> };
  }
}

/**
 * Proves that the page lets sound be heard: an audio element plays, neither muted nor stopped, and in what it plays
 * there is a tone well above silence. Chromium's made-up microphone beeps once a second. (Without an element that plays
 * it, a remote stream is silent here too; capturing from the element itself would end the track with the capture.)
 */
export async function expectHeard(page: Page, where: string): Promise<void> {
  await expect.poll(() => page.evaluate(listen), { message: `sound is heard: ${where}` }).toBe('a tone');
}

/** Proves that the page plays nobody's sound. */
export async function expectSilent(page: Page, where: string): Promise<void> {
  await expect
    .poll(
      () =>
        page.evaluate(
          () =>
            [...document.querySelectorAll('audio')].filter(({ srcObject, paused }) => srcObject && !paused)
              .length,
        ),
      { message: `nobody is heard: ${where}` },
    )
    .toBe(0);
}

async function listen(): Promise<string> {
  const playing = [...document.querySelectorAll('audio')].filter(
    ({ srcObject, paused, muted, volume }) => srcObject && !paused && !muted && volume > 0,
  );
  if (playing.length === 0) return 'no element plays';
  const listening = (window.listening ??= { context: new AudioContext(), streams: new Map() });
  await listening.context.resume();
  const analysers = playing.flatMap(({ srcObject }) => {
    if (!(srcObject instanceof MediaStream) || srcObject.getAudioTracks().length === 0) return [];
    const known = listening.streams.get(srcObject);
    if (known) return [known];
    const analyser = listening.context.createAnalyser();
    listening.context.createMediaStreamSource(srcObject).connect(analyser);
    listening.streams.set(srcObject, analyser);
    return [analyser];
  });
  const levels = new Uint8Array(analysers[0]?.frequencyBinCount ?? 0);
  let loudest = 0;
  /** Looks for longer than one beep takes to come again. */
  for (let look = 0; look < 80; look += 1) {
    for (const analyser of analysers) {
      analyser.getByteFrequencyData(levels);
      loudest = Math.max(loudest, ...levels);
      if (loudest > 128) return 'a tone';
    }
    await new Promise((resolve) => requestAnimationFrame(resolve));
  }
  const tracks = playing.flatMap(({ srcObject }) =>
    srcObject instanceof MediaStream ? srcObject.getAudioTracks() : [],
  );
  const states = tracks.map(({ readyState, muted, enabled }) => `${readyState} ${muted} ${enabled}`);
  return `silence: at most ${loudest} of 255, context ${listening.context.state}, ${states.join()}`;
}
