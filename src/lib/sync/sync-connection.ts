import type { ErrorCode } from '#domain/error-codes.ts';
import { backoffMs, syncBackoff } from '#domain/connection/backoff.ts';
import { streamKinds, type StreamKind } from '#domain/protocol/streams.ts';
import { parseRelayMessage, type ClientMessage, type RelayMessage } from '#domain/protocol/sync-messages.ts';
import { closeCodes, heartbeatMs, protocolVersion } from '#domain/protocol/version.ts';
import type { Person } from '#domain/session/subject.ts';
import type { ReplicaPosition } from '../storage/person-store.ts';
import type { Answer } from './api-client.ts';
import type { FramePacking, OpenSocket, Runtime, Socket } from './ports.ts';

export type LinkState = 'offline' | 'connecting' | 'online';

/** Ticket, socket and welcome together may take this long. */
const connectTimeoutMs = 12_000;
/** No frame for this long, although asked twice: the socket is dead (X10: found within 20 s). */
const silenceMs = 2 * heartbeatMs + 3_000;
/** How long a socket may take to answer after the device woke up. */
const wakeProbeMs = 3_000;
/** A socket that lived shorter than this does not start the waits afresh. */
const steadyMs = 5_000;
/** Where trying again at once is of no use. */
const slowRetryMs = 60_000;

export interface SyncConnectionOptions {
  runtime: Runtime;
  openSocket: OpenSocket;
  /** ws: or wss: address of the sync socket, without a query. */
  socketUrl: string;
  /** A fresh one-use ticket for the sync socket. */
  ticket(): Promise<Answer<{ ticket: string }>>;
  /** Absent: frames go as they are. */
  packing?: FramePacking | undefined;
  /** What this person follows; another choice makes another replica. */
  streams(): StreamKind[];
  /** Where the replica stands, asked anew for every socket. */
  position(): Promise<ReplicaPosition>;
  onState(state: LinkState, reason: ErrorCode | undefined): void;
  /** Every message of the relay, `welcome` included, in order. */
  onMessage(message: RelayMessage): void;
  /** The relay does not know the person any more. The connection has stopped. */
  onSignedOut(): void;
}

/**
 * Keeps one sync socket open: ticket, hello, heartbeat, and again after every loss with growing waits. What the
 * messages mean is the owner's affair.
 */
export class SyncConnection {
  readonly #options: SyncConnectionOptions;
  #state: LinkState = 'offline';
  #reason: ErrorCode | undefined;
  #running = false;
  /** Grows with every try: what belongs to an older one is ignored. */
  #try = 0;
  #failures = 0;
  #socket: Socket | undefined;
  #onlineSinceMs = 0;
  #lastHeardMs = 0;
  #pingId = 0;
  #cancelTimer: (() => void) | undefined;
  #cancelBeat: (() => void) | undefined;
  #packs = false;
  /** Frames that wait for one before them to be unpacked. */
  #unpacking: Promise<void> | undefined;

  constructor(options: SyncConnectionOptions) {
    this.#options = options;
  }

  get state(): LinkState {
    return this.#state;
  }

