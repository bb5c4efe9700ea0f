import type { DeviceStore } from '../../../src/lib/storage/device-store.ts';

/** Texts that are being typed, kept for as long as the test runs. */
export class DraftBox {
  readonly texts: Map<string, string>;
  readonly store: DeviceStore;

  constructor(texts: Record<string, string> = {}) {
    this.texts = new Map(Object.entries(texts));
    this.store = {
      durable: true,
      identity: () => Promise.resolve(undefined),
      saveIdentity: () => Promise.resolve(),
      draft: (key) => Promise.resolve(this.texts.get(key) ?? ''),
      saveDraft: (key, text) => {
        if (text) this.texts.set(key, text);
        else this.texts.delete(key);
        return Promise.resolve();
      },
      clearDrafts: () => {
        this.texts.clear();
        return Promise.resolve();
      },
      close: () => undefined,
    };
  }
}
