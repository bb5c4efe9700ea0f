import type { LinkQualityLevel } from '../../state/call-ports.ts';
import { m } from '../messages.ts';

/** How the link is: 0 none, 1 very weak … 4 good. */
export type Quality = 0 | 1 | 2 | 3 | 4;

export const qualityLooks: Record<Quality, { word: () => string; tone: 'ok' | 'warn' | 'danger' }> = {
  0: { word: m.quality_none, tone: 'danger' },
  1: { word: m.quality_very_weak, tone: 'danger' },
  2: { word: m.quality_weak, tone: 'warn' },
  3: { word: m.quality_fair, tone: 'ok' },
  4: { word: m.quality_good, tone: 'ok' },
};

/** The step of a link's quality as it is measured. */
export const qualityLevels: Record<LinkQualityLevel, Quality> = {
  good: 4,
  fair: 3,
  weak: 2,
  veryWeak: 1,
  none: 0,
};
