import { Emitter } from '#domain/emitter.ts';
import type { StreamId, StreamKind } from '#domain/protocol/streams.ts';
import type { OutboxItem, PersonStore } from '../storage/person-store.ts';
import type { StateOf } from '../storage/stream-states.ts';

/** What a view reads. */
export interface ViewStore {
  replica: Pick<PersonStore['replica'], 'watch' | 'get'>;
  watchOutbox(listener: (items: OutboxByKind) => void): () => void;
}

/** Kept commands by the kind of stream that they are for, each list in order. */
export type OutboxByKind = Record<StreamKind, OutboxItem[]>;

/** A stream as its person sees it here: what was accepted, and their own commands on their way on top. */
interface StreamEntry<K extends StreamKind> {
  readonly state: StateOf<K>;
  /** Accepted events alone; undefined while the relay has not accepted the first. */
  readonly confirmed: StateOf<K> | undefined;
  /** Own commands that have not arrived yet, in order. */
  readonly pending: readonly OutboxItem[];
  /** Whether something with this id (a message, screenshot, call or command) is still on its way. */
  isPending(id: string): boolean;
}

export interface StreamViewRules<K extends StreamKind, E extends { pending: readonly OutboxItem[] }> {
  kind: K;
  /** The state with own commands on top; undefined where there is nothing to show. */
  fold(confirmed: StateOf<K> | undefined, pending: readonly OutboxItem[]): StateOf<K> | undefined;
  entry(entry: StreamEntry<K>): E;
  updatedAtMs(entry: E): number;
}

/**
 * All streams of one kind of one person on this device, in memory, kept up to date from the store: whichever tab
 * writes, every tab's view follows.
 */
export class StreamView<K extends StreamKind, E extends { pending: readonly OutboxItem[] }> {
  readonly #store: ViewStore;
  readonly #rules: StreamViewRules<K, E>;
  readonly #changed = new Emitter();
  readonly #confirmed = new Map<StreamId, StateOf<K>>();
  readonly #stops: (() => void)[] = [];
  #outbox: OutboxItem[] = [];
  #byStream = new Map<StreamId, OutboxItem[]>();
  #entries = new Map<StreamId, E>();
  #list: E[] | undefined;
  #waitingFor = 2;
  /** Counts what the outbox has told: only the newest is followed. */
  #turn = 0;

