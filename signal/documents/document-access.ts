import { parseDocumentName, type DocumentRef } from '#domain/protocol/documents.ts';
import { may, visible } from '#domain/session/permissions.ts';
import type { Person } from '#domain/session/subject.ts';
import { liveCall, type VideoSession } from '#domain/session/video-session.ts';
import type { RelayParts } from '../ports.ts';

/** What a person may do with a document now. Unknown and hidden documents are the same thing from outside. */
export type Access =
  | { ok: true; mayWrite: boolean; person: Person; session: VideoSession }
  | { ok: false; reason: 'not-found' | 'not-signed-in' };

/** The session that a document belongs to; undefined for a name that the relay does not know. */
async function sessionOf(parts: RelayParts, name: string): Promise<VideoSession | undefined> {
  const ref = parseDocumentName(name);
  if (!ref) return undefined;
  return ref.kind === 'screenshot'
    ? parts.sessions.findByScreenshot(ref.screenshotId)
    : parts.sessions.findByCall(ref.callId);
}

/** The rights of a sign-in to a document, from the newest state of both. Asked at every message. */
export async function accessTo(parts: RelayParts, signInId: string, name: string): Promise<Access> {
  const person = await parts.people.bySignIn(signInId);
  if (!person) return { ok: false, reason: 'not-signed-in' };
  const session = await sessionOf(parts, name);
  const ref = parseDocumentName(name);
  if (!ref || !session || !visible(person, session)) return { ok: false, reason: 'not-found' };
  return { ok: true, mayWrite: mayWrite(person, ref, session), person, session };
}

function mayWrite(person: Person, ref: DocumentRef, session: VideoSession): boolean {
  return ref.kind === 'screenshot'
    ? may(person, 'editScreenshot', session)
    : liveCall(session)?.id === ref.callId && may(person, 'draw', session);
}
