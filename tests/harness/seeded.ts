/** A seed for this run: fixed, or that of `SEED` to replay one. Printed, so that a failure can be replayed. */
export function seedFor(name: string, fixed = 20261121): number {
  const seed = Number(process.env.SEED ?? fixed);
  process.stdout.write(`seed of '${name}': ${seed}\n`);
  return seed;
}

/** Numbers in [0, 1) that a seed determines (mulberry32). */
export function seededRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let value = Math.imul(state ^ (state >>> 15), state | 1);
    value ^= value + Math.imul(value ^ (value >>> 7), value | 61);
    return ((value ^ (value >>> 14)) >>> 0) / 2 ** 32;
  };
}
