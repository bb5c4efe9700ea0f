import type { Logger } from 'pino';
import { Emitter } from '#domain/emitter.ts';
import type { ErrorCode } from '#domain/error-codes.ts';
import { isId, type CommandId, type OrganizationId } from '#domain/ids.ts';
import type { Organization } from '#domain/organization/organization.ts';
import {
  commandTypes,
  parseStreamCommand,
  type KindedCommand,
  type StreamEvent,
  type StreamId,
  type StreamKind,
} from '#domain/protocol/streams.ts';
import type { CommandOutcome } from '#domain/protocol/sync-messages.ts';
import { refuse, type Result } from '#domain/result.ts';
import type { Person, Subject } from '#domain/session/subject.ts';
import type { Clock } from '../ports.ts';
import type { AcceptedCommand, RelayStorage, StreamItem } from '../storage/relay-storage.ts';
import { Batch, type Job } from './batch.ts';
import { StreamCache, type LoadedStream } from './stream-cache.ts';
import type { AnyCommand } from './stream-rules.ts';
import { seqFor, traceOf } from './stream-view.ts';
import type { Verdict } from './verdict.ts';

/** One stream before and after a batch of events that is durable by now. */
export interface StreamChange {
  id: StreamId;
  before: LoadedStream | undefined;
  after: LoadedStream;
  events: readonly StreamEvent[];
}

/** A stream that was erased: nobody may keep a copy. */
export interface Erasure {
  id: StreamId;
  last: LoadedStream;
  position: number;
}

interface Waiting {
  job: Job;
  settle(verdict: Verdict): void;
}
/** Something that must have the streams for itself. */
interface Alone {
  alone(): Promise<void>;
}

/** As many commands share one commit at the most. */
const maxBatch = 200;

/**
 * All streams: judges commands one after the other by the rules of the domain and appends what follows from them.
 * Commands that wait together are committed together; nobody is told of anything before it is durable.
 */
export class StreamLog {
  readonly #storage: RelayStorage;
  readonly #clock: Clock;
  readonly #log: Logger;
  readonly #cache: StreamCache;
  readonly #changes: Emitter<[StreamChange]>;
  readonly #erasures: Emitter<[Erasure]>;
  readonly #queue: (Waiting | Alone)[] = [];
  #running: Promise<void> | undefined;
  #head = 0;

  constructor(storage: RelayStorage, clock: Clock, log: Logger) {
    this.#storage = storage;
    this.#clock = clock;
    this.#log = log;
    this.#cache = new StreamCache(storage.events);
    const fault = (error: unknown) => log.error({ err: error }, 'listener of the log');
    this.#changes = new Emitter(fault);
    this.#erasures = new Emitter(fault);
  }

  async start(): Promise<void> {
    this.#head = await this.#storage.events.head();
  }

  /** The position of the newest event that everybody has been told of. */
  get head(): number {
    return this.#head;
  }

  /** The stream with all its events and what they fold to; undefined for none, and for an erased one. */
  load(id: StreamId): Promise<LoadedStream | undefined> {
    return this.#cache.get(id);
  }

  async organization(id: OrganizationId): Promise<Organization | undefined> {
    const loaded = await this.#cache.get(id);
    return loaded?.kind === 'organization' ? (loaded.state as Organization) : undefined;
  }

  isErased(id: StreamId): Promise<boolean> {
    return this.#storage.events.isErased(id);
  }

  streamOf(item: StreamItem): Promise<StreamId | undefined> {
    return this.#storage.events.streamOf(item);
  }

  onChange(listener: (change: StreamChange) => void): () => void {
    return this.#changes.on(listener);
  }

  onErased(listener: (erasure: Erasure) => void): () => void {
    return this.#erasures.on(listener);
  }

  /** Something that the relay does itself, or in a person's name; judged by the same rules. */
  submit(
    kind: StreamKind,
    streamId: StreamId,
    command: AnyCommand,
    subject: Subject = { kind: 'relay' },
  ): Promise<Verdict> {
    return this.#enqueue({ kind, streamId, subject, command });
  }

