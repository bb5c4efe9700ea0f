import type { Logger } from 'pino';
import type { ErrorCode } from '#domain/error-codes.ts';
import { isId, type CommandId, type SessionId } from '#domain/ids.ts';
import type { CommandOutcome } from '#domain/protocol/sync-messages.ts';
import { refuse, type Result } from '#domain/result.ts';
import {
  parseSessionCommand,
  sessionCommandBodies,
  type RelayCommand,
  type SessionCommand,
} from '#domain/session/commands.ts';
import { nextDeadline } from '#domain/session/deadlines.ts';
import { decide, type Decision } from '#domain/session/decide.ts';
import type { SessionEvent, SessionEventBody } from '#domain/session/events.ts';
import { applyEvent } from '#domain/session/fold.ts';
import { actorOf, type Person, type Subject } from '#domain/session/subject.ts';
import { liveCall, type VideoSession } from '#domain/session/video-session.ts';
import { Listeners } from '../listeners.ts';
import type { Clock, Sessions } from '../ports.ts';
import type {
  AcceptedCommand,
  AppendEntry,
  NewEvent,
  RelayStorage,
  SessionIndex,
  SessionItem,
} from '../storage/relay-storage.ts';
import { contextFor } from './command-context.ts';
import { SessionCache, type LoadedSession } from './session-cache.ts';

/** One session before and after a batch of events that is durable by now. */
export interface SessionChange {
  before: VideoSession | undefined;
  after: VideoSession;
  events: SessionEvent[];
  /** The whole log, `events` at its end. */
  log: readonly SessionEvent[];
}

type Accepted = { bodies: SessionEventBody[]; seq: number };
type Verdict = Result<Accepted, ErrorCode>;

/** One command that waits for its turn. */
interface Job {
  streamId: SessionId;
  subject: Subject;
  command: SessionCommand | RelayCommand;
  /** Absent for what the relay does by itself. */
  commandId?: CommandId;
  settle(verdict: Verdict): void;
}

/** A session with what the running batch adds to it. */
interface Staged {
  before: LoadedSession | undefined;
  session: VideoSession | undefined;
  events: NewEvent[];
  commands: AcceptedCommand[];
  items: SessionItem[];
}

/** As many commands share one commit at the most. */
const maxBatch = 200;

/**
 * The sessions' logs: judges commands one after the other by the rules of the domain and appends what follows from
 * them. Commands that wait together are committed together; nobody is told of anything before it is durable.
 */
export class SessionLog implements Sessions {
  readonly #storage: RelayStorage;
  readonly #clock: Clock;
  readonly #log: Logger;
  readonly #cache: SessionCache;
  readonly #changes: Listeners<[SessionChange]>;
  readonly #queue: Job[] = [];
  #running: Promise<void> | undefined;
  #head = 0;

  constructor(storage: RelayStorage, clock: Clock, log: Logger) {
    this.#storage = storage;
    this.#clock = clock;
    this.#log = log;
    this.#cache = new SessionCache(storage.events);
    this.#changes = new Listeners((error) => log.error({ err: error }, 'listener of the log'));
  }

  async start(): Promise<void> {
    this.#head = await this.#storage.events.head();
  }

  /** The position of the newest event that everybody has been told of. */
  get head(): number {
    return this.#head;
  }

