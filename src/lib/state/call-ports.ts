import type { Mark } from '#domain/annotation/marks.ts';
import type { PictureId } from '#domain/picture/picture-id.ts';
import type { Box } from '#domain/tracking/box.ts';
import type { VideoSession } from '#domain/session/video-session.ts';
import type { SharedPresence } from '../annotation/editor-presence.ts';
import type { EditedMarks } from '../annotation/screenshot-editor.ts';
import type { CallEngine } from '../call/call-engine.ts';
import type { OwnMedia } from '../call/call-snapshot.ts';
import type { LinkQuality } from '../call/call-transport.ts';
import type { CallVision } from '../vision/highlights/call-vision.ts';

export type { CallVision, ShownHighlight } from '../vision/highlights/call-vision.ts';

export type LinkQualityLevel = LinkQuality['level'];
export type { DeviceNotice } from '../call/call-snapshot.ts';
export type { DeviceReason } from '../call/devices/device-reasons.ts';
export type { DeviceKind } from '../call/devices/media-failure.ts';

/** What the buttons of the own devices show. */
export type OwnDevices = Pick<OwnMedia, 'microphone' | 'camera' | 'canSwitchCamera'>;

/** The finished strokes of one call, kept in its document. Reading and writing are safe while it is offline. */
export interface KeptStrokes {
  /** Keeps a finished own mark on a picture. */
  keep(mark: Mark, picture: PictureId): void;
  remove(marks: readonly Pick<Mark, 'authorId' | 'id'>[]): void;
  /** Keeps a part of a highlight's way. `path` as `packPath` makes it. */
  keepPath(
    part: { highlightId: string; label: string; authorId: string; picture: PictureId; beganAtMs: number },
    path: Uint8Array,
  ): void;
  /** Called for every mark that somebody else added or removed from now on. */
  onAdded(listener: (mark: Mark, picture: PictureId) => void): () => void;
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

/** What a call on the screen is made of; given by the composition root, loaded when the first call begins. */
export interface CallFactories {
  /** Loads the code of a call ahead, so that START and answering wait for nothing. Never rejects. */
  warm(): Promise<void>;
  createEngine(input: {
    sessionId: string;
    callId: string;
    selfId: string;
    preferredFacing: 'environment' | 'user';
    onLinkUp: () => void;
  }): Promise<CallEngine>;
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
