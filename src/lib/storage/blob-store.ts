import type { ErrorCode } from '#domain/error-codes.ts';
import type { ItemId, ScreenshotId, SessionId, TicketId } from '#domain/ids.ts';

/** Only on this device; being sent; the relay has the bytes; the relay has verified their hash; will not be sent. */
type BlobState = 'here' | 'sending' | 'sent' | 'verified' | 'refused';

/** Of a session's screenshot, or of a file in a ticket's conversation. */
export type BlobId = ScreenshotId | ItemId;

/** A picture's or file's bytes on this device, without the bytes. */
export interface BlobItem {
  itemId: BlobId;
  kind: 'screenshot' | 'ticket-file';
  /** The session or ticket that it belongs to. */
  streamId: SessionId | TicketId;
  /** Lower-case hex over the bytes. */
  sha256: string;
  mediaType: string;
  /** Length in bytes. */
  bytes: number;
  state: BlobState;
  /** How much of it is at the relay, 0 to 1. */
  progress: number;
  reason?: ErrorCode;
  atMs: number;
}

export interface BlobStore {
  /** Keeps the bytes; rejects with a CodedError ('storage-full', 'not-saved-here') when they are not kept. */
  put(item: BlobItem, bytes: ArrayBuffer): Promise<void>;
  get(itemId: BlobId): Promise<BlobItem | undefined>;
  bytes(itemId: BlobId): Promise<ArrayBuffer | undefined>;
  update(itemId: BlobId, change: Partial<Pick<BlobItem, 'state' | 'progress' | 'reason'>>): Promise<void>;
  remove(itemId: BlobId): Promise<void>;
  all(): Promise<BlobItem[]>;
  watch(listener: (items: BlobItem[]) => void): () => void;
}

/** An upload under way, so that it goes on after a restart. */
export interface UploadUrl {
  /** Name of the upload and a number of its own. */
  key: string;
  fingerprint: string;
  /** What the upload library wants back, as it gave it. */
  upload: Record<string, unknown>;
}

export interface UploadUrlStore {
  add(url: UploadUrl): Promise<void>;
  find(fingerprint?: string): Promise<UploadUrl[]>;
  remove(key: string): Promise<void>;
}
