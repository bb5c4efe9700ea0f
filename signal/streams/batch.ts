import type { ErrorCode } from '#domain/error-codes.ts';
import type { CommandId, OrganizationId } from '#domain/ids.ts';
import { employeeOf, type Organization } from '#domain/organization/organization.ts';
import type { StreamEvent, StreamId, StreamKind } from '#domain/protocol/streams.ts';
import { refuse } from '#domain/result.ts';
import type { SessionEvent } from '#domain/session/events.ts';
import { actorOf, type Actor, type Subject } from '#domain/session/subject.ts';
import type { VideoSession } from '#domain/session/video-session.ts';
import type { Ticket } from '#domain/ticket/ticket.ts';
import type { Clock } from '../ports.ts';
import type {
  AcceptedCommand,
  AppendEntry,
  NewEvent,
  RelayStorage,
  StreamEventBody,
  StreamItem,
} from '../storage/relay-storage.ts';
import { followUps } from './follow-ups.ts';
import type { LoadedStream, StreamCache } from './stream-cache.ts';
import { rulesOf, type AnyCommand, type Facts, type StateOf } from './stream-rules.ts';
import type { Verdict } from './verdict.ts';

/** One command that waits for its turn. */
export interface Job {
  kind: StreamKind;
  streamId: StreamId;
  subject: Subject;
  command: AnyCommand;
  /** Absent for what the relay does by itself. */
  commandId?: CommandId;
}

/** A stream with what the running batch adds to it. */
interface Staged {
  kind: StreamKind;
  before: LoadedStream | undefined;
  state: StateOf<StreamKind> | undefined;
  events: NewEvent[];
  commands: AcceptedCommand[];
  items: StreamItem[];
}

/** What a decision adds to a stream. */
interface Added {
  state: StateOf<StreamKind> | undefined;
  events: NewEvent[];
  items: StreamItem[];
}

export interface BatchParts {
  storage: RelayStorage;
  cache: StreamCache;
  clock: Clock;
}

/** Commands that are judged one after the other, each on what those before it added, and kept together. */
export class Batch {
  readonly #parts: BatchParts;
  readonly #known: Map<CommandId, AcceptedCommand>;
  readonly #staged = new Map<StreamId, Staged>();
  readonly #ticketNumbers = new Map<OrganizationId, number>();

  constructor(parts: BatchParts, known: Map<CommandId, AcceptedCommand>) {
    this.#parts = parts;
    this.#known = known;
  }

  ids(): Iterable<StreamId> {
    return this.#staged.keys();
  }

  staged(id: StreamId): Staged | undefined {
    return this.#staged.get(id);
  }

  async judge(job: Job): Promise<Verdict> {
    const { streamId, kind, subject, command, commandId } = job;
    const earlier = commandId && this.#known.get(commandId);
    if (earlier) {
      const same = earlier.streamId === streamId && earlier.personId === ownerOf(subject);
      return same ? { ok: true, value: { bodies: [], seq: earlier.seq } } : refuse('already-exists');
    }
    const staged = await this.#stage(kind, streamId);
    // Another kind of stream has the id, or had it: for this command there is none.
    if (!staged) return refuse('not-found');
    const facts = await this.#facts(job, staged);
    if (!facts.ok) return facts;
    const rules = rulesOf(kind);
    const decision = rules.decide(staged.state, command, facts.value);
    if (!decision.ok) return decision;
    const added = this.#apply(staged, streamId, decision.value, actorOf(subject), commandId);
    for (const item of added.items) if (await this.#isTaken(item)) return refuse('already-exists');

    const before = staged.state;
    this.#keep(staged, streamId, added);
    const seq = staged.state?.seq ?? 0;
    if (commandId) {
      const accepted = { commandId, personId: ownerOf(subject), streamId, seq };
      staged.commands.push(accepted);
      this.#known.set(commandId, accepted);
    }
    if (kind === 'session') await this.#follow(job, staged, before, added.events, facts.value.organization);
    return { ok: true, value: { bodies: decision.value, seq } };
  }

  entries(): AppendEntry[] {
    return [...this.#staged].flatMap(([streamId, { kind, before, state, events, commands, items }]) => {
      if (!state || (events.length === 0 && commands.length === 0)) return [];
      const expectedSeq = before?.state.seq ?? 0;
      return [{ streamId, expectedSeq, events, commands, items, index: rulesOf(kind).index(state) }];
    });
  }

