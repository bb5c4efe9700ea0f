import type { DocumentName } from '#domain/protocol/documents.ts';
import type { Awareness } from 'y-protocols/awareness';
import type * as Y from 'yjs';

export type ProviderState = 'connecting' | 'synced' | 'offline' | 'refused';

/** A place where a document's updates come from and go to: the relay, other peers, this device, memory. */
export interface DocumentProvider {
  readonly name: 'relay' | 'device' | 'peers' | 'memory';
  readonly state: ProviderState;
  /** Whether this place has every local change, acknowledged. */
  readonly holdsAll: boolean;
  /** Called when `state` or `holdsAll` has changed. */
  onState(listener: (state: ProviderState) => void): () => void;
  /** Resolves when the document holds everything that this place had when asked. Rejects with a CodedError. */
  whenSynced(): Promise<void>;
  destroy(): Promise<void>;
}

/** Attaches one document to one place. Several providers share the document and its awareness. */
export type DocumentProviderFactory = (document: {
  name: DocumentName;
  doc: Y.Doc;
  awareness: Awareness;
}) => DocumentProvider;
