import MoveUpRight from '@lucide/svelte/icons/move-up-right';
import { tool_arrow as label } from '../../../i18n/paraglide/messages.js';
import type { ToolLook } from '../tool-look.ts';

export const look: ToolLook = { icon: MoveUpRight, label, shortcut: 'a' };
