import type { LucideIcon } from '@lucide/svelte/icons';
import type { Component } from 'svelte';
import type { ErrorCode } from '#domain/error-codes.ts';
import type { Person } from '#domain/session/subject.ts';
import type { VideoSession } from '#domain/session/video-session.ts';
import type { CallSnapshot } from '../../call/call-snapshot.ts';
import type { CallFactories, KeptStrokes } from '../call-ports.ts';
import type { SessionState } from '../SessionState.svelte.ts';
import type { VisionState } from '../VisionState.svelte.ts';
import type { CallPeople } from './CallPeople.svelte.ts';
import type { CallPicture, CallPictures } from './CallPictures.svelte.ts';
import type { ToolInHand } from './ToolInHand.svelte.ts';

/** What a call is to a feature: who and what is there, and how to reach the others. Reads are reactive. */
export interface FeatureCall {
  readonly sessionId: string;
  readonly callId: string;
  readonly self: Person;
  readonly snapshot: CallSnapshot;
  /** The session's record as the log has it now; undefined while it is not here (any more). */
  readonly record: VideoSession | undefined;
  readonly session: SessionState;
  readonly people: CallPeople;
  readonly pictures: CallPictures;
  readonly hand: ToolInHand;
  /** Undefined until the call's document is open, and where it could not be opened. */
  readonly strokes: KeptStrokes | undefined;
  /** Undefined until its code is here, and where nothing can be followed. */
  readonly vision: VisionState | undefined;
  readonly factories: CallFactories;
  /** Calls back whenever a document or the vision has come. */
  onParts(listener: () => void): () => void;
  /** A small message to everybody, or to one, in order. The topic is the feature's own. */
  sendControl(topic: string, data: unknown, to?: string): void;
  onControl(topic: string, listener: (from: string, data: unknown) => void): () => void;
  /** A datagram to everybody, or to one; may get lost. `kind` as in `liveKinds`. */
  sendLive(kind: number, bytes: Uint8Array, to?: string): void;
  onLive(kind: number, listener: (from: string, bytes: Uint8Array) => void): () => void;
  /** Says to the person that something was refused, on whatever page they are. */
  fail(reason: ErrorCode): void;
}

/** A button, or a key, that a feature offers. Its words are whole in both languages before they come here. */
export interface FeatureOffer {
  /** One of its kind in the call. */
  readonly id: string;
  /** The bar below the picture, the rail beside it, the menu 'More', or no button at all: keys alone. */
  readonly place: 'bar' | 'rail' | 'more' | 'keys';
  readonly icon: LucideIcon;
  /** The accessible name: always the action. */
  readonly name: string;
  /** The short word beside the icon; may carry soft hyphens. */
  readonly label?: string;
  /** For what is on or off; absent for actions. */
  readonly on?: boolean;
  readonly disabled?: boolean;
  /** Unread things. */
  readonly badge?: number;
  /** In the rail: a line before it. */
  readonly apart?: boolean;
  /** In the bar: in reach on phones too; all others move behind 'More' there. */
  readonly inReach?: boolean;
  /** A single letter. It counts while the call window has the focus and nobody types. */
  readonly shortcut?: string;
  /** Ctrl+Z or ⌘Z does it (`undo`), or Ctrl+Y, Ctrl+Shift+Z and ⌘⇧Z (`redo`). */
  readonly rewinds?: 'undo' | 'redo';
  readonly run: () => void;
}

/** Where a feature's plate lies over the edge of the picture. */
export type PlatePlace = 'topLeft' | 'bottomLeft';

/**
 * What a feature's parts on the screen are given. `never` stands for the feature itself: each part asks for its own
 * class, and the window hands every feature only to its own parts.
 */
interface PartProps {
  feature: never;
  call: FeatureCall;
  go: (to: string) => void;
}

/** One picture as a layer lies on it. */
export interface PictureView {
  readonly picture: CallPicture;
  readonly video: HTMLVideoElement | undefined;
  /** On the stage; otherwise it is a small one at the edge. */
  readonly onStage: boolean;
}

/** A feature in one call, from the call's beginning to its end, whatever page is on the screen. */
export interface OpenFeature {
  /** What it offers now. Read again whenever something that it read has changed. */
  readonly offers: readonly FeatureOffer[];
  /** For features with a panel. One panel is open at a time. */
  readonly panelOpen?: boolean;
  close(): void;
}

/** One thing that people do in a call: a folder of `lib/call-features`, and a line in its registry. */
export interface CallFeature {
  /** As its folder. */
  readonly key: string;
  /** Topics of control messages that are this feature's own, whether it or the call's vision reads them. */
  readonly topics: readonly string[];
  /** Kinds of datagrams (`liveKinds`) that are this feature's own, likewise. */
  readonly live?: readonly number[];
  open(call: FeatureCall): OpenFeature;
  /** Lies over every picture; the registry's first lies on top. */
  readonly layer?: Component<PartProps & { view: PictureView }>;
  readonly plates?: Readonly<Partial<Record<PlatePlace, Component<PartProps>>>>;
  /** Beside the picture while `panelOpen`. */
  readonly panel?: Component<PartProps>;
}

/** What calls are made of, with what people do in them. */
export interface CallFactoriesWithFeatures extends CallFactories {
  /** In the order of the registry. */
  features(): Promise<readonly CallFeature[]>;
}
