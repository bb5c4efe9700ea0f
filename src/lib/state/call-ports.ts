import type { Mark } from '#domain/annotation/marks.ts';
import type { Box } from '#domain/tracking/box.ts';
import type { CallMode } from '#domain/session/events.ts';
import type { VideoSession } from '#domain/session/video-session.ts';
import type { SharedPresence } from '../annotation/editor-presence.ts';
import type { EditedMarks } from '../annotation/screenshot-editor.ts';
import type { CallEngine } from '../call/call-engine.ts';
import type { CallVision } from '../vision/highlights/call-vision.ts';

export type { CallVision, MarkAnchor, ShownHighlight } from '../vision/highlights/call-vision.ts';

/** The finished strokes of one call, kept in its document. Reading and writing are safe while it is offline. */
export interface KeptStrokes {
  /** Keeps a finished own mark on the picture of `pictureOf`, a participant. */
  keep(mark: Mark, pictureOf: string): void;
  remove(marks: readonly Pick<Mark, 'authorId' | 'id'>[]): void;
  /** Keeps a part of a highlight's way. `path` as `packPath` makes it. */
  keepPath(
    part: { highlightId: string; label: string; authorId: string; pictureOf: string; beganAtMs: number },
    path: Uint8Array,
  ): void;
  /** Called for every mark that somebody else added or removed from now on. */
  onAdded(listener: (mark: Mark, pictureOf: string) => void): () => void;
  onRemoved(listener: (mark: Pick<Mark, 'authorId' | 'id'>) => void): () => void;
  close(): void;
}

/** A screenshot's marks, open for looking and drawing until closed. */
export interface OpenScreenshot {
  document: EditedMarks;
  awareness: SharedPresence;
  /** Whether what was drawn is at the relay, on this device, or nowhere. */
  saved(): 'sent' | 'here' | 'not-saved';
  onSaved(listener: () => void): () => void;
  close(): void;
}

/** Things that were recognised in a picture, offered to be marked. Boxes in shares of the un-mirrored picture. */
export interface Suggestions {
  onSuggestions(found: readonly { readonly box: Box; readonly name: string }[]): void;
  /** No more come. */
  onFailure(reason: 'not-on-this-device' | 'not-in-this-installation' | 'failed'): void;
}

/** Who calls where, and which camera is the natural one. */
export interface EngineInput {
  sessionId: string;
  callId: string;
  selfId: string;
  preferredFacing: 'environment' | 'user';
  onLinkUp: () => void;
}

/** What a call on the screen is made of; given by the composition root, loaded when the first call begins. */
export interface CallFactories {
  /** Loads the code of a call ahead, so that START and answering wait for nothing. Never rejects. */
  warm(): Promise<void>;
  /**
   * At the press on START or Answer, within the gesture, before the relay has judged: devices of the mode, ticket and
   * signalling are asked for at once. `createEngine` of the same call goes on with them. Gives the way to take it all
   * back, when the relay refuses; after `createEngine` that does nothing.
   */
  prepare(input: EngineInput & { mode: CallMode }): () => void;
  createEngine(input: EngineInput): Promise<CallEngine>;
  openStrokes(call: { sessionId: string; callId: string }): Promise<KeptStrokes>;
  /** Highlights and riding marks of a call that stands. */
  openVision(input: {
    engine: CallEngine;
    callId: string;
    selfId: string;
    /** As the log has it now. */
    session: () => VideoSession | undefined;
    /** Where ways of highlights are kept; undefined while the document is not open. */
    strokes: () => KeptStrokes | undefined;
  }): Promise<CallVision>;
  /** Suggests elements on what the element shows, a few times a second, until the signal. */
  suggest(video: HTMLVideoElement, suggestions: Suggestions, signal: AbortSignal): Promise<void>;
  /** Tells each frame that the element shows: its rtpTimestamp, where the browser knows it. */
  watchFrames(video: HTMLVideoElement, listener: (frame: number | undefined) => void): Promise<() => void>;
  openScreenshot(screenshotId: string): Promise<OpenScreenshot>;
  /** The sharpest frame there is of a picture, as a file. Throws CodedError('media-unsupported') without one. */
  grabFrame(
    source: HTMLVideoElement | MediaStreamTrack,
  ): Promise<{ blob: Blob; width: number; height: number }>;
  /** Deletes this device's copy of a screenshot's marks. */
  forgetScreenshot(screenshotId: string): Promise<void>;
}
