/** What the sync needs of its surroundings. Passed in, so that tests run on a clock and a network of their own. */
export interface Runtime {
  /** Device time, milliseconds since 1970. */
  nowMs(): number;
  /** In [0, 1). */
  random(): number;
  randomBytes(length: number): Uint8Array;
  /** Calls `work` once after `ms`; returns the way to prevent it. */
  after(ms: number, work: () => void): () => void;
}

interface SocketHandlers {
  onOpen(): void;
  onText(text: string): void;
  /** A packed frame. */
  onPacked(bytes: Uint8Array<ArrayBuffer>): void;
  /** Once, whoever closed. */
  onClose(code: number): void;
}

/** One web socket. `send` after closing is dropped. */
export interface Socket {
  send(frame: string | Uint8Array<ArrayBuffer>): void;
  close(code?: number): void;
}

/** Makes large frames small (P18). */
export interface FramePacking {
  pack(text: string): Promise<Uint8Array<ArrayBuffer>>;
  /** Rejects for bytes that are no packed frame. */
  unpack(bytes: Uint8Array<ArrayBuffer>): Promise<string>;
}

export type OpenSocket = (url: string, handlers: SocketHandlers) => Socket;

/** Decides which tab of this browser does the work for all of them. */
export interface Leadership {
  /**
   * Waits for its turn and calls `lead`; what that returns is called when the turn is over. `steal` takes the turn
   * from a tab that does not answer. Returns the way to leave.
   */
  compete(name: string, lead: () => () => void, options?: { steal?: boolean }): () => void;
  /** Takes `name` at once if it is free (or by force), and calls `lost` when another tab takes it by force. */
  claim(name: string, options: { steal: boolean; lost: () => void }): Promise<(() => void) | undefined>;
}

/** Small messages between the tabs of one browser; never comes back to its sender. */
export interface TabChannel {
  post(message: unknown): void;
  onMessage(listener: (message: unknown) => void): () => void;
  close(): void;
}

export type OpenTabChannel = (name: string) => TabChannel;
