import { StrokeSender, strokeMarkId } from '#domain/annotation/live.ts';
import type { Mark } from '#domain/annotation/marks.ts';
import { findTool } from './tool-registry.ts';

/**
 * A mark that was taken back, as a new one: whoever has seen the end of the old one takes it no more. With its
 * datagrams for the others, none for a tool that is not seen while it is drawn.
 *
 * @param strokeId 32 random bits
 */
export function repeatStroke(taken: Mark, strokeId: number): { mark: Mark; datagrams: Uint8Array[] } {
  const mark: Mark = { ...taken, id: strokeMarkId(strokeId) };
  const live = findTool(mark.tool)?.options.live ?? 'none';
  if (live === 'none') return { mark, datagrams: [] };
  const { tool, width, points } = mark;
  const sender = new StrokeSender({ strokeId, tool, width, form: live });
  return { mark, datagrams: sender.next(points, { end: true }) };
}
