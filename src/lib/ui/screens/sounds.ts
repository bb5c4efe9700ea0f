/**
 * Short sounds made by the browser itself, so that no file is needed. Browsers keep them silent until the person
 * has touched the page once; the visible notice never depends on them.
 */
let context: AudioContext | undefined;

function audio(): AudioContext | undefined {
  if (typeof AudioContext === 'undefined') return undefined;
  context ??= new AudioContext();
  return context;
}

/** What comes out later than this is not heard any more: by then it would puzzle. */
const patienceMs = 2000;

/** Plays once the browser lets it; never later than the person could tell what for. */
function play(what: string, tune: (at: AudioContext) => void): void {
  const at = audio();
  if (!at) return;
  const askedMs = performance.now();
  const start = (): void => {
    if (performance.now() - askedMs > patienceMs) return;
    tune(at);
    document.documentElement.dataset['lastSound'] = what;
  };
  if (at.state === 'running') start();
  // Waits for a gesture where the page has seen none.
  else void at.resume().then(start, () => undefined);
}

/** Lets sounds be heard from the first touch or key on; returns the way to stop waiting. */
export function unlockSound(target: Pick<Window, 'addEventListener' | 'removeEventListener'>): () => void {
  const gestures = ['pointerup', 'keydown'] as const;
  const stop = (): void => gestures.forEach((name) => target.removeEventListener(name, unlock));
  const unlock = (): void => {
    stop();
    const at = audio();
    if (at?.state === 'suspended') void at.resume();
  };
  gestures.forEach((name) => target.addEventListener(name, unlock));
  return stop;
}

function tone(at: AudioContext, frequency: number, startS: number, lengthS: number): void {
  const oscillator = at.createOscillator();
  const gain = at.createGain();
  oscillator.frequency.value = frequency;
  gain.gain.setValueAtTime(0, startS);
  gain.gain.linearRampToValueAtTime(0.18, startS + 0.02);
  gain.gain.exponentialRampToValueAtTime(0.001, startS + lengthS);
  oscillator.connect(gain).connect(at.destination);
  oscillator.start(startS);
  oscillator.stop(startS + lengthS);
}

const tunes = { request: [659, 880, 1175], note: [784, 988], lost: [523, 392], back: [523, 784] } as const;

/** One short tune: a new request, a note, the link lost, the link back. */
export function chime(kind: keyof typeof tunes): void {
  play(kind, (at) =>
    tunes[kind].forEach((frequency, index) => tone(at, frequency, at.currentTime + index * 0.14, 0.32)),
  );
}

/** Rings, and vibrates where there is such a thing, until stopped. */
export function ring(): () => void {
  const once = (): void => {
    play('ring', (at) => {
      for (const beat of [0, 0.45])
        [880, 1108].forEach((frequency) => tone(at, frequency, at.currentTime + beat, 0.38));
    });
    if (typeof navigator.vibrate === 'function') navigator.vibrate([300, 150, 300]);
  };
  once();
  const timer = setInterval(once, 2500);
  return () => {
    clearInterval(timer);
    if (typeof navigator.vibrate === 'function') navigator.vibrate(0);
  };
}
