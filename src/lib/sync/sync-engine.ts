import { codeOf, type ErrorCode } from '#domain/error-codes.ts';
import { makeId, type CommandId, type OrganizationId, type SessionId, type TicketId } from '#domain/ids.ts';
import type { OrganizationCommandBody } from '#domain/organization/commands.ts';
import type { Directory } from '#domain/protocol/directory.ts';
import {
  kindOfType,
  streamKinds,
  type StreamCommand,
  type StreamId,
  type StreamKind,
} from '#domain/protocol/streams.ts';
import type { RelayMessage } from '#domain/protocol/sync-messages.ts';
import { ok, refuse } from '#domain/result.ts';
import type { SessionCommandBody } from '#domain/session/commands.ts';
import type { TicketCommandBody } from '#domain/ticket/commands.ts';
import type { GoneStream } from '../storage/gone-stream.ts';
import type { OutboxItem, PersonStore } from '../storage/person-store.ts';
import type { Answer, ApiClient } from './api-client.ts';
import { Emitter } from '#domain/emitter.ts';
import type { FramePacking, Leadership, OpenSocket, OpenTabChannel, Runtime } from './ports.ts';
import { PushQueue } from './push-queue.ts';
import { ReplicaFeed } from './replica-feed.ts';
import { streamsFor, SyncConnection, type LinkState } from './sync-connection.ts';
import { TabLink } from './tab-link.ts';
import type { Views } from './views.ts';

export interface ConnectionSnapshot {
  state: LinkState;
  /** Device time since which it is so. */
  sinceMs: number;
  /** Everything that the relay had for this person when the connection came up is here. */
  caughtUp: boolean;
  /** Why there is no connection. */
  reason: ErrorCode | undefined;
  /** The relay's clock minus the device's, in milliseconds. */
  clockOffsetMs: number;
}

/** A command that is kept: on this device, and soon at the relay. */
export interface Proposal {
  commandId: CommandId;
  /** What the relay decided: the reason, or that it was accepted. Stays open while there is no link. */
  settled: Promise<Answer<void>>;
}

/** What can be proposed, and for which kind of stream. */
export interface Propose {
  /** `id`: where somebody else must know the command's id before it is kept. */
  (streamId: SessionId, body: SessionCommandBody, id?: CommandId): Promise<Answer<Proposal>>;
  (streamId: TicketId, body: TicketCommandBody): Promise<Answer<Proposal>>;
  (streamId: OrganizationId, body: OrganizationCommandBody): Promise<Answer<Proposal>>;
}

type StreamCommandBody = SessionCommandBody | TicketCommandBody | OrganizationCommandBody;

export interface SyncEngineOptions {
  runtime: Runtime;
  openSocket: OpenSocket;
  packing?: FramePacking | undefined;
  leadership: Leadership;
  openTabChannel: OpenTabChannel;
  api: Pick<ApiClient, 'socketTicket'>;
  /** Address of the sync socket, ws: or wss:. */
  socketUrl: string;
  /** Name of the person's store: tabs with the same name work together. */
  name: string;
  store: PersonStore;
  views: Views;
  directory: () => Directory;
  /** A stream is about to be purged (leader only). */
  onGone(gone: GoneStream): Promise<void>;
}

/**
 * Keeps one person's replica and outbox in step with the relay. Of all tabs one leads: it holds the socket, the
 * others read the store, put their commands into it and nudge.
 */
export class SyncEngine {
  readonly connectionChanged = new Emitter();
  /** The directory is another one: to be asked for. */
  readonly directoryChanged = new Emitter();
  /** The directory as the relay says it is now. */
  readonly directoryTold = new Emitter<[Directory]>();
  readonly signedOut = new Emitter();
  /** Batches were written, or another tab has put something into the store (leader only). */
  readonly workFound = new Emitter();
  readonly #options: SyncEngineOptions;
  readonly tabs: TabLink;
  readonly #feed: ReplicaFeed;
  readonly #queue: PushQueue;
  #link: SyncConnection | undefined;
  #snapshot: ConnectionSnapshot;
  #leave: (() => void) | undefined;
  #settling = new Map<CommandId, { kind: StreamKind; resolve: (answer: Answer<void>) => void }>();
  #stops: (() => void)[] = [];

