import type { Attachment } from 'svelte/attachments';
import { boxArea, intersect, type Box } from '#domain/tracking/box.ts';

/** From the un-mirrored picture to the picture as this viewer sees it, and back; in shares (0…1). */
export const flipBox = (box: Box, mirrored: boolean): Box =>
  mirrored ? { ...box, x: 1 - box.x - box.width } : box;

const within = (value: number, least: number, most: number): number =>
  Math.max(least, Math.min(most, Math.max(least, value)));

/** Which side of its box a tag stands on. */
const tagSides = ['under', 'over', 'inside'] as const;
export type TagSide = (typeof tagSides)[number];

/**
 * Where the tag of a box stands, in the same pixels as all of them: under the box, else over it, else in it; never
 * outside of what can be seen, and not on another tag where that can be helped. The side it had before is kept as long
 * as it will do, so that tags do not jump. A box out of sight has its tag at the edge that is nearest to it.
 */
export function tagPlace(
  box: Box,
  size: { width: number; height: number },
  sight: Box,
  taken: readonly Box[] = [],
  before: TagSide = 'under',
): { side: TagSide; place: Box } {
  const margin = 4;
  const top = sight.y;
  const bottom = sight.y + sight.height - size.height;
  const x = within(box.x, sight.x + margin, sight.x + sight.width - size.width - margin);
  const middle = box.y + (box.height - size.height) / 2;
  const tops: Record<TagSide, number> = {
    under: box.y + box.height,
    over: box.y - size.height,
    inside: box.y + box.height - size.height,
  };
  const at = (y: number): Box => ({ x, y: within(y, top, bottom), ...size });
  const isFree = (place: Box): boolean => taken.every((other) => boxArea(intersect(other, place)) === 0);
  if (boxArea(intersect(box, sight)) === 0) {
    const near = [middle, middle - size.height, middle + size.height].map(at);
    return { side: before, place: near.find(isFree) ?? at(middle) };
  }
  const fits = (side: TagSide): boolean => tops[side] >= top && tops[side] <= bottom;
  const free = (side: TagSide): boolean => fits(side) && isFree(at(tops[side]));
  const sides = [before, ...tagSides];
  const side = sides.find(free) ?? sides.find(fits) ?? 'inside';
  return { side, place: at(tops[side]) };
}

interface Moved {
  box?: HTMLElement;
  tag?: HTMLElement;
  tagSize: { width: number; height: number };
  side: TagSide;
  width: number;
  height: number;
}

/** A change below this, in CSS pixels, is not worth a layout. */
const leastChange = 0.25;

/**
 * Puts boxes and tags where they belong at the rate of the picture, past the rendering: one transform each, a new size
 * only when it has changed.
 */
export class HighlightMover {
  /** The layer's size and the part of it that can be seen, in CSS pixels. */
  #size = { width: 0, height: 0 };
  #sight: Box = { x: 0, y: 0, width: 0, height: 0 };
  #mirrored = false;
  readonly #boxOf: (id: string) => Box | undefined;
  readonly #moved = new Map<string, Moved>();
  #tags: ResizeObserver | undefined;

  constructor(boxOf: (id: string) => Box | undefined) {
    this.#boxOf = boxOf;
  }

  layOut(size: { width: number; height: number }, sight: Box): void {
    this.#size = size;
    this.#sight = sight;
    this.move();
  }

  setMirrored(mirrored: boolean): void {
    this.#mirrored = mirrored;
    this.move();
  }

  /** For the element that is the box of this highlight. */
  box(id: string): Attachment<HTMLElement> {
    return (node) => {
      const moved = this.#entry(id);
      moved.box = node;
      moved.width = moved.height = NaN;
      this.#place(id, moved, []);
      return () => this.#forget(id, 'box');
    };
  }

  /** For the element that is its tag. */
  tag(id: string): Attachment<HTMLElement> {
    return (node) => {
      const moved = this.#entry(id);
      moved.tag = node;
      this.#tags ??= new ResizeObserver((entries) => this.#measure(entries));
      this.#tags.observe(node);
      return () => {
        this.#tags?.unobserve(node);
        this.#forget(id, 'tag');
      };
    };
  }

  /** All of them, where they are now. */
  move(): void {
    const taken: Box[] = [];
    for (const [id, moved] of this.#moved) this.#place(id, moved, taken);
  }

  close(): void {
    this.#tags?.disconnect();
    this.#moved.clear();
  }

  #entry(id: string): Moved {
    const moved = this.#moved.get(id) ?? {
      tagSize: { width: 0, height: 0 },
      side: 'under' as const,
      width: NaN,
      height: NaN,
    };
    this.#moved.set(id, moved);
    return moved;
  }

  #forget(id: string, part: 'box' | 'tag'): void {
    const moved = this.#moved.get(id);
    if (!moved) return;
    moved[part] = undefined;
    if (!moved.box && !moved.tag) this.#moved.delete(id);
  }

  #measure(entries: readonly ResizeObserverEntry[]): void {
    const sizes = new Map(entries.map((entry) => [entry.target, entry.borderBoxSize[0]]));
    for (const moved of this.#moved.values()) {
      const size = moved.tag && sizes.get(moved.tag);
      if (size) moved.tagSize = { width: size.inlineSize, height: size.blockSize };
    }
    this.move();
  }

  #place(id: string, moved: Moved, taken: Box[]): void {
    const shares = this.#boxOf(id);
    const { width, height } = this.#size;
    const known = shares !== undefined && width > 0;
    for (const node of [moved.box, moved.tag]) {
      if (node) node.style.opacity = known ? '' : '0';
    }
    if (!known) return;
    const seen = flipBox(shares, this.#mirrored);
    const box = {
      x: seen.x * width,
      y: seen.y * height,
      width: seen.width * width,
      height: seen.height * height,
    };
    if (moved.box) {
      moved.box.style.transform = `translate(${box.x.toFixed(2)}px,${box.y.toFixed(2)}px)`;
      if (!(
        Math.abs(box.width - moved.width) < leastChange && Math.abs(box.height - moved.height) < leastChange
      )) {
        moved.box.style.width = `${box.width.toFixed(2)}px`;
        moved.box.style.height = `${box.height.toFixed(2)}px`;
        moved.width = box.width;
        moved.height = box.height;
      }
    }
    if (moved.tag) {
      const { side, place } = tagPlace(box, moved.tagSize, this.#sight, taken, moved.side);
      moved.side = side;
      taken.push(place);
      moved.tag.style.transform = `translate(${place.x.toFixed(2)}px,${place.y.toFixed(2)}px)`;
    }
  }
}
