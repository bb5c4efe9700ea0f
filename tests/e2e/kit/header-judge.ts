import type { Film } from '../../harness/footage/film.ts';
import { distanceOf, median, type Judgement, type Seen, type SeenBox } from './highlights.ts';

/** The one highlight that is there. */
export const only = (seen: Seen): SeenBox | undefined =>
  seen.boxes.length === 1 ? seen.boxes[0] : undefined;

/** On the element, in widths of the picture between centres; the header is a third of a width wide. */
export const near = 0.08;

/** How well the one highlight lay on the header, for each of the judged frames that was seen. */
export function judge(film: Film, seen: readonly Seen[]): Judgement[] {
  return film.judgedFrames.flatMap((frame) => {
    const at = film.headerAt(frame);
    // Where an edge of the picture cuts the plate, what is seen of it has another centre.
    const shown = seen.filter(
      (one) =>
        one.frame !== undefined &&
        Math.abs(one.frame - frame) <= film.reach &&
        !film.cutFrames.includes(one.frame),
    );
    if (!at || shown.length === 0) return [];
    const distances = shown.flatMap((one) => {
      const box = only(one);
      // Where every frame's truth is known, each is held to its own.
      return box?.state === 'tracked' ? distanceOf(box, film.headerAt(one.frame ?? frame) ?? at) : [];
    });
    return [
      {
        frame,
        samples: shown.length,
        tracked: distances.length,
        distance: median(distances),
        worst: Math.max(0, ...distances),
      },
    ];
  });
}

export const asText = (judged: readonly Judgement[]): string =>
  judged
    .map(
      ({ frame, tracked, samples, distance, worst }) =>
        `frame ${frame}: tracked ${tracked} of ${samples}, off by ${distance.toFixed(3)}, at most ${worst.toFixed(3)}`,
    )
    .join('\n');

/** How often the footage was gone through: frames forward, cuts from its end to its beginning included. */
export function loopsIn({ frames }: Film, seen: readonly Seen[]): number {
  let gone = 0;
  let last: number | undefined;
  for (const { frame } of seen) {
    if (frame === undefined || frame < 0) continue;
    if (last !== undefined) {
      const step = (frame - last + frames.length) % frames.length;
      // Frames that look alike may be taken for each other: small steps back are none.
      if (step < frames.length / 2) gone += step;
      else continue;
    }
    last = frame;
  }
  return gone / frames.length;
}
