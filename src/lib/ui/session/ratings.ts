import Annoyed from '@lucide/svelte/icons/annoyed';
import Frown from '@lucide/svelte/icons/frown';
import Laugh from '@lucide/svelte/icons/laugh';
import Meh from '@lucide/svelte/icons/meh';
import Smile from '@lucide/svelte/icons/smile';
import { m } from '../messages.ts';
import type { IconComponent } from '../primitives/types.ts';
import type { Rating } from './types.ts';

export const ratings = [1, 2, 3, 4, 5] as const satisfies readonly Rating[];

/** Smiley and word of every rating. */
export const ratingLooks: Record<Rating, { icon: IconComponent; word: () => string }> = {
  1: { icon: Frown, word: m.rating_1 },
  2: { icon: Annoyed, word: m.rating_2 },
  3: { icon: Meh, word: m.rating_3 },
  4: { icon: Smile, word: m.rating_4 },
  5: { icon: Laugh, word: m.rating_5 },
};
