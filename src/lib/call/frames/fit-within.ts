/** Largest side of a picture that browsers handle safely, and that the relay takes. */
export const maxSidePixels = 8192;
export const maxPicturePixels = 32_000_000;

/** The largest size with the same shape that stays within both limits; never larger than the original. */
export function fitWithin(width: number, height: number): { width: number; height: number } {
  const scale = Math.min(
    1,
    maxSidePixels / Math.max(width, height),
    Math.sqrt(maxPicturePixels / (width * height)),
  );
  if (scale === 1) return { width, height };
  return {
    width: Math.max(1, Math.floor(width * scale)),
    height: Math.max(1, Math.floor(height * scale)),
  };
}
