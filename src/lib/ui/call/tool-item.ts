import type { IconComponent } from '../primitives/types.ts';

/** One button of the rail of drawing tools. */
export interface ToolItem {
  id: string;
  icon: IconComponent;
  /** Short word; may carry soft hyphens. */
  label: string;
  /** The accessible name where it is not the word. */
  name?: string;
  /** For tools: chosen or not. For actions (undo) left out. */
  on?: boolean;
  disabled?: boolean;
  /** A line before it. */
  apart?: boolean;
  onselect: () => void;
}
