import Type from '@lucide/svelte/icons/type';
import { tool_text as label } from '../../../i18n/paraglide/messages.js';
import type { ToolLook } from '../tool-look.ts';

export const look: ToolLook = { icon: Type, label, shortcut: 'x' };
