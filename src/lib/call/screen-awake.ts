/** The browser's wake lock, and how to learn that the page is looked at again (it ends whenever the page is hidden). */
export interface ScreenAwake {
  request(): Promise<{ release(): Promise<void> }>;
  onVisible(listener: () => void): () => void;
}

export interface Awake {
  release(): void;
}

/** Keeps the screen on until released. Refusals (battery saving) are no failure: the call goes on. */
export function keepAwake(screen: ScreenAwake | undefined): Awake {
  let released = false;
  let held: { release(): Promise<void> } | undefined;
  const take = () => {
    screen?.request().then(
      (lock) => {
        if (released) void lock.release();
        else held = lock;
      },
      () => undefined,
    );
  };
  take();
  const stop = screen?.onVisible(take);
  return {
    release: () => {
      released = true;
      stop?.();
      void held?.release();
      held = undefined;
    },
  };
}

/** The wake lock of this browser, undefined where it has none. */
export function browserScreen(): ScreenAwake | undefined {
  const wakeLock = navigator.wakeLock as WakeLock | undefined;
  if (!wakeLock) return undefined;
  return {
    request: () => wakeLock.request('screen'),
    onVisible: (listener) => {
      const changed = () => {
        if (document.visibilityState === 'visible') listener();
      };
      document.addEventListener('visibilitychange', changed);
      return () => document.removeEventListener('visibilitychange', changed);
    },
  };
}
