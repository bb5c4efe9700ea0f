import type { Logger } from 'pino';
import { TokenBucket } from '#domain/protocol/token-bucket.ts';
import { packFrame, unpackFrame } from '../wire/packed-frame.ts';
import type { LiveSocket } from '../wire/socket-door.ts';
import type { Directory } from '#domain/protocol/directory.ts';
import type { StreamEvent, StreamId, StreamKind } from '#domain/protocol/streams.ts';
import { parseClientMessage, type ClientMessage, type RelayMessage } from '#domain/protocol/sync-messages.ts';
import { closeCodes, protocolVersion, worthPacking } from '#domain/protocol/version.ts';
import type { Person } from '#domain/session/subject.ts';
import type { PeopleService, SignedIn } from '../people/people-service.ts';
import type { Clock } from '../ports.ts';
import type { EventStore, StreamScope } from '../storage/relay-storage.ts';
import type { CallPresenceService, PresenceSocket } from '../streams/call-presence.ts';
import type { LoadedStream } from '../streams/stream-cache.ts';
import type { Erasure, StreamChange, StreamLog } from '../streams/stream-log.ts';
import { rulesOf } from '../streams/stream-rules.ts';
import { hearsOfErasure, streamAt, viewChange, viewOf } from '../streams/stream-view.ts';

export interface SyncParts {
  streams: StreamLog;
  events: EventStore;
  people: PeopleService;
  presence: CallPresenceService;
  clock: Clock;
  log: Logger;
  /** What a replica is told to be built on, for this scope. */
  epochFor(replicaScope: string): string;
  /** What the person may know of the organization now. */
  directoryFor(person: Person): Promise<Directory | undefined>;
}

/** Frames that may wait for their turn. A client that does not wait for answers gets no further. */
const maxWaiting = 64;
/** Size of one frame with events, in characters; well below the frame limit also with umlauts. */
const maxEventsText = 30_000;
/** Events of one step of the catching up. */
const windowEvents = 1000;
/** Above this the receiver is behind, in bytes. */
const behindBytes = 256 * 1024;
const liveRate = { perSecond: 120, burst: 240 };
/** A packed frame is more work than it looks: a few of them are a whole day without a link. */
const packedRate = { perSecond: 10, burst: 40 };
/** Says nothing about the command itself (P34). */
const passing: ReadonlySet<string> = new Set(['storage-full', 'internal', 'too-many-requests']);
/** Size of one packed frame with events before it is packed, in characters. */
const maxPackedText = 250_000;

/** One client on /sockets/sync: what it says, and what it is told. Rules: docs/protocol.md. */
export class SyncConnection implements PresenceSocket {
  readonly #parts: SyncParts;
  readonly #live: LiveSocket;
  readonly #signInId: string;
  readonly #liveBucket = new TokenBucket(liveRate, performance.now());
  readonly #packedBucket = new TokenBucket(packedRate, performance.now());
  #person: Person;
  #epoch: string | undefined;
  #state: 'new' | 'catching-up' | 'live' = 'new';
  #cursor = 0;
  /** What the client follows. Sessions alone unless it says more. */
  #kinds: readonly StreamKind[] = ['session'];
  /** The newest push, unless some of its commands are to come again: then nothing may overtake them. */
  #judged: number | undefined;
  /** The client takes packed frames. */
  #packs = false;
  /** Accepted events of this turn that go out together. */
  #gathered: { events: StreamEvent[]; since: number; position: number } | undefined;
  #waiting = 0;
  #turn: Promise<void> = Promise.resolve();

