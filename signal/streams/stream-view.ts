import type { StreamEvent } from '#domain/protocol/streams.ts';
import type { Subject } from '#domain/session/subject.ts';
import type { VideoSession } from '#domain/session/video-session.ts';
import type { ErasedTrace } from '../storage/relay-storage.ts';
import { foldStream, type LoadedStream } from './stream-cache.ts';
import { rulesOf } from './stream-rules.ts';

/** What a person gets of a stream that went from one state to another (P24). */
export type ViewChange =
  | { kind: 'none' }
  /** These come behind what the person has. */
  | { kind: 'append'; events: readonly StreamEvent[] }
  /** What the person has is to go; these are the whole. */
  | { kind: 'replace'; events: readonly StreamEvent[] }
  | { kind: 'gone' };

/** The stream as a person may have it now: empty where it is not visible. */
export function viewOf(subject: Subject, stream: LoadedStream | undefined): readonly StreamEvent[] {
  if (!stream) return [];
  const rules = rulesOf(stream.kind);
  return rules.visible(subject, stream.state) ? rules.view(subject, stream.state, stream.events) : [];
}

/** What is remembered of a stream that is erased now. */
export function traceOf(stream: LoadedStream): ErasedTrace {
  const { events, kind, state } = stream;
  const internal = kind === 'session' && (state as VideoSession).visibility === 'internal';
  const hidden = internal && events.findLast((event) => event.type === 'session.visibility-set');
  return { from: events[0]?.position ?? 0, hiddenFrom: hidden ? hidden.position : null };
}

/**
 * Whether somebody whose replica stands at a position is told that a stream was erased. Whoever begins with nothing
 * has nothing to forget; and of what was internal in the end those alone hear who may have it from when it was not.
 */
export function hearsOfErasure(subject: Subject, trace: ErasedTrace | undefined, position: number): boolean {
  if (position === 0) return false;
  if (subject.kind === 'employee' || !trace || trace.hiddenFrom === null) return true;
  return trace.from <= position && position < trace.hiddenFrom;
}

/** Compares what a person might see before and after. */
export function viewChange(
  subject: Subject,
  before: LoadedStream | undefined,
  after: LoadedStream,
): ViewChange {
  const rules = rulesOf(after.kind);
  const sawIt = before !== undefined && rules.visible(subject, before.state);
  if (!rules.visible(subject, after.state)) return { kind: sawIt ? 'gone' : 'none' };
  if (!sawIt) return { kind: 'append', events: viewOf(subject, after) };
  if (rules.growsAtEnd(subject, before.state) && rules.growsAtEnd(subject, after.state)) {
    const fresh = after.events.slice(before.events.length);
    return { kind: 'append', events: rules.view(subject, after.state, fresh) };
  }
  const had = viewOf(subject, before);
  const has = viewOf(subject, after);
  const same = had.length <= has.length && had.every((event, at) => event.position === has[at]?.position);
  return same ? { kind: 'append', events: has.slice(had.length) } : { kind: 'replace', events: has };
}

/** The stream as it was at a position; undefined where it did not exist yet. */
export function streamAt(stream: LoadedStream, position: number): LoadedStream | undefined {
  if ((stream.events.at(-1)?.position ?? 0) <= position) return stream;
  return foldStream(stream.events.filter((event) => event.position <= position));
}

/** Which number an event of the whole stream has for this person: that of the last one before it that they see. */
export function seqFor(subject: Subject, stream: LoadedStream, seq: number): number {
  const rules = rulesOf(stream.kind);
  if (rules.growsAtEnd(subject, stream.state)) return seq;
  const position = stream.events[seq - 1]?.position ?? 0;
  return viewOf(subject, stream).filter((event) => event.position <= position).length;
}