  #apply(
    staged: Staged,
    streamId: StreamId,
    bodies: readonly StreamEventBody[],
    actor: Actor,
    commandId: CommandId | undefined,
  ): Added {
    const rules = rulesOf(staged.kind);
    const atMs = this.#parts.clock.nowMs();
    const events: NewEvent[] = [];
    const items: StreamItem[] = [];
    let { state } = staged;
    for (const body of bodies) {
      const place = { seq: (state?.seq ?? 0) + 1, actor, atMs, ...(commandId ? { commandId } : {}) };
      const event: NewEvent = { ...body, ...place };
      state = rules.apply(state, { ...event, streamId, position: 0 } as StreamEvent);
      items.push(...rules.items(body, state));
      events.push(event);
    }
    return { state, events, items };
  }

  #keep(staged: Staged, streamId: StreamId, added: Added): void {
    this.#staged.set(streamId, staged);
    staged.state = added.state;
    staged.events.push(...added.events);
    staged.items.push(...added.items);
  }

  /** Writes the tickets' side of a session's events, in the name of who caused it. */
  async #follow(
    job: Job,
    staged: Staged,
    before: StateOf<StreamKind> | undefined,
    events: readonly NewEvent[],
    organization: Organization | undefined,
  ): Promise<void> {
    if (!staged.state || events.length === 0) return;
    const log = [...(staged.before?.events ?? []), ...staged.events] as SessionEvent[];
    const after = staged.state as VideoSession;
    const fresh = events.map((event) => ({
      ...event,
      streamId: job.streamId,
      position: 0,
    })) as SessionEvent[];
    const found = followUps(before as VideoSession | undefined, after, log, fresh, organization);
    for (const { ticketId, command } of found) {
      const ticket = await this.#stage('ticket', ticketId);
      if (!ticket) continue;
      const facts = bareFacts({ kind: 'relay' }, this.#parts.clock.nowMs());
      const decision = rulesOf('ticket').decide(ticket.state, command, facts);
      if (!decision.ok || decision.value.length === 0) continue;
      this.#keep(
        ticket,
        ticketId,
        this.#apply(ticket, ticketId, decision.value, actorOf(job.subject), undefined),
      );
    }
  }

  /** Undefined where the id is that of another kind of stream, or of one that was erased. */
  async #stage(kind: StreamKind, streamId: StreamId): Promise<Staged | undefined> {
    const present = this.#staged.get(streamId);
    if (present) return present.kind === kind ? present : undefined;
    const before = await this.#parts.cache.get(streamId);
    if (before ? before.kind !== kind : await this.#parts.storage.events.isErased(streamId)) return undefined;
    return { kind, before, state: before?.state, events: [], commands: [], items: [] };
  }

  async #facts(
    { subject, command, streamId }: Job,
    staged: Staged,
  ): Promise<{ ok: true; value: Facts } | { ok: false; reason: ErrorCode }> {
    const { clock, storage } = this.#parts;
    const facts = bareFacts(subject, clock.nowMs());
    const organizationId = organizationOf(subject, staged, streamId);
    const organization = organizationId && (await this.#organization(organizationId));
    facts.organization = organization;
    if (subject.kind === 'employee') {
      // Rights as they are at this command's turn, also where one before it in the batch changed them.
      const employee = organization && employeeOf(organization, subject.id);
      if (employee?.state !== 'active') return refuse('not-signed-in');
      const { name, role, responsibleFor } = employee;
      facts.subject = { ...subject, name, role, responsibleFor };
    }
    const tickets = new Map<string, Ticket>();
    for (const id of ticketsIn(command)) {
      const ticket = await this.#stage('ticket', id);
      if (ticket?.state) tickets.set(id, ticket.state as Ticket);
    }
    facts.ticket = (id) => tickets.get(id);
    if (command.type === 'ticket.open' && organizationId)
      facts.nextTicketNumber = await this.#nextNumber(organizationId);
    if (command.type === 'customer.link' || command.type === 'customer.unlink') {
      const user = await storage.directory.codeUser(command.payload.codeUserId);
      if (user?.organizationId === organizationId)
        facts.codeUserDevice = (id) => (id === user?.id ? user.deviceId : undefined);
    }
    return { ok: true, value: facts };
  }

  async #organization(id: OrganizationId): Promise<Organization | undefined> {
    const staged = await this.#stage('organization', id);
    return staged?.state as Organization | undefined;
  }

  async #nextNumber(organizationId: OrganizationId): Promise<number> {
    const last =
      this.#ticketNumbers.get(organizationId) ??
      (await this.#parts.storage.events.lastTicketNumber(organizationId));
    // A number that is not used after all leaves a gap within this batch alone.
    this.#ticketNumbers.set(organizationId, last + 1);
    return last + 1;
  }

  /** The id of a call or a screenshot belongs to one stream of one organization, whoever tries it elsewhere. */
  async #isTaken(item: StreamItem): Promise<boolean> {
    for (const { items } of this.#staged.values())
      if (items.some((one) => one.kind === item.kind && one.id === item.id)) return true;
    return (await this.#parts.storage.events.streamOf(item)) !== undefined;
  }
}

function bareFacts(subject: Subject, nowMs: number): Facts {
  return {
    subject,
    nowMs,
    organization: undefined,
    ticket: () => undefined,
    codeUserDevice: () => undefined,
    nextTicketNumber: 0,
  };
}

function organizationOf(subject: Subject, staged: Staged, streamId: StreamId): OrganizationId | undefined {
  if (subject.kind !== 'relay') return subject.organizationId;
  if (staged.kind === 'organization') return streamId as OrganizationId;
  return (staged.state as { organizationId?: OrganizationId } | undefined)?.organizationId;
}

function ticketsIn(command: AnyCommand): (StreamId & Ticket['id'])[] {
  if (!('payload' in command)) return [];
  const { payload } = command;
  if ('ticketIds' in payload) return payload.ticketIds;
  return 'ticketId' in payload ? [payload.ticketId] : [];
}

/**
 * Whose a command is when it comes again. People at one machine share its tablet, and a new sign-in there goes on
 * with the outbox of the one before.
 */
function ownerOf(subject: Subject): string {
  if (subject.kind === 'relay') return 'relay';
  return subject.kind === 'codeUser' ? subject.deviceId : subject.id;
}
