import Circle from '@lucide/svelte/icons/circle';
import { tool_circle as label } from '../../../i18n/paraglide/messages.js';
import type { ToolLook } from '../tool-look.ts';

export const look: ToolLook = { icon: Circle, label, shortcut: 'c' };
