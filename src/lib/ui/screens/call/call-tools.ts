import Eraser from '@lucide/svelte/icons/eraser';
import FlipHorizontal2 from '@lucide/svelte/icons/flip-horizontal-2';
import Focus from '@lucide/svelte/icons/focus';
import Undo2 from '@lucide/svelte/icons/undo-2';
import { markTools } from '../../../annotation/tool-registry.ts';
import type { ToolItem } from '../../call/tool-item.ts';
import { m } from '../../messages.ts';
import type { CallPicture } from './call-pictures.ts';
import { toolLook } from './tool-looks.ts';

/** Marking of elements is a tool beside those that draw. */
export const trackTool = 'track';

export interface CallToolsOptions {
  /** In hand. */
  readonly tool: string | null;
  readonly mayTrack: boolean;
  /** The large picture. */
  readonly picture: CallPicture | undefined;
  /** Elements can be followed in this call. */
  readonly tracks: boolean;
  readonly choose: (tool: string) => void;
  readonly undo: () => void;
  readonly clear: () => void;
  readonly mirror: () => void;
}

/** The rail beside the large picture, from top to bottom. */
export function callTools(options: CallToolsOptions): ToolItem[] {
  const { tool, picture, choose } = options;
  const track: ToolItem = {
    id: trackTool,
    icon: Focus,
    label: m.call_track(),
    on: tool === trackTool,
    disabled: !options.tracks,
    onselect: () => choose(trackTool),
  };
  const drawing = markTools.map(({ key }): ToolItem => {
    const { icon, label } = toolLook(key);
    return { id: key, icon, label: label(), on: tool === key, onselect: () => choose(key) };
  });
  return [
    ...(options.mayTrack && picture ? [track] : []),
    ...drawing,
    { id: 'undo', icon: Undo2, label: m.tool_undo(), apart: true, onselect: options.undo },
    { id: 'clear', icon: Eraser, label: m.tool_clear(), onselect: options.clear },
    {
      id: 'mirror',
      icon: FlipHorizontal2,
      label: m.call_mirror(),
      on: picture?.mirrored ?? false,
      disabled: !picture,
      onselect: options.mirror,
    },
  ];
}