  constructor(options: SyncEngineOptions) {
    this.#options = options;
    const { runtime, store } = options;
    this.#snapshot = {
      state: 'connecting',
      sinceMs: runtime.nowMs(),
      caughtUp: false,
      reason: undefined,
      clockOffsetMs: 0,
    };
    this.#queue = new PushQueue({
      outbox: store.outbox,
      runtime,
      send: (message) => this.#link?.send(message) ?? false,
      packing: () => this.#link?.packing,
      sendPacked: (frame) => this.#link?.sendPacked(frame) ?? false,
      stuck: () => this.#link?.restart(),
      failed: (reason) => this.#link?.fail(reason),
    });
    this.#feed = new ReplicaFeed({
      store,
      onApplied: () => this.workFound.emit(),
      onGone: (gone) => options.onGone(gone),
      onCaughtUp: () => {
        this.#set({ caughtUp: true });
        this.#queue.open();
      },
      onBroken: (reason) => this.#link?.fail(reason),
    });
    this.tabs = new TabLink(runtime, options.openTabChannel(options.name));
  }

  get connection(): ConnectionSnapshot {
    return this.#snapshot;
  }

  /** This tab holds the socket for all tabs of the person. */
  get leads(): boolean {
    return this.#link !== undefined;
  }

  get tabId(): string {
    return this.tabs.tabId;
  }

  start(): void {
    const { leadership, name, views } = this.#options;
    this.#stops.push(
      ...streamKinds.map((kind) => views.of(kind).onChange(() => void this.#settle(kind))),
      this.tabs.onMessage((message) => this.#heardTab(message)),
      this.tabs.watchLeader(
        () => this.leads,
        () => this.#compete(true),
      ),
    );
    this.#leave = leadership.compete(name, () => this.#lead());
    this.tabs.post({ t: 'who' });
  }

  stop(): void {
    this.#leave?.();
    this.#leave = undefined;
    for (const stop of this.#stops) stop();
    this.#stops = [];
    this.tabs.close();
  }

  /** The person asks, or the device or its network is back. */
  wake(): void {
    if (this.#link) this.#link.wake();
    else this.tabs.wake();
  }

  /** The browser says that there is no network: no need to wait for the heartbeat. */
  sleep(): void {
    if (this.#link && this.#snapshot.state !== 'offline') this.#link.fail('relay-unreachable');
  }

  /** Something new is in the store: pushes it, or asks the leading tab to. */
  nudge(): void {
    this.#queue.flush();
    this.workFound.emit();
    if (!this.leads) this.tabs.post({ t: 'nudge' });
  }

  /**
   * Judges a command by what this device knows, keeps it, and sends it when there is a link. Refuses with the
   * domain's reason, or 'not-saved-here' and 'storage-full' when it could not be kept.
   */
  readonly propose: Propose = async (streamId: StreamId, body: StreamCommandBody, id?: CommandId) => {
    const { runtime, store, views } = this.#options;
    const nowMs = runtime.nowMs();
    const kind = kindOfType(body.type);
    const { state, confirmedSeq } = views.at(kind, streamId);
    const command = {
      ...body,
      id: (id ?? idIn(body) ?? makeId<CommandId>(runtime.randomBytes)) as CommandId,
      streamId,
      baseSeq: confirmedSeq,
      clientAtMs: nowMs,
    } as StreamCommand;
    const decision = views.judge.decide(kind, state, command, nowMs);
    if (!decision.ok) return refuse(decision.reason);
    try {
      const kept = await store.outbox.add(command, nowMs);
      views.of(kind).keep(kept);
    } catch (error) {
      return refuse(codeOf(error));
    }
    const settled = new Promise<Answer<void>>((resolve) => this.#settling.set(command.id, { kind, resolve }));
    this.nudge();
    return ok({ commandId: command.id, settled });
  };

  #compete(steal: boolean): void {
    if (!this.#leave) return;
    this.#leave();
    this.#leave = this.#options.leadership.compete(this.#options.name, () => this.#lead(), { steal });
  }

  #lead(): () => void {
    const { runtime, openSocket, packing, socketUrl, api, store, directory } = this.#options;
    const link = new SyncConnection({
      runtime,
      openSocket,
      packing,
      socketUrl,
      ticket: () => api.socketTicket({ purpose: 'sync' }),
      streams: () => streamsFor(directory().subject),
      position: async () => {
        await this.#feed.idle();
        return store.replica.position();
      },
      onState: (state, reason) => this.#linkChanged(state, reason),
      onMessage: (message) => this.#heard(message),
      onSignedOut: () => {
        this.tabs.post({ t: 'signed-out' });
        this.signedOut.emit();
      },
    });
    this.#link = link;
    link.start();
    return () => {
      link.stop();
      if (this.#link === link) this.#link = undefined;
    };
  }

  #linkChanged(state: LinkState, reason: ErrorCode | undefined): void {
    if (state !== 'online') this.#queue.close();
    this.#set({ state, reason, sinceMs: this.#options.runtime.nowMs(), caughtUp: false });
  }

  #heard(message: RelayMessage): void {
    switch (message.t) {
      case 'welcome':
      case 'pong':
        this.#setClock(message.nowMs);
        break;
      case 'pushed':
        this.#queue.onPushed(message.requestId, message.outcomes);
        break;
      case 'judged':
        this.#queue.onJudged(message.requestId, message.results);
        break;
      case 'error':
        this.#queue.onError(message.requestId, message.reason);
        break;
      case 'directory-changed':
        this.tabs.post({ t: 'directory-changed' });
        this.directoryChanged.emit();
        break;
      case 'directory':
        this.tabs.post(message);
        this.directoryTold.emit(message.directory);
        break;
      default:
        break;
    }
    this.#feed.take(message);
  }

  #heardTab(message: Parameters<Parameters<TabLink['onMessage']>[0]>[0]): void {
    switch (message.t) {
      case 'link':
        if (this.leads) break;
        this.#snapshot = {
          state: message.state,
          sinceMs: message.sinceMs,
          caughtUp: message.caughtUp,
          reason: message.reason,
          clockOffsetMs: message.clockOffsetMs,
        };
        this.connectionChanged.emit();
        break;
      case 'who':
        if (this.leads) this.#tell();
        break;
      case 'nudge':
        if (this.leads) this.nudge();
        break;
      case 'wake':
        this.#link?.wake();
        break;
      case 'directory-changed':
        this.directoryChanged.emit();
        break;
      case 'directory':
        this.directoryTold.emit(message.directory);
        break;
      case 'signed-out':
        // Somebody may have come in again meanwhile: the relay knows.
        this.directoryChanged.emit();
        break;
      case 'calls':
        break;
    }
  }

  /** A commands' promise is kept when the store shows what became of it, whichever tab spoke with the relay. */
  async #settle(changed: StreamKind): Promise<void> {
    if (this.#settling.size === 0) return;
    const open = new Map(this.#options.views.of(changed).outbox.map((item) => [item.id, item]));
    for (const [id, { kind, resolve }] of [...this.#settling]) {
      if (kind !== changed) continue;
      // A view may lag behind the store: only the store's own word counts for 'it has left'.
      const item = open.get(id) ?? (await this.#kept(id));
      if (item === 'unknown') return;
      if (item?.state === 'pending') continue;
      if (!this.#settling.delete(id)) continue;
      resolve(item?.state === 'refused' ? refuse(item.reason ?? 'internal') : ok(undefined));
    }
  }

  async #kept(id: CommandId): Promise<OutboxItem | 'unknown' | undefined> {
    try {
      return await this.#options.store.outbox.get(id);
    } catch {
      // Closed meanwhile; whoever opens it next shows what became of the command.
      return 'unknown';
    }
  }

  #setClock(relayNowMs: number): void {
    const clockOffsetMs = relayNowMs - this.#options.runtime.nowMs();
    if (Math.abs(clockOffsetMs - this.#snapshot.clockOffsetMs) > 250) this.#set({ clockOffsetMs });
  }

  #set(change: Partial<ConnectionSnapshot>): void {
    this.#snapshot = { ...this.#snapshot, ...change };
    this.#tell();
    this.connectionChanged.emit();
  }

  #tell(): void {
    const { reason, ...rest } = this.#snapshot;
    this.tabs.post({ t: 'link', ...rest, ...(reason ? { reason } : {}) });
  }
}

/**
 * What is said has an id of its own already, made for this one command: the command goes by the same. Ids are a third
 * of what a day without a link weighs.
 */
function idIn(body: StreamCommandBody): string | undefined {
  switch (body.type) {
    case 'chat.send':
    case 'ticket.send':
    case 'ticket.send-file':
      return body.payload.messageId;
    case 'note.add':
      return body.payload.noteId;
    default:
      return undefined;
  }
}
