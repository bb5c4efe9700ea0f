import type { SessionEvent } from '#domain/session/events.ts';
import { m } from '../messages.ts';
import { actorName } from './session-view.ts';

/** A readable line for every event of the log. */
export function updateText(event: SessionEvent): string {
  const who = actorName(event.actor);
  switch (event.type) {
    case 'session.requested':
      return m.update_requested({ who });
    case 'session.created':
      return m.update_created({ who });
    case 'session.confirmed':
      return m.update_confirmed({ who });
    case 'session.withdrawn':
      return m.update_withdrawn({ who });
    case 'session.declined':
      return m.update_declined({ who, reason: event.payload.reason });
    case 'session.cancelled':
      return event.payload.reason
        ? m.update_cancelled_because({ who, reason: event.payload.reason })
        : m.update_cancelled({ who });
    case 'session.closed':
      return event.payload.automatic ? m.update_closed_automatic() : m.update_closed({ who });
    case 'session.reopened':
      return m.update_reopened({ who });
    case 'session.visibility-set':
      return event.payload.visibility === 'public' ? m.update_public({ who }) : m.update_internal({ who });
    case 'session.assigned':
      return m.update_assigned({ who, name: event.payload.employee.name });
    case 'session.unassigned':
      return m.update_unassigned({ who });
    case 'call.started':
      return m.update_call_started({ who, number: event.payload.number });
    case 'call.answered':
      return m.update_call_answered({ who });
    case 'call.joined':
      return m.update_call_joined({ who });
    case 'call.linked':
      return m.update_call_linked();
    case 'call.left':
      return event.payload.cause === 'hung-up' ? m.update_call_left({ who }) : m.update_link_lost();
    case 'call.ended':
      return {
        'hung-up': m.update_call_ended,
        rejected: m.update_call_rejected,
        missed: m.update_call_missed,
        withdrawn: m.update_call_withdrawn,
        'link-lost': m.update_link_lost,
        cancelled: m.update_call_ended,
        failed: m.update_link_lost,
      }[event.payload.cause]();
    case 'screenshot.taken':
      return m.update_screenshot_taken({ who });
    case 'screenshot.stored':
      return m.update_screenshot_stored();
    case 'chat.sent':
      return m.update_chat_sent({ who });
    default:
      return event satisfies never;
  }
}
