import Pencil from '@lucide/svelte/icons/pencil';
import { tool_pen as label } from '../../../i18n/paraglide/messages.js';
import type { ToolLook } from '../tool-look.ts';

export const look: ToolLook = { icon: Pencil, label, shortcut: 'b' };
