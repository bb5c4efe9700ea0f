type Watch<T> = (listener: (value: T) => void) => () => void;

/** One subscription for many: the source is followed once, while anybody listens; who comes later gets the newest. */
export function shareWatch<T>(watch: Watch<T>): Watch<T> {
  const listeners = new Set<(value: T) => void>();
  let newest: { value: T } | undefined;
  let stop: (() => void) | undefined;
  return (listener) => {
    const own = (value: T): void => listener(value);
    listeners.add(own);
    if (newest) own(newest.value);
    stop ??= watch((value) => {
      newest = { value };
      for (const one of [...listeners]) one(value);
    });
    return () => {
      listeners.delete(own);
      if (listeners.size > 0) return;
      stop?.();
      stop = undefined;
      newest = undefined;
    };
  };
}
