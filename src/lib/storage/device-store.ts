import type { Directory } from '#domain/protocol/directory.ts';

/** What belongs to the device and not to one person: who is signed in, its key, texts not yet sent off. */
export interface DeviceStore {
  readonly durable: boolean;
  /** Who was signed in last, as the relay told it; undefined for nobody. */
  identity(): Promise<Directory | undefined>;
  saveIdentity(directory: Directory | null): Promise<void>;
  /** A text being typed, by its key; empty where there is none. */
  draft(key: string): Promise<string>;
  saveDraft(key: string, text: string): Promise<void>;
  /** All of them, or those whose key names the given stream. */
  clearDrafts(about?: string): Promise<void>;
  close(): void;
}
