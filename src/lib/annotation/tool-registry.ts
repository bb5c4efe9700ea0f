import { arrow } from './tools/arrow/arrow.ts';
import { ellipse } from './tools/ellipse/ellipse.ts';
import type { MarkTool } from './tools/mark-tool.ts';
import { pen } from './tools/pen/pen.ts';
import { rectangle } from './tools/rectangle/rectangle.ts';
import { text } from './tools/text/text.ts';

/** Every tool, in the order of the rail: what gloves can do comes before freehand. */
export const markTools: readonly MarkTool[] = [arrow, ellipse, rectangle, pen, text];

const byKey = new Map(markTools.map((tool) => [tool.key, tool]));

/** Undefined for a tool that this version lacks. Its marks are kept all the same. */
export function findTool(key: string): MarkTool | undefined {
  return byKey.get(key);
}
