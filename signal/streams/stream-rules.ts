import type { ErrorCode } from '#domain/error-codes.ts';
import type { CustomerId, DeviceId } from '#domain/ids.ts';
import type { OrganizationCommand, OrganizationServiceCommand } from '#domain/organization/commands.ts';
import { decideOrganization } from '#domain/organization/decide.ts';
import type { OrganizationEvent, OrganizationEventBody } from '#domain/organization/events.ts';
import { applyOrganizationEvent } from '#domain/organization/fold.ts';
import {
  deviceOf,
  employeeOf,
  responsibleEmployees,
  type Organization,
} from '#domain/organization/organization.ts';
import { organizationVisible } from '#domain/organization/permissions.ts';
import { defaultSettings } from '#domain/organization/settings.ts';
import type { StreamKind } from '#domain/protocol/streams.ts';
import type { Result } from '#domain/result.ts';
import type { RelayCommand, SessionCommand } from '#domain/session/commands.ts';
import { nextDeadline } from '#domain/session/deadlines.ts';
import { decide } from '#domain/session/decide.ts';
import { eventFor } from '#domain/session/event-view.ts';
import type { SessionEvent, SessionEventBody } from '#domain/session/events.ts';
import { applyEvent } from '#domain/session/fold.ts';
import { visible } from '#domain/session/permissions.ts';
import type { Subject } from '#domain/session/subject.ts';
import { liveCall, type VideoSession } from '#domain/session/video-session.ts';
import type { TicketCommand, TicketRelayCommand } from '#domain/ticket/commands.ts';
import { decideTicket } from '#domain/ticket/decide.ts';
import type { TicketEvent, TicketEventBody } from '#domain/ticket/events.ts';
import { applyTicketEvent } from '#domain/ticket/fold.ts';
import { ticketVisible } from '#domain/ticket/permissions.ts';
import type { Ticket } from '#domain/ticket/ticket.ts';
import { seesWholeTicket, ticketView } from '#domain/ticket/view.ts';
import type { StreamIndex, StreamItem } from '../storage/relay-storage.ts';

interface StreamTypes {
  session: {
    state: VideoSession;
    event: SessionEvent;
    body: SessionEventBody;
    command: SessionCommand | RelayCommand;
  };
  ticket: {
    state: Ticket;
    event: TicketEvent;
    body: TicketEventBody;
    command: TicketCommand | TicketRelayCommand;
  };
  organization: {
    state: Organization;
    event: OrganizationEvent;
    body: OrganizationEventBody;
    command: OrganizationCommand | OrganizationServiceCommand;
  };
}
export type StateOf<K extends StreamKind> = StreamTypes[K]['state'];
type EventOf<K extends StreamKind> = StreamTypes[K]['event'];
type BodyOf<K extends StreamKind> = StreamTypes[K]['body'];
type CommandOf<K extends StreamKind> = StreamTypes[K]['command'];
export type AnyCommand = CommandOf<StreamKind>;

/** What is known around a stream when a command is judged, as it stands at that moment. */
export interface Facts {
  subject: Subject;
  nowMs: number;
  /** The subject's; for the relay, the one that the stream belongs to. */
  organization: Organization | undefined;
  /** Of the tickets that the command names. */
  ticket(id: string): Ticket | undefined;
  codeUserDevice(id: string): string | undefined;
  nextTicketNumber: number;
}

/** How one kind of stream is judged, folded, shown and found. */
export interface StreamRules<K extends StreamKind> {
  decide(state: StateOf<K> | undefined, command: CommandOf<K>, facts: Facts): Result<BodyOf<K>[], ErrorCode>;
  apply(state: StateOf<K> | undefined, event: EventOf<K>): StateOf<K>;
  visible(subject: Subject, state: StateOf<K>): boolean;
  /** Whether what a person gets of the stream grows with it at its end alone. False: compare the whole. */
  growsAtEnd(subject: Subject, state: StateOf<K>): boolean;
  /** The events as a person may have them, once the stream is visible. */
  view(subject: Subject, state: StateOf<K>, events: readonly EventOf<K>[]): readonly EventOf<K>[];
  index(state: StateOf<K>): StreamIndex;
  /** Ids that an event takes for its stream alone. */
  items(body: BodyOf<K>, state: StateOf<K>): StreamItem[];
}

