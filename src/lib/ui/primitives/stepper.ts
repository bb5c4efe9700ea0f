import type { IconComponent } from './types.ts';

/** One step of a stepper. `branch` is a way out of the row, not a step of it. */
export interface Step {
  id: string;
  label: string;
  /** When and who, ready to show. */
  note?: string;
  icon: IconComponent;
  state: 'done' | 'now' | 'next' | 'branch';
}
