/** What highlights need of a call; the call engine has it. */
export interface VisionLink {
  /** In order, to all or one; nothing is sent where no link is up. */
  sendControl(topic: string, data: unknown, to?: string): void;
  onControl(topic: string, listener: (from: string, data: unknown) => void): () => void;
  /** Datagrams, to all or one. */
  sendLive(kind: number, bytes: Uint8Array, to?: string): void;
  onLive(kind: number, listener: (from: string, bytes: Uint8Array) => void): () => void;
  readonly frameNames: FrameNaming;
}

/** Names of the own camera's frames as each link has them. */
export interface FrameNaming {
  /** A frame of the own camera was read: its time, and the wall clock. */
  noteOwnFrame(timeMs: number, readAtMs: number): void;
  /** Time of the own frame that the participant's link names so. */
  timeOf(participantId: string, name: number): number | undefined;
  nameOf(participantId: string, timeMs: number): number | undefined;
  /** Is enough known of the participant's link to tell names from times? */
  knows(participantId: string): boolean;
}

/** One of the others in the call. */
export interface VisionParticipant {
  readonly participantId: string;
  readonly linked: boolean;
  /** May ask for highlights, and look for others (C11). */
  readonly mayTrack: boolean;
  /** Null when nothing is sent. */
  readonly cameraTrack: MediaStreamTrack | null;
}

/** Who is there, as it stands now. */
export interface VisionCall {
  /** Own place and right. */
  readonly selfId: string;
  readonly mayTrack: boolean;
  readonly cameraTrack: MediaStreamTrack | null;
  readonly others: readonly VisionParticipant[];
  /** All who ever were in the call, in the order of their joining: the same on all sides. */
  readonly order: readonly string[];
}
