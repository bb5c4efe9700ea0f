import type { EmployeeId } from '../ids.ts';
import { ok, refuse } from '../result.ts';
import type { SessionCommand } from './commands.ts';
import { endOfLiveCall, removeFromCall } from './decide-call.ts';
import { isOwn, orRefuse, type DecideContext, type Decision } from './decide-context.ts';
import { maxTicketLinks, type SessionEventBody } from './events.ts';
import { verdict } from './permissions.ts';
import { isAssigned, liveCall, type VideoSession } from './video-session.ts';

type Of<T extends SessionCommand['type']> = Extract<SessionCommand, { type: T }>;
export type PeopleCommand = Of<
  | 'session.set-visibility'
  | 'session.assign'
  | 'session.unassign'
  | 'session.link-ticket'
  | 'session.unlink-ticket'
  | 'session.link-customer'
  | 'session.unlink-customer'
>;

/** Judges who a session is for, who conducts it, and what it belongs to. Independent of its status. */
export function decidePeople(
  session: VideoSession,
  command: PeopleCommand,
  context: DecideContext,
): Decision {
  switch (command.type) {
    case 'session.set-visibility':
      return setVisibility(session, command, context);
    case 'session.assign':
      return assign(session, command.payload.employeeId, context);
    case 'session.unassign':
      return unassign(session, command.payload.employeeId, context);
    case 'session.link-ticket':
    case 'session.unlink-ticket':
      return linkTicket(session, command, context);
    case 'session.link-customer':
    case 'session.unlink-customer':
      return linkCustomer(session, command, context);
  }
}

function setVisibility(
  session: VideoSession,
  command: Of<'session.set-visibility'>,
  context: DecideContext,
): Decision {
  return orRefuse(verdict(context.subject, 'setVisibility', session), () => {
    const { visibility } = command.payload;
    const last = session.visibilitySet;
    // Of two at the same time 'internal' stands, in whichever order they come.
    const unseen = last && last.seq > command.baseSeq && !isOwn(last.actor, context.subject);
    if (visibility === 'public' && session.visibility === 'internal' && unseen) return refuse('stale');
    const set: SessionEventBody = { type: 'session.visibility-set', payload: { visibility } };
    return ok(visibility === 'internal' ? [...endForOutsiders(session), set] : [set]);
  });
}

/** Whom the session is hidden from leaves its call; a call that rings has nobody left on one of its sides. */
function endForOutsiders(session: VideoSession): SessionEventBody[] {
  return liveCall(session)?.state === 'ringing'
    ? endOfLiveCall(session, 'withdrawn')
    : removeFromCall(session, (leg) => leg.kind !== 'employee');
}

function assign(session: VideoSession, employeeId: EmployeeId, context: DecideContext): Decision {
  return orRefuse(verdict(context.subject, 'assign', session), () => {
    const employee = context.employee(employeeId);
    if (!employee) return refuse('employee-unknown');
    if (isAssigned(session, employeeId)) return refuse('already-exists');
    return ok([{ type: 'session.assigned', payload: { employee: { id: employeeId, name: employee.name } } }]);
  });
}

function unassign(session: VideoSession, employeeId: EmployeeId, context: DecideContext): Decision {
  return orRefuse(verdict(context.subject, 'assign', session), () => {
    if (!isAssigned(session, employeeId)) return refuse('employee-unknown');
    if (session.assigned.length === 1 && liveCall(session)) return refuse('last-employee');
    return ok([
      ...removeFromCall(session, (leg) => leg.participantId === employeeId),
      { type: 'session.unassigned', payload: { employeeId } },
    ]);
  });
}

function linkTicket(
  session: VideoSession,
  command: Of<'session.link-ticket' | 'session.unlink-ticket'>,
  context: DecideContext,
): Decision {
  return orRefuse(verdict(context.subject, 'linkTicket', session), () => {
    const { ticketId } = command.payload;
    const linked = session.ticketIds.includes(ticketId);
    if (command.type === 'session.unlink-ticket') {
      if (!linked) return refuse('ticket-unknown');
      return ok([{ type: 'session.ticket-unlinked', payload: { ticketId } }]);
    }
    if (!context.ticketKnown(ticketId, session.device.id)) return refuse('ticket-unknown');
    if (linked) return refuse('already-exists');
    if (session.ticketIds.length >= maxTicketLinks) return refuse('limit-reached');
    return ok([{ type: 'session.ticket-linked', payload: { ticketId } }]);
  });
}

function linkCustomer(
  session: VideoSession,
  command: Of<'session.link-customer' | 'session.unlink-customer'>,
  context: DecideContext,
): Decision {
  return orRefuse(verdict(context.subject, 'linkCustomer', session), () => {
    if (command.type === 'session.unlink-customer') {
      return session.customer
        ? ok([{ type: 'session.customer-unlinked', payload: {} }])
        : refuse('customer-unknown');
    }
    const customer = context.customer(command.payload.customerId);
    if (!customer) return refuse('customer-unknown');
    if (session.customer?.id === customer.id) return refuse('already-exists');
    const { id, name } = customer;
    return ok([{ type: 'session.customer-linked', payload: { customer: { id, name } } }]);
  });
}