  async get(id: SessionId): Promise<VideoSession | undefined> {
    return (await this.#cache.get(id))?.session;
  }

  /** The session with its whole log. */
  load(id: SessionId): Promise<LoadedSession | undefined> {
    return this.#cache.get(id);
  }

  findByScreenshot(screenshotId: string): Promise<VideoSession | undefined> {
    return this.#find({ kind: 'screenshot', id: screenshotId });
  }

  findByCall(callId: string): Promise<VideoSession | undefined> {
    return this.#find({ kind: 'call', id: callId });
  }

  onAppended(listener: (session: VideoSession, events: SessionEvent[]) => void): () => void {
    return this.#changes.add(({ after, events }) => listener(after, events));
  }

  onChange(listener: (change: SessionChange) => void): () => void {
    return this.#changes.add(listener);
  }

  async submit(sessionId: SessionId, command: RelayCommand): Promise<Decision> {
    const verdict = await this.#enqueue({ streamId: sessionId, subject: { kind: 'relay' }, command });
    return verdict.ok ? { ok: true, value: verdict.value.bodies } : verdict;
  }

  /** Judges what a person proposes, in the given order. Each is parsed and answered by itself; never throws. */
  async propose(person: Person, proposals: readonly unknown[]): Promise<CommandOutcome[]> {
    return Promise.all(proposals.map((proposal) => this.#proposeOne(person, proposal)));
  }

  /** Waits until everything that was submitted is settled. */
  async idle(): Promise<void> {
    while (this.#running) await this.#running;
  }

  async #proposeOne(person: Person, proposal: unknown): Promise<CommandOutcome> {
    const command = readCommand(proposal);
    if (!command.ok) return { ok: false, commandId: idOf(proposal), reason: command.reason };
    const { id, streamId } = command.value;
    const verdict = await this.#enqueue({ streamId, subject: person, command: command.value, commandId: id });
    return verdict.ok
      ? { ok: true, commandId: id, seq: verdict.value.seq }
      : { ok: false, commandId: id, reason: verdict.reason };
  }

  async #find(item: SessionItem): Promise<VideoSession | undefined> {
    const id = await this.#storage.events.sessionOf(item);
    return id && this.get(id);
  }

  #enqueue(job: Omit<Job, 'settle'>): Promise<Verdict> {
    return new Promise((settle) => {
      this.#queue.push({ ...job, settle });
      this.#running ??= this.#run();
    });
  }

  async #run(): Promise<void> {
    // Whoever submits in the same turn shares the commit.
    await Promise.resolve();
    while (this.#queue.length > 0) await this.#process(this.#queue.splice(0, maxBatch));
    this.#running = undefined;
  }

  async #process(jobs: Job[], again = true): Promise<void> {
    const staged = new Map<SessionId, Staged>();
    const verdicts: Verdict[] = [];
    try {
      const known = await this.#knownCommands(jobs);
      for (const job of jobs) verdicts.push(await this.#judge(job, staged, known));
      if (await this.#commit(staged)) {
        for (const [index, job] of jobs.entries()) job.settle(verdicts[index] ?? refuse('internal'));
        return;
      }
      // Another relay on the same database was faster: look again, each by itself.
      for (const id of staged.keys()) this.#cache.drop(id);
    } catch (error) {
      this.#log.error({ err: error }, 'append');
      const reason = isFull(error) ? 'storage-full' : 'internal';
      for (const job of jobs) job.settle(refuse(reason));
      return;
    }
    if (again) for (const job of jobs) await this.#process([job], false);
    else for (const job of jobs) job.settle(refuse('stale'));
  }

  async #knownCommands(jobs: Job[]): Promise<Map<CommandId, AcceptedCommand>> {
    const ids = jobs.flatMap((job) => job.commandId ?? []);
    const known = await this.#storage.events.findCommands(ids);
    return new Map(known.map((command) => [command.commandId, command]));
  }

