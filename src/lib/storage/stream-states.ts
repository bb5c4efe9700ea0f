import type { OrganizationCommand } from '#domain/organization/commands.ts';
import type { OrganizationEvent } from '#domain/organization/events.ts';
import { applyOrganizationEvent } from '#domain/organization/fold.ts';
import type { Organization } from '#domain/organization/organization.ts';
import type { StreamEvent, StreamKind } from '#domain/protocol/streams.ts';
import type { SessionCommand } from '#domain/session/commands.ts';
import type { SessionEvent } from '#domain/session/events.ts';
import { applyEvent } from '#domain/session/fold.ts';
import type { VideoSession } from '#domain/session/video-session.ts';
import type { TicketCommand } from '#domain/ticket/commands.ts';
import type { TicketEvent } from '#domain/ticket/events.ts';
import { applyTicketEvent } from '#domain/ticket/fold.ts';
import type { Ticket } from '#domain/ticket/ticket.ts';

interface StreamTypes {
  session: { state: VideoSession; event: SessionEvent; command: SessionCommand };
  ticket: { state: Ticket; event: TicketEvent; command: TicketCommand };
  organization: { state: Organization; event: OrganizationEvent; command: OrganizationCommand };
}
/** What a stream of this kind folds to. */
export type StateOf<K extends StreamKind> = StreamTypes[K]['state'];
type EventOf<K extends StreamKind> = StreamTypes[K]['event'];
export type CommandOf<K extends StreamKind> = StreamTypes[K]['command'];

type Fold<K extends StreamKind> = (state: StateOf<K> | undefined, event: EventOf<K>) => StateOf<K>;
const folds: { readonly [K in StreamKind]: Fold<K> } = {
  session: applyEvent,
  ticket: applyTicketEvent,
  organization: applyOrganizationEvent,
};

/** The state after one more event of the same kind. Throws LogError for an event that cannot stand at this place. */
export function applyStreamEvent<K extends StreamKind>(
  kind: K,
  state: StateOf<K> | undefined,
  event: StreamEvent,
): StateOf<K> {
  const fold: Fold<K> = folds[kind];
  return fold(state, event as EventOf<K>);
}
