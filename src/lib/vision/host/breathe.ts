/**
 * Lets in what has come meanwhile: messages do not wait, whereas timers that follow one another wait for some
 * milliseconds.
 */
export function makeBreathe(): () => Promise<void> {
  const breath = new MessageChannel();
  const breathing: (() => void)[] = [];
  breath.port1.onmessage = () => breathing.shift()?.();
  return () =>
    new Promise((resolve) => {
      breathing.push(resolve);
      breath.port2.postMessage(0);
    });
}
