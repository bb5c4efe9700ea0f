import Circle from '@lucide/svelte/icons/circle';
import CircleHelp from '@lucide/svelte/icons/circle-question-mark';
import MoveUpRight from '@lucide/svelte/icons/move-up-right';
import Pencil from '@lucide/svelte/icons/pencil';
import Square from '@lucide/svelte/icons/square';
import Type from '@lucide/svelte/icons/type';
import { m } from '../../messages.ts';
import type { IconComponent } from '../../primitives/types.ts';

/** The tools' icons and words, by the key of the tool. */
const looks: Record<string, { icon: IconComponent; label: () => string }> = {
  arrow: { icon: MoveUpRight, label: m.tool_arrow },
  ellipse: { icon: Circle, label: m.tool_circle },
  rectangle: { icon: Square, label: m.tool_box },
  pen: { icon: Pencil, label: m.tool_pen },
  text: { icon: Type, label: m.tool_text },
};

/** A tool that this version lacks is named as such. */
export function toolLook(key: string): { icon: IconComponent; label: () => string } {
  return looks[key] ?? { icon: CircleHelp, label: m.tool_newer_version };
}
