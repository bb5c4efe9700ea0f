import { codeOf } from '#domain/error-codes.ts';
import type { ScreenshotId, SessionId } from '#domain/ids.ts';
import { ok, refuse } from '#domain/result.ts';
import type { ScreenshotMeta } from '#domain/session/events.ts';
import type { BlobItem } from '../storage/blob-store.ts';
import type { PersonStore } from '../storage/person-store.ts';
import type { Answer, ApiClient } from './api-client.ts';
import type { SessionView } from './session-view.ts';

export interface PictureCacheOptions {
  store: PersonStore;
  view: SessionView;
  api: Pick<ApiClient, 'blob'>;
  nowMs: () => number;
  sha256: (bytes: ArrayBuffer) => Promise<string>;
}

/** Pictures of sessions: kept here when taken or fetched, and only what has the hash that the log names. */
export class PictureCache {
  readonly #options: PictureCacheOptions;
  readonly #fetching = new Map<ScreenshotId, Promise<Answer<Blob>>>();

  constructor(options: PictureCacheOptions) {
    this.#options = options;
  }

  /** Keeps a picture that was just taken, before anything else is done with it. */
  async keep(sessionId: SessionId, meta: ScreenshotMeta, bytes: ArrayBuffer): Promise<Answer<void>> {
    try {
      await this.#options.store.blobs.put(this.#item(sessionId, meta, 'here'), bytes);
      return ok(undefined);
    } catch (error) {
      return refuse(codeOf(error));
    }
  }

  /**
   * A picture's bytes: this device first, then the relay. 'item-unknown' when the log does not know it or the relay
   * has not got it yet, 'hash-mismatch' when the bytes are not those that were taken.
   */
  get(sessionId: SessionId, itemId: ScreenshotId): Promise<Answer<Blob>> {
    const running = this.#fetching.get(itemId);
    if (running) return running;
    const task = this.#load(sessionId, itemId).finally(() => this.#fetching.delete(itemId));
    this.#fetching.set(itemId, task);
    return task;
  }

  async #load(sessionId: SessionId, itemId: ScreenshotId): Promise<Answer<Blob>> {
    const { store, view, api, sha256 } = this.#options;
    const shot = view.get(sessionId)?.session.screenshots.find((one) => one.screenshotId === itemId);
    if (!shot) return refuse('item-unknown');
    const kept = await store.blobs.bytes(itemId);
    if (kept) return ok(new Blob([kept], { type: shot.mediaType }));
    if (!shot.stored) return refuse('item-unknown');
    const answer = await api.blob(sessionId, itemId);
    if (!answer.ok) return answer;
    if ((await sha256(answer.value)) !== shot.sha256) return refuse('hash-mismatch');
    try {
      await store.blobs.put(this.#item(sessionId, shot, 'verified'), answer.value);
    } catch {
      // No room for a copy; the picture itself is there to be shown.
    }
    return ok(new Blob([answer.value], { type: shot.mediaType }));
  }

  #item(sessionId: SessionId, meta: ScreenshotMeta, state: BlobItem['state']): BlobItem {
    return {
      itemId: meta.screenshotId,
      sessionId,
      sha256: meta.sha256,
      mediaType: meta.mediaType,
      bytes: meta.bytes,
      state,
      progress: state === 'verified' ? 1 : 0,
      atMs: this.#options.nowMs(),
    };
  }
}
