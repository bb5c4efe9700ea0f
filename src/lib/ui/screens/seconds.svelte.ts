/** A clock for the screen that ticks once a second, from when it is read in a component until that goes. */
export function seconds(read: () => number): { readonly ms: number } {
  let ms = $state(read());
  $effect(() => {
    const timer = setInterval(() => (ms = read()), 1000);
    return () => clearInterval(timer);
  });
  return {
    get ms() {
      return ms;
    },
  };
}
