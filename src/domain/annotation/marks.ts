/**
 * Marks on a picture. Coordinates are normalised to the un-mirrored picture: x and y from 0 to 1, from the upper
 * left. Widths are a share of the picture's shorter side.
 */
export interface Point {
  x: number;
  y: number;
}

export const strokeWidths = { thin: 0.006, medium: 0.012, thick: 0.022 } as const;
export type StrokeWidth = keyof typeof strokeWidths;

/** Which tool made the mark. Tools are registered by this key; a key that a version lacks is kept and named so. */
type ToolKey = string;

/** A mark as drawn: a tool's key, its points in the tool's own meaning, and a text where the tool has one. */
export interface Mark {
  id: string;
  tool: ToolKey;
  /** Participant who made it. */
  authorId: string;
  width: StrokeWidth;
  points: Point[];
  text?: string;
}

export const maxPointsPerMark = 2000;
export const maxMarkTextLength = 280;