  start(): void {
    if (this.#running) return;
    this.#running = true;
    this.#failures = 0;
    this.#set('connecting', undefined);
    void this.#attempt();
  }

  stop(): void {
    this.#running = false;
    this.#drop();
    this.#set('offline', undefined);
  }

  /** Sends a message; false when no socket is up (nothing is queued here). */
  send(message: ClientMessage): boolean {
    if (this.#state !== 'online' || !this.#socket) return false;
    this.#socket.send(JSON.stringify(message));
    return true;
  }

  /** Whether this socket takes packed frames. */
  get packing(): FramePacking | undefined {
    return this.#packs ? this.#options.packing : undefined;
  }

  /** Sends a frame that was packed for the socket that is up; false when none is. */
  sendPacked(frame: Uint8Array<ArrayBuffer>): boolean {
    if (this.#state !== 'online' || !this.#socket || !this.#packs) return false;
    this.#socket.send(frame);
    return true;
  }

  /** The device or its network is back: tries now, or asks the open socket whether it still lives. */
  wake(): void {
    if (!this.#running) return;
    if (this.#state === 'online') this.#probe(wakeProbeMs);
    else if (this.#socket === undefined) this.restart();
  }

  /** Gives the socket up and connects anew, at once. */
  restart(): void {
    if (!this.#running) return;
    this.#drop();
    void this.#attempt();
  }

  /** Gives the socket up because of what came over it; connects anew after the usual wait. */
  fail(reason: ErrorCode): void {
    this.#lost(this.#try, reason);
  }

  async #attempt(): Promise<void> {
    const turn = ++this.#try;
    const { runtime, openSocket, socketUrl } = this.#options;
    this.#arm(connectTimeoutMs, () => this.#lost(turn, 'relay-unreachable'));
    const ticket = await this.#options.ticket();
    if (turn !== this.#try) return;
    if (!ticket.ok) {
      if (ticket.reason === 'not-signed-in') this.#signedOut();
      else this.#lost(turn, ticket.reason);
      return;
    }
    const at = await this.#options.position();
    if (turn !== this.#try) return;
    this.#lastHeardMs = runtime.nowMs();
    const socket = openSocket(`${socketUrl}?ticket=${encodeURIComponent(ticket.value.ticket)}`, {
      onOpen: () => {
        if (turn !== this.#try) return;
        const streams = this.#options.streams();
        const packs = this.#options.packing ? { packs: true } : {};
        const hello: ClientMessage = { t: 'hello', version: protocolVersion, ...at, streams, ...packs };
        socket.send(JSON.stringify(hello));
      },
      onText: (text) => this.#inOrder(turn, () => text),
      onPacked: (bytes) => this.#inOrder(turn, () => this.#unpacked(bytes)),
      onClose: (code) => this.#closed(turn, code),
    });
    this.#socket = socket;
  }

  /** A packed frame takes a moment: what comes behind it waits. */
  #inOrder(turn: number, frame: () => string | Promise<string>): void {
    if (turn !== this.#try) return;
    this.#lastHeardMs = this.#options.runtime.nowMs();
    const take = (text: string): void => {
      if (turn === this.#try) this.#heard(turn, text);
    };
    const text = frame();
    if (typeof text === 'string' && !this.#unpacking) return take(text);
    const mine = (this.#unpacking ?? Promise.resolve())
      .then(async () => take(await text))
      .catch(() => this.#lost(turn, 'malformed'))
      .finally(() => {
        if (this.#unpacking === mine) this.#unpacking = undefined;
      });
    this.#unpacking = mine;
  }

  #unpacked(bytes: Uint8Array<ArrayBuffer>): Promise<string> {
    return this.#options.packing?.unpack(bytes) ?? Promise.reject(new Error('not asked for'));
  }

  #heard(turn: number, text: string): void {
    this.#lastHeardMs = this.#options.runtime.nowMs();
    let message: RelayMessage;
    try {
      message = parseRelayMessage(text);
    } catch {
      // A newer relay says things that this version does not know.
      this.#lost(turn, 'update-needed');
      return;
    }
    if (message.t === 'welcome') {
      this.#packs = message.packs === true && this.#options.packing !== undefined;
      this.#welcomed(turn);
    }
    this.#options.onMessage(message);
  }

  #welcomed(turn: number): void {
    if (this.#state === 'online') return;
    this.#disarm();
    this.#onlineSinceMs = this.#options.runtime.nowMs();
    this.#set('online', undefined);
    this.#beat(turn);
  }

  /** Asks for a sign of life every `heartbeatMs`, and gives the socket up after `silenceMs` without one. */
  #beat(turn: number): void {
    const { runtime } = this.#options;
    // A device clock that was set back must not make a dead socket look young.
    if (runtime.nowMs() < this.#lastHeardMs) this.#lastHeardMs = runtime.nowMs();
    const silentMs = runtime.nowMs() - this.#lastHeardMs;
    if (silentMs >= silenceMs) return this.#lost(turn, 'relay-unreachable');
    this.#ping();
    const waitMs = Math.max(1, Math.min(heartbeatMs, silenceMs - silentMs));
    this.#cancelBeat = runtime.after(waitMs, () => this.#beat(turn));
  }

  #probe(withinMs: number): void {
    const turn = this.#try;
    const askedMs = this.#options.runtime.nowMs();
    this.#ping();
    this.#arm(withinMs, () => {
      if (this.#lastHeardMs < askedMs) this.#lost(turn, 'relay-unreachable');
    });
  }

  #ping(): void {
    this.send({ t: 'ping', requestId: this.#pingId++ });
  }

  #closed(turn: number, code: number): void {
    if (turn !== this.#try || !this.#running) return;
    if (code === closeCodes.signedOut) this.#signedOut();
    else this.#lost(turn, reasonByCode[code] ?? 'relay-unreachable');
  }

  #lost(turn: number, reason: ErrorCode): void {
    if (turn !== this.#try || !this.#running) return;
    const { runtime } = this.#options;
    const wasOnline = this.#state === 'online';
    const steady = wasOnline && runtime.nowMs() - this.#onlineSinceMs >= steadyMs;
    this.#drop();
    if (steady) this.#failures = 0;
    // The first try after a loss is quick and mostly works: only when it fails too the person is told 'offline'.
    this.#set(wasOnline && reason === 'relay-unreachable' ? 'connecting' : 'offline', reason);
    const waitMs = slow.has(reason) ? slowRetryMs : backoffMs(syncBackoff, this.#failures, runtime.random);
    this.#failures += 1;
    this.#arm(waitMs, () => void this.#attempt());
  }

  #signedOut(): void {
    this.stop();
    this.#options.onSignedOut();
  }

  #drop(): void {
    this.#try += 1;
    this.#disarm();
    this.#cancelBeat?.();
    this.#cancelBeat = undefined;
    this.#socket?.close();
    this.#socket = undefined;
    this.#packs = false;
    this.#unpacking = undefined;
  }

  #arm(ms: number, work: () => void): void {
    this.#disarm();
    this.#cancelTimer = this.#options.runtime.after(ms, work);
  }

  #disarm(): void {
    this.#cancelTimer?.();
    this.#cancelTimer = undefined;
  }

  #set(state: LinkState, reason: ErrorCode | undefined): void {
    if (this.#state === state && this.#reason === reason) return;
    this.#state = state;
    this.#reason = reason;
    this.#options.onState(state, reason);
  }
}

/** Code users and guests have the Directory of the organization, asked for when they are told to (P26). */
export function streamsFor(person: Person): StreamKind[] {
  return person.kind === 'employee' ? [...streamKinds] : ['session', 'ticket'];
}

const reasonByCode: Partial<Record<number, ErrorCode>> = {
  [closeCodes.updateNeeded]: 'update-needed',
  [closeCodes.tooMany]: 'too-many-requests',
  [closeCodes.notFound]: 'not-found',
  [closeCodes.tooLarge]: 'too-large',
};

const slow: ReadonlySet<ErrorCode> = new Set(['update-needed']);
