/** How fast samples rise, by least squares; per minute. */
export function slopePerMinute(
  samples: readonly { readonly atMs: number; readonly value: number }[],
): number {
  const mean = (values: readonly number[]): number =>
    values.reduce((sum, one) => sum + one, 0) / values.length;
  const at = mean(samples.map(({ atMs }) => atMs));
  const level = mean(samples.map(({ value }) => value));
  const spread = samples.reduce((sum, { atMs }) => sum + (atMs - at) ** 2, 0);
  const rise = samples.reduce((sum, { atMs, value }) => sum + (atMs - at) * (value - level), 0);
  return (60_000 * rise) / spread;
}
