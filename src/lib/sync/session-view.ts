import type { SessionId } from '#domain/ids.ts';
import type { Directory } from '#domain/protocol/directory.ts';
import { decide, type DecideContext } from '#domain/session/decide.ts';
import type { SessionEvent } from '#domain/session/events.ts';
import { applyEvent } from '#domain/session/fold.ts';
import { actorOf } from '#domain/session/subject.ts';
import type { VideoSession } from '#domain/session/video-session.ts';
import type { OutboxItem, PersonStore } from '../storage/person-store.ts';
import { Emitter } from '#domain/emitter.ts';
import { localContext } from '#domain/session/directory-context.ts';

/** A session as its person sees it here: what was accepted, and their own commands on their way on top. */
export interface SessionEntry {
  readonly session: VideoSession;
  /** Accepted events alone; undefined while the relay has not accepted the first. */
  readonly confirmed: VideoSession | undefined;
  /** Own commands that have not arrived yet, in order. */
  readonly pending: readonly OutboxItem[];
  /** Whether a message, screenshot, call or command with this id is still on its way. */
  isPending(id: string): boolean;
}

/**
 * All sessions of one person on this device, in memory, kept up to date from the store: whichever tab writes, every
 * tab's view follows.
 */
export class SessionView {
  readonly #store: PersonStore;
  readonly #directory: () => Directory;
  readonly #nowMs: () => number;
  readonly #changed = new Emitter();
  readonly #confirmed = new Map<SessionId, VideoSession>();
  readonly #stops: (() => void)[] = [];
  #outbox: OutboxItem[] = [];
  #byStream = new Map<SessionId, OutboxItem[]>();
  #entries = new Map<SessionId, SessionEntry>();
  #list: SessionEntry[] | undefined;
  #waitingFor = 2;
  /** Counts what the outbox has told: only the newest is followed. */
  #turn = 0;

  constructor(store: PersonStore, directory: () => Directory, nowMs: () => number) {
    this.#store = store;
    this.#directory = directory;
    this.#nowMs = nowMs;
    const counted = this.#firstOf();
    const countedToo = this.#firstOf();
    this.#stops.push(
      store.replica.watch(({ changed, gone }) => {
        counted();
        for (const session of changed) this.#put(session);
        for (const id of gone) this.#forget(id);
        this.#tell();
      }),
      store.outbox.watch((items) => {
        countedToo();
        this.#arrive(items);
      }),
    );
  }

  /** What is kept on this device has been read. */
  get loaded(): boolean {
    return this.#waitingFor === 0;
  }

  /** Every command that this device keeps, in order. */
  get outbox(): readonly OutboxItem[] {
    return this.#outbox;
  }

  /** All sessions, the one that changed last first. */
  get list(): readonly SessionEntry[] {
    if (!this.#list) {
      const ids = new Set([...this.#confirmed.keys(), ...this.#byStream.keys()]);
      this.#list = [...ids]
        .flatMap((id) => this.get(id) ?? [])
        .sort((a, b) => b.session.updatedAtMs - a.session.updatedAtMs);
    }
    return this.#list;
  }

  get(id: SessionId): SessionEntry | undefined {
    const known = this.#entries.get(id);
    if (known) return known;
    const entry = this.#entryOf(id);
    if (entry) this.#entries.set(id, entry);
    return entry;
  }

  confirmed(id: SessionId): VideoSession | undefined {
    return this.#confirmed.get(id);
  }

  onChange(listener: () => void): () => void {
    return this.#changed.on(listener);
  }

  /** The directory has changed: what own commands will do is worked out again. */
  refresh(): void {
    this.#entries = new Map();
    this.#tell();
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

  #put(session: VideoSession): void {
    this.#confirmed.set(session.id, session);
    this.#entries.delete(session.id);
  }

  #forget(id: SessionId): void {
    this.#confirmed.delete(id);
    this.#entries.delete(id);
  }

  /**
   * A command leaves the outbox together with the arrival of its event, but the two are told one after the other.
   * The event is taken first: without it the session would for a moment be what it was before the command.
   */
  #arrive(items: OutboxItem[]): void {
    this.#turn += 1;
    const turn = this.#turn;
    const kept = new Set(items.map((item) => item.id));
    const left = [...this.#byStream]
      .filter(([, pending]) => pending.some((item) => !kept.has(item.id)))
      .map(([id]) => id);
    const follow = (): void => {
      if (turn !== this.#turn) return;
      this.#follow(items);
      this.#tell();
    };
    if (left.length === 0) return follow();
    Promise.all(left.map((id) => this.#store.replica.session(id))).then((sessions) => {
      for (const session of sessions) {
        if (session && session.seq > (this.#confirmed.get(session.id)?.seq ?? 0)) this.#put(session);
      }
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
    for (const id of new Set([...before.keys(), ...this.#byStream.keys()])) this.#entries.delete(id);
  }

  #tell(): void {
    this.#list = undefined;
    this.#changed.emit();
  }

  #entryOf(id: SessionId): SessionEntry | undefined {
    const confirmed = this.#confirmed.get(id);
    const pending = this.#byStream.get(id) ?? [];
    const session = foldPending(confirmed, pending, localContext(this.#directory(), this.#nowMs()));
    if (!session) return undefined;
    const ids = new Set(pending.flatMap((item) => idsOf(item)));
    return { session, confirmed, pending, isPending: (one) => ids.has(one) };
  }
}

/**
 * The session as it will be if the relay accepts what is on its way. Commands that this device would refuse are left
 * out: the relay's word on them comes later. The sequence numbers of own steps are provisional.
 */
function foldPending(
  confirmed: VideoSession | undefined,
  pending: readonly OutboxItem[],
  context: DecideContext,
): VideoSession | undefined {
  let session = confirmed;
  for (const { command } of pending) {
    const decision = decide(session, command, { ...context, nowMs: command.clientAtMs });
    if (!decision.ok) continue;
    for (const body of decision.value) {
      const event: SessionEvent = {
        ...body,
        streamId: command.streamId,
        seq: (session?.seq ?? 0) + 1,
        position: 0,
        commandId: command.id,
        actor: actorOf(context.subject),
        atMs: command.clientAtMs,
      };
      session = applyEvent(session, event);
    }
  }
  return session;
}

function idsOf({ id, command }: OutboxItem): string[] {
  switch (command.type) {
    case 'chat.send':
      return [id, command.payload.messageId];
    case 'screenshot.take':
      return [id, command.payload.screenshotId];
    case 'call.start':
      return [id, command.payload.callId];
    default:
      return [id];
  }
}
