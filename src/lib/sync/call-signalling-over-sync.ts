import { CodedError } from '#domain/error-codes.ts';
import { base64Url, type CallId, type PeerId, type SessionId } from '#domain/ids.ts';
import type { StreamKind } from '#domain/protocol/streams.ts';
import type { RelayMessage, RosterEntry } from '#domain/protocol/sync-messages.ts';
import type { ReplicaPosition } from '../storage/person-store.ts';
import type { ApiClient } from './api-client.ts';
import { Emitter } from '#domain/emitter.ts';
import type { Leadership, OpenSocket, Runtime } from './ports.ts';
import { SyncConnection } from './sync-connection.ts';
import type { TabLink } from './tab-link.ts';

export interface CallSignallingOptions {
  runtime: Runtime;
  openSocket: OpenSocket;
  leadership: Leadership;
  api: Pick<ApiClient, 'socketTicket'>;
  socketUrl: string;
  /** Where the replica stands, so that this socket is not sent what the leading tab's already was. */
  position(): Promise<ReplicaPosition>;
  /** As the leading tab follows: otherwise this socket would have another replica. */
  streams(): StreamKind[];
  tabs: TabLink;
  call: { sessionId: SessionId; callId: CallId };
  /** Takes the call from another tab of this browser that is in it. */
  takeOver?: boolean;
}

/**
 * The signalling of one call over a sync socket of this tab's own: the leading tab may be another one, and presence
 * in a call belongs to the tab that shows it. Structurally the call engine's `CallSignalling` port.
 */
export class CallSignallingOverSync {
  readonly server: { host: string; port: number; path: string; secure: boolean };
  readonly #options: CallSignallingOptions;
  readonly #link: SyncConnection;
  readonly #roster = new Emitter<[RosterEntry[]]>();
  readonly #elsewhere = new Emitter();
  readonly #live = new Emitter<[string, Uint8Array]>();
  readonly #deviceKey: string;
  #newest: RosterEntry[] | undefined;
  #announced: { peerId: PeerId | null } | undefined;
  #takenElsewhere = false;
  #closed = false;
  #release: (() => void) | undefined;

  constructor(options: CallSignallingOptions) {
    this.#options = options;
    this.#deviceKey = options.tabs.tabId;
    this.server = serverOf(options.socketUrl);
    this.#link = new SyncConnection({
      runtime: options.runtime,
      openSocket: options.openSocket,
      socketUrl: options.socketUrl,
      ticket: () => options.api.socketTicket({ purpose: 'sync' }),
      position: () => options.position(),
      streams: () => options.streams(),
      onState: () => undefined,
      onMessage: (message) => this.#heard(message),
      onSignedOut: () => this.#goneElsewhere(),
    });
    void this.#claim();
  }

  async credentials(ahead = false): ReturnType<CallCredentials> {
    const { api, call } = this.#options;
    const answer = await api.socketTicket({ purpose: 'calls', ...call, ...(ahead ? { ahead: true } : {}) });
    if (!answer.ok) throw new CodedError(answer.reason);
    const { peerId, ticket, iceServers = [] } = answer.value;
    if (!peerId) throw new CodedError('update-needed', 'the relay gave no peer id');
    return { peerId, ticket, iceServers };
  }

  announce(peerId: string | null): void {
    this.#announced = { peerId: peerId as PeerId | null };
    this.#announce();
  }

  onRoster(listener: (participants: RosterEntry[]) => void): () => void {
    const stop = this.#roster.on(listener);
    if (this.#newest) listener(this.#newest);
    return stop;
  }

  onElsewhere(listener: () => void): () => void {
    const stop = this.#elsewhere.on(listener);
    if (this.#takenElsewhere) listener();
    return stop;
  }

  sendLive(bytes: Uint8Array): void {
    const { callId } = this.#options.call;
    this.#link.send({ t: 'live', callId, data: toBase64(bytes) });
  }

  onLive(listener: (from: string, bytes: Uint8Array) => void): () => void {
    return this.#live.on(listener);
  }

  /** The device or its network is back. */
  wake(): void {
    this.#link.wake();
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    const { tabs, call } = this.#options;
    this.#link.send({ t: 'out-of-call', callId: call.callId });
    this.#link.stop();
    this.#release?.();
    tabs.leaveCall(call.callId);
  }

  /** One tab of a browser is in a call; a second one is told so and stays out (X31). */
  async #claim(): Promise<void> {
    const { leadership, call, tabs, takeOver = false } = this.#options;
    const release = await leadership.claim(`sightline-call-${call.callId}`, {
      steal: takeOver,
      lost: () => this.#goneElsewhere(),
    });
    if (!release) return this.#goneElsewhere();
    if (this.#closed) return release();
    this.#release = release;
    tabs.enterCall(call.callId);
    this.#link.start();
  }

  #heard(message: RelayMessage): void {
    const { callId } = this.#options.call;
    switch (message.t) {
      case 'welcome':
        this.#announce();
        break;
      case 'roster':
        if (message.callId !== callId) break;
        this.#newest = message.participants;
        this.#roster.emit(message.participants);
        break;
      case 'call-elsewhere':
        if (message.callId === callId) this.#goneElsewhere();
        break;
      case 'live':
        if (message.callId === callId) this.#hearLive(message.from, message.data);
        break;
      default:
        break;
    }
  }

  #hearLive(from: string, data: string): void {
    const bytes = fromBase64(data);
    if (bytes) this.#live.emit(from, bytes);
  }

  #announce(): void {
    if (!this.#announced) return;
    this.#link.send({
      t: 'in-call',
      ...this.#options.call,
      deviceKey: this.#deviceKey,
      peerId: this.#announced.peerId,
    });
  }

  #goneElsewhere(): void {
    if (this.#takenElsewhere || this.#closed) return;
    this.#takenElsewhere = true;
    this.#link.stop();
    this.#release?.();
    this.#options.tabs.leaveCall(this.#options.call.callId);
    this.#elsewhere.emit();
  }
}

type CallCredentials = () => Promise<{
  peerId: string;
  ticket: string;
  iceServers: { urls: string | string[]; username?: string | undefined; credential?: string | undefined }[];
}>;

/** PeerJS adds 'peerjs' to the path by itself. */
function serverOf(socketUrl: string): CallSignallingOverSync['server'] {
  const url = new URL(socketUrl);
  const secure = url.protocol === 'wss:';
  return {
    host: url.hostname,
    port: url.port ? Number(url.port) : secure ? 443 : 80,
    path: '/sockets/calls',
    secure,
  };
}

function toBase64(bytes: Uint8Array): string {
  const padding = '='.repeat((3 - (bytes.length % 3)) % 3);
  return base64Url(bytes).replaceAll('-', '+').replaceAll('_', '/') + padding;
}

function fromBase64(text: string): Uint8Array | undefined {
  try {
    return Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
  } catch {
    return undefined;
  }
}
