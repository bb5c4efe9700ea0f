import { pictureOwner, type PictureId } from '../picture/picture-id.ts';
import { ok, refuse } from '../result.ts';
import type { SessionCommand } from './commands.ts';
import { orRefuse, type DecideContext, type Decision } from './decide-context.ts';
import {
  maxCommentLength,
  maxMessageLength,
  maxNoteLength,
  maxPicturePixels,
  type ScreenshotMeta,
} from './events.ts';
import { verdict } from './permissions.ts';
import { ratingOf, wasCodeUserOf } from './rating.ts';
import { receiptOf } from './receipts.ts';
import type { Subject } from './subject.ts';
import { completedCalls, type Leg, type VideoSession } from './video-session.ts';
import { written } from '../visible-text.ts';

type Of<T extends SessionCommand['type']> = Extract<SessionCommand, { type: T }>;
export type RecordCommand = Of<
  | 'screenshot.take'
  | 'chat.send'
  | 'chat.mark-delivered'
  | 'chat.mark-read'
  | 'note.add'
  | 'rating.give'
  | 'rating.skip'
>;

/** Judges what is put on record in a session: pictures, chat and its receipts, notes, ratings. */
export function decideRecord(
  session: VideoSession,
  command: RecordCommand,
  context: DecideContext,
): Decision {
  const { subject } = context;
  switch (command.type) {
    case 'screenshot.take':
      return takeScreenshot(session, command.payload, subject);
    case 'chat.send':
      return sendChat(session, command, context);
    case 'chat.mark-delivered':
    case 'chat.mark-read':
      return mark(session, command, subject);
    case 'note.add':
      return addNote(session, command, subject);
    case 'rating.give':
    case 'rating.skip':
      return rate(session, command, subject);
  }
}

function takeScreenshot(session: VideoSession, meta: ScreenshotMeta, subject: Subject): Decision {
  const answer = verdict(subject, 'takeScreenshot', session);
  if (answer !== true && !(answer === 'no-call' && tookPart(session, meta, subject))) return refuse(answer);
  const call = session.calls.find((one) => one.id === meta.callId);
  if ((meta.callId || meta.picture) && !call) return refuse('no-call');
  if (meta.picture && !call?.legs.some(isOwnerOf(meta.picture))) return refuse('forbidden');
  if (meta.width * meta.height > maxPicturePixels) return refuse('picture-too-large');
  if (session.screenshots.some((shot) => shot.screenshotId === meta.screenshotId))
    return refuse('already-exists');
  return ok([{ type: 'screenshot.taken', payload: meta }]);
}

const isOwnerOf =
  (picture: PictureId) =>
  ({ participantId }: Leg): boolean =>
    participantId === pictureOwner(picture);

/** A picture taken in a call that ended before the relay heard of the picture is not lost by that. */
function tookPart(session: VideoSession, meta: ScreenshotMeta, subject: Subject): boolean {
  if (session.status === 'CLOSED' || subject.kind === 'relay') return false;
  const call = session.calls.find((one) => one.id === meta.callId);
  return call?.legs.some((leg) => leg.participantId === subject.id) ?? false;
}

function sendChat(session: VideoSession, command: Of<'chat.send'>, context: DecideContext): Decision {
  return orRefuse(verdict(context.subject, 'chat', session), () => {
    const { messageId } = command.payload;
    const text = written(command.payload.text);
    if (!context.settings.services.text) return refuse('service-switched-off');
    if (!text) return refuse('text-missing');
    if (text.length > maxMessageLength) return refuse('text-too-long');
    if (session.chat.some((message) => message.messageId === messageId)) return refuse('already-exists');
    return ok([{ type: 'chat.sent', payload: { messageId, text } }]);
  });
}

function mark(
  session: VideoSession,
  command: Of<'chat.mark-delivered' | 'chat.mark-read'>,
  subject: Subject,
): Decision {
  return orRefuse(verdict(subject, 'markRead', session), () => {
    const { messageId } = command.payload;
    const message = session.chat.find((one) => one.messageId === messageId);
    if (!message) return refuse('message-unknown');
    const before = subject.kind === 'relay' ? undefined : receiptOf(session, subject.id);
    const read = command.type === 'chat.mark-read';
    // Said before, or further already, by another of the person's devices: no news, and no fault.
    if (before && (read ? before.readSeq : before.deliveredSeq) >= message.seq) return ok([]);
    return ok([{ type: read ? 'chat.read' : 'chat.delivered', payload: { messageId } }]);
  });
}

function addNote(session: VideoSession, command: Of<'note.add'>, subject: Subject): Decision {
  return orRefuse(verdict(subject, 'addNote', session), () => {
    const { noteId } = command.payload;
    const text = written(command.payload.text);
    if (!text) return refuse('text-missing');
    if (text.length > maxNoteLength) return refuse('text-too-long');
    if (session.notes.some((note) => note.noteId === noteId)) return refuse('already-exists');
    return ok([{ type: 'note.added', payload: { noteId, text } }]);
  });
}

function rate(session: VideoSession, command: Of<'rating.give' | 'rating.skip'>, subject: Subject): Decision {
  return orRefuse(verdict(subject, 'rate', session), () => {
    const { callId } = command.payload;
    const call = completedCalls(session).find((one) => one.id === callId);
    if (!call) return refuse('no-call');
    if (subject.kind === 'relay' || !wasCodeUserOf(call, subject.id)) return refuse('forbidden');
    if (ratingOf(session, callId)) return refuse('already-rated');
    if (command.type === 'rating.skip') return ok([{ type: 'rating.skipped', payload: { callId } }]);
    const comment = written(command.payload.comment);
    if (comment.length > maxCommentLength) return refuse('text-too-long');
    return ok([{ type: 'rating.given', payload: { callId, score: command.payload.score, comment } }]);
  });
}
