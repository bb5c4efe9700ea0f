import axe from 'axe-core';
import { expect } from 'vitest';

const standards = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'];

/** No violation of WCAG 2.2 AA on what is shown now, by all rules. */
export async function expectAccessible(): Promise<void> {
  // What still fades in has no contrast yet.
  for (const animation of document.getAnimations()) {
    const { endTime } = animation.effect?.getComputedTiming() ?? {};
    if (typeof endTime === 'number' && Number.isFinite(endTime)) animation.finish();
    else animation.cancel();
  }
  const { violations } = await axe.run(document.body, { runOnly: standards });
  const found = violations.flatMap(({ id, nodes }) =>
    nodes.map((node) => `${id}: ${node.html.slice(0, 160)} ${node.any[0]?.message ?? ''}`),
  );
  expect(found).toEqual([]);
}

/** Nothing is wider than the screen: one never has to scroll in two directions (WCAG 1.4.10). */
export function expectNothingCutOff(): void {
  const width = document.documentElement.clientWidth;
  const wide = [...document.querySelectorAll('body *')].filter((element) => {
    const { left, right } = element.getBoundingClientRect();
    return right > left && (right > width + 1 || left < -1) && !isScrolledAway(element);
  });
  expect(
    wide.map((element) => `${element.tagName} ${element.className} ${element.textContent.slice(0, 60)}`),
  ).toEqual([]);
}

/** What a scrolling part holds beyond its edge can be reached; what is for screen readers alone is not looked at. */
function isScrolledAway(element: Element): boolean {
  for (let at: Element | null = element; at && at !== document.body; at = at.parentElement) {
    const style = getComputedStyle(at);
    if (style.clipPath !== 'none' || style.visibility === 'hidden') return true;
    if (at !== element && style.overflowX !== 'visible') return true;
  }
  return false;
}