const session: StreamRules<'session'> = {
  decide: (state, command, facts) => {
    const { subject, nowMs, organization } = facts;
    const deviceId = state?.device.id ?? openingDevice(command, subject);
    return decide(state, command, {
      subject,
      nowMs,
      settings: organization?.settings ?? defaultSettings,
      device: (id) => {
        const device = organization && deviceOf(organization, id);
        if (!device) return undefined;
        const { name, supportEnabled } = device;
        const responsible = responsibleEmployees(organization, id);
        return { id, name, supportEnabled, organizationId: organization.id, responsible };
      },
      employee: (id) => {
        const employee = organization && employeeOf(organization, id);
        return employee && employee.state !== 'deactivated'
          ? { id: employee.id, name: employee.name }
          : undefined;
      },
      // A ticket of the same machine: its conversation goes to those who come in there.
      ticketKnown: (id) => {
        const ticket = facts.ticket(id);
        return ticket !== undefined && ticket.device.id === deviceId && ticketVisible(subject, ticket);
      },
      customer: (id: CustomerId) => organization?.customers.find((one) => one.id === id),
    });
  },
  apply: applyEvent,
  visible,
  growsAtEnd: () => true,
  view: (subject, _state, events) =>
    subject.kind === 'employee' ? events : events.map((event) => eventFor(subject, event)),
  index: (state) => ({
    kind: 'session',
    organizationId: state.organizationId,
    deviceId: state.device.id,
    deadlineAtMs: nextDeadline(state)?.atMs ?? null,
    callLive: liveCall(state) !== undefined,
  }),
  items: (body) => {
    switch (body.type) {
      case 'call.started':
        return [{ kind: 'call', id: body.payload.callId }];
      case 'screenshot.taken':
        return [{ kind: 'screenshot', id: body.payload.screenshotId }];
      default:
        return [];
    }
  },
};

function openingDevice(command: CommandOf<'session'>, subject: Subject): DeviceId | undefined {
  if (subject.kind === 'codeUser') return subject.deviceId;
  return 'payload' in command && 'deviceId' in command.payload ? command.payload.deviceId : undefined;
}

const ticket: StreamRules<'ticket'> = {
  decide: (state, command, { subject, organization, nextTicketNumber }) =>
    decideTicket(state, command, {
      subject,
      device: (id) => organization && deviceOf(organization, id),
      nextNumber: nextTicketNumber,
    }),
  apply: applyTicketEvent,
  visible: ticketVisible,
  growsAtEnd: seesWholeTicket,
  view: ticketView,
  index: (state) => ({
    kind: 'ticket',
    organizationId: state.organizationId,
    deviceId: state.device.id,
    deadlineAtMs: null,
    callLive: false,
    ticket: { number: state.number, title: state.title, open: state.open },
  }),
  items: (body, state) => {
    switch (body.type) {
      case 'ticket.opened':
        return [{ kind: 'ticket-number', id: `${state.organizationId}:${state.number}` }];
      case 'ticket.file':
        return [{ kind: 'file', id: body.payload.file.itemId }];
      default:
        return [];
    }
  },
};

const organization: StreamRules<'organization'> = {
  decide: (state, command, { subject, codeUserDevice }) =>
    decideOrganization(state, command, { subject, codeUserDevice }),
  apply: applyOrganizationEvent,
  visible: organizationVisible,
  growsAtEnd: () => true,
  view: (_subject, _state, events) => events,
  index: (state) => ({
    kind: 'organization',
    organizationId: state.id,
    deviceId: null,
    deadlineAtMs: null,
    callLive: false,
  }),
  items: (body) => {
    switch (body.type) {
      case 'employee.invited':
        return [
          { kind: 'employee', id: body.payload.employeeId },
          { kind: 'email', id: body.payload.email },
        ];
      case 'device.added':
        return [{ kind: 'device', id: body.payload.deviceId }];
      default:
        return [];
    }
  },
};

const rules: { readonly [K in StreamKind]: StreamRules<K> } = { session, ticket, organization };

/** The rules of a kind. What is put in must be of the same kind: the engine keeps kinds apart by their streams. */
export function rulesOf(kind: StreamKind): StreamRules<StreamKind> {
  return rules[kind] as StreamRules<StreamKind>;
}
