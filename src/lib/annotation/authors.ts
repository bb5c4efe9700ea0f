/** People's colours, the same in every theme, since they lie over pictures. Always shown with the name. */
const whoColours = ['#ffc21a', '#3fd8ff', '#ff8ad1', '#9cf26b'] as const;
export const onWhoColour = '#14161b';
export const casingColour = 'rgb(8 9 12 / 0.9)';

export interface Author {
  /** As on the tag at the stroke. */
  name: string;
  /** CSS colour. */
  colour: string;
}

/** The colour of the session's first, second … person; from the fifth on they repeat. */
export function whoColour(index: number): string {
  return whoColours[((index % whoColours.length) + whoColours.length) % whoColours.length] ?? whoColours[0];
}
