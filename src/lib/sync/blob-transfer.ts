import type { BlobItem, UploadUrlStore } from '../storage/blob-store.ts';
import type { Answer } from './api-client.ts';

/** Brings a picture's or file's bytes to the relay, going on where an earlier try ended. */
export interface BlobTransfer {
  /** Resolves when the relay has all bytes; 'relay-unreachable' when it is worth another try later. */
  send(
    item: BlobItem,
    bytes: ArrayBuffer,
    options: { onProgress(share: number): void; signal: AbortSignal },
  ): Promise<Answer<void>>;
}

/** Loads a transfer when the first picture is to be sent. */
export type LoadBlobTransfer = (urls: UploadUrlStore) => Promise<BlobTransfer>;
