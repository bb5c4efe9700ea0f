import CircleHelp from '@lucide/svelte/icons/circle-question-mark';
import { tool_newer_version } from '../i18n/paraglide/messages.js';
import type { ToolLook } from './tools/tool-look.ts';

const files = import.meta.glob<{ look: ToolLook }>('./tools/*/look.ts', { eager: true });
const looks = new Map(Object.entries(files).map(([path, { look }]) => [path.split('/')[2] ?? '', look]));

/** The look that a tool's folder gives it; a tool that this version lacks is named as such. */
export function toolLook(key: string): ToolLook {
  return looks.get(key) ?? { icon: CircleHelp, label: tool_newer_version };
}
