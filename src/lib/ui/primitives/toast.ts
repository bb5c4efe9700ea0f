import type { IconComponent, Tone } from './types.ts';

/** One notification: something that happened elsewhere, with the next step. */
export interface ToastItem {
  id: string;
  title: string;
  text?: string;
  /** Small line under the text: device, who. */
  note?: string;
  /** Ready to show: 'now', '10:28'. */
  time?: string;
  icon?: IconComponent;
  tone?: Tone;
  /** Alerts interrupt a screen reader; anything else waits. */
  urgent?: boolean;
  /** At most one primary. */
  actions?: readonly { label: string; primary?: boolean; href?: string; onselect?: () => void }[];
}
