import Camera from '@lucide/svelte/icons/camera';
import Eye from '@lucide/svelte/icons/eye';
import EyeOff from '@lucide/svelte/icons/eye-off';
import IdCard from '@lucide/svelte/icons/id-card';
import MessageSquare from '@lucide/svelte/icons/message-square';
import NotebookPen from '@lucide/svelte/icons/notebook-pen';
import Phone from '@lucide/svelte/icons/phone';
import PhoneOff from '@lucide/svelte/icons/phone-off';
import ShieldCheck from '@lucide/svelte/icons/shield-check';
import Smile from '@lucide/svelte/icons/smile';
import Ticket from '@lucide/svelte/icons/ticket';
import UserMinus from '@lucide/svelte/icons/user-minus';
import UserPlus from '@lucide/svelte/icons/user-plus';
import type { CallEndReason, SessionEvent } from '#domain/session/events.ts';
import type { SessionStatus } from '#domain/session/status.ts';
import { m } from '../messages.ts';
import type { IconComponent } from '../primitives/types.ts';
import { ratingLooks } from '../session/ratings.ts';
import { statusLooks } from '../session/statuses.ts';
import { actorName } from './session-view.ts';

/** One readable line of a session's log. */
export interface Update {
  seq: number;
  atMs: number;
  icon: IconComponent;
  text: string;
}

/** What an event names by id alone. */
export interface UpdateNames {
  /** As the screens name a ticket: its number. Undefined where it is not known here. */
  ticket(id: string): string | undefined;
  employee(id: string): string | undefined;
}

/** The log in words, the oldest first. Ticks of messages and what is not for the reader make no line (F88). */
export function updatesOf(events: readonly SessionEvent[], names: UpdateNames): Update[] {
  return events.flatMap((event) => {
    const line = lineOf(event, names);
    return line ? [{ seq: event.seq, atMs: event.atMs, icon: line[0], text: line[1] }] : [];
  });
}

type Line = readonly [icon: IconComponent, text: string];

function lineOf(event: SessionEvent, names: UpdateNames): Line | undefined {
  const who = actorName(event.actor);
  switch (event.type) {
    case 'session.requested':
      return status('REQUESTED', m.update_requested({ who }));
    case 'session.created':
      return status(
        'CONFIRMED',
        event.payload.direct ? m.update_called_directly({ who }) : m.update_created({ who }),
      );
    case 'session.confirmed':
      return byHand(event, 'CONFIRMED') ?? status('CONFIRMED', m.update_confirmed({ who }));
    case 'session.withdrawn':
      return status('CANCELLED', m.update_withdrawn({ who }));
    case 'session.declined':
      return status('CANCELLED', m.update_declined({ who, reason: event.payload.reason }));
    case 'session.cancelled':
      return status(
        'CANCELLED',
        event.payload.reason
          ? m.update_cancelled_because({ who, reason: event.payload.reason })
          : m.update_cancelled({ who }),
      );
    case 'session.expired':
      return status('CANCELLED', m.update_expired());
    case 'session.ended':
      return byHand(event, 'DONE') ?? status('DONE', m.update_session_ended({ who }));
    case 'session.closed':
      return (
        byHand(event, 'CLOSED') ??
        status('CLOSED', event.payload.automatic ? m.update_closed_automatic() : m.update_closed({ who }))
      );
    case 'session.reopened':
      return byHand(event, 'CONFIRMED') ?? status('CONFIRMED', m.update_reopened({ who }));
    case 'session.visibility-set':
      return event.payload.visibility === 'public'
        ? [Eye, m.update_public({ who })]
        : [EyeOff, m.update_internal({ who })];
    case 'session.assigned':
      return [UserPlus, m.update_assigned({ who, name: event.payload.employee.name })];
    case 'session.unassigned': {
      const name = names.employee(event.payload.employeeId);
      return [UserMinus, name ? m.update_unassigned_name({ who, name }) : m.update_unassigned({ who })];
    }
    case 'session.ticket-linked':
    case 'session.ticket-unlinked':
      return [Ticket, ticketText(event, names)];
    case 'session.customer-linked':
      return [IdCard, m.update_customer_linked({ who, name: event.payload.customer.name })];
    case 'session.customer-unlinked':
      return [IdCard, m.update_customer_unlinked({ who })];
    case 'call.started':
      return [Phone, m.update_call_started({ who, number: event.payload.number })];
    case 'call.answered':
      return [Phone, m.update_call_answered({ who })];
    case 'call.joined':
      return [Phone, m.update_call_joined({ who })];
    case 'call.linked':
      return status('IN_PROGRESS', m.update_call_linked());
    case 'call.left':
      return [
        PhoneOff,
        event.payload.cause === 'hung-up' ? m.update_call_left({ who }) : m.update_link_lost(),
      ];
    case 'call.ended':
      return byHand(event, 'DONE') ?? [PhoneOff, callEnds[event.payload.cause]({ who })];
    case 'screenshot.taken':
      return [Camera, m.update_screenshot_taken({ who })];
    case 'screenshot.stored':
      return [ShieldCheck, m.update_screenshot_stored()];
    case 'chat.sent':
      return [MessageSquare, m.update_chat_sent({ who })];
    case 'note.added':
      return [NotebookPen, m.update_note_added({ who })];
    case 'rating.given':
      return [Smile, m.update_rated({ who, rating: ratingLooks[event.payload.score].word() })];
    case 'rating.skipped':
      return [Smile, m.update_rating_skipped({ who })];
    case 'chat.delivered':
    case 'chat.read':
    case 'session.withheld':
      return undefined;
    default:
      return event satisfies never;
  }
}

const status = (of: SessionStatus, text: string): Line => [statusLooks[of].icon, text];

/** Set by hand (C17): the log says so. */
function byHand(
  event: Pick<SessionEvent, 'actor'> & { payload: { manual?: true | undefined } },
  to: SessionStatus,
): Line | undefined {
  if (!event.payload.manual) return undefined;
  const { icon, word } = statusLooks[to];
  return [icon, m.update_status_by_hand({ who: actorName(event.actor), status: word() })];
}

function ticketText(
  event: Extract<SessionEvent, { type: 'session.ticket-linked' | 'session.ticket-unlinked' }>,
  names: UpdateNames,
): string {
  const who = actorName(event.actor);
  const number = names.ticket(event.payload.ticketId);
  if (event.type === 'session.ticket-linked')
    return number ? m.update_ticket_linked_number({ who, number }) : m.update_ticket_linked({ who });
  return number ? m.update_ticket_unlinked_number({ who, number }) : m.update_ticket_unlinked({ who });
}

const callEnds: Record<CallEndReason, (by: { who: string }) => string> = {
  'hung-up': () => m.update_call_ended(),
  rejected: () => m.update_call_rejected(),
  missed: () => m.update_call_missed(),
  withdrawn: () => m.update_call_withdrawn(),
  'link-lost': () => m.update_link_lost(),
  cancelled: () => m.update_call_ended(),
  failed: () => m.update_link_lost(),
  'session-ended': m.update_session_ended,
};
