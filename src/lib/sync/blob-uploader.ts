import { backoffMs } from '#domain/connection/backoff.ts';
import type { ErrorCode } from '#domain/error-codes.ts';
import { codeOf } from '#domain/error-codes.ts';
import type { StreamCommand } from '#domain/protocol/streams.ts';
import { refuse } from '#domain/result.ts';
import type { BlobId, BlobItem } from '../storage/blob-store.ts';
import type { PersonStore } from '../storage/person-store.ts';
import type { Answer } from './api-client.ts';
import type { BlobTransfer, LoadBlobTransfer } from './blob-transfer.ts';
import { isStreamHere, knownBlob } from './known-blob.ts';
import type { Runtime } from './ports.ts';
import type { Views } from './views.ts';

const retryPolicy = { firstMs: 1_000, maxMs: 30_000 };

/** What another try can cure. Everything else is told to the person. */
const curable: ReadonlySet<ErrorCode> = new Set([
  'relay-unreachable',
  'too-many-requests',
  'storage-full',
  'not-signed-in',
  'internal',
  'item-unknown',
]);
/** How often something that the relay does not know yet, or failed at, is tried before it counts as refused. */
const maxTries = 8;
const endless: ReadonlySet<ErrorCode> = new Set(['relay-unreachable', 'too-many-requests', 'storage-full']);

export interface BlobUploaderOptions {
  store: PersonStore;
  views: Views;
  runtime: Runtime;
  load: LoadBlobTransfer;
  /** This tab is the one that sends, and there is a link. */
  mayRun(): boolean;
}

/**
 * Sends pictures and files one after the other, each once the relay knows of it, and follows each until the log says that the
 * relay has verified its hash.
 */
export class BlobUploader {
  readonly #options: BlobUploaderOptions;
  readonly #tries = new Map<BlobId, number>();
  #transfer: BlobTransfer | undefined;
  #running: AbortController | undefined;
  #busy = false;
  #again = false;
  #stopped = false;
  #cancelRetry: (() => void) | undefined;

  constructor(options: BlobUploaderOptions) {
    this.#options = options;
  }

