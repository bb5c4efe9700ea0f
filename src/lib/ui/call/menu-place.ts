/** In CSS pixels of the window. */
export interface Rect {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

const clamp = (value: number, least: number, most: number): number =>
  Math.max(least, Math.min(Math.max(least, most), value));

/**
 * Where a small sheet stands that is about `anchor`: beside it, else under it, else over it, else at the lower edge;
 * on narrow rooms across the lower edge, or the upper one where the anchor is low. Never outside of `room`.
 */
export function menuPlace(
  anchor: Rect | undefined,
  sheet: { width: number; height: number },
  room: Rect,
  narrow: boolean,
): { x: number; y: number } {
  const margin = 8;
  const gap = 12;
  const left = room.x + margin;
  const right = room.x + room.width - margin - sheet.width;
  const top = room.y + margin;
  const bottom = room.y + room.height - margin - sheet.height;
  if (!anchor) return { x: clamp((left + right) / 2, left, right), y: Math.max(top, bottom) };
  if (narrow) {
    const low = anchor.y + anchor.height / 2 > room.y + room.height / 2;
    return { x: clamp((left + right) / 2, left, right), y: low ? top : Math.max(top, bottom) };
  }
  const after = anchor.x + anchor.width + gap;
  const before = anchor.x - gap - sheet.width;
  const beside = [after, before].find((x) => x >= left && x <= right);
  if (beside !== undefined) return { x: beside, y: clamp(anchor.y, top, bottom) };
  const under = anchor.y + anchor.height + gap;
  const over = anchor.y - gap - sheet.height;
  return {
    x: clamp(anchor.x, left, right),
    y: [under, over].find((y) => y >= top && y <= bottom) ?? Math.max(top, bottom),
  };
}
