import type { ErrorCode } from '#domain/error-codes.ts';
import type { CallMode } from '#domain/session/events.ts';
import type { LinkQuality, LinkState, RemoteMedia, RemoteParticipant } from './call-transport.ts';
import type { DeviceReason } from './devices/device-reasons.ts';
import type { Facing } from './devices/local-media.ts';
import type { DeviceKind } from './devices/media-failure.ts';

/** Something to be said, by itself, about a device that gives nothing. */
export type DeviceNotice =
  | {
      readonly whose: 'own';
      readonly device: DeviceKind;
      readonly reason: DeviceReason;
      /** The sentence, and the way to mend it. */
      readonly failure: ErrorCode;
      /** One is there again, and can be had. */
      readonly back: boolean;
    }
  | {
      readonly whose: 'other';
      readonly participantId: string;
      readonly name: string;
      readonly device: DeviceKind;
      readonly reason: DeviceReason;
    };

/** Everything that a call window shows. A new object at every change; what did not change stays the same object. */
export interface CallSnapshot {
  readonly phase: 'idle' | 'joining' | 'joined' | 'left' | 'failed';
  /** Why the phase is `failed`. */
  readonly failure: ErrorCode | null;
  readonly mode: CallMode;
  /** The best link to anybody. */
  readonly link: LinkState;
  /** When the first link came up, by this device's clock, in milliseconds. */
  readonly linkedAtMs: number | null;
  /** Since when nobody is reached any more, after somebody was. */
  readonly reconnectingSinceMs: number | null;
  /** The worst of the links. */
  readonly quality: LinkQuality;
  /** The others, in the order in which they joined. */
  readonly participants: readonly CallParticipant[];
  readonly own: OwnMedia;
  /** What is to be said about devices that give nothing: the own ones first. */
  readonly deviceNotices: readonly DeviceNotice[];
}

export interface CallParticipant extends RemoteParticipant {
  readonly link: LinkState;
  readonly linkChangedAtMs: number;
  readonly media: RemoteMedia;
  readonly quality: LinkQuality;
  /** Streams are the same object as long as the track in them is the same; null when nothing is sent. */
  readonly audioStream: MediaStream | null;
  readonly cameraStream: MediaStream | null;
  readonly screenStream: MediaStream | null;
}

export interface OwnMedia {
  readonly microphone: 'off' | 'starting' | 'on' | 'muted' | 'interrupted';
  readonly camera: 'off' | 'starting' | 'on' | 'paused' | 'interrupted';
  /** Why nothing comes of it, or not yet, though it is wanted. */
  readonly microphoneReason: DeviceReason | null;
  readonly cameraReason: DeviceReason | null;
  /** It was missing or pulled out, and now there is one: it can be had again. */
  readonly microphoneBack: boolean;
  readonly cameraBack: boolean;
  readonly facing: Facing;
  /** How the own picture is shown unless the person chooses otherwise. Marks know nothing of it. */
  readonly mirrored: boolean;
  readonly canSwitchCamera: boolean;
  readonly cameraStream: MediaStream | null;
  readonly cameraTrack: MediaStreamTrack | null;
  readonly microphoneTrack: MediaStreamTrack | null;
}

export type CallOutcome = { ok: true } | { ok: false; reason: ErrorCode };