  /** Looks whether there is something to send, or something that has been verified. */
  pump(): void {
    if (this.#stopped) return;
    if (this.#busy) {
      this.#again = true;
      return;
    }
    this.#busy = true;
    void this.#work()
      .catch(() => this.#later())
      .finally(() => {
        this.#busy = false;
        if (!this.#again) return;
        this.#again = false;
        this.pump();
      });
  }

  /** The link is gone: the upload under way stops where it is. */
  pause(): void {
    this.#running?.abort();
    this.#cancelRetry?.();
    this.#cancelRetry = undefined;
  }

  /** Everything that the relay has is here now: what it should have and has not stored is sent again. */
  async reconsider(): Promise<void> {
    const { views, store } = this.#options;
    const announced = new Set(views.outbox.flatMap(({ command }) => announcedBy(command) ?? []));
    for (const item of await store.blobs.all()) {
      const known = knownBlob(views, item, true);
      if (item.state === 'sent' && known?.stored === false)
        await store.blobs.update(item.itemId, { state: 'here', progress: 0 });
      // Its stream is no longer for this person: nobody will take it.
      else if (!isStreamHere(views, item) && !announced.has(item.itemId) && isUnsent(item))
        await store.blobs.update(item.itemId, { state: 'refused', reason: 'not-found' });
    }
    this.pump();
  }

  /** A refused picture is tried once more. */
  async retry(itemId: BlobId): Promise<void> {
    this.#tries.delete(itemId);
    await this.#options.store.blobs.update(itemId, { state: 'here', progress: 0, reason: undefined });
    this.pump();
  }

  stop(): void {
    this.#stopped = true;
    this.pause();
  }

  async #work(): Promise<void> {
    const { blobs } = this.#options.store;
    for (const item of await blobs.all()) await this.#compareWithLog(item);
    if (this.#cancelRetry) return;
    for (const item of await blobs.all()) {
      if (this.#stopped || !this.#options.mayRun()) return;
      if (!isWaiting(item) || !this.#isKnown(item)) continue;
      await this.#send(item);
      if (this.#cancelRetry) return;
    }
  }

  /** The log has the last word on whether the relay has a picture. */
  async #compareWithLog(item: BlobItem): Promise<void> {
    const { views, store } = this.#options;
    const known = knownBlob(views, item, true);
    if (!known) return this.#refusedWith(item);
    if (known.stored && item.state !== 'verified')
      await store.blobs.update(item.itemId, { state: 'verified', progress: 1, reason: undefined });
    // A relay that came back from a backup has forgotten it: the bytes are still here.
    if (!known.stored && item.state === 'verified')
      await store.blobs.update(item.itemId, { state: 'here', progress: 0 });
  }

  /** What was refused where it was announced has nowhere to go. */
  async #refusedWith(item: BlobItem): Promise<void> {
    const { views, store } = this.#options;
    if (!isUnsent(item)) return;
    const refused = views.outbox.find(
      ({ state, command }) => state === 'refused' && announcedBy(command) === item.itemId,
    );
    if (refused)
      await store.blobs.update(item.itemId, { state: 'refused', reason: refused.reason ?? 'internal' });
  }

  #isKnown(item: BlobItem): boolean {
    return knownBlob(this.#options.views, item, true) !== undefined;
  }

  async #send(item: BlobItem): Promise<void> {
    const { store } = this.#options;
    const bytes = await store.blobs.bytes(item.itemId);
    if (!bytes) {
      await store.blobs.update(item.itemId, { state: 'refused', reason: 'item-unknown' });
      return;
    }
    await store.blobs.update(item.itemId, { state: 'sending' });
    const answer = await this.#transferred(item, bytes);
    if (answer.ok) {
      this.#tries.delete(item.itemId);
      await store.blobs.update(item.itemId, { state: 'sent', progress: 1 });
      this.#again = true;
      return;
    }
    await this.#failed(item, answer.reason);
  }

  async #transferred(item: BlobItem, bytes: ArrayBuffer): Promise<Answer<void>> {
    const { store, load } = this.#options;
    const running = new AbortController();
    this.#running = running;
    try {
      this.#transfer ??= await load(store.uploadUrls);
      let told = 0;
      return await this.#transfer.send(item, bytes, {
        signal: running.signal,
        onProgress: (share) => {
          if (share - told < 0.05) return;
          told = share;
          void store.blobs.update(item.itemId, { progress: share });
        },
      });
    } catch (error) {
      return refuse(codeOf(error));
    } finally {
      this.#running = undefined;
    }
  }

  async #failed(item: BlobItem, reason: ErrorCode): Promise<void> {
    const { store } = this.#options;
    const tries = (this.#tries.get(item.itemId) ?? 0) + 1;
    this.#tries.set(item.itemId, tries);
    const hopeless = !curable.has(reason) || (tries >= maxTries && !endless.has(reason));
    if (hopeless) {
      await store.blobs.update(item.itemId, { state: 'refused', reason });
      return;
    }
    await store.blobs.update(item.itemId, { state: 'here' });
    this.#later(tries);
  }

  #later(tries = 1): void {
    if (this.#stopped || this.#cancelRetry) return;
    const { runtime } = this.#options;
    this.#cancelRetry = runtime.after(backoffMs(retryPolicy, tries, runtime.random), () => {
      this.#cancelRetry = undefined;
      this.pump();
    });
  }
}

function isWaiting(item: BlobItem): boolean {
  return item.state === 'here' || item.state === 'sending';
}

function isUnsent(item: BlobItem): boolean {
  return item.state !== 'refused' && item.state !== 'verified';
}

/** The picture or file that a command tells of. */
function announcedBy(command: StreamCommand): BlobId | undefined {
  if (command.type === 'screenshot.take') return command.payload.screenshotId;
  return command.type === 'ticket.send-file' ? command.payload.file.itemId : undefined;
}