  /** Judges what a person proposes, in the given order. Each is parsed and answered by itself; never throws. */
  async propose(person: Person, proposals: readonly unknown[]): Promise<CommandOutcome[]> {
    return Promise.all(proposals.map((proposal) => this.#proposeOne(person, proposal)));
  }

  /**
   * Destroys a stream with everything that belongs to it. Resolves with the names of the blobs' files to remove;
   * none where there was nothing to erase.
   */
  erase(id: StreamId, summary: unknown): Promise<string[]> {
    return new Promise((resolve, reject) => {
      const alone = async () => {
        try {
          const last = await this.#cache.get(id);
          const trace = last && traceOf(last);
          const erased = await this.#storage.events.erase(id, this.#clock.nowMs(), summary, trace);
          this.#cache.drop(id);
          if (erased && last) {
            this.#head = Math.max(this.#head, erased.position);
            this.#erasures.emit({ id, last, position: erased.position });
          }
          resolve(erased?.fileNames ?? []);
        } catch (error) {
          reject(error as Error);
        }
      };
      this.#push({ alone });
    });
  }

  /** Waits until everything that was submitted is settled. */
  async idle(): Promise<void> {
    while (this.#running) await this.#running;
  }

  async #proposeOne(person: Person, proposal: unknown): Promise<CommandOutcome> {
    const read = readCommand(proposal);
    if (!read.ok) return { ok: false, commandId: idOf(proposal), reason: read.reason };
    const { kind, command } = read.value;
    const { id, streamId } = command;
    const verdict = await this.#enqueue({ kind, streamId, subject: person, command, commandId: id });
    if (!verdict.ok) return { ok: false, commandId: id, reason: verdict.reason };
    const stream = await this.#cache.get(streamId);
    const seq = stream ? seqFor(person, stream, verdict.value.seq) : verdict.value.seq;
    return { ok: true, commandId: id, seq };
  }

  #enqueue(job: Job): Promise<Verdict> {
    return new Promise((settle) => this.#push({ job, settle }));
  }

  #push(one: Waiting | Alone): void {
    this.#queue.push(one);
    this.#running ??= this.#run();
  }

  async #run(): Promise<void> {
    // Whoever submits in the same turn shares the commit.
    await Promise.resolve();
    for (let next = this.#queue[0]; next; next = this.#queue[0]) {
      if ('alone' in next) {
        this.#queue.shift();
        await next.alone();
        continue;
      }
      const jobs: Waiting[] = [];
      for (const one of this.#queue) {
        if ('alone' in one || jobs.length >= maxBatch) break;
        jobs.push(one);
      }
      this.#queue.splice(0, jobs.length);
      await this.#process(jobs);
    }
    this.#running = undefined;
  }

  async #process(jobs: Waiting[], again = true): Promise<void> {
    const verdicts: Verdict[] = [];
    const known = new Map<CommandId, AcceptedCommand>();
    const batch = new Batch({ storage: this.#storage, cache: this.#cache, clock: this.#clock }, known);
    try {
      const ids = jobs.flatMap(({ job }) => job.commandId ?? []);
      for (const one of await this.#storage.events.findCommands(ids)) known.set(one.commandId, one);
      for (const { job } of jobs) verdicts.push(await batch.judge(job));
      if (await this.#commit(batch)) {
        for (const [index, { settle }] of jobs.entries()) settle(verdicts[index] ?? refuse('internal'));
        return;
      }
      // Another relay on the same database was faster: look again, each by itself.
      for (const id of batch.ids()) this.#cache.drop(id);
    } catch (error) {
      this.#log.error({ err: error }, 'append');
      const reason = isFull(error) ? 'storage-full' : 'internal';
      for (const { settle } of jobs) settle(refuse(reason));
      return;
    }
    if (again) for (const job of jobs) await this.#process([job], false);
    else for (const { settle } of jobs) settle(refuse('stale'));
  }

  async #commit(batch: Batch): Promise<boolean> {
    const entries = batch.entries();
    if (entries.length === 0) return true;
    const result = await this.#storage.events.append(entries);
    if (!result.ok) return false;
    const changes: StreamChange[] = [];
    for (const [index, { streamId }] of entries.entries()) {
      const staged = batch.staged(streamId);
      const events = result.events[index] ?? [];
      if (!staged?.state || events.length === 0) continue;
      const all = [...(staged.before?.events ?? []), ...events];
      const after = { kind: staged.kind, state: staged.state, events: all };
      this.#cache.put(streamId, after);
      changes.push({ id: streamId, before: staged.before, after, events });
    }
    // Everything is in its place before anybody looks.
    for (const change of changes) {
      this.#head = Math.max(this.#head, change.events.at(-1)?.position ?? 0);
      this.#changes.emit(change);
    }
    return true;
  }
}

function readCommand(input: unknown): Result<KindedCommand, ErrorCode> {
  try {
    return { ok: true, value: parseStreamCommand(input) };
  } catch {
    return refuse(isKnownType(input) ? 'malformed' : 'unknown-command');
  }
}

const commandType =
  /^(session|call|screenshot|chat|note|rating|ticket|organization|employee|device|customer|assistant)\.[a-z-]{1,30}$/;

/** A command from a newer client has a proper type that this relay does not know; anything else is malformed. */
function isKnownType(input: unknown): boolean {
  const type = typeof input === 'object' && input !== null ? (input as { type?: unknown }).type : undefined;
  return typeof type !== 'string' || commandTypes.has(type) || !commandType.test(type);
}

function idOf(input: unknown): string {
  const id = typeof input === 'object' && input !== null ? (input as { id?: unknown }).id : undefined;
  return isId(id) ? id : '';
}

function isFull(error: unknown): boolean {
  const { code } = (error ?? {}) as { code?: unknown };
  return code === 'SQLITE_FULL' || code === 'ENOSPC';
}
