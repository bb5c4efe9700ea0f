import type { ErrorCode } from '#domain/error-codes.ts';
import type { DeviceReason } from './devices/device-reasons.ts';

/** Names as in LiveKit: participants publish tracks, others subscribe to them. No SDP, no peer id crosses this port. */
export const trackSources = ['microphone', 'camera', 'screen'] as const;
export type TrackSource = (typeof trackSources)[number];

export type LinkState = 'connecting' | 'connected' | 'reconnecting' | 'lost';

/** What is known of a link, for the quality mark. Undefined where the browser does not tell. */
export interface LinkQuality {
  level: 'good' | 'fair' | 'weak' | 'veryWeak' | 'none';
  lossRatio?: number;
  roundTripMs?: number;
  receivedKbps?: number;
  codec?: string;
  relayed?: boolean;
}

export interface RemoteParticipant {
  participantId: string;
  name: string;
  kind: 'codeUser' | 'employee' | 'guest';
}

/** What the other side says of its own tracks. */
export interface RemoteMedia {
  microphone: 'on' | 'muted' | 'none';
  camera: 'on' | 'paused' | 'off' | 'none';
  screen: 'on' | 'none';
  /**
   * Why nothing comes of a device that is wanted, or not yet. Absent where it works or is simply off, from versions
   * that do not say it, and where a newer version has a reason that this one does not know.
   */
  microphoneReason?: DeviceReason | undefined;
  cameraReason?: DeviceReason | undefined;
}

/** A frame of the own camera that has left its encoder. */
export interface SentFrame {
  /** As the other side will read it (`rtpTimestamp`): 32 bits, 90 a millisecond, around. Another one on every link. */
  readonly name: number;
  /** When it left, on the wall clock (`performance.timeOrigin + performance.now()`). */
  readonly atMs: number;
}

export interface CallTransportEvents {
  participantJoined: (participant: RemoteParticipant) => void;
  participantLeft: (participantId: string) => void;
  linkChanged: (participantId: string, state: LinkState) => void;
  /** A remote track is there (or gone: null). */
  trackChanged: (participantId: string, source: TrackSource, track: MediaStreamTrack | null) => void;
  mediaChanged: (participantId: string, media: RemoteMedia) => void;
  qualityChanged: (participantId: string, quality: LinkQuality) => void;
  /** Small messages in order, delivered once while the link lives. */
  control: (participantId: string, message: unknown) => void;
  /** Datagrams: may be lost, may come out of order. */
  live: (participantId: string, bytes: Uint8Array) => void;
  /** Frames of the own camera left for this participant, in order. Never told where the browser cannot. */
  framesSent: (participantId: string, frames: readonly SentFrame[]) => void;
  /** The call goes on in another device or tab of the same person. */
  elsewhere: () => void;
  failed: (reason: ErrorCode) => void;
}

/**
 * One participant's end of one call. Made by a `CallTransportFactory`, joined once, left once. Everything between
 * two ends (who offers, restarts of the link, fresh addresses) is the adapter's own affair.
 */
export interface CallTransport {
  on<E extends keyof CallTransportEvents>(event: E, listener: CallTransportEvents[E]): () => void;
  /**
   * Gets ready while the relay has not given the place in the call yet: nobody is told, called or answered. `join`
   * goes on with what is there by then. Of what fails here `join` hears nothing, and tries it itself.
   */
  prepare(): void;
  /** Starts reaching for the others. Resolves when the signalling stands; the links come as events. */
  join(): Promise<void>;
  /** Publishes, replaces or (null) withdraws the track of a source, without a new negotiation where possible. */
  publish(source: TrackSource, track: MediaStreamTrack | null): Promise<void>;
  /** Tells the others the state of the own tracks. */
  announceMedia(media: RemoteMedia): void;
  sendControl(message: unknown, to?: string): void;
  /** Sends a datagram to all (or one); silently dropped where no link is up. */
  sendLive(bytes: Uint8Array, to?: string): void;
  /** The call's log says that somebody has left: the link to them is ended, even if it stands. */
  drop(participantId: string): void;
  /** Tries the link again at once. */
  retry(): void;
  leave(): Promise<void>;
}

export interface CallRef {
  sessionId: string;
  callId: string;
  selfId: string;
}

export type CallTransportFactory = (call: CallRef) => CallTransport;
