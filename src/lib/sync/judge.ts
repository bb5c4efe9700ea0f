import { decideOrganization } from '#domain/organization/decide.ts';
import type { Organization } from '#domain/organization/organization.ts';
import type { Directory } from '#domain/protocol/directory.ts';
import type { StreamEvent, StreamKind } from '#domain/protocol/streams.ts';
import type { ErrorCode } from '#domain/error-codes.ts';
import type { Result } from '#domain/result.ts';
import { decide, type DecideContext } from '#domain/session/decide.ts';
import { localContext } from '#domain/session/directory-context.ts';
import { actorOf } from '#domain/session/subject.ts';
import type { VideoSession } from '#domain/session/video-session.ts';
import { decideTicket } from '#domain/ticket/decide.ts';
import type { Ticket } from '#domain/ticket/ticket.ts';
import type { OutboxItem } from '../storage/person-store.ts';
import { applyStreamEvent, type CommandOf, type StateOf } from '../storage/stream-states.ts';

/** What this device knows around a stream. */
export interface Surroundings {
  directory(): Directory;
  /** A ticket, with own commands on top. */
  ticket(id: string): Ticket | undefined;
  /** Tickets as the relay has accepted them. */
  tickets(): Iterable<Ticket>;
  sessions(): Iterable<VideoSession>;
}

type Bodies = Pick<StreamEvent, 'type' | 'payload'>[];
type Judgement = Result<Bodies, ErrorCode>;

/** Judges commands by what this device knows, with the relay's own rules: what it will most likely decide. */
export class Judge {
  readonly #known: Surroundings;

  constructor(known: Surroundings) {
    this.#known = known;
  }

  /** What a session's commands are judged by. */
  sessionContext(nowMs: number): DecideContext {
    const context = localContext(this.#known.directory(), nowMs);
    return {
      ...context,
      // Closed ones, and what was opened here a moment ago, the directory does not name.
      ticketKnown: (id, deviceId) =>
        this.#known.ticket(id)?.device.id === deviceId || context.ticketKnown(id, deviceId),
    };
  }

  decide<K extends StreamKind>(
    kind: K,
    state: StateOf<K> | undefined,
    command: CommandOf<K>,
    nowMs: number,
  ): Judgement {
    switch (kind) {
      case 'ticket':
        return this.#ticket(state as Ticket | undefined, command as CommandOf<'ticket'>);
      case 'organization':
        return this.#organization(state as Organization | undefined, command as CommandOf<'organization'>);
      default:
        return decide(
          state as VideoSession | undefined,
          command as CommandOf<'session'>,
          this.sessionContext(nowMs),
        );
    }
  }

  /**
   * The state as it will be if the relay accepts what is on its way. Commands that this device would refuse are left
   * out: the relay's word on them comes later. The sequence numbers of own steps are provisional.
   */
  fold<K extends StreamKind>(
    kind: K,
    confirmed: StateOf<K> | undefined,
    pending: readonly OutboxItem[],
  ): StateOf<K> | undefined {
    let state = confirmed;
    for (const { command } of pending) {
      const decision = this.decide(kind, state, command as CommandOf<K>, command.clientAtMs);
      if (!decision.ok) continue;
      for (const body of decision.value) {
        const event = {
          ...body,
          streamId: command.streamId,
          seq: (state?.seq ?? 0) + 1,
          position: 0,
          commandId: command.id,
          actor: actorOf(this.#known.directory().subject),
          atMs: command.clientAtMs,
        } as StreamEvent;
        state = applyStreamEvent(kind, state, event);
      }
    }
    return state;
  }

  #ticket(ticket: Ticket | undefined, command: CommandOf<'ticket'>): Judgement {
    const { subject, devices, tickets } = this.#known.directory();
    let last = 0;
    if (command.type === 'ticket.open') {
      for (const { number } of tickets) last = Math.max(last, number);
      for (const { number } of this.#known.tickets()) last = Math.max(last, number);
    }
    return decideTicket(ticket, command, {
      subject,
      device: (id) => devices.find((one) => one.id === id),
      nextNumber: last + 1,
    });
  }

  #organization(organization: Organization | undefined, command: CommandOf<'organization'>): Judgement {
    const directory = this.#known.directory();
    return decideOrganization(organization ?? organizationFrom(directory), command, {
      subject: directory.subject,
      codeUserDevice: (id) => this.#codeUserDevice(id),
    });
  }

  /** By what they did: a code user is at one device only. */
  #codeUserDevice(id: string): string | undefined {
    const isWho = (one: { kind: string; id?: string }): boolean => one.kind === 'codeUser' && one.id === id;
    const link = this.#known.directory().customerLinks.find((one) => one.codeUserId === id);
    if (link) return link.deviceId;
    for (const session of this.#known.sessions()) {
      const legs = session.calls.flatMap((call) => call.legs);
      const isHere =
        isWho(session.openedBy) ||
        legs.some(({ kind, participantId }) => isWho({ kind, id: participantId })) ||
        session.chat.some(({ author }) => isWho(author));
      if (isHere) return session.device.id;
    }
    for (const ticket of this.#known.tickets())
      if (isWho(ticket.openedBy) || ticket.messages.some(({ author }) => isWho(author)))
        return ticket.device.id;
    return undefined;
  }
}

/** For who does not follow the organization: as much of it as their commands are judged by. */
function organizationFrom({
  organization,
  devices,
  employees,
  customers,
  customerLinks,
  assistant,
}: Directory): Organization {
  const { id, name, settings } = organization;
  return {
    id,
    name,
    settings,
    devices: devices.map(({ id, name, location, supportEnabled }) => ({
      id,
      name,
      location,
      supportEnabled,
    })),
    employees: employees.map(({ id, name, role, state, email = '', responsibleFor = [] }) => ({
      id,
      name,
      role,
      state,
      email,
      responsibleFor,
      rightsSeq: 0,
    })),
    customers,
    customerLinks,
    assistant,
    seq: 0,
    createdAtMs: 0,
    updatedAtMs: 0,
  };
}
