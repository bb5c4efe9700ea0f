import { Awareness } from 'y-protocols/awareness';
import * as Y from 'yjs';
import type { DocumentName } from '#domain/protocol/documents.ts';
import type { DocumentProvider, DocumentProviderFactory } from './document-provider.ts';

/** `sent`: the relay has everything; `here`: this device has; `not-saved`: neither, closing the page loses the last. */
export type SavedState = 'sent' | 'here' | 'not-saved';

/** One document with its providers, which share it and one awareness. */
export class OpenDocument {
  readonly name: DocumentName;
  readonly doc = new Y.Doc();
  readonly awareness = new Awareness(this.doc);
  readonly providers: readonly DocumentProvider[];
  readonly #listeners = new Set<() => void>();
  #saved: SavedState = 'not-saved';
  #destroyed: Promise<void> | undefined;

  constructor(name: DocumentName, factories: readonly DocumentProviderFactory[]) {
    this.name = name;
    this.providers = factories.map((factory) => factory({ name, doc: this.doc, awareness: this.awareness }));
    for (const provider of this.providers) provider.onState(() => this.#report());
    this.#saved = this.#judge();
  }

  get saved(): SavedState {
    return this.#saved;
  }

  /** Called when `saved` or a provider's state has changed. */
  onChange(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Resolves when the device's own copy is loaded, or known to be missing. Never rejects. */
  async whenHere(): Promise<void> {
    const local = this.providers.filter(({ name }) => name === 'device' || name === 'memory');
    await Promise.allSettled(local.map((provider) => provider.whenSynced()));
  }

  destroy(): Promise<void> {
    this.#destroyed ??= this.#end();
    return this.#destroyed;
  }

  async #end(): Promise<void> {
    this.#listeners.clear();
    await Promise.allSettled(this.providers.map((provider) => provider.destroy()));
    this.awareness.destroy();
    this.doc.destroy();
  }

  #report(): void {
    this.#saved = this.#judge();
    for (const listener of [...this.#listeners]) listener();
  }

  #judge(): SavedState {
    const holds = (name: DocumentProvider['name']): boolean =>
      this.providers.some((provider) => provider.name === name && provider.holdsAll);
    if (holds('relay')) return 'sent';
    return holds('device') || holds('memory') ? 'here' : 'not-saved';
  }
}