  constructor(parts: SyncParts, live: LiveSocket, person: Person, signInId: string) {
    this.#parts = parts;
    this.#live = live;
    this.#person = person;
    this.#signInId = signInId;
    live.onFrame((data, isBinary) => this.#onFrame(data, isBinary));
    live.onClose(() => parts.presence.leave(this));
  }

  get signInId(): string {
    return this.#signInId;
  }

  get organizationId(): string {
    return this.#person.organizationId;
  }

  get isOpen(): boolean {
    return this.#live.isOpen;
  }

  send(message: RelayMessage): void {
    this.#flush();
    this.#write(message);
  }

  sendLossy(message: RelayMessage): boolean {
    if (this.#live.bufferedBytes > behindBytes) return false;
    this.send(message);
    return true;
  }

  /**
   * Looks the person's rights up anew, and with `tell` says what the person may know now. Ends the connection when the
   * sign-in is over or others are visible now.
   */
  async refresh(tell = false): Promise<boolean> {
    const signedIn = await this.#parts.people.signedIn(this.#signInId);
    if (!signedIn) {
      this.#live.close(closeCodes.signedOut, 'not-signed-in');
      return false;
    }
    this.#person = signedIn.person;
    const hasChanged = this.#epoch !== undefined && this.#epoch !== this.#epochOf(signedIn);
    if (tell || hasChanged) await this.#tellDirectory();
    if (hasChanged) {
      // The client comes back and is told to begin anew.
      this.#live.close(closeCodes.restarting, 'rights-changed');
      return false;
    }
    return this.#live.isOpen;
  }

  /** An accepted change of a stream, in the order of positions. */
  deliver({ id, before, after, events }: StreamChange): void {
    const position = events.at(-1)?.position ?? 0;
    if (this.#state !== 'live' || position <= this.#cursor) return;
    if (this.#follows(after)) {
      const change = viewChange(this.#person, before, after);
      if (change.kind === 'gone' || change.kind === 'replace')
        this.send({ t: 'gone', streamId: id, position: change.kind === 'gone' ? position : this.#cursor });
      if (change.kind === 'append' || change.kind === 'replace') this.#gather(change.events, position);
    }
    this.#cursor = position;
  }

  /** A stream that nobody may keep a copy of. */
  forget({ id, last, position }: Erasure): void {
    if (this.#state !== 'live' || position <= this.#cursor) return;
    if (this.#follows(last) && viewOf(this.#person, last).length > 0)
      this.send({ t: 'gone', streamId: id, position });
    this.#cursor = position;
  }

  /** Says what the person may know of the organization now. Who follows sessions alone is told to ask. */
  async #tellDirectory(): Promise<void> {
    if (this.#state === 'new' || !this.#live.isOpen) return;
    if (!this.#kinds.includes('organization')) return this.send({ t: 'directory-changed' });
    const directory = await this.#parts.directoryFor(this.#person);
    if (directory) this.send({ t: 'directory', directory });
  }

  #onFrame(data: Buffer, isBinary: boolean): void {
    if (isBinary && !this.#packedBucket.take(performance.now()))
      return this.#live.close(closeCodes.tooMany, 'too-many-requests');
    const text = isBinary ? unpackFrame(data) : data.toString('utf8');
    const message = text === undefined ? undefined : parseClientMessage(text);
    if (!message) return this.#live.close(closeCodes.malformed, 'malformed');
    if ((message.t === 'hello') !== (this.#state === 'new'))
      return this.#live.close(closeCodes.malformed, 'hello comes first, and once');
    switch (message.t) {
      case 'ping':
        return this.send({ t: 'pong', requestId: message.requestId, nowMs: this.#parts.clock.nowMs() });
      case 'live':
        return this.#passOn(message);
      case 'hello':
        this.#state = 'catching-up';
        return this.#inTurn(() => this.#hello(message));
      default:
        return this.#inTurn(() => this.#handle(message));
    }
  }

  #inTurn(work: () => Promise<void>): void {
    if (this.#waiting >= maxWaiting) return this.#live.close(closeCodes.tooMany, 'too-many-requests');
    this.#waiting += 1;
    this.#turn = this.#turn
      .then(async () => {
        if (this.#live.isOpen && (await this.refresh())) await work();
      })
      .catch((error: unknown) => {
        this.#parts.log.error({ err: error }, 'sync message');
        this.send({ t: 'error', requestId: null, reason: 'internal' });
      })
      .finally(() => {
        this.#waiting -= 1;
      });
  }

  async #handle(message: Exclude<ClientMessage, { t: 'hello' | 'ping' | 'live' }>): Promise<void> {
    const { streams, presence } = this.#parts;
    switch (message.t) {
      case 'push': {
        const { requestId, commands, after } = message;
        if (after !== undefined && after !== this.#judged)
          return this.send({ t: 'error', requestId, reason: 'too-many-requests' });
        const outcomes = await streams.propose(this.#person, commands);
        const held = outcomes.some((outcome) => !outcome.ok && passing.has(outcome.reason));
        this.#judged = held ? undefined : requestId;
        if (!this.#packs) return this.send({ t: 'pushed', requestId, outcomes });
        const results = outcomes.map((outcome) => (outcome.ok ? outcome.seq : outcome.reason));
        return this.send({ t: 'judged', requestId, results });
      }
      case 'in-call': {
        const result = await presence.join(this.#person, message, this);
        if (!result.ok) this.send({ t: 'error', requestId: null, reason: result.reason });
        if (!this.#live.isOpen) presence.leave(this);
        return;
      }
      case 'out-of-call':
        return presence.leave(this, message.callId);
    }
  }

  #passOn(message: Extract<ClientMessage, { t: 'live' }>): void {
    if (!this.#liveBucket.take(performance.now())) return;
    this.#parts.presence
      .passOn(this.#person, this, message.callId, message.data)
      .catch((error: unknown) => this.#parts.log.error({ err: error }, 'live bytes'));
  }

  async #hello(hello: Extract<ClientMessage, { t: 'hello' }>): Promise<void> {
    if (hello.version > protocolVersion || hello.version < protocolVersion - 1)
      return this.#live.close(closeCodes.updateNeeded, 'update-needed');
    const signedIn = await this.#parts.people.signedIn(this.#signInId);
    if (!signedIn) return this.#live.close(closeCodes.signedOut, 'not-signed-in');
    this.#kinds = hello.streams ?? this.#kinds;
    this.#packs = hello.packs ?? false;
    this.#epoch = this.#epochOf(signedIn);
    // A replica that is ahead of the relay was made before a backup was restored.
    const reset =
      hello.epoch !== null && (hello.epoch !== this.#epoch || hello.position > this.#parts.streams.head);
    this.#cursor = hello.epoch === null || reset ? 0 : hello.position;
    this.send({
      t: 'welcome',
      version: protocolVersion,
      epoch: this.#epoch,
      reset,
      nowMs: this.#parts.clock.nowMs(),
      ...(this.#packs ? { packs: true } : {}),
    });
    await this.#catchUp();
  }

  /** A replica of other kinds of streams is another one. */
  #epochOf({ replicaScope }: SignedIn): string {
    const kinds = [...new Set(this.#kinds)].sort().join();
    return this.#parts.epochFor(kinds === 'session' ? replicaScope : `${kinds}:${replicaScope}`);
  }

  /** Sends what is new since the cursor, step by step, until the head is reached; from then on live. */
  async #catchUp(): Promise<void> {
    const { streams, events } = this.#parts;
    /** What of the streams was sent in this catching up: one with events in several steps goes whole in the first. */
    const sent = new Map<StreamId, LoadedStream>();
    const scope = this.#scope();
    /** Where the replica stood; what this catching up has sent is in `sent`. */
    const since = this.#cursor;
    const hadSome = (stream: LoadedStream | undefined) => stream && viewOf(this.#person, stream).length > 0;
    while (this.#live.isOpen) {
      const head = streams.head;
      if (this.#cursor >= head) {
        this.#state = 'live';
        return this.send({ t: 'events', events: [], position: this.#cursor, done: true });
      }
      const end = await events.windowEnd(scope, this.#cursor, windowEvents);
      const upTo = end === undefined ? head : Math.min(end, head);
      const changed = await events.changedStreams(scope, this.#cursor, upTo);
      for (const { id, erased, trace } of changed) {
        if (!erased) await this.#catchUpWith(id, this.#cursor, sent);
        else if (hadSome(sent.get(id)) ?? hearsOfErasure(this.#person, trace, since))
          this.send({ t: 'gone', streamId: id, position: this.#cursor });
        await this.#drained();
      }
      this.#cursor = upTo;
      if (changed.length > 0) this.send({ t: 'events', events: [], position: upTo, done: false });
    }
  }

  async #catchUpWith(id: StreamId, since: number, sent: Map<StreamId, LoadedStream>): Promise<void> {
    const loaded = await this.#parts.streams.load(id);
    if (!loaded) return;
    const change = viewChange(this.#person, sent.get(id) ?? streamAt(loaded, since), loaded);
    sent.set(id, loaded);
    if (change.kind === 'gone' || change.kind === 'replace')
      this.send({ t: 'gone', streamId: id, position: since });
    if (change.kind === 'append' || change.kind === 'replace')
      this.#sendEvents(change.events, since, since, false);
  }

  /** Accepted events of several streams that are told in one turn go in one frame: a batch of commands is one. */
  #gather(events: readonly StreamEvent[], position: number): void {
    if (!this.#gathered) setImmediate(() => this.#flush());
    this.#gathered ??= { events: [], since: this.#cursor, position };
    this.#gathered.events.push(...events);
    this.#gathered.position = position;
  }

  #flush(): void {
    const gathered = this.#gathered;
    this.#gathered = undefined;
    if (gathered) this.#sendEvents(gathered.events, gathered.since, gathered.position, true);
  }

  #write(message: RelayMessage): void {
    const text = JSON.stringify(message);
    this.#live.send(this.#packs && text.length >= worthPacking ? packFrame(text) : text);
  }

  get #maxText(): number {
    return this.#packs ? maxPackedText : maxEventsText;
  }

  /** In frames of moderate size. Only the last one moves the client's position. */
  #sendEvents(events: readonly StreamEvent[], since: number, position: number, done: boolean): void {
    const last = events.at(-1);
    let batch: StreamEvent[] = [];
    let size = 0;
    for (const event of events) {
      batch.push(this.#packs ? inPackingOrder(event) : event);
      size += JSON.stringify(event).length;
      if (size < this.#maxText && event !== last) continue;
      const isLast = event === last;
      const at = isLast ? position : since;
      this.send({ t: 'events', events: batch, position: at, done: done && isLast });
      batch = [];
      size = 0;
    }
  }

  /** Waits for a slow client, so that its whole history does not wait in memory. */
  async #drained(): Promise<void> {
    while (this.#live.isOpen && this.#live.bufferedBytes > behindBytes)
      await new Promise((resolve) => setTimeout(resolve, 20));
  }

  #follows(stream: LoadedStream): boolean {
    return (
      this.#kinds.includes(stream.kind) &&
      rulesOf(stream.kind).index(stream.state).organizationId === this.#person.organizationId
    );
  }

  #scope(): StreamScope {
    const { organizationId } = this.#person;
    const scope = { organizationId, kinds: this.#kinds };
    return this.#person.kind === 'codeUser' ? { ...scope, deviceId: this.#person.deviceId } : scope;
  }
}

/** What is the same in event after event stands together: it packs smaller. */
function inPackingOrder(event: StreamEvent): StreamEvent {
  const { streamId, actor, atMs, type, commandId, payload, seq, position } = event;
  const own = commandId === undefined ? {} : { commandId };
  return { streamId, actor, atMs, type, ...own, payload, seq, position } as StreamEvent;
}