  constructor(store: ViewStore, rules: StreamViewRules<K, E>) {
    this.#store = store;
    this.#rules = rules;
    const counted = this.#firstOf();
    const countedToo = this.#firstOf();
    this.#stops.push(
      store.replica.watch(rules.kind, ({ changed, gone, partial }) => {
        if (!partial) counted();
        for (const state of changed) this.#put(state);
        for (const id of gone) this.#forget(id);
        this.#tell();
      }),
      store.watchOutbox((items) => {
        countedToo();
        this.#arrive(items[rules.kind]);
      }),
    );
  }

  /** What is kept on this device has been read. */
  get loaded(): boolean {
    return this.#waitingFor === 0;
  }

  /** Every command for such a stream that this device keeps, in order. */
  get outbox(): readonly OutboxItem[] {
    return this.#outbox;
  }

  /** All streams, the one that changed last first. */
  get list(): readonly E[] {
    if (!this.#list) {
      const ids = new Set([...this.#confirmed.keys(), ...this.#byStream.keys()]);
      this.#list = [...ids]
        .flatMap((id) => this.get(id) ?? [])
        .sort((a, b) => this.#rules.updatedAtMs(b) - this.#rules.updatedAtMs(a));
    }
    return this.#list;
  }

  get(id: StreamId): E | undefined {
    const known = this.#entries.get(id);
    if (known) return known;
    const entry = this.#entryOf(id);
    if (entry) this.#entries.set(id, entry);
    return entry;
  }

  confirmed(id: StreamId): StateOf<K> | undefined {
    return this.#confirmed.get(id);
  }

  /** All that the relay has accepted. */
  allConfirmed(): IterableIterator<StateOf<K>> {
    return this.#confirmed.values();
  }

  onChange(listener: () => void): () => void {
    return this.#changed.on(listener);
  }

  /** A command that this tab has just kept: shown at once, before the store tells of it. */
  keep(item: OutboxItem): void {
    if (this.#outbox.some((one) => one.id === item.id)) return;
    this.#outbox = [...this.#outbox, item];
    this.#byStream.set(item.streamId, [...(this.#byStream.get(item.streamId) ?? []), item]);
    this.#entries.delete(item.streamId);
    this.#tell();
  }

  /** What own commands are judged by has changed: what they will do is worked out again. */
  refresh(): void {
    this.judgeAgain();
    this.#tell();
  }

  /** The same, without telling anybody. */
  judgeAgain(): void {
    for (const id of this.#byStream.keys()) this.#entries.delete(id);
    if (this.#byStream.size > 0) this.#list = undefined;
  }

  close(): void {
    for (const stop of this.#stops) stop();
  }

  #firstOf(): () => void {
    let first = true;
    return () => {
      if (first) this.#waitingFor -= 1;
      first = false;
    };
  }

  #put(state: StateOf<K>): void {
    this.#confirmed.set(state.id, state);
    this.#entries.delete(state.id);
  }

  #forget(id: StreamId): void {
    this.#confirmed.delete(id);
    this.#entries.delete(id);
  }

  /**
   * A command leaves the outbox together with the arrival of its event, but the two are told one after the other.
   * The event is taken first: without it the stream would for a moment be what it was before the command.
   */
  #arrive(items: OutboxItem[]): void {
    // Nothing here concerns this kind: what others keep says nothing new.
    if (items.length === 0 && this.#outbox.length === 0) return this.#tellOnce();
    this.#turn += 1;
    const turn = this.#turn;
    // Growing is the usual case with a long outbox, and needs no comparing.
    const grows = this.#outbox.every((item, at) => item.id === items[at]?.id);
    const kept = new Set(grows ? [] : items.map((item) => item.id));
    const left = (grows ? [] : [...this.#byStream])
      .filter(([, pending]) => pending.some((item) => !kept.has(item.id)))
      .map(([id]) => id);
    const follow = (): void => {
      if (turn !== this.#turn) return;
      this.#follow(items);
      this.#tell();
    };
    if (left.length === 0) return follow();
    Promise.all(left.map((id) => this.#store.replica.get(this.#rules.kind, id))).then((states) => {
      for (const state of states)
        if (state && state.seq > (this.#confirmed.get(state.id)?.seq ?? 0)) this.#put(state);
      follow();
    }, follow);
  }

  #follow(items: OutboxItem[]): void {
    const before = this.#byStream;
    this.#outbox = items;
    this.#byStream = new Map();
    for (const item of items) {
      if (item.state === 'refused') continue;
      const list = this.#byStream.get(item.streamId);
      if (list) list.push(item);
      else this.#byStream.set(item.streamId, [item]);
    }
    for (const id of new Set([...before.keys(), ...this.#byStream.keys()]))
      if (!isSame(before.get(id) ?? [], this.#byStream.get(id) ?? [])) this.#entries.delete(id);
  }

  /** The first word of the outbox is news, whatever it says: loading may be over. */
  #tellOnce(): void {
    if (this.#turn > 0) return;
    this.#turn = 1;
    this.#tell();
  }

  #tell(): void {
    this.#list = undefined;
    this.#changed.emit();
  }

  #entryOf(id: StreamId): E | undefined {
    const confirmed = this.#confirmed.get(id);
    const pending = this.#byStream.get(id) ?? [];
    const state = this.#rules.fold(confirmed, pending);
    if (!state) return undefined;
    const ids = new Set(pending.flatMap((item) => idsOf(item)));
    return this.#rules.entry({ state, confirmed, pending, isPending: (one) => ids.has(one) });
  }
}

/** The same commands in the same standing. */
function isSame(one: readonly OutboxItem[], other: readonly OutboxItem[]): boolean {
  return (
    one.length === other.length &&
    one.every((item, at) => item.id === other[at]?.id && item.state === other[at].state)
  );
}

/** The command and what it makes. */
function idsOf({ id, command }: OutboxItem): string[] {
  switch (command.type) {
    case 'chat.send':
    case 'ticket.send':
      return [id, command.payload.messageId];
    case 'ticket.send-file':
      return [id, command.payload.messageId, command.payload.file.itemId];
    case 'screenshot.take':
      return [id, command.payload.screenshotId];
    case 'call.start':
      return [id, command.payload.callId];
    default:
      return [id];
  }
}
