import { isId, type CallId, type ScreenshotId } from '../ids.ts';

/** Which Yjs document: the marks of a screenshot, or the finished drawings of a call. */
export type DocumentName = `screenshot:${ScreenshotId}` | `call:${CallId}`;
export type DocumentRef =
  { kind: 'screenshot'; screenshotId: ScreenshotId } | { kind: 'call'; callId: CallId };

export const maxUpdateBytes = 64 * 1024;
export const maxDocumentBytes = 5 * 1024 * 1024;

/** Parses a document's name; undefined for anything else. */
export function parseDocumentName(name: unknown): DocumentRef | undefined {
  if (typeof name !== 'string') return undefined;
  const [kind, id, ...rest] = name.split(':');
  if (!isId(id) || rest.length > 0) return undefined;
  if (kind === 'screenshot') return { kind, screenshotId: id as ScreenshotId };
  if (kind === 'call') return { kind, callId: id as CallId };
  return undefined;
}

export const screenshotDocument = (id: ScreenshotId): DocumentName => `screenshot:${id}`;
export const callDocument = (id: CallId): DocumentName => `call:${id}`;
