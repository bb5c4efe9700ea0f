import Square from '@lucide/svelte/icons/square';
import { tool_box as label } from '../../../i18n/paraglide/messages.js';
import type { ToolLook } from '../tool-look.ts';

export const look: ToolLook = { icon: Square, label, shortcut: 'r' };
