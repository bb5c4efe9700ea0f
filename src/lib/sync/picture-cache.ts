import { codeOf } from '#domain/error-codes.ts';
import { ok, refuse } from '#domain/result.ts';
import type { BlobId, BlobItem } from '../storage/blob-store.ts';
import type { PersonStore } from '../storage/person-store.ts';
import type { Answer, ApiClient } from './api-client.ts';
import { knownBlob, type BlobPlace, type KnownBlob } from './known-blob.ts';
import type { Views } from './views.ts';

export interface PictureCacheOptions {
  store: PersonStore;
  views: Views;
  api: Pick<ApiClient, 'blob'>;
  nowMs: () => number;
  sha256: (bytes: ArrayBuffer) => Promise<string>;
}

/** Pictures of sessions and files of tickets: kept here when made or fetched, and only what has the log's hash. */
export class PictureCache {
  readonly #options: PictureCacheOptions;
  readonly #fetching = new Map<BlobId, Promise<Answer<Blob>>>();

  constructor(options: PictureCacheOptions) {
    this.#options = options;
  }

  /** Keeps a picture or file that was just made, before anything else is done with it. */
  async keep(
    place: BlobPlace,
    meta: Pick<KnownBlob, 'sha256' | 'mediaType' | 'bytes'>,
    bytes: ArrayBuffer,
  ): Promise<Answer<void>> {
    try {
      await this.#options.store.blobs.put(this.#item(place, meta, 'here'), bytes);
      return ok(undefined);
    } catch (error) {
      return refuse(codeOf(error));
    }
  }

  /**
   * Its bytes: this device first, then the relay. 'item-unknown' when the log does not know it or the relay
   * has not got it yet, 'hash-mismatch' when the bytes are not those that were promised.
   */
  get(place: BlobPlace): Promise<Answer<Blob>> {
    const { itemId } = place;
    const running = this.#fetching.get(itemId);
    if (running) return running;
    const task = this.#load(place).finally(() => this.#fetching.delete(itemId));
    this.#fetching.set(itemId, task);
    return task;
  }

  async #load(place: BlobPlace): Promise<Answer<Blob>> {
    const { store, views, api, sha256 } = this.#options;
    const { streamId, itemId } = place;
    const known = knownBlob(views, place);
    if (!known) return refuse('item-unknown');
    const kept = await store.blobs.bytes(itemId);
    if (kept) return ok(new Blob([kept], { type: known.mediaType }));
    if (!known.stored) return refuse('item-unknown');
    const answer = await api.blob(streamId, itemId);
    if (!answer.ok) return answer;
    if ((await sha256(answer.value)) !== known.sha256) return refuse('hash-mismatch');
    // The right to see it may have ended while it was on its way: then no copy may stay.
    if (!knownBlob(views, place)) return refuse('item-unknown');
    try {
      await store.blobs.put(this.#item(place, known, 'verified'), answer.value);
    } catch {
      // No room for a copy; what was fetched is there to be shown.
    }
    return ok(new Blob([answer.value], { type: known.mediaType }));
  }

  #item(
    { kind, streamId, itemId }: BlobPlace,
    meta: Pick<KnownBlob, 'sha256' | 'mediaType' | 'bytes'>,
    state: BlobItem['state'],
  ): BlobItem {
    return {
      itemId,
      kind,
      streamId,
      sha256: meta.sha256,
      mediaType: meta.mediaType,
      bytes: meta.bytes,
      state,
      progress: state === 'verified' ? 1 : 0,
      atMs: this.#options.nowMs(),
    };
  }
}