  async #judge(
    job: Job,
    batch: Map<SessionId, Staged>,
    known: Map<CommandId, AcceptedCommand>,
  ): Promise<Verdict> {
    const { streamId, subject, command, commandId } = job;
    const earlier = commandId && known.get(commandId);
    if (earlier) {
      const same = earlier.streamId === streamId && earlier.personId === ownerOf(subject);
      return same ? { ok: true, value: { bodies: [], seq: earlier.seq } } : refuse('already-exists');
    }
    const staged = batch.get(streamId) ?? (await this.#stage(streamId));
    const nowMs = this.#clock.nowMs();
    const context = await contextFor(this.#storage, subject, command, nowMs);
    const decision = decide(staged.session, command, context);
    if (!decision.ok) return decision;
    const items = decision.value.flatMap(itemOf);
    for (const item of items) if (await this.#isTaken(item, batch)) return refuse('already-exists');

    const events: NewEvent[] = [];
    let session = staged.session;
    for (const body of decision.value) {
      const event = {
        ...body,
        seq: (session?.seq ?? 0) + 1,
        actor: actorOf(subject),
        atMs: nowMs,
        ...(commandId ? { commandId } : {}),
      };
      session = applyEvent(session, { ...event, streamId, position: 0 });
      events.push(event);
    }
    batch.set(streamId, staged);
    staged.session = session;
    staged.events.push(...events);
    staged.items.push(...items);
    const seq = session?.seq ?? 0;
    if (commandId) {
      const accepted = { commandId, personId: ownerOf(subject), streamId, seq };
      staged.commands.push(accepted);
      known.set(commandId, accepted);
    }
    return { ok: true, value: { bodies: decision.value, seq } };
  }

  async #stage(streamId: SessionId): Promise<Staged> {
    const before = await this.#cache.get(streamId);
    return { before, session: before?.session, events: [], commands: [], items: [] };
  }

  /** The id of a call or a screenshot belongs to one session of one organization, whoever tries it elsewhere. */
  async #isTaken(item: SessionItem, batch: Map<SessionId, Staged>): Promise<boolean> {
    for (const { items } of batch.values())
      if (items.some((one) => one.kind === item.kind && one.id === item.id)) return true;
    return (await this.#storage.events.sessionOf(item)) !== undefined;
  }

  async #commit(batch: Map<SessionId, Staged>): Promise<boolean> {
    const entries = [...batch].flatMap(([streamId, staged]) => toEntry(streamId, staged) ?? []);
    if (entries.length === 0) return true;
    const result = await this.#storage.events.append(entries);
    if (!result.ok) return false;
    for (const [index, { streamId }] of entries.entries()) {
      const staged = batch.get(streamId);
      const events = result.events[index] ?? [];
      if (!staged?.session || events.length === 0) continue;
      const log = [...(staged.before?.events ?? []), ...events];
      this.#cache.put(streamId, { session: staged.session, events: log });
      this.#head = Math.max(this.#head, events.at(-1)?.position ?? 0);
      this.#changes.tell({ before: staged.before?.session, after: staged.session, events, log });
    }
    return true;
  }
}

function toEntry(streamId: SessionId, staged: Staged): AppendEntry | undefined {
  const { session, events, commands, items } = staged;
  if (!session || (events.length === 0 && commands.length === 0)) return undefined;
  const expectedSeq = staged.before?.session.seq ?? 0;
  return { streamId, expectedSeq, events, commands, items, index: indexOf(session) };
}

function indexOf(session: VideoSession): SessionIndex {
  return {
    organizationId: session.organizationId,
    deviceId: session.device.id,
    deadlineAtMs: nextDeadline(session)?.atMs ?? null,
    callLive: liveCall(session) !== undefined,
  };
}

function itemOf(body: SessionEventBody): SessionItem[] {
  switch (body.type) {
    case 'call.started':
      return [{ kind: 'call', id: body.payload.callId }];
    case 'screenshot.taken':
      return [{ kind: 'screenshot', id: body.payload.screenshotId }];
    default:
      return [];
  }
}

/**
 * Whose a command is when it comes again. People at one machine share its tablet, and a new sign-in there goes on
 * with the outbox of the one before.
 */
function ownerOf(subject: Subject): string {
  if (subject.kind === 'relay') return 'relay';
  return subject.kind === 'codeUser' ? subject.deviceId : subject.id;
}

function readCommand(input: unknown): Result<SessionCommand, ErrorCode> {
  try {
    return { ok: true, value: parseSessionCommand(input) };
  } catch {
    return refuse(isKnownType(input) ? 'malformed' : 'unknown-command');
  }
}

const commandType = /^(session|call|screenshot|chat)\.[a-z-]{1,30}$/;

/** A command from a newer client has a proper type that this relay does not know; anything else is malformed. */
function isKnownType(input: unknown): boolean {
  const type = typeof input === 'object' && input !== null ? (input as { type?: unknown }).type : undefined;
  return typeof type !== 'string' || commandTypes.has(type) || !commandType.test(type);
}

const commandTypes: ReadonlySet<string> = new Set(
  sessionCommandBodies.options.map((option) => option.entries.type.literal),
);

function idOf(input: unknown): string {
  const id = typeof input === 'object' && input !== null ? (input as { id?: unknown }).id : undefined;
  return isId(id) ? id : '';
}

function isFull(error: unknown): boolean {
  const { code } = (error ?? {}) as { code?: unknown };
  return code === 'SQLITE_FULL' || code === 'ENOSPC';
}
