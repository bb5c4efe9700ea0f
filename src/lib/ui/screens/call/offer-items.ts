import type { FeatureOffer } from '../../../state/call/call-feature.ts';
import type { ToolItem } from '../../call/tool-item.ts';

/** The rail beside the picture, from top to bottom. */
export function railItems(offers: readonly FeatureOffer[]): ToolItem[] {
  return offers
    .filter(({ place }) => place === 'rail')
    .map(({ id, icon, name, label = name, on, disabled, apart, run }) => ({
      id,
      icon,
      label,
      ...(label === name ? {} : { name }),
      ...(on === undefined ? {} : { on }),
      ...(disabled === undefined ? {} : { disabled }),
      ...(apart === undefined ? {} : { apart }),
      onselect: run,
    }));
}

/** The bar below the picture: what stays in reach on a phone, the rest of it, and what is only behind 'More'. */
export interface BarItems {
  readonly inReach: readonly FeatureOffer[];
  readonly wide: readonly FeatureOffer[];
  readonly more: readonly FeatureOffer[];
}

export function barItems(offers: readonly FeatureOffer[]): BarItems {
  const bar = offers.filter(({ place }) => place === 'bar');
  return {
    inReach: bar.filter(({ inReach }) => inReach),
    wide: bar.filter(({ inReach }) => !inReach),
    more: offers.filter(({ place }) => place === 'more'),
  };
}
