import type { ErrorCode } from '#domain/error-codes.ts';
import type { CallId, SessionId } from '#domain/ids.ts';
import type { Directory } from '#domain/protocol/directory.ts';
import type { BlobItem } from '../storage/blob-store.ts';
import { goneSession, type GoneStream } from '../storage/gone-stream.ts';
import { personDatabaseName, type OpenPersonStore, type PersonStore } from '../storage/person-store.ts';
import type { ApiClient } from './api-client.ts';
import type { LoadBlobTransfer } from './blob-transfer.ts';
import { BlobUploader } from './blob-uploader.ts';
import { CallSignallingOverSync } from './call-signalling-over-sync.ts';
import { Emitter } from '#domain/emitter.ts';
import { PictureCache } from './picture-cache.ts';
import type { FramePacking, Leadership, OpenSocket, OpenTabChannel, Runtime } from './ports.ts';
import type { SessionView } from './session-view.ts';
import { streamsFor } from './sync-connection.ts';
import { SyncEngine } from './sync-engine.ts';
import { Views } from './views.ts';

/** What a workspace is built on. */
export interface WorkspaceParts {
  runtime: Runtime;
  openSocket: OpenSocket;
  /** Absent: frames go as they are. */
  packing?: FramePacking | undefined;
  leadership: Leadership;
  openTabChannel: OpenTabChannel;
  api: ApiClient;
  socketUrl: string;
  openStore: OpenPersonStore;
  loadTransfer: LoadBlobTransfer;
  sha256: (bytes: ArrayBuffer) => Promise<string>;
  /** Deletes what this device keeps of a stream outside the person's store. Never rejects. */
  forget?: (gone: GoneStream, personId: string) => Promise<void>;
}

/** Everything that one signed-in person works with on this device: store, view, sync, pictures. */
export class Workspace {
  readonly store: PersonStore;
  readonly views: Views;
  readonly engine: SyncEngine;
  readonly uploader: BlobUploader;
  readonly pictures: PictureCache;
  readonly runtime: Runtime;
  readonly sha256: WorkspaceParts['sha256'];
  readonly api: ApiClient;
  readonly storageChanged = new Emitter();
  readonly picturesChanged = new Emitter();
  readonly seenChanged = new Emitter();
  readonly directoryReplaced = new Emitter();
  firstOpenedAtMs = 0;
  /** Why what is done here is not kept, or the page must be reloaded; undefined while all is well. */
  problem: ErrorCode | undefined;
  pictureItems: readonly BlobItem[] = [];
  /** Notices that the person has seen; undefined until read from the store. */
  seen: ReadonlySet<string> | undefined;
  readonly #parts: WorkspaceParts;
  readonly #stops: (() => void)[] = [];
  #directory: Directory;

  constructor(parts: WorkspaceParts, directory: Directory, store: PersonStore) {
    const { runtime } = parts;
    this.#parts = parts;
    this.#directory = directory;
    this.store = store;
    this.runtime = runtime;
    this.sha256 = parts.sha256;
    this.api = parts.api;
    this.views = new Views(store, () => this.#directory);
    this.engine = new SyncEngine({
      ...parts,
      name: personDatabaseName(keyOf(directory)),
      store,
      views: this.views,
      directory: () => this.#directory,
      onGone: async (gone) => parts.forget?.(gone, directory.subject.id),
    });
    this.uploader = new BlobUploader({
      store,
      views: this.views,
      runtime,
      load: parts.loadTransfer,
      mayRun: () => this.engine.leads && this.engine.connection.caughtUp,
    });
    this.pictures = new PictureCache({
      store,
      views: this.views,
      api: parts.api,
      nowMs: () => runtime.nowMs(),
      sha256: parts.sha256,
    });
  }

  /** The sessions. */
  get view(): SessionView {
    return this.views.sessions;
  }

  get directory(): Directory {
    return this.#directory;
  }

  /** The relay's time as far as it is known, in milliseconds. */
  relayNowMs(): number {
    return this.runtime.nowMs() + this.engine.connection.clockOffsetMs;
  }

  replaceDirectory(directory: Directory): void {
    this.#directory = directory;
    this.views.refresh();
    this.directoryReplaced.emit();
  }

  start(): void {
    let caughtUp = false;
    const { store, engine, uploader } = this;
    this.#stops.push(
      store.blobs.watch((items) => {
        this.pictureItems = items;
        this.picturesChanged.emit();
      }),
      store.seen.watch((seen) => {
        this.seen = seen;
        this.seenChanged.emit();
      }),
      this.views.sessions.onChange(() => uploader.pump()),
      this.views.tickets.onChange(() => uploader.pump()),
      engine.workFound.on(() => uploader.pump()),
      engine.connectionChanged.on(() => {
        const before = caughtUp;
        caughtUp = engine.connection.caughtUp;
        if (engine.connection.state !== 'online') uploader.pause();
        else if (caughtUp && !before && engine.leads) void uploader.reconsider();
      }),
    );
    engine.start();
  }

  /** Signalling of one call, over a socket of this tab's own. */
  createCallSignalling(
    call: { sessionId: SessionId; callId: CallId },
    options: { takeOver?: boolean } = {},
  ): CallSignallingOverSync {
    return new CallSignallingOverSync({
      ...this.#parts,
      ...options,
      position: () => this.store.replica.position(),
      streams: () => streamsFor(this.#directory.subject),
      tabs: this.engine.tabs,
      call,
    });
  }

  /** What the relay does not have yet: commands to be accepted, pictures to be verified. */
  async unsent(): Promise<number> {
    const commands = (await this.store.outbox.all()).filter((item) => item.state !== 'refused');
    const pictures = (await this.store.blobs.all()).filter((item) => item.state !== 'verified');
    return commands.length + pictures.length;
  }

  /** Deletes the documents of everything that is here. */
  async forgetDocuments(): Promise<void> {
    const { forget } = this.#parts;
    if (!forget) return;
    for (const { session } of this.view.list) await forget(goneSession(session), this.#directory.subject.id);
  }

  /** Ends everything but the store. */
  stop(): void {
    for (const stop of this.#stops) stop();
    this.uploader.stop();
    this.engine.stop();
    this.views.close();
  }

  close(): void {
    this.stop();
    this.store.close();
  }
}

function keyOf(directory: Directory): { organizationId: string; subjectId: string } {
  return { organizationId: directory.organization.id, subjectId: directory.subject.id };
}

/** Opens a person's store and what works on it; never rejects. `start` is the caller's. */
export async function openWorkspace(parts: WorkspaceParts, directory: Directory): Promise<Workspace> {
  const opened: { workspace?: Workspace } = {};
  let early: ErrorCode | undefined;
  const report = (problem: ErrorCode): void => {
    early = problem;
    if (!opened.workspace) return;
    opened.workspace.problem = problem;
    opened.workspace.storageChanged.emit();
  };
  const { store, problem } = await parts.openStore(keyOf(directory), {
    onOutdated: () => {
      report('update-needed');
      opened.workspace?.stop();
    },
    onBlocked: () => report('open-elsewhere'),
  });
  const workspace = new Workspace(parts, directory, store);
  opened.workspace = workspace;
  workspace.problem = problem ?? (early === 'update-needed' ? early : undefined);
  workspace.firstOpenedAtMs = await store.seen.firstOpenedAtMs();
  return workspace;
}
